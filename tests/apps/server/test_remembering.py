"""Memory reads along while Donna runs, and a note that is saved is found at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_core.domain.timing.zones import local
from donna_core.usecases.capture import capture
from donna_core.usecases.edit import Correction, edit
from donna_memory.documents import SourceType
from donna_memory.ports import Filters
from donna_server.remembering import PAUSE, Recall, read_along


@pytest.fixture
async def composed(tmp_path: Path) -> AsyncIterator[Composed]:
    """Yield a Donna with a vault that recalls by words alone."""
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (tmp_path / "vault").mkdir()
    (config / "memory.yaml").write_text(
        f"vault: {{root: '{tmp_path / 'vault'}'}}\nembedding: {{provider: none}}\n"
    )
    options = Options(output=print, data_dir=tmp_path / "home", environment={})
    async with open_runtime(options) as opened:
        yield opened


async def found(
    composed: Composed, words: str, path: str, source: SourceType = SourceType.VAULT
) -> None:
    """Return as soon as memory finds the note by these words, or the session of a talk."""
    store, only = open_memory(composed).store, Filters(sources=frozenset({source}))
    while True:
        hits = await store.search(words, user_id=composed.runtime.user_id, filters=only)
        if [hit.session or hit.source_id for hit in hits] == [path]:
            return
        await asyncio.sleep(0.05)


async def test_a_note_that_is_saved_is_found_before_the_next_look(
    composed: Composed, tmp_path: Path
) -> None:
    """Written, written over in one step as editors do, and renamed."""
    recall, vault = Recall(), tmp_path / "vault"
    reading = asyncio.create_task(read_along(composed, recall))
    soon = PAUSE.total_seconds() / 2
    try:
        (vault / "first.md").write_text("The harbour is closed.")
        await asyncio.wait_for(found(composed, "harbour", "first.md"), timeout=soon)
        (vault / "new").write_text("The lighthouse is open.")
        (vault / "new").rename(vault / "first.md")
        await asyncio.wait_for(found(composed, "lighthouse", "first.md"), timeout=soon)
        (vault / "first.md").rename(vault / "second.md")
        await asyncio.wait_for(found(composed, "lighthouse", "second.md"), timeout=soon)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert recall.problem == ""
    assert recall.changed >= 3


async def test_what_was_said_is_read_along(composed: Composed) -> None:
    """At the first look, where its task says less by then."""
    done = await capture(composed.runtime, "Call the plumber who fixed the dishwasher of Ida")
    await edit(composed.runtime, "1", Correction(title="Plumber"))
    day = local(done.command.at, composed.runtime.policy.zone).date() if done.command else None
    reading = asyncio.create_task(read_along(composed, Recall()))
    try:
        await asyncio.wait_for(found(composed, "Ida", f"app:{day}", SourceType.CHAT), timeout=20)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
