"""Every clock keeps the contract of the port."""

from datetime import UTC, datetime

from donna_core.local.clock import SystemClock
from donna_core.ports.clock import Clock
from donna_core.testing.contracts.clock import ClockContract
from donna_core.testing.fake_clock import FakeClock


class TestFakeClock(ClockContract):
    def clock(self) -> FakeClock:
        return FakeClock(datetime(2026, 3, 29, 0, 59, tzinfo=UTC))

    async def pass_time(self, clock: Clock, *, until: datetime) -> None:
        assert isinstance(clock, FakeClock)
        await clock.run_until(until)


class TestSystemClock(ClockContract):
    def clock(self) -> SystemClock:
        return SystemClock()
