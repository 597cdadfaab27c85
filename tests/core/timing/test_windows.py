"""Where work may be placed and when a message may go out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import InvalidWindow, TimeWindow, Windows
from donna_core.domain.timing.zones import local, local_day

WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
HOME = frozenset({Domain.PERSONAL, Domain.FAMILY})
WORK = frozenset({Domain.WORK})


def hours(name: str, start: int, end: int, **more: Any) -> TimeWindow:
    """Build a window of whole hours."""
    window = TimeWindow(name=name, start=timedelta(hours=start), end=timedelta(hours=end))
    return evolve(window, **more)


BLACKOUT, QUIET = hours("blackout", 0, 6), hours("quiet_hours", 20, 6)
EMERGENCY = hours("emergency_work", 22, 24, domains=HOME | WORK, min_priority=5)
ROWS = (
    hours("work", 8, 17, weekdays=WORKDAYS, domains=WORK),
    hours("extended_work", 17, 19, weekdays=WORKDAYS, domains=WORK, enabled=False),
    hours("personal", 17, 20, domains=HOME),
    hours("weekend", 6, 20, weekdays=WEEKEND, domains=HOME),
    evolve(EMERGENCY, enabled=False),
    TimeWindow(name="food", keywords=("lunch", "dinner")),
    TimeWindow(name="baby_time", keywords=("baby time", "nap"), domains=frozenset({Domain.FAMILY})),
)


def windows(zone: str = "UTC", rows: tuple[TimeWindow, ...] = ROWS) -> Windows:
    """Build the person's hours in a zone."""
    return Windows(zone=ZoneInfo(zone), blackout=BLACKOUT, quiet=QUIET, work_life=rows)


ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=20 * 365)).map(
    datetime(2020, 1, 1, tzinfo=UTC).__add__
)
PRIORITIES = st.integers(1, 5)
WINDOWS = st.builds(
    lambda zone, emergency: windows(zone, (*ROWS, EMERGENCY) if emergency else ROWS),
    ZONES,
    st.booleans(),
)


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def spans(found: tuple[Interval, ...], zone: str = "UTC") -> list[str]:
    """Write intervals as the zone's clocks show them."""
    tz = ZoneInfo(zone)
    return [f"{local(i.start, tz):%a %H:%M}-{local(i.end, tz):%a %H:%M}" for i in found]


@pytest.mark.parametrize(
    ("domain", "day", "expected"),
    [
        (Domain.WORK, 20, ["Fri 08:00-Fri 17:00"]),
        (Domain.WORK, 21, []),
        (Domain.PERSONAL, 20, ["Fri 17:00-Fri 20:00"]),
        (Domain.FAMILY, 21, ["Sat 06:00-Sat 20:00"]),
    ],
)
def test_each_domain_has_its_hours(domain: Domain, day: int, expected: list[str]) -> None:
    """Work is for weekdays; personal and family tasks get evenings and weekends."""
    within = Interval(at(f"2026-11-{day}T00:00Z"), at(f"2026-11-{day + 1}T00:00Z"))

    assert spans(windows().open_for(domain, priority=2, within=within)) == expected


@pytest.mark.parametrize(("priority", "expected"), [(4, []), (5, ["Fri 22:00-Sat 00:00"])])
def test_emergency_work_takes_the_highest_priority_only(priority: int, expected: list[str]) -> None:
    """The late window lies in quiet hours, so even switched on it admits priority 5 alone."""
    within = Interval(at("2026-11-20T20:00Z"), at("2026-11-21T06:00Z"))

    opened = windows(rows=(EMERGENCY,)).open_for(Domain.WORK, priority=priority, within=within)

    assert spans(opened) == expected


def test_touching_windows_come_as_one() -> None:
    """Work followed by extended work is one stretch, cut to what was asked for."""
    rows = tuple(evolve(row, enabled=True) for row in ROWS)
    within = Interval(at("2026-11-20T09:30Z"), at("2026-11-20T23:00Z"))

    assert spans(windows(rows=rows).open_for(Domain.WORK, priority=2, within=within)) == [
        "Fri 09:30-Fri 19:00"
    ]


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/New_York", date(2027, 3, 13), 6),
        ("America/New_York", date(2027, 3, 14), 5),
        ("America/New_York", date(2026, 11, 1), 7),
        ("Australia/Lord_Howe", date(2026, 4, 5), 6.5),
        ("Africa/Casablanca", date(2026, 2, 15), 7),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_night_window_is_as_long_as_its_night(zone: str, day: date, length: float) -> None:
    """A window from 00:00 to 06:00 lasts as long as the clocks take for it."""
    none = evolve(BLACKOUT, enabled=False)
    night = hours("night", 0, 6, domains=WORK)
    nightly = evolve(windows(zone, (night,)), blackout=none, quiet=none)

    opened = nightly.open_for(Domain.WORK, priority=1, within=local_day(day, nightly.zone))

    assert sum((i.length for i in opened), timedelta(0)) == timedelta(hours=length)


def test_a_window_until_24_ends_at_the_next_local_midnight() -> None:
    """From 22:00 to 24:00 stays two hours before a day without a midnight of its own."""
    late = windows("America/Havana", (EMERGENCY,))
    within = local_day(date(2027, 3, 13), late.zone)

    (opened,) = late.open_for(Domain.WORK, priority=5, within=within)

    assert opened == Interval(within.end - timedelta(hours=2), within.end)


@given(
    hours=WINDOWS,
    domain=st.sampled_from(Domain),
    priority=PRIORITIES,
    start=INSTANTS,
    length=st.timedeltas(timedelta(0), timedelta(days=14)),
)
def test_open_stretches_are_in_order_apart_and_within(
    hours: Windows, domain: Domain, priority: int, start: datetime, length: timedelta
) -> None:
    """Stretches never touch each other and never leave the range asked for."""
    within = Interval(start, start + length)

    opened = hours.open_for(domain, priority=priority, within=within)

    assert all(left.end < right.start for left, right in pairwise(opened))
    assert all(within.start <= i.start < i.end <= within.end for i in opened)


@given(hours=WINDOWS, domain=st.sampled_from(Domain), priority=PRIORITIES, instant=INSTANTS)
def test_an_instant_is_open_exactly_by_its_clock(
    hours: Windows, domain: Domain, priority: int, instant: datetime
) -> None:
    """Open means: in an enabled window of the domain, not in blackout, in quiet only urgent."""
    within = Interval(instant - timedelta(hours=1), instant + timedelta(hours=1))
    clock = local(instant, hours.zone)
    hour, weekday = clock.hour, clock.weekday()
    fits = any(
        row.enabled
        and not row.keywords
        and domain in row.domains
        and priority >= row.min_priority
        and weekday in row.weekdays
        and row.start <= timedelta(hours=hour) < row.end
        for row in hours.work_life
    )
    expected = fits and hour >= 6 and (priority == 5 or hour < 20)

    opened = hours.open_for(domain, priority=priority, within=within)

    assert any(piece.contains(instant) for piece in opened) is expected


@given(hours=WINDOWS, priority=PRIORITIES, instant=INSTANTS, rest=st.none() | INSTANTS)
def test_contact_keeps_the_rules_and_is_settled(
    hours: Windows, priority: int, instant: datetime, rest: datetime | None
) -> None:
    """A message never goes out in blackout, nor unless urgent in quiet; asking twice is idle."""
    sent = hours.contact_from(instant, priority=priority, quiet_until=rest)

    assert sent >= instant
    assert not hours.in_blackout(sent)
    assert priority == 5 or (not hours.in_quiet(sent) and (rest is None or sent >= rest))
    assert hours.contact_from(sent, priority=priority, quiet_until=rest) == sent


@given(hours=WINDOWS, priority=PRIORITIES, instant=INSTANTS, share=st.floats(0, 1))
def test_contact_is_not_later_than_it_must_be(
    hours: Windows, priority: int, instant: datetime, share: float
) -> None:
    """Every instant that was passed over is closed to the message."""
    sent = hours.contact_from(instant, priority=priority)

    passed = instant + (sent - instant) * share

    closed = hours.in_blackout(passed) or (priority < 5 and hours.in_quiet(passed))
    assert passed >= sent or closed


@given(hours=WINDOWS, instant=INSTANTS)
def test_blackout_and_quiet_go_by_the_clock(hours: Windows, instant: datetime) -> None:
    """Blackout is 00:00 to 06:00 and quiet 20:00 to 06:00 as the zone's clocks show it."""
    hour = local(instant, hours.zone).hour

    assert hours.in_blackout(instant) is (hour < 6)
    assert hours.in_quiet(instant) is (hour < 6 or hour >= 20)


def test_blackout_follows_the_zone() -> None:
    """Midnight in Berlin is an ordinary evening in New York."""
    instant = at("2026-11-20T01:00+01:00")

    assert windows("Europe/Berlin").in_blackout(instant)
    assert not windows("America/New_York").in_blackout(instant)


def test_a_disabled_quiet_window_keeps_nobody_waiting() -> None:
    """Without quiet hours only blackout holds a message back."""
    loud = evolve(windows(), quiet=evolve(QUIET, enabled=False))

    assert loud.contact_from(at("2026-11-20T21:00Z"), priority=1) == at("2026-11-20T21:00Z")
    assert not loud.in_quiet(at("2026-11-20T21:00Z"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Lunch with Ana", "food"),
        ("Team DINNER", "food"),
        ("Baby  time!", "baby_time"),
        ("Dinner during baby time", "food"),
        ("Lunchtime talk", None),
        ("Snap review", None),
        ("", None),
    ],
)
def test_an_event_title_names_its_window(title: str, name: str | None) -> None:
    """A whole word makes an event a protected block; a part of a word does not."""
    block = windows().block(title)

    assert (block.name if block else None) == name


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": timedelta(hours=24)},
        {"end": timedelta(hours=25)},
        {"start": timedelta(hours=6), "end": timedelta(hours=6)},
        {"weekdays": frozenset({7})},
        {"min_priority": 6},
    ],
)
def test_a_window_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    """Hours outside a day, no hours, unknown days and priorities are errors with the name."""
    with pytest.raises(InvalidWindow, match="lunch"):
        TimeWindow(name="lunch", **wrong)


def test_hours_that_silence_donna_for_ever_are_refused() -> None:
    """Blackout and quiet must leave some hour of the week."""
    with pytest.raises(InvalidWindow, match="whole week"):
        evolve(windows(), quiet=hours("quiet_hours", 6, 24))
