"""Composition of the tools that a skill may use on this home."""

import asyncio
import shutil
from collections.abc import Sequence
from importlib.util import find_spec

from attrs import field, frozen

from donna_adapters.compose.build import Composed
from donna_adapters.compose.calendars import known_organizers
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.vault import vault_reader, vault_root, vault_writer
from donna_adapters.web.fetcher import HttpxFetcher
from donna_core.ports.fetcher import Fetcher
from donna_memory.documents import Hit, SourceType
from donna_memory.ports import Filters, MemoryStore
from donna_skills.tools.browser import browser_tools
from donna_skills.tools.calendars import calendar_read
from donna_skills.tools.costs import cost_summary
from donna_skills.tools.feeds import rss_fetch
from donna_skills.tools.memory import Question, Recall, Remembered, memory_search
from donna_skills.tools.pages import html_extract
from donna_skills.tools.registry import Tool
from donna_skills.tools.tasks import task_db_read
from donna_skills.tools.vault import Autonomy, vault_reading, vault_writing
from donna_skills.tools.web import web_fetch

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def tools_of(composed: Composed, *, opened: frozenset[str] = frozenset()) -> tuple[Tool, ...]:
    """Return every tool that this home can offer, each of which costs nothing until it is called.

    ``opened`` are the ``host:port`` pairs that may be read although they are on no public
    network. Notes are read where ``vault.root`` names a folder, and written where
    ``vault.write_folders`` names any. Pages are opened in a browser where there are Chromium and
    Playwright. Raise ``ConfigError`` where the history would lie within
    the vault.
    """
    runtime, fetcher = composed.runtime, HttpxFetcher(opened=opened)
    return (
        web_fetch(fetcher),
        rss_fetch(fetcher),
        html_extract(),
        calendar_read(runtime, known_organizers=known_organizers(composed.home)),
        task_db_read(runtime),
        cost_summary(runtime),
        memory_search(MemoryRecall(composed), user_id=runtime.user_id),
        *_vault_tools(composed),
        *_browser_tools(opened),
    )


@frozen
class MemoryRecall(Recall):
    """Asks the memory of a home, which is opened at the first question: it may load a model."""

    composed: Composed
    _opened: list[MemoryStore] = field(factory=list, init=False)

    async def search(self, question: Question) -> Sequence[Remembered]:
        if not self._opened:
            self._opened.append((await asyncio.to_thread(open_memory, self.composed)).store)
        filters = Filters(
            sources=frozenset(SourceType(name) for name in question.sources),
            uri_prefix=f"vault:{question.path_prefix}" if question.path_prefix else None,
        )
        hits = await self._opened[0].search(
            question.query, user_id=self.composed.runtime.user_id, k=question.k, filters=filters
        )
        return tuple(_remembered(hit) for hit in hits)


def _remembered(hit: Hit) -> Remembered:
    return Remembered(
        source_type=hit.source_type.value,
        source_id=hit.source_id,
        source_path=hit.source_id if hit.source_type is SourceType.VAULT else hit.uri,
        title=hit.title,
        content=hit.text,
        before=hit.before,
        after=hit.after,
        score=hit.score,
        heading_path=hit.heading_path,
        labels=hit.labels,
        metadata=hit.metadata,
    )


def _browser_tools(opened: frozenset[str]) -> tuple[Tool, ...]:
    executable = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if executable is None or find_spec("playwright") is None:
        return ()
    from donna_adapters.browser.chromium import ChromiumRenderer  # noqa: PLC0415  # an extra

    def fetcher_for(place: str) -> Fetcher:
        return HttpxFetcher(opened=opened & {place})

    return browser_tools(ChromiumRenderer(fetcher_for=fetcher_for, executable=executable))


def _vault_tools(composed: Composed) -> tuple[Tool, ...]:
    settings, root = composed.home.settings.memory.vault, vault_root(composed)
    if root is None:
        return ()
    reading = vault_reading(vault_reader(composed, root), ignore=settings.ignore_globs)
    writer = vault_writer(composed)
    if writer is None:
        return reading
    return (*reading, *vault_writing(writer, autonomy=Autonomy(settings.autonomy)))
