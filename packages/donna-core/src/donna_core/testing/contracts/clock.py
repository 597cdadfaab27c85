"""What every clock keeps to."""

import asyncio
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from donna_core.ports.clock import Clock

A_MOMENT = timedelta(milliseconds=20)


class ClockContract(ABC):
    """Subclass this in a test module, say which clock, and every promise is tested on it."""

    @abstractmethod
    def clock(self) -> Clock:
        """Return the clock to test."""

    async def pass_time(self, clock: Clock, *, until: datetime) -> None:
        """Make the clock reach the instant; real ones do so by themselves."""
        await clock.sleep_until(until)

    async def test_it_tells_aware_utc(self) -> None:
        """An instant is aware and in UTC."""
        assert self.clock().now().tzinfo is UTC

    async def test_a_past_instant_is_not_waited_for(self) -> None:
        """Sleeping until now or earlier returns at once."""
        clock = self.clock()

        async with asyncio.timeout(5):
            await clock.sleep_until(clock.now())
            await clock.sleep_until(clock.now() - timedelta(days=400))

    async def test_nobody_wakes_early(self) -> None:
        """A sleeper runs on once its instant has come, and not before."""
        clock = self.clock()
        instant = clock.now() + A_MOMENT
        sleeper = asyncio.create_task(clock.sleep_until(instant))
        await asyncio.sleep(0)
        assert not sleeper.done() or clock.now() >= instant

        await self.pass_time(clock, until=instant)
        async with asyncio.timeout(5):
            await sleeper
        assert clock.now() >= instant

    async def test_sleepers_do_not_hold_each_other_up(self) -> None:
        """The order of waking is that of the instants, not of going to sleep."""
        clock, woken = self.clock(), list[int]()
        start = clock.now()

        async def sleep(moments: int) -> None:
            await clock.sleep_until(start + moments * A_MOMENT)
            woken.append(moments)

        sleepers = [asyncio.create_task(sleep(moments)) for moments in (6, 1, 3)]
        await asyncio.sleep(0)
        await self.pass_time(clock, until=start + 6 * A_MOMENT)
        async with asyncio.timeout(5):
            await asyncio.gather(*sleepers)
        assert woken == [1, 3, 6]

    async def test_a_sleeper_can_be_cancelled(self) -> None:
        """Cancelling ends the wait at once."""
        clock = self.clock()
        sleeper = asyncio.create_task(clock.sleep_until(clock.now() + timedelta(days=400)))
        await asyncio.sleep(0)

        sleeper.cancel()
        async with asyncio.timeout(5):
            (outcome,) = await asyncio.gather(sleeper, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError)
