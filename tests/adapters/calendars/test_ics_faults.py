"""A file that cannot be understood is reported with its place, never read as an empty one."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.calendars.ics_text import LARGEST
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarChanges

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
SAMPLES = {path.name: path.read_bytes() for path in Path(__file__).parent.glob("data/*.ics")}
HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nSUMMARY:Lunch\n"
TAIL = "END:VEVENT\nEND:VCALENDAR\n"
START = "DTSTART:20260105T100000Z\n"


def calendar_at(path: Path) -> IcsCalendar:
    """Return a calendar in that file which is somebody else's."""
    return IcsCalendar("work", path, zone=ZoneInfo("Europe/Berlin"), writable=False)


def reading(path: Path, content: bytes) -> Coroutine[Any, Any, CalendarChanges]:
    """Put the content there and return the reading of it, not yet begun."""
    path.write_bytes(content)
    return calendar_at(path).changes(YEAR)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is empty"),
        (b"<html>Sign in</html>", ":1: it does not start with BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n", ":4: it breaks off"),
        (b"BEGIN:VCALENDAR\nA:\0\0\0\nEND:VCALENDAR\n", ":2: a NUL byte"),
        (b"BEGIN:VCALENDAR\nA:b\nC:\xe4rger\nEND:VCALENDAR\n", ":3: it is not UTF-8"),
        (b"BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", ":2: 'nonsense' is not 'NAME:value'"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", ":3: END:VCALENDAR where BEGIN:VEVENT"),
        (b"BEGIN:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", ":1: BEGIN:VCALENDAR has no END"),
    ],
)
async def test_broken_files_are_named_with_their_line(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    """The message holds the path, the line where there is one, and what is wrong."""
    path = tmp_path / "work.ics"
    path.write_bytes(content)

    with pytest.raises(CalendarUnreadable, match=re.escape(problem)) as raised:
        await calendar_at(path).changes(YEAR)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("DTSTART:tomorrow\n", ":7: event 'Lunch': 'DTSTART:tomorrow' is invalid"),
        ("DTSTART;TZID=Nowhere/Land:20260105T100000\n", "unknown time zone 'Nowhere/Land'"),
        (START + "EXDATE;TZID=Nowhere/Land:20260105T100000\n", ":8: event 'Lunch': unknown time"),
        (START + "RRULE:FREQ=SOMETIMES\n", ":8: event 'Lunch': 'RRULE:FREQ=SOMETIMES' is invalid"),
        (START + "RRULE:often\n", ":8: event 'Lunch': 'RRULE:often' is invalid"),
        (START + "RRULE:FREQ=SECONDLY\n", ":8: event 'Lunch' recurs more often than hourly"),
        (START + "DTEND:20261399T000000Z\n", ":8: event 'Lunch': 'DTEND:20261399T000000Z'"),
        (START + START, ":8: event 'Lunch' has DTSTART twice"),
        ("", ":4: event 'Lunch' has no DTSTART"),
    ],
)
async def test_times_that_mean_nothing_are_not_passed_over(
    tmp_path: Path, lines: str, problem: str
) -> None:
    """An event whose time is unclear makes the calendar unreadable: it might be now."""
    with pytest.raises(CalendarUnreadable, match=re.escape(problem)):
        await reading(tmp_path / "work.ics", (HEAD + lines + TAIL).encode())


async def test_what_decides_no_time_may_be_broken(tmp_path: Path) -> None:
    """A malformed place or alarm does not hide the event."""
    lines = START + "GEO:nowhere\nPRIORITY:high\nBEGIN:VALARM\nTRIGGER:soon\nEND:VALARM\n"
    snapshot = await reading(tmp_path / "work.ics", (HEAD + lines + TAIL).encode())

    assert [event.title for event in snapshot.events] == ["Lunch"]


async def test_an_absent_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """A configured calendar that is not there is not a free week."""
    with pytest.raises(CalendarUnreadable, match="the file is not there") as raised:
        await calendar_at(tmp_path / "gone.ics").changes(YEAR)
    assert "correct its path" in raised.value.remedy


async def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    """Whatever the system says against reading is passed on."""
    with pytest.raises(CalendarUnreadable, match="Is a directory"):
        await calendar_at(tmp_path).changes(YEAR)


async def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """What is larger than 50 MB is not a calendar; a sparse file stands in for it."""
    path = tmp_path / "work.ics"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)

    with pytest.raises(CalendarUnreadable, match="larger than 50 MB"):
        await calendar_at(path).changes(YEAR)


async def test_zones_of_one_file_do_not_reach_another(tmp_path: Path) -> None:
    """Two files may define the same zone name differently, and each is read by its own."""
    zone = "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
    zone += "TZOFFSETFROM:{0}\nTZOFFSETTO:{0}\nEND:STANDARD\nEND:VTIMEZONE\n"
    event = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Office:20260105T100000\n" + TAIL
    hours = []
    for offset in ("+0300", "-0500"):
        text = "BEGIN:VCALENDAR\nVERSION:2.0\n" + zone.format(offset) + event
        snapshot = await reading(tmp_path / "work.ics", text.encode())
        hours += [found.when.start.hour for found in snapshot.events]
    assert hours == [7, 15]

    with pytest.raises(CalendarUnreadable, match="unknown time zone 'Office'"):
        await reading(tmp_path / "work.ics", ("BEGIN:VCALENDAR\nVERSION:2.0\n" + event).encode())


@given(name=st.sampled_from(sorted(SAMPLES)), part=st.floats(0, 1, exclude_max=True))
def test_a_file_that_breaks_off_is_never_read(name: str, part: float) -> None:
    """However much of a file was written, half of it is not taken for the whole."""
    whole = SAMPLES[name].rstrip()
    with TemporaryDirectory() as folder, pytest.raises(CalendarUnreadable):
        asyncio.run(reading(Path(folder, "work.ics"), whole[: int(len(whole) * part)]))


@given(
    name=st.sampled_from(sorted(SAMPLES)),
    part=st.floats(0, 1),
    removed=st.integers(0, 60),
    added=st.binary(max_size=20) | st.text(max_size=20).map(str.encode),
)
def test_damage_is_reported_and_nothing_worse(
    name: str, part: float, removed: int, added: bytes
) -> None:
    """Any damage leads to a snapshot or to CalendarUnreadable, to no other error."""
    at = int(len(SAMPLES[name]) * part)
    damaged = SAMPLES[name][:at] + added + SAMPLES[name][at + removed :]
    with TemporaryDirectory() as folder:
        try:
            snapshot = asyncio.run(reading(Path(folder, "work.ics"), damaged))
        except CalendarUnreadable as problem:
            outcome: object = problem.remedy
        else:
            outcome = snapshot.stamp
    assert outcome


def test_looking_at_an_unchanged_calendar_imports_no_parser(tmp_path: Path) -> None:
    """Importing the adapter and asking for news pays for no calendar library."""
    path = tmp_path / "work.ics"
    path.write_bytes(SAMPLES["google.ics"])
    calendar = IcsCalendar("work", path, zone=ZoneInfo("UTC"), writable=False)
    stamp = asyncio.run(calendar.changes(YEAR)).stamp
    code = (
        "import asyncio, sys, zoneinfo\nfrom pathlib import Path\n"
        "from donna_adapters.calendars.ics import IcsCalendar\n"
        "calendar = IcsCalendar('work', Path(sys.argv[1]), zone=zoneinfo.ZoneInfo('UTC'),"
        " writable=False)\nsince = sys.argv[2]\nwindow = None  # nobody asks for it\n"
        "assert asyncio.run(calendar.changes(window, since=since)).is_empty\n"
        "assert not {'icalendar', 'recurring_ical_events', 'dateutil'} & sys.modules.keys()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, path, stamp], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
