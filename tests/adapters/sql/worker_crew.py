"""One worker of a crew, whose clock stands where a file says.

Run as a program with the address of a database and the path of the clock; it does what is
handed out until it is killed.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from attrs import evolve
from sqlalchemy import make_url

from donna_adapters.sql.distribution import serve
from donna_adapters.sql.postgres import PostgresDatabase
from donna_core.domain.effects import Job, JobKind
from donna_core.domain.followup.escalation import occurrence_of
from donna_core.domain.ids import UserId
from donna_core.domain.tasks.task import TaskStatus
from donna_core.local.ids import UuidSource
from donna_core.ports.clock import Clock
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import HOUR, NOON, task
from donna_core.testing.file_clock import FileClock
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import perform


def runtime_of(database: PostgresDatabase, user_id: UserId, clock: Clock) -> Runtime:
    """Return a runtime of the packaged defaults for the user."""
    runtime = SimulatedWorld().runtime
    unit_of_work = database.unit_of_work(user_id)
    return evolve(
        runtime, user_id=user_id, unit_of_work=unit_of_work, clock=clock, ids=UuidSource()
    )


def owe(stores: Stores, *, user_id: UserId, count: int) -> None:
    """Plan tasks whose overdue nudges are due two hours after noon."""
    for number in range(1, count + 1):
        planned = task(
            number,
            user_id=user_id,
            status=TaskStatus.SCHEDULED,
            scheduled_start=NOON,
            estimated_duration=timedelta(minutes=30),
        )
        stores.tasks.save(planned)
        nudge = Job(
            key=f"{JobKind.OVERDUE_NUDGE}:{planned.id}:{occurrence_of(planned)}",
            kind=JobKind.OVERDUE_NUDGE,
            run_at=NOON + 2 * HOUR,
            task_id=planned.id,
            payload={"occurrence": occurrence_of(planned)},
        )
        stores.jobs.want([nudge])


async def work(url: str, clock: Clock) -> None:
    """Do what is handed out."""
    with PostgresDatabase.open(make_url(url)) as database:

        async def take(user_id: UserId, key: str, fence: int) -> bool:
            return await perform(runtime_of(database, user_id, clock), key, fence=fence)

        await serve(database, take, at_once=2)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], FileClock(Path(sys.argv[2]))))
