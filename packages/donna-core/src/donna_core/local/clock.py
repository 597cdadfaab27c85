"""The wall clock of this machine."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from donna_core.ports.clock import Clock

LONGEST_NAP = timedelta(seconds=15)


def wall_time() -> datetime:
    """Return what the machine takes for the present instant, aware UTC."""
    return datetime.now(UTC)


class SystemClock(Clock):
    """Tells the machine's time, and waits for an instant in naps of at most ``nap``.

    A timer of the event loop counts time that has elapsed: it does not hear of a wall clock
    that was set, and stands still while the machine is suspended. Between two naps the wall
    clock is read again, so both are noticed within one nap.
    """

    def __init__(
        self, *, nap: timedelta = LONGEST_NAP, wall: Callable[[], datetime] = wall_time
    ) -> None:
        self._nap = nap
        self._wall = wall

    def now(self) -> datetime:
        return self._wall()

    async def sleep_until(self, instant: datetime) -> None:
        while (left := instant - self._wall()) > timedelta(0):  # noqa: ASYNC110  # no event tells of a wall clock that was set
            await asyncio.sleep(min(left, self._nap).total_seconds())
