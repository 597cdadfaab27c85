"""The routines that are owed: each occurrence waits, and what was missed is owed as well."""

from collections.abc import Callable, Iterator
from datetime import datetime

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.timing.schedule import (
    Occurrence,
    Routine,
    due_occurrences,
    next_occurrence,
)
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

EXPIRES = frozenset(
    {JobKind.REMINDER, JobKind.MORNING_DIGEST, JobKind.EVENING_DIGEST, JobKind.WEEK_PLAN}
)
"""What is worth nothing after its grace, and is owned up to instead."""


def wanting_routines(runtime: Runtime) -> Callable[[Stores], None]:
    """Return the decision that has every occurrence of every routine waiting, up to the next.

    Where the latest one that waited is over, Donna was away: those since then are owed as
    well, and each is run or reported as missed when its turn comes. One that still waits keeps
    to the local time, wherever the person has travelled.
    """
    now = runtime.clock.now()

    def decide(stores: Stores) -> None:
        waiting = {row.job.key: row for row in stores.jobs.select(states={JobState.PENDING})}
        for routine in runtime.policy.routines:
            own = [row.job.run_at for row in waiting.values() if row.job.kind is routine.kind]
            stores.jobs.want(
                Job(key=each.key, kind=routine.kind, run_at=each.run_at)
                for each in _owed(routine, since=min(own, default=now), runtime=runtime, now=now)
                if _is_news(waiting.get(each.key), each)
            )

    return decide


def _owed(
    routine: Routine, *, since: datetime, runtime: Runtime, now: datetime
) -> Iterator[Occurrence]:
    """Yield what fell due since then and is to be done or reported, and what comes next."""
    zone = runtime.policy.zone
    for each in due_occurrences(routine, since=since, now=now, zone=zone):
        if not each.missed or routine.kind in EXPIRES:
            yield each
    yield next_occurrence(routine, after=now, zone=zone)


def _is_news(waiting: JobRow | None, occurrence: Occurrence) -> bool:
    """Whether this is not what waits already; what failed before keeps its pause."""
    if waiting is None:
        return True
    return waiting.attempts == 0 and waiting.job.run_at != occurrence.run_at
