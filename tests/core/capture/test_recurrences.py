"""Repetitions become RFC 5545 rules with a first occurrence."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from donna_core.domain.capture.reading import Reading
from donna_core.domain.tasks.task import IntentKind
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import Recurrence

Read = Callable[..., Reading]
Wall = Callable[[datetime | None], str | None]


@pytest.mark.parametrize(
    ("words", "rule", "first"),
    [
        ("every monday at 9", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", "2027-05-10 09:00"),
        ("daily at 7pm", "FREQ=DAILY;BYHOUR=19;BYMINUTE=0", "2027-05-03 19:00"),
        (
            "every other thursday at 18:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;BYHOUR=18;BYMINUTE=0",
            "2027-05-06 18:00",
        ),
        (
            "weekdays at 8:30",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=30",
            "2027-05-04 08:30",
        ),
        (
            "on the last friday of every month at noon",
            "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=12;BYMINUTE=0",
            "2027-05-28 12:00",
        ),
        (
            "every monday and thursday at 6am",
            "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=6;BYMINUTE=0",
            "2027-05-06 06:00",
        ),
    ],
)
def test_a_timed_repetition_starts_at_its_first_occurrence(
    said: Read, wall: Wall, words: str, rule: str, first: str
) -> None:
    """The rule says the time, the start is the next occurrence still ahead."""
    reading = said(f"Check the boiler {words}")

    assert (reading.recurrence, wall(reading.start)) == (rule, first)
    assert reading.title == "Check the boiler"
    assert reading.time_intent.kind is IntentKind.RECURRING
    assert reading.recurrence_text is not None
    assert reading.recurrence_text.startswith("every")


@pytest.mark.parametrize(
    ("words", "rule", "due"),
    [
        ("monthly on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1", "2027-06-01 23:59"),
        ("every 3 months", "FREQ=MONTHLY;INTERVAL=3", "2027-05-03 23:59"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3", "2027-05-03 23:59"),
        ("yearly on June 5", "FREQ=YEARLY;BYMONTHDAY=5;BYMONTH=6", "2027-06-05 23:59"),
        ("every evening", "FREQ=DAILY", "2027-05-03 22:00"),
        ("weekly on wednesdays", "FREQ=WEEKLY;BYDAY=WE", "2027-05-05 23:59"),
    ],
)
def test_an_untimed_repetition_is_due_on_its_first_day(
    said: Read, wall: Wall, words: str, rule: str, due: str
) -> None:
    """Without a time the end of the first day, or part of it, is the deadline."""
    reading = said(f"Check the boiler {words}")

    assert (reading.recurrence, wall(reading.deadline)) == (rule, due)
    assert reading.start is None


@pytest.mark.parametrize(
    "words",
    [
        "every day for 4 times",
        "every tuesday until June 30",
        "on the 2nd and last friday of each month",
        "every 45 minutes",
        "yearly on the fourth thursday in november",
        "every year in week 12",
    ],
)
def test_every_rule_is_valid_rfc_5545(said: Read, words: str) -> None:
    """Another implementation accepts the rule and finds an occurrence."""
    reading = said(f"Check the boiler {words}")

    start = datetime.fromisoformat("2027-05-03T10:00+02:00")
    assert reading.recurrence is not None
    assert rrulestr(reading.recurrence, dtstart=start)[0] >= start


def test_how_often_and_when_may_stand_apart(said: Read) -> None:
    """A weekly reminder for Thursday at five repeats on Thursdays."""
    reading = said("Set up a weekly reminder to take out the trash at 5 pm Thursday")

    assert reading.recurrence == "FREQ=WEEKLY;BYDAY=TH;BYHOUR=17;BYMINUTE=0"
    assert reading.title == "Take out the trash"


def test_a_report_that_is_weekly_does_not_repeat(said: Read) -> None:
    """The adjective describes the thing."""
    assert said("Send the weekly report by Friday").recurrence is None


def test_how_often_without_when_is_spread_and_told(said: Read) -> None:
    """Three times a week names no day; which ones were taken stands among the assumptions."""
    reading = said("Go jogging three times a week")

    assert reading.recurrence == "FREQ=WEEKLY;BYDAY=MO,WE,FR"
    assert any("spread evenly" in each for each in reading.assumed)


def test_a_rule_holds_its_beginning_and_what_is_left_out(said: Read) -> None:
    """DTSTART and EXDATE stand in the stored rule, and it can be followed."""
    reading = said("Water the plants daily starting June 1 except on June 3 at 8am")

    rule = reading.recurrence or ""
    days = Recurrence.parse(rule).occurrences(
        Interval(start=datetime(2027, 5, 30, tzinfo=UTC), end=datetime(2027, 6, 5, tzinfo=UTC)),
        zone=ZoneInfo("UTC"),
        anchor=datetime(2027, 5, 1, 8, tzinfo=UTC),
    )
    assert {"FREQ=DAILY", "DTSTART=20270601", "EXDATE=20270603"} <= set(rule.split(";"))
    assert [day.day for day in days] == [1, 2, 4]


@pytest.mark.parametrize("words", ["every 30 seconds", "every 31st of February", "every 90 years"])
def test_a_rule_that_nobody_can_keep_is_named(said: Read, words: str) -> None:
    """It is neither stored nor turned into something else."""
    reading = said(f"Stretch {words}")

    assert reading.recurrence is None
    assert reading.remarks
