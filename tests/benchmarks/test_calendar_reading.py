"""What cutting a calendar down before parsing it saves."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from timeit import timeit
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]  # it ships no types

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.timing.interval import Interval

WEEK = Interval(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))
ZONE = ZoneInfo("Europe/Berlin")


def test_a_week_of_ten_years(tmp_path: Path) -> None:
    """Reading one week of 3,650 events, against the two libraries on the whole file."""
    path = tmp_path / "work.ics"
    path.write_text(ten_years())

    def by_donna() -> list[str]:
        fresh = IcsCalendar("work", path, zone=ZONE, writable=False)
        return [event.event_id for event in asyncio.run(fresh.changes(WEEK)).events]

    def by_libraries() -> list[str]:
        parsed = icalendar.Calendar.from_ical(path.read_bytes())
        found = recurring_ical_events.of(parsed).between(WEEK.start, WEEK.end)
        return sorted(str(event["UID"]) for event in found)

    assert sorted(by_donna()) == by_libraries()
    donna, libraries = timeit(by_donna, number=3) / 3, timeit(by_libraries, number=3) / 3
    print(f"\none week of ten years: {donna * 1000:.0f} ms, {libraries / donna:.1f} times as fast")


def test_a_stamp_against_a_reading(tmp_path: Path) -> None:
    """Seeing that nothing changed, against reading the week anew."""
    path = tmp_path / "work.ics"
    path.write_text(ten_years())
    calendar = IcsCalendar("work", path, zone=ZONE, writable=False)
    stamp = asyncio.run(calendar.changes(WEEK)).stamp

    def fresh_reading() -> str:
        fresh = IcsCalendar("work", path, zone=ZONE, writable=False)
        return asyncio.run(fresh.changes(WEEK)).stamp

    assert fresh_reading() == stamp
    reading = timeit(fresh_reading, number=3) / 3
    looking = timeit(lambda: asyncio.run(calendar.changes(WEEK, since=stamp)), number=20) / 20
    print(f"\na stamp: {looking * 1000:.1f} ms, {reading / looking:.0f} times as fast as a reading")


def ten_years() -> str:
    """Return the calendar of somebody with one appointment a day."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for day in range(3_650):
        start = datetime(2018, 1, 1, 9, tzinfo=UTC) + timedelta(days=day, hours=day % 8)
        times = f"{start:%Y%m%dT%H%M%S}", f"{start + timedelta(hours=1):%Y%m%dT%H%M%S}"
        lines += ["BEGIN:VEVENT", f"UID:{day}@example.org", "DTSTAMP:20180101T000000Z"]
        lines += [f"DTSTART;TZID=Europe/Berlin:{times[0]}", f"DTEND;TZID=Europe/Berlin:{times[1]}"]
        lines += [f"SUMMARY:Appointment {day}", "DESCRIPTION:" + "With notes. " * 5, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
