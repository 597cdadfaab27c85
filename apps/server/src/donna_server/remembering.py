"""Reading along: what is written, done and said is remembered while Donna runs."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

from attrs import define

from donna_adapters.compose.build import Composed
from donna_adapters.system.watching import watch
from donna_core.domain.errors import DonnaError
from donna_core.usecases.patience import within
from donna_memory.review import review_job

PAUSE = timedelta(seconds=30)
"""Between two looks at the tasks and the vault; what did not change costs no reading.

A note that is saved is looked at sooner, where the system tells of it.
"""

SHORT_PAUSE = timedelta(minutes=10)
"""Between two looks for texts that no model has read."""

LONG_PAUSE = timedelta(hours=1)
"""The same where a model could not be asked: no money, no line, no answer."""


@define
class Recall:
    """How the memory does, for ``/health``: what it read so far, and what stood in the way.

    ``renewed`` are the chunks that another model's vectors were replaced of since the start,
    ``written`` the notes that Donna wrote since then, ``stated`` the statements that a model read;
    ``unembedded`` is what keeps vectors from being made, ``unread`` what keeps it from reading.
    """

    changed: int = 0
    renewed: int = 0
    written: int = 0
    problem: str = ""
    unembedded: str = ""
    stated: int = 0
    unread: str = ""

    @property
    def trouble(self) -> str:
        """All that stands in the way, in one line."""
        return "; ".join(filter(None, (self.problem, self.unembedded, self.unread)))


async def read_along(composed: Composed, recall: Recall) -> None:
    """Keep the memory current until cancelled.

    What goes wrong is noted and tried again: it never reaches those who write.
    """
    clock = composed.runtime.clock
    # NumPy and a model take seconds: nobody else waits for them.
    memory = await asyncio.to_thread(_opened, composed)
    saved = asyncio.Event()
    async with asyncio.TaskGroup() as beside:
        if memory.vault is not None:
            beside.create_task(watch(memory.vault.reader.folder.root, saved.set))
        beside.create_task(_embed_anew(composed, memory, recall))
        if memory.reader is not None:
            beside.create_task(_read_statements(composed, memory.reader, recall))
        wanted = ""
        while True:
            saved.clear()
            try:
                recall.changed += await memory.follow()
                if memory.vault is not None:
                    synced = await memory.vault.sync()
                    recall.changed += synced.changed + synced.renamed + synced.deleted
                notes = _compose().open_notes(composed, memory)
                unwritten = ""
                if notes is not None:
                    due = await _writing().write_due(composed.runtime, notes)
                    recall.written, unwritten = recall.written + due.written, "; ".join(due.refused)
                wanted = await _want_review(composed, wanted)
            except (DonnaError, OSError) as error:
                recall.problem = str(error)
            else:
                recall.problem = unwritten
            with suppress(TimeoutError):
                await within(clock, saved.wait(), until=clock.now() + PAUSE)


async def _embed_anew(composed: Composed, memory: Any, recall: Recall) -> None:
    """Give vectors to what was kept without them or by another model; words do until then."""
    clock = composed.runtime.clock
    while True:
        try:
            recall.renewed += await memory.store.reindex(composed.runtime.user_id)
        except DonnaError as error:
            recall.unembedded = str(error)
            await clock.sleep_until(clock.now() + PAUSE)
        else:
            recall.unembedded = ""
            return


async def _read_statements(composed: Composed, reader: Any, recall: Recall) -> None:
    """Have a model read what is new for what it states, now and then."""
    clock = composed.runtime.clock
    while True:
        try:
            read = await reader.read_on()
            recall.stated, recall.unread = recall.stated + read.statements, read.problem
        except (DonnaError, OSError) as error:
            recall.unread = str(error)
        rest = LONG_PAUSE if recall.unread else SHORT_PAUSE
        await clock.sleep_until(clock.now() + rest)


async def _want_review(composed: Composed, wanted: str) -> str:
    """Make sure that the latest night's look at junk is made; return its key.

    It is wanted once: what waits to be tried again must not be hurried.
    """
    runtime = composed.runtime
    job = review_job(runtime.clock.now(), runtime.policy.zone)
    if job.key != wanted:
        await runtime.unit_of_work.run(lambda stores: stores.jobs.want([job]))
    return job.key


def _compose() -> Any:
    """Return the composition of memory, which imports NumPy."""
    return import_module("donna_adapters.compose.memory")


def _writing() -> Any:
    """Return the writing of notes, which imports templates and git."""
    return import_module("donna_server.writing_notes")


def _opened(composed: Composed) -> Any:
    return _compose().open_memory(composed)
