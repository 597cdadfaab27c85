"""Wall clocks and instants, in every zone of the database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import (
    UnknownZone,
    instant_at,
    local,
    local_day,
    shown,
    zone_named,
)

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MINUTES = st.integers(0, 1439)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=20 * 365)).map(
    datetime(2020, 1, 1, tzinfo=UTC).__add__
)
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


@given(zone=ZONES, instant=INSTANTS)
def test_reading_the_clock_and_setting_it_agree(zone: ZoneInfo, instant: datetime) -> None:
    """The first instant that shows what an instant shows is that instant, or an earlier one."""
    clock = local(instant, zone)

    first = instant_at(clock.date(), clock.time(), zone)

    assert first <= instant
    assert local(first, zone).replace(tzinfo=None) == clock.replace(tzinfo=None)
    assert first == instant or clock.fold == 1


@given(zone=ZONES, day=DAYS, minute=MINUTES)
def test_a_wall_time_is_shown_or_skipped_at_its_instant(
    zone: ZoneInfo, day: date, minute: int
) -> None:
    """An instant shows the wall time asked for, or the clocks jump over that time there."""
    wall = time(minute // 60, minute % 60)

    instant = instant_at(day, wall, zone)

    asked = datetime.combine(day, wall)
    shows = local(instant, zone).replace(tzinfo=None)
    just_before = local(instant - timedelta(seconds=1), zone).replace(tzinfo=None)
    assert shows == asked or just_before < asked < shows


@given(zone=ZONES, day=DAYS)
def test_days_follow_each_other_without_gap(zone: ZoneInfo, day: date) -> None:
    """One local day ends where the next begins."""
    today, tomorrow = local_day(day, zone), local_day(day + timedelta(days=1), zone)

    assert today.end == tomorrow.start
    assert timedelta(hours=21) <= today.length <= timedelta(hours=27)


@given(zone=ZONES, instant=INSTANTS, start=MINUTES, length=st.integers(1, 1440))
def test_a_range_is_shown_exactly_while_the_clock_is_in_it(
    zone: ZoneInfo, instant: datetime, start: int, length: int
) -> None:
    """The stretches of a range hold an instant if and only if its clock time is in the range."""
    clock = local(instant, zone)
    first, last = timedelta(minutes=start), timedelta(minutes=min(start + length, 1440))

    stretches = shown(clock.date(), start=first, end=last, zone=zone)

    midnight = datetime.combine(clock.date(), time.min)
    inside = first <= clock.replace(tzinfo=None) - midnight < last
    assert any(stretch.contains(instant) for stretch in stretches) is inside


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        ("America/New_York", date(2027, 3, 14), time(2, 30), "2027-03-14T03:00-04:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T01:30-04:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04T02:30+11:00"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-05T01:45+11:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(9), "2011-12-31T00:00+14:00"),
        ("Africa/Casablanca", date(2026, 3, 22), time(2, 30), "2026-03-22T03:00+01:00"),
        ("Africa/Casablanca", date(2026, 2, 15), time(2, 30), "2026-02-15T02:30+01:00"),
        ("America/Nuuk", date(2024, 3, 30), time(23, 30), "2024-03-31T00:00-01:00"),
    ],
)
def test_known_transitions(zone: str, day: date, wall: time, instant: str) -> None:
    """A gap moves forward to its end, a fold means its first reading."""
    assert instant_at(day, wall, ZoneInfo(zone)) == at(instant)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2027, 3, 14), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Pacific/Apia", date(2011, 12, 29), 24),
    ],
)
def test_days_have_their_own_length(zone: str, day: date, hours: float) -> None:
    """A local day is as long as its clocks make it."""
    assert local_day(day, ZoneInfo(zone)).length == timedelta(hours=hours)


def test_a_fold_interrupts_a_range_that_ends_inside_it() -> None:
    """From 00:30 to 01:30 comes twice in part when the clocks go from 02:00 back to 01:00."""
    half_past = timedelta(minutes=30), timedelta(minutes=90)

    stretches = shown(date(2026, 11, 1), start=half_past[0], end=half_past[1], zone=NEW_YORK)

    assert stretches == (
        Interval(at("2026-11-01T00:30-04:00"), at("2026-11-01T01:30-04:00")),
        Interval(at("2026-11-01T01:00-05:00"), at("2026-11-01T01:30-05:00")),
    )


def test_an_unknown_zone_is_named_with_its_neighbours() -> None:
    """A misspelt zone is refused with a suggestion."""
    with pytest.raises(UnknownZone, match="Europe/Berlin"):
        zone_named("Europe/Berlim")
    assert zone_named("Europe/Berlin").key == "Europe/Berlin"


@given(moments=st.lists(INSTANTS, min_size=5, max_size=5))
def test_intervals_overlap_where_they_share_a_moment(moments: list[datetime]) -> None:
    """Two intervals overlap exactly when one of their starts lies in both."""
    one, two = Interval(*sorted(moments[:2])), Interval(*sorted(moments[2:4]))

    shared = max(one.start, two.start)
    if one.length and two.length:
        assert one.overlaps(two) is (one.contains(shared) and two.contains(shared))
    assert one.overlaps(two) is two.overlaps(one)
    assert not one.contains(one.end)


def test_an_interval_does_not_run_backwards() -> None:
    """An end before the start is a mistake of the caller."""
    with pytest.raises(ValueError, match="cannot end"):
        Interval(at("2026-11-20T10:00Z"), at("2026-11-20T09:00Z"))
