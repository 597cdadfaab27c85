"""The work loop beside /health: what is due is done, and two never lead at once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from donna_adapters.compose import memory
from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_adapters.system.leadership import AlreadyLed
from donna_core.testing.fake_clock import FakeClock
from donna_core.usecases.capture import capture
from donna_core.usecases.runtime import Runtime
from donna_memory.documents import Document, SourceType
from donna_memory.testing.hashing_embedder import HashingEmbedder
from donna_server.http.health import CannotListen
from donna_server.orchestrator import Heartbeat, orchestrate, supervise

MORNING = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)


@asynccontextmanager
async def donna(
    folder: Path, said: list[str], clock: FakeClock | None = None
) -> AsyncIterator[Composed]:
    """Compose a Donna in the folder who says what she has to say into a list."""
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "calendar.yaml").write_text("timezone: UTC\n")
    options = Options(output=said.append, data_dir=folder, environment={})
    async with open_runtime(options, clock=clock) as composed:
        yield composed


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def rounds(runtime: Runtime, heartbeat: Heartbeat, clock: FakeClock, until: datetime) -> None:
    """Let the loop run on the virtual clock: jump whenever it sleeps."""
    loop = asyncio.create_task(orchestrate(runtime, heartbeat, poll=timedelta(minutes=30)))
    while clock.now() < until:
        deadline = clock.next_deadline()
        if deadline is None:
            await asyncio.sleep(0.001)
        else:
            clock.advance(to=deadline)
            await asyncio.sleep(0)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_the_loop_reminds_in_time(tmp_path: Path) -> None:
    """A captured appointment is reminded of a quarter of an hour before, without being asked."""
    said: list[str] = []
    clock, heartbeat = FakeClock(MORNING), Heartbeat()
    async with donna(tmp_path, said, clock) as composed:
        await capture(composed.runtime, "Call the dentist today at 11am")

        await rounds(composed.runtime, heartbeat, clock, MORNING + timedelta(hours=4))

    reminders = [text for text in said if "Reminder" in text]
    assert len(reminders) == 1
    assert "2027-03-08 10:45 Reminder: Call the dentist" in reminders[0]
    assert heartbeat.beat_at is not None


async def healthy(url: str) -> httpx.Response:
    """Return the first good answer, asked for patiently."""
    async with httpx.AsyncClient() as client:
        while True:
            await asyncio.sleep(0.02)
            try:
                answer = await client.get(url)
            except httpx.ConnectError:
                continue
            if answer.is_success:
                return answer


async def test_health_is_answered_while_the_loop_works(tmp_path: Path) -> None:
    """The first round makes the endpoint healthy; ending the work frees port and lock."""
    port = free_port()
    async with donna(tmp_path, []) as composed:
        running = asyncio.create_task(supervise(composed, port=port))
        answer = await healthy(f"http://127.0.0.1:{port}/health")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert answer.json()["status"] == "ok"
    checks = {"work_loop", "database", "calendars", "outbox", "memory"}
    assert set(answer.json()["checks"]) == checks


async def test_only_one_leads_a_folder(tmp_path: Path) -> None:
    """A second process is told that the work is being done; nothing of it starts."""
    async with donna(tmp_path, []) as first, donna(tmp_path, []) as second:
        leader = asyncio.create_task(supervise(first, port=free_port()))
        await asyncio.sleep(0.2)

        with pytest.raises(AlreadyLed, match="at work in"):
            await supervise(second, port=free_port())

        leader.cancel()
        await asyncio.gather(leader, return_exceptions=True)


async def test_a_taken_port_stops_the_start(tmp_path: Path) -> None:
    """The port is named, and the loop does not go on without its endpoint."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with donna(tmp_path, []) as composed:
            with pytest.raises(CannotListen, match=str(port)):
                await supervise(composed, port=port)


async def test_notes_and_tasks_are_remembered_while_the_loop_works(tmp_path: Path) -> None:
    """Those that were there, and those that come in; a vault that is away stops nothing else."""
    config, vault = tmp_path / "config", tmp_path / "vault"
    config.mkdir()
    vault.mkdir()
    (config / "memory.yaml").write_text("vault: {root: vault}\nembedding: {provider: none}\n")
    (vault / "Boat.md").write_text("# Boat\n\nThe impeller is in the blue box.\n")
    clock = FakeClock(MORNING)
    async with donna(tmp_path, [], clock) as composed:
        await capture(composed.runtime, "Varnish the mast tomorrow at 11am")
        running = asyncio.create_task(supervise(composed, port=free_port()))

        assert await found(composed, clock, "impeller") == ["vault"]
        assert await found(composed, clock, "varnish mast") == ["task"]
        (vault / "Key.md").write_text("The spare key hangs behind the mirror.\n")
        assert await found(composed, clock, "mirror") == ["vault"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_has_no_vectors_gets_them_while_the_loop_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note that was kept by its words alone is understood once there is a model for it."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "memory.yaml").write_text("embedding: {provider: none}\n")
    clock = FakeClock(MORNING)
    async with donna(tmp_path, [], clock) as composed:
        me = composed.runtime.user_id
        note = Document(user_id=me, source_type=SourceType.VAULT, source_id="a", content="The mast")
        await open_memory(composed).store.put(note)
        monkeypatch.setattr(memory, "embedder_of", lambda _: (HashingEmbedder(), ""))
        running = asyncio.create_task(supervise(composed, port=free_port()))

        store, meant = open_memory(composed).store, 0.0
        while not meant:
            clock.advance(by=timedelta(seconds=1))
            await asyncio.sleep(0.01)
            [hit] = await store.search("mast", user_id=me)
            meant = hit.semantic
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def found(composed: Composed, clock: FakeClock, words: str) -> list[str]:
    """Return the sources of what is remembered of that, once it is; the clock goes on."""
    store = open_memory(composed).store
    while not (hits := await store.search(words, user_id=composed.runtime.user_id)):
        clock.advance(by=timedelta(seconds=10))
        await asyncio.sleep(0.01)
    return [hit.source_type.value for hit in hits]
