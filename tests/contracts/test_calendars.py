"""Every calendar keeps the contract of the port."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.testing.contracts.calendar import CalendarContract


class TestInMemoryCalendar(CalendarContract):
    def managed(self) -> InMemoryCalendar:
        return InMemoryCalendar("managed")

    def managed_beside(self, event: CalendarEvent) -> InMemoryCalendar:
        return InMemoryCalendar("managed", events=[event])

    def read_only(self) -> InMemoryCalendar:
        return InMemoryCalendar("family", writable=False)

    def broken(self) -> InMemoryCalendar:
        calendar = InMemoryCalendar("managed")
        calendar.break_reading()
        return calendar


class TestIcsCalendar(CalendarContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        """Give each test a folder of its own."""
        self.path = tmp_path / "calendars" / "managed.ics"
        self.path.parent.mkdir()

    def calendar(self, calendar_id: str = "managed", *, writable: bool = True) -> IcsCalendar:
        return IcsCalendar(
            calendar_id, self.path, zone=ZoneInfo("Europe/Berlin"), writable=writable
        )

    def managed(self) -> IcsCalendar:
        return self.calendar()

    def managed_beside(self, event: CalendarEvent) -> IcsCalendar:
        times = [f"{instant:%Y%m%dT%H%M%SZ}" for instant in (event.when.start, event.when.end)]
        self.path.write_text(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Elsewhere//EN\nBEGIN:VEVENT\n"
            f"UID:{event.event_id}\nDTSTART:{times[0]}\nDTEND:{times[1]}\nSUMMARY:{event.title}\n"
            "END:VEVENT\nEND:VCALENDAR\n"
        )
        return self.calendar()

    def read_only(self) -> IcsCalendar:
        self.path.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
        return self.calendar("family", writable=False)

    def broken(self) -> IcsCalendar:
        self.path.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:half")
        return self.calendar()
