"""Routines: what is due, what was missed and what comes next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import JobKind
from donna_core.domain.timing.recurrence import InvalidRecurrence, Recurrence
from donna_core.domain.timing.schedule import (
    CatchUp,
    Occurrence,
    Routine,
    due_occurrences,
    next_occurrence,
    occurrence_key,
)

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=20 * 365)).map(
    datetime(2020, 1, 1, tzinfo=UTC).__add__
)
NEW_YORK = ZoneInfo("America/New_York")


def digest(catch_up: CatchUp = CatchUp.LAST, rule: str = "30 6 * * *") -> Routine:
    """Build the morning digest, on time for three hours."""
    return Routine(
        kind=JobKind.MORNING_DIGEST,
        rule=Recurrence.parse(rule),
        catch_up=catch_up,
        grace=timedelta(hours=3),
    )


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("catch_up", "now", "missed"),
    [
        (CatchUp.SKIP, "2026-11-20T07:00-05:00", [True, True, False]),
        (CatchUp.SKIP, "2026-11-20T12:00-05:00", [True, True, True]),
        (CatchUp.LAST, "2026-11-20T07:00-05:00", [True, True, False]),
        (CatchUp.LAST, "2026-11-20T12:00-05:00", [True, True, False]),
        (CatchUp.ALL, "2026-11-20T12:00-05:00", [False, False, False]),
    ],
)
def test_three_days_off_are_caught_up_by_policy(
    catch_up: CatchUp, now: str, missed: list[bool]
) -> None:
    """After three mornings off each policy runs and reports what it promises."""
    since = at("2026-11-17T12:00-05:00")

    due = due_occurrences(digest(catch_up), since=since, now=at(now), zone=NEW_YORK)

    assert [each.key for each in due] == [f"morning_digest:2026-11-{day}" for day in (18, 19, 20)]
    assert [each.missed for each in due] == missed


@pytest.mark.parametrize(
    ("since", "now", "count"),
    [
        ("2026-11-20T06:29:59-05:00", "2026-11-20T06:30-05:00", 1),
        ("2026-11-20T06:30-05:00", "2026-11-20T06:30:15-05:00", 0),
        ("2026-11-20T06:31-05:00", "2026-11-20T06:00-05:00", 0),
    ],
)
def test_due_means_after_since_and_not_after_now(since: str, now: str, count: int) -> None:
    """The instant itself is due once, and a clock set back makes nothing due."""
    assert len(due_occurrences(digest(), since=at(since), now=at(now), zone=NEW_YORK)) == count


@given(zone=ZONES, start=INSTANTS, steps=st.lists(st.timedeltas(timedelta(0), timedelta(days=9))))
def test_however_often_one_looks_each_date_is_due_once(
    zone: ZoneInfo, start: datetime, steps: list[timedelta]
) -> None:
    """Looking in many steps finds the same occurrences as looking once."""
    routine, now = digest(CatchUp.ALL), start
    found: list[Occurrence] = []
    for step in steps:
        found += due_occurrences(routine, since=now, now=now + step, zone=zone)
        now += step

    assert found == list(due_occurrences(routine, since=start, now=now, zone=zone))
    assert len({each.key for each in found}) == len(found)


@given(zone=ZONES, after=INSTANTS)
def test_the_next_occurrence_is_the_first_that_falls_due(zone: ZoneInfo, after: datetime) -> None:
    """What comes next is what is due at its instant, and nothing before."""
    following = next_occurrence(digest(), after=after, zone=zone)

    due = due_occurrences(digest(), since=after, now=following.run_at, zone=zone)

    assert due == (following,)
    assert following.key == occurrence_key(JobKind.MORNING_DIGEST, following.run_at, zone)


def test_no_date_is_due_twice_across_the_date_line() -> None:
    """A digest had in Tokyo keeps its key when the same date begins again in Los Angeles."""
    tokyo, angeles = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")
    had = next_occurrence(digest(), after=at("2026-11-20T00:00+09:00"), zone=tokyo)

    again = next_occurrence(digest(), after=had.run_at, zone=angeles)

    assert again.run_at > had.run_at
    assert again.key == had.key == "morning_digest:2026-11-20"


def test_several_times_on_one_date_are_one_occurrence() -> None:
    """A rule that fires twice a day still makes one occurrence of a routine per date."""
    twice = digest(CatchUp.ALL, "0 6,7 * * *")

    due = due_occurrences(
        twice, since=at("2026-11-20T00:00Z"), now=at("2026-11-21T00:00Z"), zone=ZoneInfo("UTC")
    )

    assert [each.run_at for each in due] == [at("2026-11-20T06:00Z")]


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20270101", "FREQ=DAILY;INTERVAL=7;BYDAY=TU"]
)
def test_a_routine_that_would_end_is_refused(rule: str) -> None:
    """A routine goes on for ever, so rules that are over some day or never come are errors."""
    with pytest.raises(InvalidRecurrence, match="for ever"):
        digest(rule=rule)
