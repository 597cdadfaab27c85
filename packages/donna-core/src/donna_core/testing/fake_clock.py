"""A clock whose hands are moved by the test, never by the world."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from donna_core.ports.clock import Clock

HOP_POLL = 0.000_5


class FakeClock(Clock):
    """A clock that stands still until it is moved, and then wakes who is due in order.

    ``run_until`` drives everything that waits on this clock: it lets the event loop settle,
    jumps to the earliest deadline, and repeats. ``busy`` says whether work is under way that
    the loop cannot see, such as a decision on the database thread; no jump happens meanwhile.
    Only waits through this clock are virtual: a bare ``asyncio.sleep`` still takes real time.
    """

    def __init__(self, start: datetime, *, busy: Callable[[], bool] = lambda: False) -> None:
        self._now = _utc(start)
        self._busy = busy
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        while self._now < instant:
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._sleepers, (instant, next(self._order), woken))
            await woken

    def advance(self, *, to: datetime | None = None, by: timedelta = timedelta(0)) -> None:
        """Put the hands at ``to`` (or where they stand) plus ``by`` and wake whoever is due.

        They may go back as well, as those of real clocks do; then nobody wakes. The woken
        run when the caller next awaits, in the order of their deadlines.
        """
        self._now = (self._now if to is None else _utc(to)) + by
        while (deadline := self.next_deadline()) is not None and deadline <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)

    def next_deadline(self) -> datetime | None:
        """Return the earliest instant anybody waits for, or ``None``."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def run_until(self, instant: datetime) -> None:
        """Let everything due up to ``instant`` happen, each at its own time, and stop there."""
        await self.settle()
        while (deadline := self.next_deadline()) is not None and deadline <= instant:
            self.advance(to=deadline)
            await self.settle()
        self.advance(to=max(instant, self._now))

    async def settle(self) -> None:
        """Return once no task is runnable and nothing is in flight; no virtual time passes."""
        while True:
            await asyncio.sleep(0)
            if _others_are_runnable():
                continue
            if not self._busy():
                return
            await asyncio.sleep(HOP_POLL)


def _utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC; a naive one has no place on a clock."""
    if instant.utcoffset() is None:
        raise ValueError(f"a clock shows aware instants, not {instant!r}")
    return instant.astimezone(UTC)


def _others_are_runnable() -> bool:
    """Say whether the running loop holds callbacks beside the one that is asking.

    asyncio has no public way to ask, and counting empty turns would only guess: a chain of
    callbacks may be longer than any count. So this reads the queue of asyncio's own loops.
    """
    loop = asyncio.get_running_loop()
    ready = getattr(loop, "_ready", None)
    if ready is None:
        raise TypeError(f"FakeClock drives asyncio's own event loops, not {type(loop).__name__}")
    return len(ready) > 0
