"""The nightly look at what of the memory is junk: a job, so that it is done once whatever ends."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.errors import DonnaError
from donna_core.domain.events import Event, EventKind
from donna_core.domain.timing.schedule import occurrence_key
from donna_core.domain.timing.zones import instant_at, local
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.model_jobs import put_off
from donna_core.usecases.runtime import Runtime
from donna_memory.junk import JunkReport

HOUR = time(3, 45)
LONGEST = timedelta(hours=1)
"""How long a look may take before somebody else begins another."""

READER = "memory.review"
_NEAR = 10  # events behind the cursor among which the latest look is


@frozen(kw_only=True)
class Review:
    """When the memory was looked at, how many texts there were, and how many of them junk."""

    at: datetime
    texts: int
    junk: int

    @property
    def share(self) -> float:
        """The junk as a share of all texts; 0 where there were none."""
        return self.junk / self.texts if self.texts else 0.0


def review_job(at: datetime, zone: ZoneInfo) -> Job:
    """Return the look of the latest night whose hour has come; a missed one is made up for."""
    day = local(at, zone).date()
    due = instant_at(day, HOUR, zone)
    if due > at:
        due = instant_at(day - timedelta(days=1), HOUR, zone)
    kind = JobKind.MEMORY_REVIEW
    return Job(key=occurrence_key(kind, due, zone), kind=kind, run_at=due)


async def review(runtime: Runtime, row: JobRow, look: Callable[[], Awaitable[JunkReport]]) -> None:
    """Do a claimed look and keep what it found as an event; what fails is tried again later."""
    until = runtime.clock.now() + LONGEST
    held = await runtime.unit_of_work.run(
        lambda stores: stores.jobs.hold(row.job.key, fence=row.fence, lease_until=until)
    )
    if held is None:
        return
    try:
        found = await look()
    except DonnaError as error:
        await put_off(runtime, row, str(error))
        return
    at = runtime.clock.now()
    await runtime.unit_of_work.run(lambda stores: _keep(stores, row, found, at))


def latest_review(stores: Stores) -> Review | None:
    """Return the latest look that was done, if one was."""
    near = stores.events.since(stores.cursors.get(READER), limit=_NEAR)
    for _, event in near:
        if event.kind is EventKind.MEMORY_REVIEWED:
            return Review(at=event.at, texts=event.data["texts"], junk=event.data["junk"])
    return None


def _keep(stores: Stores, row: JobRow, found: JunkReport, at: datetime) -> None:
    if not stores.jobs.finish(row.job.key, fence=row.fence, state=JobState.DONE, at=at):
        return  # it was claimed anew while this look slept
    position = stores.cursors.get(READER)
    while events := stores.events.since(position):
        position = events[-1][0]
    reasons = {reason.value: count for reason, count in found.by_reason.items()}
    data = {"texts": found.documents, "junk": found.junk, "reasons": reasons}
    stores.events.append([Event(kind=EventKind.MEMORY_REVIEWED, at=at, data=data)])
    stores.cursors.advance(READER, position)
