"""Times: what a sentence fixes, and on which day of the calendar."""

from collections.abc import Callable
from datetime import datetime

import pytest

from donna_core.domain.capture.reading import Reading
from donna_core.domain.tasks.task import DeadlineType, IntentKind, Strictness

Read = Callable[..., Reading]
Wall = Callable[[datetime | None], str | None]


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("tomorrow at 5", "2027-05-04 17:00"),
        ("at 15:30 today", "2027-05-03 15:30"),
        ("today at 8", "2027-05-03 20:00"),
        ("at 9", "2027-05-03 21:00"),
        ("at half past six", "2027-05-03 18:30"),
        ("at quarter to 8 tomorrow morning", "2027-05-04 07:45"),
        ("8 tonight", "2027-05-03 20:00"),
        ("at noon on friday", "2027-05-07 12:00"),
        ("tonight at midnight", "2027-05-04 00:00"),
        ("next tue at 9", "2027-05-11 09:00"),
        ("on the 15th at 10am", "2027-05-15 10:00"),
        ("on the 2nd at 10am", "2027-06-02 10:00"),
        ("on 3 June 2028 at 7:15 pm", "2028-06-03 19:15"),
        ("march 5th, 9am", "2028-03-05 09:00"),
        ("2027-12-24T18:00", "2027-12-24 18:00"),
        ("in 2 h", "2027-05-03 12:00"),
        ("in an hour and a half", "2027-05-03 11:30"),
        ("in 90 minutes", "2027-05-03 11:30"),
        ("in 3 days at 9", "2027-05-06 09:00"),
        ("the first monday of next month at 8:30", "2027-06-07 08:30"),
        ("last working day of the month at 4pm", "2027-05-31 16:00"),
        ("from 3 to 5 pm on wednesday", "2027-05-05 15:00"),
        ("6/7 at 6am", "2027-06-07 06:00"),
        ("tomorrow at six thirty", "2027-05-04 18:30"),
        ("on friday at 3pm EST", "2027-05-07 21:00"),
    ],
)
def test_a_time_pins_the_start(said: Read, wall: Wall, words: str, start: str) -> None:
    """A day with a time is an appointment and leaves the title alone."""
    reading = said(f"Meet Ann {words}")

    assert wall(reading.start) == start
    assert reading.title == "Meet Ann"
    assert reading.deadline_type is DeadlineType.NONE
    assert reading.time_intent.kind is IntentKind.EXACT
    assert reading.time_intent.strictness is Strictness.HARD


@pytest.mark.parametrize(
    ("words", "deadline", "kind"),
    [
        ("by friday", "2027-05-07 23:59", DeadlineType.HARD),
        ("due next friday", "2027-05-14 23:59", DeadlineType.HARD),
        ("by 5 tomorrow", "2027-05-04 17:00", DeadlineType.HARD),
        ("before friday", "2027-05-06 23:59", DeadlineType.HARD),
        ("before end of month", "2027-05-31 23:59", DeadlineType.SOFT),
        ("by end of day friday", "2027-05-07 23:59", DeadlineType.HARD),
        ("by eow", "2027-05-07 23:59", DeadlineType.SOFT),
        ("no later than June 1", "2027-06-01 23:59", DeadlineType.HARD),
        ("by the end of next month", "2027-06-30 23:59", DeadlineType.SOFT),
        ("until noon tomorrow", "2027-05-04 12:00", DeadlineType.HARD),
        ("by next week", "2027-05-16 23:59", DeadlineType.SOFT),
        ("within two weeks", "2027-05-17 23:59", DeadlineType.HARD),
        ("soon", "2027-05-06 23:59", DeadlineType.SOFT),
        ("- must be done by Wednesday EOD", "2027-05-05 23:59", DeadlineType.HARD),
        ("EOD", "2027-05-03 23:59", DeadlineType.HARD),
        ("due 1st", "2027-06-01 23:59", DeadlineType.HARD),
        ("by 31.05.", "2027-05-31 23:59", DeadlineType.HARD),
        ("by friday, ideally", "2027-05-07 23:59", DeadlineType.SOFT),
    ],
)
def test_by_sets_a_deadline(
    said: Read, wall: Wall, words: str, deadline: str, kind: DeadlineType
) -> None:
    """A day ends at 23:59 of the person's clock; vague words make a soft deadline."""
    reading = said(f"Finish the draft {words}")

    assert (wall(reading.deadline), reading.deadline_type) == (deadline, kind)
    assert reading.title == "Finish the draft"
    assert reading.start is None


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("on Tuesday", "2027-05-04 00:00", "2027-05-04 23:59"),
        ("tomorrow morning", "2027-05-04 06:00", "2027-05-04 12:00"),
        ("this weekend", "2027-05-08 00:00", "2027-05-09 23:59"),
        ("next week", "2027-05-10 00:00", "2027-05-16 23:59"),
        ("tonight", "2027-05-03 18:00", "2027-05-03 23:59"),
        ("between 3 and 5 tomorrow", "2027-05-04 15:00", "2027-05-04 17:00"),
        ("the day after tomorrow", "2027-05-05 00:00", "2027-05-05 23:59"),
        ("3-7 June", "2027-06-03 00:00", "2027-06-07 23:59"),
        ("in June", "2027-06-01 00:00", "2027-06-30 23:59"),
        ("today", "2027-05-03 10:00", "2027-05-03 23:59"),
    ],
)
def test_a_day_without_a_time_is_a_window(
    said: Read, wall: Wall, words: str, earliest: str, latest: str
) -> None:
    """The work may happen anywhere in it, and the end of it is the soft deadline."""
    reading = said(f"Wash the car {words}")
    intent = reading.time_intent

    assert intent.kind is IntentKind.WINDOW
    assert (wall(intent.earliest), wall(intent.latest)) == (earliest, latest)
    assert (reading.deadline, reading.deadline_type) == (intent.latest, DeadlineType.SOFT)


def test_after_gives_the_earliest_time_only(said: Read, wall: Wall) -> None:
    """A constraint is no appointment."""
    reading = said("Call the bank after 1pm")

    assert wall(reading.time_intent.earliest) == "2027-05-03 13:00"
    assert reading.time_intent.kind is IntentKind.CONSTRAINED
    assert (reading.start, reading.deadline) == (None, None)


def test_next_friday_offers_the_coming_friday(said: Read, wall: Wall) -> None:
    """The policy picks next week's Friday and says what else it could be."""
    reading = said("Submit the form by next friday")

    assert wall(reading.deadline) == "2027-05-14 23:59"
    assert [wall(other) for other in reading.alternatives] == ["2027-05-07 23:59"]


@pytest.mark.parametrize(("day_first", "day"), [(True, "2027-05-06"), (False, "2027-06-05")])
def test_the_order_of_day_and_month_is_the_persons(
    said: Read, wall: Wall, day_first: bool, day: str
) -> None:
    """6/5/2027 is read as the person writes dates."""
    reading = said("Pay the bill by 6/5/2027", day_first=day_first)

    assert wall(reading.deadline) == f"{day} 23:59"


def test_a_time_and_a_day_apart_belong_together(said: Read, wall: Wall) -> None:
    """Words between day and time do not separate them."""
    reading = said("On Friday meet Ann about the offer at 3pm")

    assert wall(reading.start) == "2027-05-07 15:00"
    assert reading.title == "Meet Ann about the offer"


@pytest.mark.parametrize(
    "text",
    [
        "March with the band",
        "You may go",
        "The cat sat down on the mat",
        "Give Bob a second chance",
        "Read the sun and moon book",
        "Buy 5 apples",
        "Finish the first draft",
        "Meet Ann on the 2nd floor",
        "Update to version 1.1.30",
        "Fix the 4:3 aspect ratio",
        "Pay $1,194.09 to ACME",
        "Meet at 221 Baker Street",
    ],
)
def test_ordinary_words_and_numbers_are_no_times(said: Read, text: str) -> None:
    """Months, weekdays and numbers count only where the sentence says so."""
    reading = said(text)

    assert (reading.start, reading.deadline, reading.recurrence) == (None, None, None)
    assert reading.title == text


@pytest.mark.parametrize(
    ("at", "words", "utc"),
    [
        ("2027-03-27T12:00+01:00", "tomorrow at 2:30 am", "2027-03-28T01:00+00:00"),
        ("2027-10-30T12:00+02:00", "tomorrow at 2:30 am", "2027-10-31T00:30+00:00"),
        ("2027-03-28T01:30+01:00", "in 1 hour", "2027-03-28T01:30+00:00"),
    ],
)
def test_clock_changes_follow_one_policy(said: Read, at: str, words: str, utc: str) -> None:
    """A skipped time moves to the end of the gap, a repeated one is the first; lengths elapse."""
    reading = said(f"Call Bob {words}", at=datetime.fromisoformat(at))

    assert reading.start == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("wake me at 6", "2027-05-04 06:00"),
        ("wake me up at 7:30 on Friday", "2027-05-07 07:30"),
        ("wake me at 6 in the evening", "2027-05-03 18:00"),
    ],
)
def test_people_are_woken_in_the_morning(said: Read, wall: Wall, text: str, start: str) -> None:
    """A bare hour to wake up at is one of the morning."""
    assert wall(said(text).start) == start
