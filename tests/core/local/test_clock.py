"""The system clock waits in short naps, so that the wall clock has the last word."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from donna_core.local.clock import LONGEST_NAP, SystemClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAP = timedelta(milliseconds=1)


def wall(*readings: datetime) -> Iterator[datetime]:
    """Yield the readings of a wall clock; the last one stays."""
    yield from readings
    while True:
        yield readings[-1]


async def test_a_jump_ahead_is_noticed_within_a_nap() -> None:
    """A clock that is set forward, or woke from suspension, ends a wait of days."""
    readings = wall(NOON, NOON, NOON + timedelta(days=3))
    clock = SystemClock(nap=NAP, wall=lambda: next(readings))

    async with asyncio.timeout(5):
        await clock.sleep_until(NOON + timedelta(days=2))
    assert clock.now() == NOON + timedelta(days=3)


async def test_a_jump_back_makes_the_wait_longer() -> None:
    """Time that has elapsed is not enough: the wall clock must have reached the instant."""
    readings = wall(NOON, NOON - timedelta(hours=1), NOON, NOON + timedelta(seconds=1))
    clock = SystemClock(nap=NAP, wall=lambda: next(readings))

    async with asyncio.timeout(5):
        await clock.sleep_until(NOON + timedelta(seconds=1))
    assert clock.now() >= NOON + timedelta(seconds=1)


def test_naps_are_short_enough_for_a_suspended_host() -> None:
    """No nap is longer than 15 seconds."""
    assert timedelta(0) < LONGEST_NAP <= timedelta(seconds=15)


def test_the_clock_is_the_machine_s() -> None:
    """Two readings around one of ours enclose it."""
    before, between, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)

    assert before <= between <= after
