"""A leader that dies or sleeps is followed by another one; nothing is forgotten or said twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options
from donna_adapters.sql.leadership import Leadership
from donna_core.ports.outbox import DeliveryState
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.file_clock import FileClock
from donna_core.usecases.capture import capture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
STAND_IN = Path(__file__).with_name("stand_in.py")
MORNING = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)
CALLS = {"Anna": "11am", "Berta": "12pm", "Carla": "1pm"}
STEP = timedelta(seconds=3)
PAUSE, TRIES = 0.05, 1200


@frozen(kw_only=True)
class Stage:
    """Two homes that share a clock and what they do, where there is a server, else one home."""

    homes: tuple[Path, ...]
    clock: FileClock
    clock_file: Path
    environment: dict[str, str]

    def start(self, home: Path) -> "subprocess.Popen[bytes]":
        """Start an orchestrator in the home."""
        return subprocess.Popen(
            [sys.executable, str(STAND_IN), str(home), str(self.clock_file)],
            env={**os.environ, **self.environment},
        )

    def options(self) -> Options:
        """Return how a face reaches the data."""
        return Options(output=lambda _: None, data_dir=self.homes[0], environment=self.environment)

    def reminders(self) -> list[str]:
        """Return what was sent from any home."""
        logs = [home / "sent" for home in set(self.homes)]
        said = "".join(log.read_text() for log in logs if log.exists())
        return [line for line in said.splitlines() if "Reminder" in line]


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """Give the stage on either database."""
    on_server = request.param == "postgres"
    homes = tuple(tmp_path / name for name in ("a", "b"))[: 2 if on_server else 1]
    for home in homes:
        (home / "config").mkdir(parents=True)
        (home / "config" / "calendar.yaml").write_text("timezone: UTC\n")
    url = request.getfixturevalue("own_postgres_url") if on_server else None
    clock_file = tmp_path / "clock"
    clock = FileClock(clock_file)
    clock.set(MORNING)
    return Stage(
        homes=homes if on_server else homes * 2,
        clock=clock,
        clock_file=clock_file,
        environment={"DONNA_DATABASE_URL": url} if url else {},
    )


@pytest.fixture
def running() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Give a list of processes, each of which is ended."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for each in started:
        each.kill()
        each.wait()


async def until(
    stage: Stage, holds: Callable[[], Awaitable[bool]], *, step: timedelta = timedelta(0)
) -> None:
    """Wait until it holds; the clock stands meanwhile, or goes on in steps."""
    for _ in range(TRIES):
        if await holds():
            return
        await asyncio.sleep(PAUSE)
        stage.clock.set(stage.clock.now() + step)
    raise AssertionError(f"at {stage.clock.now()}: {stage.reminders()}")


async def test_the_next_one_goes_on_where_the_last_one_was_killed_or_slept(
    stage: Stage, running: list["subprocess.Popen[bytes]"]
) -> None:
    """One is killed, one is stopped past its lease and woken again: each reminder is sent once.

    Both happen between two messages: one that is on its way then may have arrived or not, which
    the kill harness looks into.
    """
    async with open_runtime(stage.options(), clock=stage.clock) as composed:
        for name, at in CALLS.items():
            await capture(composed.runtime, f"Call {name} today at {at}")
        leadership = Leadership(composed.database, stage.clock, holder="nobody")

        async def leader_is(process: "subprocess.Popen[bytes]") -> bool:
            leader = await leadership.current()
            return leader is not None and leader.holder.endswith(f"process {process.pid}")

        def reminded(count: int) -> Callable[[], Awaitable[bool]]:
            def settled(stores: Stores) -> int:
                rows = stores.outbox.select(states={DeliveryState.SENT})
                return sum(row.delivery.key.startswith("reminder") for row in rows)

            async def holds() -> bool:
                return await composed.runtime.unit_of_work.run(settled) >= count

            return holds

        first = stage.start(stage.homes[0])
        running.append(first)
        await until(stage, lambda: leader_is(first), step=STEP)
        stage.clock.set(MORNING + timedelta(hours=2, minutes=45))
        await until(stage, reminded(1))

        first.send_signal(signal.SIGKILL)
        first.wait()
        second = stage.start(stage.homes[1])
        running.append(second)
        await until(stage, lambda: leader_is(second), step=STEP)
        stage.clock.set(MORNING + timedelta(hours=3, minutes=45))
        await until(stage, reminded(2))

        if stage.homes[0] != stage.homes[1]:
            third = stage.start(stage.homes[0])
            running.append(third)
            second.send_signal(signal.SIGSTOP)
            await until(stage, lambda: leader_is(third), step=STEP)
            second.send_signal(signal.SIGCONT)
        stage.clock.set(MORNING + timedelta(hours=4, minutes=45))
        await until(stage, reminded(3))
        await asyncio.sleep(0.5)

    told = stage.reminders()
    assert [sum(name in line for line in told) for name in CALLS] == [1, 1, 1], told
