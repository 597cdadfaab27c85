"""Recurring times: once per local date in every zone, and honest about month ends."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import InvalidRecurrence, MonthEnd, Recurrence
from donna_core.domain.timing.zones import local, local_day

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=20 * 365)).map(
    datetime(2020, 1, 1, tzinfo=UTC).__add__
)
UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def clocks(
    rule: str,
    first: str,
    last: str,
    *,
    zone: str = "UTC",
    anchor: datetime = LONG_AGO,
    month_end: MonthEnd = MonthEnd.LAST_DAY,
) -> list[str]:
    """Return what the zone's clocks show at each occurrence of those dates, the last excluded."""
    tz = ZoneInfo(zone)
    within = Interval(
        local_day(date.fromisoformat(first), tz).start,
        local_day(date.fromisoformat(last), tz).start,
    )
    recurrence = Recurrence.parse(rule, month_end=month_end)
    found = recurrence.occurrences(within, zone=tz, anchor=anchor)
    return [f"{local(instant, tz):%Y-%m-%d %H:%M}" for instant in found]


@given(
    zone=ZONES,
    start=st.dates(date(2020, 1, 1), date(2040, 6, 1)),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    as_rrule=st.booleans(),
)
def test_a_daily_time_comes_once_on_each_local_date(
    zone: ZoneInfo, start: date, hour: int, minute: int, as_rrule: bool
) -> None:
    """Whatever the clocks do, a fixed daily time fires exactly once per local date."""
    cron, rrule = f"{minute} {hour} * * *", f"FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute}"
    recurrence = Recurrence.parse(rrule if as_rrule else cron)
    days = [start + timedelta(days=number) for number in range(200)]
    within = Interval(local_day(days[0], zone).start, local_day(days[-1], zone).end)

    found = recurrence.occurrences(within, zone=zone, anchor=LONG_AGO)

    assert [local(instant, zone).date() for instant in found] == days


@given(
    zone=ZONES, instant=INSTANTS, step=st.sampled_from(["*/15 * * * *", "7 * * * *", "0 9 * * 1"])
)
def test_asking_step_by_step_gives_the_same_as_asking_at_once(
    zone: ZoneInfo, instant: datetime, step: str
) -> None:
    """next_after walks rising through exactly the occurrences of the range."""
    recurrence = Recurrence.parse(step)
    walked: list[datetime] = []
    now = instant
    while len(walked) < 12:
        following = recurrence.next_after(now, zone=zone, anchor=LONG_AGO)
        assert following is not None
        assert following > now
        walked.append(now := following)

    within = Interval(walked[0], walked[-1])

    assert list(recurrence.occurrences(within, zone=zone, anchor=LONG_AGO)) == walked[:-1]


FIELD = st.sampled_from(["*", "*/3", "5", "1,4", "2-5"])


@given(
    minute=FIELD,
    hour=FIELD,
    day=st.sampled_from(["*", "1", "15,28", "10-20"]),
    month=st.sampled_from(["*", "2", "1,7"]),
    weekday=st.sampled_from(["*", "1", "1-5", "0,6"]),
    start=INSTANTS,
)
def test_cron_fires_at_the_next_minute_all_fields_allow(
    minute: str, hour: str, day: str, month: str, weekday: str, start: datetime
) -> None:
    """The next time matches every field, and no earlier minute of the same day does."""
    recurrence = Recurrence.parse(f"{minute} {hour} {day} {month} {weekday}")

    found = recurrence.next_after(start, zone=UTC_ZONE, anchor=LONG_AGO)

    def allows(moment: datetime) -> bool:
        by_day = moment.day in numbers(day, 1, 31)
        by_weekday = (moment.weekday() + 1) % 7 in numbers(weekday, 0, 6)
        either = day != "*" and weekday != "*"
        return (
            moment.minute in numbers(minute, 0, 59)
            and moment.hour in numbers(hour, 0, 23)
            and moment.month in numbers(month, 1, 12)
            and (by_day or by_weekday if either else by_day and by_weekday)
        )

    assert found is not None
    assert allows(found)
    earlier = (found - timedelta(minutes=number) for number in range(1, 1440))
    assert not any(allows(moment) for moment in earlier if moment > start)


def numbers(field: str, lowest: int, highest: int) -> set[int]:
    """Return what a cron field allows, for the few forms used here."""
    if field.startswith("*"):
        return set(range(lowest, highest + 1, int(field.partition("/")[2] or 1)))
    if "-" in field:
        first, last = field.split("-")
        return set(range(int(first), int(last) + 1))
    return set(map(int, field.split(",")))


# Odd intervals, so that each of these rules meets its conditions from every anchor.
RRULES = st.builds(
    "FREQ={};INTERVAL={}{}".format,
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]),
    st.sampled_from([1, 3, 5, 13]),
    st.sampled_from(
        ["", ";BYMONTH=1,3,5,7,9,11", ";BYDAY=MO,FR", ";BYMONTHDAY=1,15,-1", ";WKST=SU"]
    ),
)


@given(rule=RRULES, anchor=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(days=200)))
def test_rrules_agree_with_a_walk_from_their_start(
    rule: str, anchor: datetime, later: timedelta
) -> None:
    """Starting in a late period gives what dateutil gives from DTSTART on."""
    anchor = anchor.replace(microsecond=0)
    recurrence = Recurrence.parse(rule, month_end=MonthEnd.SKIP)
    peer = rrulestr(rule, dtstart=anchor)

    found, now = [], anchor + later
    for _ in range(3):
        following = recurrence.next_after(now, zone=UTC_ZONE, anchor=anchor)
        assert following is not None
        found.append(now := following)

    assert found == list(islice(peer.xafter(anchor + later), 3))


@given(
    text=st.text("0123456789*/-,LW#?HRlwMONJAN ", max_size=14)
    | st.builds(
        "FREQ={};{}={}".format,
        st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "X"]),
        st.sampled_from(
            [
                "BYDAY",
                "BYMONTHDAY",
                "BYSETPOS",
                "BYWEEKNO",
                "BYYEARDAY",
                "INTERVAL",
                "COUNT",
                "BYHOUR",
            ]
        ),
        st.integers(-400, 400).map(str) | st.sampled_from(["53MO", "-1FR", "6TU", "", "MO,MO"]),
    )
)
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    """Parsing ends soon, in a rule that has words and a first occurrence, or in one error."""
    try:
        recurrence = Recurrence.parse(text)
    except InvalidRecurrence:
        return

    assert recurrence.describe()
    following = recurrence.next_after(LONG_AGO, zone=UTC_ZONE, anchor=LONG_AGO)
    assert following is None or following > LONG_AGO


@pytest.mark.parametrize(
    ("rule", "zone", "first", "last", "expected"),
    [
        (
            "30 2 * * *",
            "America/New_York",
            "2027-03-13",
            "2027-03-16",
            ["2027-03-13 02:30", "2027-03-14 03:00", "2027-03-15 02:30"],
        ),
        (
            "30 1 * * *",
            "America/New_York",
            "2026-10-31",
            "2026-11-03",
            ["2026-10-31 01:30", "2026-11-01 01:30", "2026-11-02 01:30"],
        ),
        (
            "0 9 * * *",
            "Pacific/Apia",
            "2011-12-28",
            "2012-01-02",
            ["2011-12-28 09:00", "2011-12-29 09:00", "2011-12-31 09:00", "2012-01-01 09:00"],
        ),
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03",
            "2026-10-06",
            ["2026-10-03 02:15", "2026-10-04 02:30", "2026-10-05 02:15"],
        ),
        (
            "30 2 * * *",
            "Africa/Casablanca",
            "2026-03-21",
            "2026-03-24",
            ["2026-03-21 02:30", "2026-03-22 03:00", "2026-03-23 02:30"],
        ),
        (
            "30 23 * * *",
            "America/Nuuk",
            "2024-03-29",
            "2024-04-01",
            ["2024-03-29 23:30", "2024-03-30 22:59", "2024-03-31 23:30"],
        ),
    ],
)
def test_known_transitions(
    rule: str, zone: str, first: str, last: str, expected: list[str]
) -> None:
    """Gaps move forward on their date, folds fire once, dates that are left out have nothing."""
    assert clocks(rule, first, last, zone=zone) == expected


@pytest.mark.parametrize(("day", "count"), [("2027-03-14", 92), ("2026-11-01", 96)])
def test_every_quarter_of_an_hour_the_clock_shows_counts_once(day: str, count: int) -> None:
    """A quarter-hourly rule loses the skipped hour and does not repeat the repeated one."""
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()

    assert len(clocks("*/15 * * * *", day, following, zone="America/New_York")) == count
    assert clocks("FREQ=MINUTELY;INTERVAL=15", day, following, zone="America/New_York") == clocks(
        "*/15 * * * *", day, following, zone="America/New_York"
    )


ENDS_27 = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31"]


@pytest.mark.parametrize(
    ("rule", "month_end", "expected"),
    [
        ("0 9 31 * *", MonthEnd.LAST_DAY, ENDS_27),
        ("0 9 31 * *", MonthEnd.SKIP, ["01-31", "03-31", "05-31", "07-31"]),
        ("0 9 L * *", MonthEnd.SKIP, ENDS_27),
        ("0 9 30 1-4 *", MonthEnd.LAST_DAY, ["01-30", "02-28", "03-30", "04-30"]),
        ("0 9 30 1-4 *", MonthEnd.SKIP, ["01-30", "03-30", "04-30"]),
        ("0 9 28-31 2 *", MonthEnd.LAST_DAY, ["02-28"]),
        ("FREQ=MONTHLY", MonthEnd.LAST_DAY, ENDS_27),
        ("FREQ=MONTHLY", MonthEnd.SKIP, ["01-31", "03-31", "05-31", "07-31"]),
        ("FREQ=MONTHLY;COUNT=3", MonthEnd.LAST_DAY, ENDS_27[:3]),
        ("FREQ=MONTHLY;BYMONTHDAY=30;UNTIL=20270330",
         MonthEnd.LAST_DAY, ["01-30", "02-28", "03-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", MonthEnd.SKIP, ENDS_27),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", MonthEnd.LAST_DAY, ["02-28"]),
        ("0 9 13 1-2 5", MonthEnd.LAST_DAY, ["01-01", "01-08", "01-13", "01-15", "01-22", "01-29",
          "02-05", "02-12", "02-13", "02-19", "02-26"]),
    ],
)  # fmt: skip
def test_month_ends_of_2027(rule: str, month_end: MonthEnd, expected: list[str]) -> None:
    """A day a month does not have is its last day or left out, as the policy says."""
    anchor = at("2026-12-31T09:00Z") if "COUNT" not in rule else at("2027-01-31T09:00Z")
    if "BYMONTHDAY=30" in rule:
        anchor = at("2026-12-31T09:00Z")

    found = clocks(rule, "2027-01-01", "2027-08-01", anchor=anchor, month_end=month_end)

    assert found == [f"2027-{day} 09:00" for day in expected]


@pytest.mark.parametrize("rule", ["0 9 29 2 *", "FREQ=YEARLY"])
@pytest.mark.parametrize(
    ("month_end", "expected"),
    [
        (
            MonthEnd.LAST_DAY,
            [f"{y}-02-{29 if y % 4 == 0 else 28} 09:00" for y in range(2024, 2033)],
        ),
        (MonthEnd.SKIP, ["2024-02-29 09:00", "2028-02-29 09:00", "2032-02-29 09:00"]),
    ],
)
def test_leap_days_2024_to_2032(rule: str, month_end: MonthEnd, expected: list[str]) -> None:
    """The 29th of February is the 28th in common years, or waits for the next leap year."""
    anchor = at("2024-02-29T09:00Z")

    assert clocks(rule, "2024-01-01", "2033-01-01", anchor=anchor, month_end=month_end) == expected


@pytest.mark.parametrize(
    "rule",
    [
        *["", "0 9 * *", "0 0 9 * * *", "61 * * * *", "0 9 32 * *", "H 9 * * *", "R(0-5) 9 * * *"],
        *["0 9 13 * 5#1", "0 9 15W * 1", "0 9 * * 8", "@daily", "every Monday"],
        *[
            "FREQ=SECONDLY",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=YEARLY;INTERVAL=51",
            "FREQ=DAILY;COUNT=0",
        ],
        *["FREQ=DAILY;COUNT=2;UNTIL=20270101", "FREQ=YEARLY;BYDAY=54MO", "FREQ=DAILY;BYDAY=2MO"],
        *["FREQ=MONTHLY;BYDAY=6MO", "FREQ=MINUTELY;BYSETPOS=2", "FREQ=DAILY;FREQ=DAILY", "A=B"],
        *["FREQ=MONTHLY;BYSETPOS=300;BYDAY=MO", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;BYHOUR=24"],
        *["DTSTART:20270101T090000 RRULE:FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=0"],
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rule: str) -> None:
    """What is no rule, never happens or would run without end is one clear error."""
    with pytest.raises(InvalidRecurrence, match="Recurrence"):
        Recurrence.parse(rule)


@pytest.mark.parametrize("rule", ["0 0 30 2 *", "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_day_that_never_comes_is_refused_unless_it_moves(rule: str) -> None:
    """30 February is an error where short months are left out, and the last day otherwise."""
    with pytest.raises(InvalidRecurrence, match="no year has such a day"):
        Recurrence.parse(rule, month_end=MonthEnd.SKIP)

    moved = Recurrence.parse(rule).next_after(LONG_AGO, zone=UTC_ZONE, anchor=LONG_AGO)

    assert moved == at("2001-02-28T00:00Z")


def test_a_rule_out_of_step_with_its_anchor_never_comes() -> None:
    """Every seventh day from a Tuesday is no Monday, and the search says so soon."""
    tuesday = at("2026-11-17T09:00Z")

    for rule in ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=HOURLY;INTERVAL=24;BYHOUR=8"):
        assert Recurrence.parse(rule).next_after(tuesday, zone=UTC_ZONE, anchor=tuesday) is None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["2026-11-20 09:00", "2026-11-21 09:00", "2026-11-22 09:00"]),
        ("FREQ=DAILY;UNTIL=20261121", ["2026-11-20 09:00", "2026-11-21 09:00"]),
        ("FREQ=DAILY;UNTIL=20261121T085959", ["2026-11-20 09:00"]),
        ("FREQ=DAILY;UNTIL=20261121T140000Z", ["2026-11-20 09:00", "2026-11-21 09:00"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2", ["2026-11-20 09:00", "2026-12-04 09:00"]),
    ],
)
def test_rules_count_from_their_anchor(rule: str, expected: list[str]) -> None:
    """COUNT, UNTIL and INTERVAL go by the first occurrence; nothing comes before it."""
    anchor = at("2026-11-20T09:00-05:00")

    found = clocks(rule, "2026-11-01", "2026-12-10", zone="America/New_York", anchor=anchor)

    assert found == expected
    assert Recurrence.parse(rule).ends is ("COUNT" in rule or "UNTIL" in rule)


def test_cron_starts_at_its_anchor() -> None:
    """A cron rule has no occurrence before its first one, which may be the anchor itself."""
    daily = Recurrence.parse("0 9 * * *")
    anchor = at("2026-11-20T09:00Z")

    assert daily.next_after(LONG_AGO, zone=UTC_ZONE, anchor=anchor) == anchor
    assert daily.next_after(anchor, zone=UTC_ZONE, anchor=anchor) == anchor + timedelta(days=1)


def test_equal_rules_are_equal() -> None:
    """Spacing does not make another rule."""
    assert Recurrence.parse(" 0  9 * * 1 ") == Recurrence.parse("0 9 * * 1")
