"""Repetitions as real programs write them, and as recurring-ical-events lays them out."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import EventStatus

BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER = Interval(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
TRAVELS = Path(__file__).parent / "data" / "travels.ics"


async def test_travels_as_a_person_kept_them() -> None:
    """Left out, added, moved and cancelled dates; floating, and in zones far away."""
    calendar = IcsCalendar("travels", TRAVELS, zone=BERLIN, writable=False)
    events = (await calendar.changes(OCTOBER)).events

    assert [(e.event_id.split("@")[0], e.starts, e.ends, e.busy) for e in events] == [
        ("choir", "2026-10-09T18:00:00+02:00", "2026-10-09T20:00:00+02:00", True),
        ("choir", "2026-10-21T20:00:00+02:00", "2026-10-21T22:00:00+02:00", True),
        ("flight", "2026-10-22T22:00:00+02:00", "2026-10-24T09:30:00+02:00", True),
        ("pills", "2026-10-23T08:00:00", "2026-10-23T08:15:00", True),
        ("pills", "2026-10-24T08:00:00", "2026-10-24T08:15:00", True),
        ("swim", "2026-10-25T07:00:00+14:00", "2026-10-25T08:00:00+14:00", True),
        ("leap", "2026-10-25", "2026-10-26", True),
        ("pills", "2026-10-25T08:00:00", "2026-10-25T08:15:00", True),
        ("pills", "2026-10-26T08:00:00", "2026-10-26T08:15:00", True),
        ("call", "2026-10-26T09:30:00-02:30", "2026-10-26T10:00:00-02:30", True),
        ("pills", "2026-10-27T08:00:00", "2026-10-27T08:15:00", True),
        ("choir", "2026-10-27T19:30:00+01:00", "2026-10-27T21:30:00+01:00", False),
    ]
    moved, call, cancelled = events[1], events[9], events[11]
    assert moved.recurrence_id == "2026-10-20T19:30:00+02:00"
    assert (call.organizer, call.attendees) == (
        "ella@example.com",
        ("me@example.org", "you@example.org", "salon@example.org"),
    )
    assert call.names == (("me@example.org", "Me"),)
    assert (call.status, cancelled.status) == (EventStatus.TENTATIVE, EventStatus.CANCELLED)
    assert events[6].when.length == timedelta(hours=25)


async def test_floating_times_go_along_with_the_traveller() -> None:
    """The same wall time elsewhere is another instant; what has a zone stays where it is."""
    seen: list[dict[tuple[str, str], datetime]] = []
    for zone in ("Europe/Berlin", "Pacific/Kiritimati"):
        calendar = IcsCalendar("travels", TRAVELS, zone=ZoneInfo(zone), writable=False)
        events = (await calendar.changes(OCTOBER)).events
        seen.append({(event.event_id, event.starts): event.when.start for event in events})
    home, away = seen
    pills = ("pills@example.org", "2026-10-24T08:00:00")
    assert home[pills] - away[pills] == timedelta(hours=12)
    call = ("call@example.org", "2026-10-26T09:30:00-02:30")
    assert home[call] == away[call]


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
STARTS = st.builds(
    lambda day, quarter: NEW_YEAR + timedelta(days=day, minutes=15 * quarter),
    st.integers(0, 364),
    st.integers(0, 95),
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
RULES = st.one_of(
    st.just(""),
    st.builds(
        "RRULE:FREQ={};INTERVAL={};COUNT={}\n".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
        st.integers(1, 4),
        st.integers(1, 30),
    ),
    st.builds(
        "RRULE:FREQ=WEEKLY;BYDAY={};COUNT=20\n".format,
        st.sampled_from(["MO", "TU,TH", "SA,SU", "MO,TU,WE,TH,FR"]),
    ),
    st.builds("RRULE:FREQ=MONTHLY;BYDAY={};COUNT=12\n".format, st.sampled_from(["1MO", "-1FR"])),
)


@st.composite
def event(draw: st.DrawFn, name: str) -> str:
    """Draw one event, perhaps one that repeats, with dates left out, added or moved."""
    start, zone, hours = draw(STARTS), draw(ZONES), draw(st.integers(1, 30))
    rule = draw(RULES)
    said = f";TZID={zone}:{start:%Y%m%dT%H%M%S}"
    head = f"BEGIN:VEVENT\nUID:{name}\nSUMMARY:{name}\nDTSTAMP:20260101T000000Z\n"
    end = start + timedelta(hours=hours)
    text = f"{head}DTSTART{said}\nDTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}\n{rule}"
    if rule and draw(st.booleans()):
        text += f"EXDATE{said}\n"
    if draw(st.booleans()):
        added = start + timedelta(days=draw(st.integers(1, 60)), hours=1)
        text += f"RDATE;TZID={zone}:{added:%Y%m%dT%H%M%S}\n"
    text += "END:VEVENT\n"
    if rule.startswith("RRULE:FREQ=DAILY;INTERVAL=1;") and "EXDATE" not in text:
        other = start + timedelta(days=draw(st.integers(0, 5)))
        later = other + timedelta(hours=draw(st.integers(1, 40)))
        text += (
            f"{head}RECURRENCE-ID;TZID={zone}:{other:%Y%m%dT%H%M%S}\n"
            f"DTSTART;TZID={zone}:{later:%Y%m%dT%H%M%S}\nDURATION:PT1H\nEND:VEVENT\n"
        )
    return text


@settings(max_examples=60)
@given(st.data(), st.integers(1, 4), st.integers(0, 360), st.integers(1, 40))
def test_occurrences_are_those_of_recurring_ical_events(
    data: st.DataObject, count: int, first: int, days: int
) -> None:
    """Of any file, in any window, though most of the file is cut away before it is read."""
    events = "".join(data.draw(event(f"event-{number}")) for number in range(count))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n"
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=first)
    window = Interval(start, start + timedelta(days=days))
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.ics")
        path.write_text(text)
        calendar = IcsCalendar("a", path, zone=BERLIN, writable=False)
        ours = [(e.event_id, e.when.start) for e in asyncio.run(calendar.changes(window)).events]

    query = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    theirs = [
        (str(each["UID"]), instant(each["DTSTART"].dt))
        for each in query.between(window.start, window.end)
        if window.overlaps(Interval(instant(each["DTSTART"].dt), instant(each["DTEND"].dt)))
    ]
    assert sorted(ours) == sorted(theirs)


def instant(moment: date) -> datetime:
    """Return the instant of a time with a zone."""
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)
