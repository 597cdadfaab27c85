"""Writing a note from a template: once for each key, where Donna may, and whole or not at all.

Its body is made by rules from what is known. A configured model is shown that body, and what it
says of it comes as sections of their own; where none answers, the note is whole without them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import frozen

from donna_core.domain.errors import Degraded, Refused
from donna_core.domain.events import Event, EventKind
from donna_core.domain.labels import Label
from donna_core.ports.clock import Clock
from donna_core.ports.language_model import LanguageModel, ModelRequest, Urgency
from donna_core.ports.unit_of_work import UnitOfWork
from donna_memory.templates.people import path_of
from donna_memory.templates.rendering import Told, render, sections_of
from donna_memory.vault.notes import Note, as_text, split
from donna_memory.vault.refusals import Reason, VaultRefused, VaultUnavailable
from donna_memory.vault.writer import VaultWriter

INBOX = "Inbox"
KEY = "idempotency_key"
CALLER = "notes"


class Outcome(StrEnum):
    """What became of a note that was to be written."""

    WRITTEN = "written"
    SKIPPED = "skipped"  # it was written for this key before
    KEPT = "kept"  # what somebody else wrote stands there
    PREVIEWED = "previewed"


@frozen(kw_only=True)
class Draft:
    """A note to be written: its template, its path, and the key it is written once for.

    ``task_type`` is what a model is asked of it. ``context`` is asked for what goes into the
    template only where it is needed. ``people`` are those the note links to by name.
    """

    template: str
    task_type: str
    path: str
    key: str
    context: Callable[[], Awaitable[Mapping[str, Any]]]
    people: tuple[str, ...] = ()


@frozen(kw_only=True)
class Drafted:
    """What became of a draft; ``text`` is the note, ``commit`` what holds it in the history.

    ``model`` is who added to it, if somebody did; ``stubs`` are the notes about people that were
    begun for it.
    """

    outcome: Outcome
    path: str
    text: str = ""
    commit: str = ""
    model: str = ""
    stubs: tuple[str, ...] = ()


@frozen(kw_only=True)
class MemoryInformedWriter:
    """Writes drafts; where Donna may not go alone (``to_inbox``), all of them land in the inbox."""

    writer: VaultWriter
    language_model: LanguageModel
    unit_of_work: UnitOfWork
    clock: Clock
    to_inbox: bool

    async def run(self, draft: Draft, *, preview: bool = False) -> Drafted:
        """Write the note, or say that it was; raise ``VaultRefused`` and change nothing.

        The key is compared before anything is gathered. A note of Donna's with the same path and
        another key is written anew, with the properties that a person added; a note that she did
        not write, and one whose body was changed since she did, stays as it is. No model is asked
        for a preview.
        """
        path = f"{INBOX}/{draft.path.replace('/', ' ')}" if self.to_inbox else draft.path
        present = await asyncio.to_thread(self._present, path)
        if present is not None and as_text(present.front_matter.get(KEY)) == draft.key:
            return Drafted(outcome=Outcome.SKIPPED, path=path)
        if present is not None and not present.is_untouched:
            return Drafted(outcome=Outcome.KEPT, path=path)
        values = {**await draft.context(), "key": draft.key, "now": self.clock.now()}
        text = render(draft.template, values)
        if preview:
            return Drafted(outcome=Outcome.PREVIEWED, path=path, text=text)
        # What is refused is tried again and again: it must not be paid for first.
        await asyncio.to_thread(self.writer.check, path, text)
        told, model = await self._told(draft, text)
        if told:
            fuller = render(draft.template, values, told=told, model=model)
            text, model = (fuller, model) if self.writer.fits(fuller) else (text, "")
        done = await asyncio.to_thread(
            self.writer.write,
            path,
            text,
            expected_mtime_ns=0 if present is None else present.stat.mtime_ns,
            message=f"Donna: {draft.template} {draft.key}",
        )
        await self._tell(path, draft.template, done.sha, model=model)
        return Drafted(
            outcome=Outcome.WRITTEN,
            path=path,
            text=text,
            commit=done.sha,
            model=model,
            stubs=await self._begin_people(draft),
        )

    async def _tell(self, path: str, template: str, commit: str, *, model: str = "") -> None:
        data = {"path": path, "template": template, "commit": commit, "model": model}
        event = Event(kind=EventKind.NOTE_WRITTEN, at=self.clock.now(), data=data)
        await self.unit_of_work.run(lambda stores: stores.events.append([event]))

    async def _begin_people(self, draft: Draft) -> tuple[str, ...]:
        """Begin a note about each person who has none, and return their paths.

        Where Donna may not go alone there are none. The note itself is written by then: what is
        refused is left out.
        """
        begun = []
        for name in () if self.to_inbox else draft.people:
            path, key = path_of(name), f"stub: {name}"
            values = {"name": name, "met": draft.path, "key": key, "now": self.clock.now()}
            try:
                if await asyncio.to_thread(self._present, path) is not None:
                    continue
                done = await asyncio.to_thread(
                    self.writer.write,
                    path,
                    render("person_stub", values),
                    expected_mtime_ns=0,
                    message=f"Donna: person_stub {name}",
                )
            except (VaultRefused, VaultUnavailable):
                continue
            await self._tell(path, "person_stub", done.sha)
            begun.append(path)
        return tuple(begun)

    async def _told(self, draft: Draft, text: str) -> tuple[Sequence[Told], str]:
        """Return what a model says of the note and who it was; nothing where nobody answers.

        What it reads was written by others as well: it has no tools, and its words become plain
        lines.
        """
        request = ModelRequest(
            task_type=draft.task_type,
            inputs={"note": split(text, path=draft.path)[1]},
            caller=CALLER,
            priority=Urgency.BACKGROUND,
            labels=frozenset({Label.UNTRUSTED, Label.PRIVATE}),
            sources=(f"vault:{draft.path}",),
        )
        try:
            reply = await self.language_model.complete(request)
        except (Degraded, Refused):
            return (), ""  # the gateway has told of it: a log row, an event, the health of a model
        told = sections_of(reply.output)
        return told, reply.metadata.model_actual if told else ""

    def _present(self, path: str) -> Note | None:
        try:
            return self.writer.reader.read(path)
        except VaultRefused as error:
            if error.reason is Reason.MISSING:
                return None
            raise
