"""Workers share the load of a server; any of them may be killed at any time."""

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from donna_core.domain.effects import JobKind
from donna_core.domain.ids import UserId
from donna_core.ports.jobs import JobState
from donna_core.testing.contracts.stores import HOUR, NOON
from donna_core.testing.file_clock import FileClock

pytestmark = pytest.mark.slow
CREW = Path(__file__).with_name("worker_crew.py")
USERS = [UserId(f"user-{number}") for number in range(6)]
EACH = 5


@pytest.fixture
def crew(postgres: Any) -> Any:
    """Give the module of the crew, where its libraries are installed."""
    del postgres
    pytest.importorskip("procrastinate", reason="install donna-adapters[postgres]")
    specification = importlib.util.spec_from_file_location("worker_crew", CREW)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def hire(url: str, clock: Path) -> "subprocess.Popen[bytes]":
    """Start one worker."""
    return subprocess.Popen([sys.executable, str(CREW), url, str(clock)])


async def done(database: Any) -> int:
    """Return how many jobs of all users are done."""
    count = 0
    for user_id in USERS:
        rows = await database.unit_of_work(user_id).run(
            lambda stores: stores.jobs.select(states={JobState.DONE})
        )
        count += len(rows)
    return count


async def test_every_job_has_its_effect_once_whoever_is_killed(
    crew: Any, own_postgres_url: str, tmp_path: Path
) -> None:
    """A killed worker's jobs lapse and go to another one; no nudge is recorded twice."""
    clock_file = tmp_path / "clock"
    clock, url = FileClock(clock_file), crew.make_url(own_postgres_url)
    clock.set(NOON + 3 * HOUR)
    with crew.PostgresDatabase.open(url) as database:
        for user_id in USERS:
            await database.unit_of_work(user_id).run(
                lambda stores, user_id=user_id: crew.owe(stores, user_id=user_id, count=EACH)
            )
        distributor = distributor_on(database)
        assert await distributor.hand_out(now=clock.now()) is None  # nobody is there to take any

        def hired() -> "subprocess.Popen[bytes]":
            return hire(own_postgres_url, clock_file)

        workers = [hired() for _ in range(3)]
        try:
            await until_all_is_done(database, distributor, clock, hired, workers)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()

        for user_id in USERS:
            commands = await database.unit_of_work(user_id).run(
                lambda stores: stores.history.recent(1000)
            )
            nudged = [each.text for each in commands if each.verb == JobKind.OVERDUE_NUDGE]
            assert len(nudged) == len(set(nudged)) == EACH


def distributor_on(database: Any) -> Any:
    """Return what hands out the jobs of this database."""
    from donna_adapters.sql.distribution import (  # noqa: PLC0415  # an extra
        ProcrastinateDistributor,
    )

    return ProcrastinateDistributor(database)


async def until_all_is_done(
    database: Any,
    distributor: Any,
    clock: FileClock,
    hired: "Callable[[], subprocess.Popen[bytes]]",
    workers: "list[subprocess.Popen[bytes]]",
) -> None:
    """Hand out again and again, kill a worker now and then, and let the clock go on."""
    kills = 0
    while (count := await done(database)) < len(USERS) * EACH:
        now = clock.now()
        await distributor.hand_out(now=now)
        await asyncio.sleep(0.2)
        if count > (kills + 1) * 8 and kills < 2:
            kills += 1
            workers[0].kill()
            workers[0].wait()
            workers[:] = [*workers[1:], hired()]
        # What a killed worker held is due again when its lease lapses, by this clock.
        clock.set(now + timedelta(seconds=20))
