"""The fake clock wakes everybody in order, at the exact instant, and never too early."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.testing.fake_clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@given(st.lists(st.lists(st.integers(0, 50), max_size=5), max_size=8))
def test_every_sleeper_wakes_at_its_own_instant(plans: list[list[int]]) -> None:
    """Chains of sleeps end at the sums of their lengths, and are seen in the order of time."""
    clock, seen = FakeClock(START), list[tuple[datetime, int]]()

    async def sleep(name: int, lengths: list[int]) -> None:
        for length in lengths:
            await clock.sleep_until(clock.now() + length * SECOND)
            seen.append((clock.now(), name))

    async def simulate() -> None:
        async with asyncio.TaskGroup() as group:
            for name, lengths in enumerate(plans):
                group.create_task(sleep(name, lengths))
            await clock.run_until(START + 300 * SECOND)

    asyncio.run(simulate())
    expected = [
        (START + sum(lengths[: end + 1]) * SECOND, name)
        for name, lengths in enumerate(plans)
        for end in range(len(lengths))
    ]
    assert [at for at, _ in seen] == [at for at, _ in sorted(expected)]
    assert sorted(seen) == sorted(expected)
    assert clock.now() == START + 300 * SECOND


async def test_those_due_together_wake_in_the_order_of_asking() -> None:
    """Equal instants are no matter of chance."""
    clock, woken = FakeClock(START), list[int]()

    async def sleep(name: int) -> None:
        await clock.sleep_until(START + SECOND)
        woken.append(name)

    async with asyncio.TaskGroup() as group:
        for name in range(20):
            group.create_task(sleep(name))
        await clock.run_until(START + SECOND)
    assert woken == list(range(20))


async def test_long_chains_of_callbacks_finish_before_time_moves() -> None:
    """A thousand turns of the loop at one instant are still that instant."""
    clock, ended = FakeClock(START), list[datetime]()

    async def busy() -> None:
        await clock.sleep_until(START + SECOND)
        for _ in range(1_000):
            await asyncio.sleep(0)
        ended.append(clock.now())

    async with asyncio.TaskGroup() as group:
        group.create_task(busy())
        group.create_task(clock.sleep_until(START + 2 * SECOND))
        await clock.run_until(START + 5 * SECOND)
    assert ended == [START + SECOND]


async def test_time_stands_still_while_a_decision_is_in_flight() -> None:
    """Work on a thread ends at the instant at which it began."""
    release, in_flight = threading.Event(), list[int]()
    clock = FakeClock(START, busy=lambda: bool(in_flight))
    times: list[datetime] = []

    async def decide() -> None:
        await clock.sleep_until(START + SECOND)
        in_flight.append(1)
        await asyncio.to_thread(partial(release.wait, 5))
        in_flight.pop()
        times.append(clock.now())

    async with asyncio.TaskGroup() as group:
        group.create_task(decide())
        asyncio.get_running_loop().call_later(0.02, release.set)
        await clock.run_until(START + 10 * SECOND)
    assert times == [START + SECOND]


async def test_running_stops_at_the_instant_asked_for() -> None:
    """What is due later still waits, and goes on when the time comes."""
    clock = FakeClock(START)
    sleeper = asyncio.create_task(clock.sleep_until(START + 10 * SECOND))
    await clock.run_until(START + 9 * SECOND)
    assert not sleeper.done()
    assert clock.next_deadline() == START + 10 * SECOND

    await clock.run_until(START + 10 * SECOND)
    assert sleeper.done()
    assert clock.next_deadline() is None


async def test_a_clock_set_back_lets_sleepers_wait_longer() -> None:
    """An instant counts when the clock shows it, whatever time has passed meanwhile."""
    clock = FakeClock(START)
    sleeper = asyncio.create_task(clock.sleep_until(START + SECOND))
    await clock.settle()
    clock.advance(by=-timedelta(hours=1))
    await clock.settle()
    assert not sleeper.done()

    clock.advance(to=START + SECOND)
    clock.advance(by=-2 * SECOND)
    await clock.settle()
    assert not sleeper.done()
    await clock.run_until(START + SECOND)
    assert sleeper.done()


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    """Nobody jumps to a deadline that nobody waits for."""
    clock = FakeClock(START)
    sleeper = asyncio.create_task(clock.sleep_until(START + SECOND))
    await clock.settle()
    sleeper.cancel()
    await clock.settle()

    assert clock.next_deadline() is None


def test_a_clock_shows_aware_utc() -> None:
    """A naive start is refused, one of another zone is told in UTC."""
    with pytest.raises(ValueError, match="aware"):
        FakeClock(datetime(2026, 1, 1))  # noqa: DTZ001  # this is the point
    there = FakeClock(START.astimezone(timezone(timedelta(hours=5))))
    there.advance(to=START.astimezone(timezone(timedelta(hours=-3))), by=SECOND)

    assert there.now() == START + SECOND
    assert there.now().tzinfo is UTC


async def test_a_year_of_minutes_takes_no_time() -> None:
    """Half a million wake-ups would be a year; a tenth of it is enough to count exactly."""
    clock, ticks = FakeClock(START), 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await clock.sleep_until(clock.now() + timedelta(minutes=1))
            ticks += 1

    ticking = asyncio.create_task(tick())
    await clock.run_until(START + timedelta(days=36))
    ticking.cancel()

    assert ticks == 36 * 24 * 60
