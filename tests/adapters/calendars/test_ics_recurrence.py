"""Occurrences fall where a person in that zone expects them, on every day of the year."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local_day

ZONES = sorted(name for name in available_timezones() if "/" in name)
FIRST = date(2026, 1, 1)


def occurrences(lines: str, *, zone: str, window: Interval) -> list[Interval]:
    """Return when the one event that these lines describe takes place."""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n{lines}END:VEVENT\nEND:VCALENDAR\n"
    with TemporaryDirectory() as folder:
        path = Path(folder, "home.ics")
        path.write_text(text)
        calendar = IcsCalendar("home", path, zone=ZoneInfo(zone), writable=False)
        return [event.when for event in asyncio.run(calendar.changes(window)).events]


@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 15),
    step=st.integers(1, 9),
    floating=st.booleans(),
    first=st.integers(0, 364),
    days=st.integers(1, 60),
)
def test_a_daily_event_keeps_its_wall_time(
    zone: str, minutes: int, step: int, floating: bool, first: int, days: int
) -> None:
    """Every n-th day at this time of the zone's clocks, whatever they were set to meanwhile."""
    wall = time(minutes // 60, minutes % 60)
    place = "" if floating else f";TZID={zone}"
    lines = f"DTSTART{place}:{datetime.combine(FIRST, wall):%Y%m%dT%H%M%S}\nDURATION:PT30M\n"
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=first)
    window = Interval(start, start + timedelta(days=days))
    found = occurrences(lines + f"RRULE:FREQ=DAILY;INTERVAL={step}\n", zone=zone, window=window)

    local = [
        datetime.combine(FIRST + timedelta(days=day), wall, tzinfo=ZoneInfo(zone))
        for day in range(0, 430, step)
    ]
    expected = [
        Interval(at.astimezone(UTC), at.astimezone(UTC) + timedelta(minutes=30)) for at in local
    ]
    assert found == [when for when in expected if when.overlaps(window)]


@given(zone=st.sampled_from(ZONES), day=st.integers(0, 729), days=st.integers(1, 3))
def test_a_whole_day_is_a_local_day(zone: str, day: int, days: int) -> None:
    """It lasts from the first moment of its first day to that of the day after its last."""
    start, end = FIRST + timedelta(days=day), FIRST + timedelta(days=day + days)
    lines = f"DTSTART;VALUE=DATE:{start:%Y%m%d}\nDTEND;VALUE=DATE:{end:%Y%m%d}\n"
    around = datetime.combine(start, time(), tzinfo=UTC)
    window = Interval(around - timedelta(days=3), around + timedelta(days=6))

    (when,) = occurrences(lines, zone=zone, window=window)
    for moment, expected in [(when.start, start), (when.end, end)]:
        local = moment.astimezone(ZoneInfo(zone))
        just_before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert just_before.date() < expected <= local.date()


@pytest.mark.parametrize(
    ("day", "wall", "length", "start", "elapsed"),
    [
        (date(2026, 3, 29), "023000", "DURATION:PT1H", "01:30", 60),
        (date(2026, 3, 29), "023000", "DTEND;TZID=Europe/Berlin:20260301T033000", "01:30", 60),
        (date(2026, 10, 25), "024500", "DURATION:PT30M", "00:45", 30),
        (date(2026, 10, 25), "010000", "DURATION:P1D", "23:00", 25 * 60),
        (date(2026, 10, 25), "010000", "DURATION:P1DT30M", "23:00", 25 * 60 + 30),
        (date(2026, 10, 25), "010000", "DURATION:PT24H", "23:00", 24 * 60),
        (date(2026, 10, 25), "010000", "DTEND;TZID=Europe/Berlin:20260301T060000", "23:00", 6 * 60),
    ],
)
def test_lengths_on_the_nights_the_clocks_change(
    day: date, wall: str, length: str, start: str, elapsed: int
) -> None:
    """Hours elapse, days and ends go by the wall clock, a start in the gap moves past it."""
    window = local_day(day, ZoneInfo("Europe/Berlin"))
    lines = f"DTSTART;TZID=Europe/Berlin:20260301T{wall}\n{length}\nRRULE:FREQ=DAILY\n"
    found = occurrences(lines, zone="UTC", window=window)

    when = next(when for when in found if window.contains(when.start))
    assert f"{when.start:%H:%M}" == start
    assert when.length == timedelta(minutes=elapsed)


def test_a_later_revision_elsewhere_replaces_an_earlier_one_here() -> None:
    """An event that was moved out of the window is not found at its old time."""
    window = Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
    moved = "END:VEVENT\nBEGIN:VEVENT\nUID:1\nSEQUENCE:1\nDTSTART:20260605T100000Z\n"

    assert occurrences("DTSTART:20260105T100000Z\n" + moved, zone="UTC", window=window) == []


def test_a_change_for_this_and_all_later_occurrences_is_followed() -> None:
    """RANGE=THISANDFUTURE moves the rest of the recurrence along."""
    window = Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
    lines = "DTSTART:20260105T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\nBEGIN:VEVENT\n"
    lines += "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260107T100000Z\n"
    lines += "DTSTART:20260107T130000Z\nDURATION:PT2H\n"
    found = occurrences(lines, zone="UTC", window=window)

    assert [(when.start.hour, when.length.total_seconds() / 3600) for when in found] == [
        (10, 1),
        (10, 1),
        (13, 2),
        (13, 2),
    ]


@given(
    wide=st.tuples(st.integers(0, 60), st.integers(1, 60)),
    narrow=st.tuples(st.integers(0, 60), st.integers(1, 60)),
)
def test_a_window_within_the_last_one_shows_the_same(
    wide: tuple[int, int], narrow: tuple[int, int]
) -> None:
    """What an earlier, wider reading remembers equals what a fresh reading finds."""
    sample = Path(__file__).with_name("data") / "google.ics"
    start = datetime(2026, 9, 20, tzinfo=UTC)
    windows = [
        Interval(start + timedelta(days=begin), start + timedelta(days=begin + length))
        for begin, length in (wide, narrow)
    ]
    fresh, used = (
        IcsCalendar("work", sample, zone=ZoneInfo("Europe/Berlin"), writable=False)
        for _ in range(2)
    )

    async def both() -> None:
        await used.changes(windows[0])
        assert await used.changes(windows[1]) == await fresh.changes(windows[1])

    asyncio.run(both())
