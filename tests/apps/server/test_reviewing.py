"""The look at what of the memory is junk is made once a night, whatever ends in between."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_core.domain.errors import StorageUnavailable
from donna_core.domain.events import Event, EventKind
from donna_core.ports.jobs import JobState
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.work import LEASE, work
from donna_memory.documents import Document, SourceType
from donna_memory.junk import Junk, JunkReport
from donna_memory.review import latest_review, review, review_job
from donna_server.orchestrator import supervise

MORNING = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)
FOUND = JunkReport(documents=4, by_reason={Junk.EMPTY: 1}, examples={})


async def found() -> JunkReport:
    """Find one of four."""
    return FOUND


async def away() -> JunkReport:
    """Find the database away."""
    raise StorageUnavailable("the disk is full", remedy="Make room.")


class Night:
    """A world in which the latest look is wanted, and what becomes of it."""

    def __init__(self) -> None:
        self.world = SimulatedWorld()
        self.runtime = self.world.runtime

    async def due(self) -> list[str]:
        """Want the look, and return what a round hands on."""
        job = review_job(self.world.clock.now(), self.runtime.policy.zone)
        await self.world.look(lambda stores: stores.jobs.want([job]))
        self.rows = (await work(self.runtime)).to_assess
        return [row.job.key for row in self.rows]

    async def state(self) -> JobState:
        """Return where the job stands."""
        rows = await self.world.look(lambda stores: stores.jobs.select())
        return next(row.state for row in rows if row.job.key == self.rows[0].job.key)


async def test_a_look_is_made_once_and_kept_as_an_event() -> None:
    """That of the last night first; in the next night another."""
    night = Night()
    assert await night.due() == ["memory_review:2026-11-23"]
    assert await night.world.look(latest_review) is None
    await review(night.runtime, night.rows[0], found)
    seen = await night.world.look(latest_review)
    assert seen is not None
    assert (seen.texts, seen.junk, seen.share) == (4, 1, 0.25)
    assert seen.at == night.world.clock.now()
    assert await night.due() == []

    night.world.clock.advance(by=timedelta(days=1))
    await night.world.say("Pay the rent")
    assert await night.due() == ["memory_review:2026-11-24"]
    await review(night.runtime, night.rows[0], found)
    again = await night.world.look(latest_review)
    assert again is not None
    assert again.at == night.world.clock.now()


async def test_a_look_that_fails_is_tried_again_and_one_that_was_overtaken_keeps_nothing() -> None:
    """One that is under way has an hour before somebody else begins another."""
    night = Night()
    await night.due()
    await review(night.runtime, night.rows[0], away)
    assert await night.state() is JobState.PENDING
    night.world.clock.advance(by=timedelta(hours=2))
    [slow] = (await work(night.runtime)).to_assess

    async def slept() -> JunkReport:
        night.world.clock.advance(by=LEASE * 2)
        assert (await work(night.runtime)).to_assess == ()
        night.world.clock.advance(by=timedelta(hours=1))
        [later] = (await work(night.runtime)).to_assess
        await review(night.runtime, later, found)
        return JunkReport(documents=9, by_reason={}, examples={})

    await review(night.runtime, slow, slept)

    seen = await night.world.look(latest_review)
    assert seen is not None
    assert seen.texts == 4


@asynccontextmanager
async def at_work(folder: Path, clock: FakeClock) -> AsyncIterator[tuple[Composed, str]]:
    """Yield a Donna at work, and where her health is."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    options = Options(output=list[str]().append, data_dir=folder, environment={})
    async with open_runtime(options, clock=clock) as composed:
        running = asyncio.create_task(supervise(composed, port=port))
        try:
            yield composed, f"http://127.0.0.1:{port}/health"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def looks(composed: Composed, clock: FakeClock, *, rounds: int, wanted: int) -> list[Event]:
    """Return the looks that were made, once there are so many or so many rounds went by."""
    made: list[Event] = []
    for _ in range(rounds):
        clock.advance(by=timedelta(seconds=15))
        await asyncio.sleep(0.02)
        told = await composed.runtime.unit_of_work.run(
            lambda stores: stores.events.since(0, limit=10_000)
        )
        made = [event for _, event in told if event.kind is EventKind.MEMORY_REVIEWED]
        if len(made) >= wanted:
            break
    return made


async def test_a_restart_does_not_look_again(tmp_path: Path) -> None:
    """The share and the time are on /health after it too."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "memory.yaml").write_text("embedding: {provider: none}\n")
    (tmp_path / "config" / "calendar.yaml").write_text("timezone: UTC\n")
    clock = FakeClock(MORNING)
    async with at_work(tmp_path, clock) as (composed, _):
        me = composed.runtime.user_id
        note = Document(user_id=me, source_type=SourceType.VAULT, source_id="a", content="ok")
        await open_memory(composed).store.put(note)
        [first] = await looks(composed, clock, rounds=1000, wanted=1)
        assert first.data == {"texts": 1, "junk": 1, "reasons": {"empty": 1}}

    async with at_work(tmp_path, clock) as (composed, health):
        assert await looks(composed, clock, rounds=40, wanted=2) == [first]
        async with httpx.AsyncClient() as client:
            told = (await client.get(health)).json()["checks"]["memory"]
        assert f"100% of the texts are junk, looked at {first.at:%Y-%m-%d %H:%M}" in str(told)
