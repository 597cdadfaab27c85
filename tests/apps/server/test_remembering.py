"""Memory reads along while Donna runs, and a note that is saved is found at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.timing.zones import local
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_core.usecases.capture import capture
from donna_core.usecases.edit import Correction, edit
from donna_memory.documents import Document, SourceType
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
        await as_told(recall, lambda told: told.changed >= 3)  # found before it is counted
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert recall.problem == ""


async def as_told(recall: Recall, settled: Callable[[Recall], bool]) -> None:
    """Return as soon as what is told of the memory is as awaited."""
    async with asyncio.timeout(30):
        while not settled(recall):  # noqa: ASYNC110  # what is told of it has no event
            await asyncio.sleep(0.01)


async def told_by(composed: Composed, recall: Recall, settled: Callable[[Recall], bool]) -> None:
    """Read along until what is told of it is as awaited."""
    reading = asyncio.create_task(read_along(composed, recall))
    try:
        await as_told(recall, settled)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_a_model_reads_what_was_said_where_one_is_named_for_it(tmp_path: Path) -> None:
    """What keeps it from reading is told, and what it reads is believed."""
    config = tmp_path / "config"
    config.mkdir(parents=True)
    (config / "memory.yaml").write_text("embedding: {provider: none}\n")
    (config / "donna_models.yaml").write_text(
        "models: {reader: {provider: ollama, model: tiny}}\n"
        "routing: {read_statements: {model: reader}}\n"
    )
    options = Options(output=print, data_dir=tmp_path, environment={})
    clock = FakeClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    statement = {
        "text": 1, "subject": "Jo", "attribute": "chess day", "value": "Wednesdays",
        "quote": "I play on Wednesdays",
    }  # fmt: skip
    away = ModelUnavailable("read_statements", problem="away")
    model = ScriptedLanguageModel({"read_statements": [away, {"statements": [statement]}]})
    async with open_runtime(options, clock=clock) as opened:
        composed = evolve(opened, runtime=evolve(opened.runtime, language_model=model))
        memory = open_memory(composed)
        said = Document(
            user_id=composed.runtime.user_id, source_type=SourceType.CHAT, source_id="s:1",
            content="I play on Wednesdays now.", session="s", position=1, speaker="Jo",
        )  # fmt: skip
        await memory.store.upsert_many([said])
        clock.advance(by=timedelta(hours=1))
        recall = Recall()

        await told_by(composed, recall, lambda now: bool(now.unread))
        assert "away" in recall.trouble
        await told_by(composed, recall, lambda now: now.stated == 1)
        assert recall.trouble == ""

        known = await memory.catalog.statements(said.user_id, [(SourceType.CHAT, "s:1")])
        assert [(each.value, each.told_by) for each in known] == [("Wednesdays", "scripted")]


async def test_without_a_model_nobody_is_asked(composed: Composed) -> None:
    """The rules answer nothing of that, however often they are asked."""
    assert open_memory(composed).reader is None


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
