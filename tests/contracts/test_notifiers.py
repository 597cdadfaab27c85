"""Every notifier keeps the contract of the port."""

from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from donna_adapters.console.notifier import ConsoleNotifier
from donna_core.local.notifier import InMemoryNotifier
from donna_core.testing.contracts.notifier import NotifierContract
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.recording_notifier import FailingNotifier, RecordingNotifier


class TestInMemoryNotifier(NotifierContract):
    def notifier(self) -> InMemoryNotifier:
        return InMemoryNotifier()

    def unreachable_notifier(self) -> FailingNotifier:
        return FailingNotifier(times=1)


class TestRecordingNotifier(NotifierContract):
    def notifier(self) -> RecordingNotifier:
        return RecordingNotifier()

    def unreachable_notifier(self) -> FailingNotifier:
        return FailingNotifier(times=1)


class TestConsoleNotifier(NotifierContract):
    def notifier(self, stream: StringIO | None = None) -> ConsoleNotifier:
        clock = FakeClock(datetime(2026, 11, 20, 14, 45, tzinfo=UTC))
        return ConsoleNotifier(stream or StringIO(), clock=clock, zone=ZoneInfo("Europe/Berlin"))

    def unreachable_notifier(self) -> ConsoleNotifier:
        stream = StringIO()
        notifier = self.notifier(stream)
        stream.close()
        return notifier
