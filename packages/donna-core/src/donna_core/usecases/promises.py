"""What Donna owes, and what became of what she owed, each with its receipts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.task import Task
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.outbox import DeliveryState, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LOOK_BACK = timedelta(days=7)
PUNCTUAL = timedelta(minutes=2)
"""How late an act may begin before it is late: some rounds of the loop."""

_LOST = frozenset({DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.QUARANTINED})
_ON_THE_WAY = frozenset({DeliveryState.PENDING, DeliveryState.IN_FLIGHT})


class Standing(StrEnum):
    """How a promise stands: still owed, owed and overdue, kept, of no use any more, or broken."""

    OWED = "owed"
    LATE = "late"
    KEPT = "kept"
    DROPPED = "dropped"
    BROKEN = "broken"


@frozen(kw_only=True)
class Promise:
    """One act due at an instant, the task it is about, and the messages that came of it."""

    job: JobRow
    task: Task | None
    receipts: tuple[OutboxRow, ...]
    standing: Standing
    why: str


@frozen(kw_only=True)
class Account:
    """The promises by their time, as they stand at the instant ``at``."""

    at: datetime
    promises: tuple[Promise, ...]


async def account(runtime: Runtime, *, broken: bool = False) -> Account:
    """Return what is owed, and what became of what was due in the last week.

    ``broken`` leaves only what did not happen as promised, or is late. What no state of a task
    implies any more is not owed and not listed.
    """
    at = runtime.clock.now()

    def decide(stores: Stores) -> tuple[Promise, ...]:
        receipts: dict[str, list[OutboxRow]] = {}
        for row in stores.outbox.select():
            if row.cause is not None:
                receipts.setdefault(row.cause, []).append(row)
        tasks = {task.id: task for task in stores.tasks.select()}
        owed = stores.jobs.select(states=set(JobState) - {JobState.CANCELLED})
        return tuple(
            _promise(job, tasks, receipts.get(job.job.key, []), at)
            for job in owed
            if job.job.run_at >= at - LOOK_BACK
        )

    found = await runtime.unit_of_work.run(decide)
    wrong = {Standing.BROKEN, Standing.LATE}
    shown = tuple(each for each in found if not broken or each.standing in wrong)
    return Account(at=at, promises=shown)


def _promise(
    job: JobRow, tasks: Mapping[TaskId, Task], receipts: list[OutboxRow], at: datetime
) -> Promise:
    standing, why = _standing(job, receipts, at)
    task = tasks.get(job.job.task_id) if job.job.task_id else None
    return Promise(job=job, task=task, receipts=tuple(receipts), standing=standing, why=why)


def _standing(job: JobRow, receipts: list[OutboxRow], at: datetime) -> tuple[Standing, str]:
    if job.state in {JobState.MISSED, JobState.DEAD}:
        return Standing.BROKEN, job.note
    if job.state is not JobState.DONE:
        if at > job.job.run_at + PUNCTUAL:
            return Standing.LATE, job.note or "nobody has done it yet"
        return Standing.OWED, job.note
    for states, standing in (
        (_LOST, Standing.BROKEN),
        (_ON_THE_WAY, Standing.OWED),
        ({DeliveryState.CANCELLED}, Standing.DROPPED),
    ):
        for row in receipts:
            if row.state in states:
                return standing, row.note
    return Standing.KEPT, ""
