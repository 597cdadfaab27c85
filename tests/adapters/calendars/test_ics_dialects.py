"""Files as the large calendar programs write them are read as their owners see them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.timing.interval import Interval

DATA = Path(__file__).with_name("data")
BERLIN = ZoneInfo("Europe/Berlin")
# Two weeks around the night in which Berlin leaves summer time (25 October 2026, 03:00 to 02:00).
AUTUMN = Interval(datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))


async def seen(name: str) -> list[str]:
    """Return a line for each occurrence: start and end in UTC, what it is, whether it is busy."""
    calendar = IcsCalendar("work", DATA / name, zone=BERLIN, writable=False)
    snapshot = await calendar.changes(AUTUMN)
    return [
        f"{event.when.start:%m-%d %H:%M}/{event.when.end:%m-%d %H:%M} "
        f"{event.title} {'busy' if event.busy else 'free'}"
        for event in snapshot.events
    ]


async def test_google_export() -> None:
    """Recurrence across the clock change, exceptions, a moved and a cancelled occurrence."""
    assert await seen("google.ics") == [
        "10-19 07:15/10-19 07:30 Stand-up busy",
        "10-20 07:15/10-20 07:30 Stand-up busy",
        "10-23 12:00/10-23 12:15 Stand-up (moved) busy",
        "10-23 22:00/10-24 22:00 Grandma's birthday free",
        "10-23 22:00/10-25 23:00 Weekend trip busy",
        "10-25 00:30/10-25 01:30 Maintenance window busy",
        "10-26 08:15/10-26 08:30 Stand-up busy",
        "10-27 08:15/10-27 08:30 Stand-up free",
        "10-28 08:15/10-28 08:30 Stand-up busy",
        "10-29 08:15/10-29 08:30 Stand-up busy",
        "10-30 08:15/10-30 08:30 Stand-up busy",
    ]


async def test_apple_export() -> None:
    """Floating times, durations, extra dates, an end of recurrence, a day without an end."""
    assert await seen("apple.ics") == [
        "10-20 16:00/10-20 17:00 Volleyball busy",
        "10-21 18:00/10-21 19:30 Choir busy",
        "10-21 22:00/10-22 22:00 Bin day 🗑 free",
        "10-27 13:00/10-27 14:00 Call with New York busy",
        "10-29 19:00/10-29 20:30 Choir busy",
        "11-01 19:00/11-01 20:30 Choir busy",
    ]


async def test_outlook_export() -> None:
    """Zones by Windows name and by definition, and Outlook's own words for busy."""
    assert await seen("outlook.ics") == [
        "10-26 09:00/10-26 10:00 Besprechung busy",
        "10-26 12:15/10-26 13:15 Kathmandu office busy",
        "10-26 23:00/10-27 23:00 Somebody is away free",
        "10-27 23:00/10-28 23:00 On leave busy",
        "10-29 09:00/10-29 09:30 Optional talk free",
        "10-29 23:00/10-30 23:00 Company offsite free",
    ]


@pytest.mark.parametrize(
    ("lines", "timed", "whole_day"),
    [
        ("", True, False),
        ("TRANSP:OPAQUE", True, True),
        ("TRANSP:TRANSPARENT", False, False),
        ("STATUS:CANCELLED\nTRANSP:OPAQUE", False, False),
        ("STATUS:TENTATIVE", True, False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", True, True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True, True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True, False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:OPAQUE", False, False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:TRANSPARENT", False, False),
    ],
)
async def test_what_takes_time(tmp_path: Path, lines: str, timed: bool, whole_day: bool) -> None:
    """A timed event is busy unless it says otherwise, a whole day only when it says so."""
    path = tmp_path / "work.ics"
    event = "BEGIN:VEVENT\nUID:{0}\nDTSTART{0}\n{1}\nEND:VEVENT\n"
    text = event.format(":20261020T100000Z", lines) + event.format(";VALUE=DATE:20261021", lines)
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{text}END:VCALENDAR\n")
    calendar = IcsCalendar("work", path, zone=BERLIN, writable=False)

    assert [event.busy for event in (await calendar.changes(AUTUMN)).events] == [timed, whole_day]


async def test_only_the_mark_makes_an_event_donna_s(tmp_path: Path) -> None:
    """A task id without the mark, as an invitation could carry, stands for no task."""
    path = tmp_path / "work.ics"
    event = "BEGIN:VEVENT\nUID:{0}\nDTSTART:20261020T1{0}0000Z\nX-DONNA-TASK-ID:t{0}\n"
    marked = event.format(1) + "X-DONNA-MANAGED:TRUE\nEND:VEVENT\n"
    text = event.format(0) + "END:VEVENT\n" + marked
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{text}END:VCALENDAR\n")
    calendar = IcsCalendar("work", path, zone=BERLIN, writable=False)

    assert [event.task_id for event in (await calendar.changes(AUTUMN)).events] == [None, "t1"]
