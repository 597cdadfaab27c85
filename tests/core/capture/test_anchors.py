"""What work hangs on is read off the words, and leaves the title."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from donna_core.domain.capture.reading import Reading
from donna_core.domain.capture.times import TimeKind
from donna_core.domain.tasks.task import Rest, Side

Read = Callable[..., Reading]
Wall = Callable[[datetime | None], str | None]


@pytest.mark.parametrize(
    ("text", "title", "side", "event", "offset"),
    [
        ("print the badges before the conference", "Print the badges", "before", "conference", 0),
        ("buy a gift before mum's birthday", "Buy a gift", "before", "mum's birthday", 0),
        ("tidy up 2 days after the party", "Tidy up", "after", "party", 48),
        ("pack an hour before my flight", "Pack", "before", "flight", 1),
        ("before the sprint review, update the board", "Update the board", "before",
         "sprint review", 0),
        ("ask Bo about it prior to my meeting with Kim", "Ask Bo about it", "before",
         "meeting with Kim", 0),
    ],
)  # fmt: skip
def test_an_event_is_what_work_hangs_on(
    said: Read, text: str, title: str, side: str, event: str, offset: int
) -> None:
    """The side, the person's words and the distance are kept, the title is the work alone."""
    reading = said(text)
    anchor = reading.time_intent.anchor

    assert anchor is not None
    assert (reading.title, anchor.side, anchor.event) == (title, Side(side), event)
    assert anchor.offset == timedelta(hours=offset)
    assert [time.kind for time in reading.times] == [TimeKind.CONSTRAINT]


@pytest.mark.parametrize(
    "text",
    [
        "remind me an hour before my flight",
        "please alert me 15 minutes before my 3 pm meeting with Fred",
        "call Tom after lunch",
        "look after the kids",
        "check the oven before leaving",
    ],
)
def test_other_words_hang_on_nothing(said: Read, text: str) -> None:
    """A reminder of the event itself, a meal and a verb are no anchor."""
    assert said(text).time_intent.anchor is None


def test_a_time_of_the_event_is_not_that_of_the_work(said: Read, wall: Wall) -> None:
    """The hour of the meeting is the deadline, its day bounds the search."""
    at_three = said("buy biscuits before my 3pm meeting")
    on_friday = said("buy floss before the dentist appointment on Friday")

    assert (at_three.start, wall(at_three.deadline)) == (None, "2027-05-03 15:00")
    anchor = on_friday.time_intent.anchor
    assert anchor is not None
    assert (wall(anchor.opens), wall(anchor.closes)) == ("2027-05-07 00:00", "2027-05-07 23:59")
    assert wall(on_friday.deadline) == "2027-05-07 23:59"


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("descale the kettle 3 months after completion", "Descale the kettle", Rest(months=3)),
        ("clean the filter every 2 weeks after it's done", "Clean the filter", Rest(days=14)),
        ("change the litter again 3 days after I did it", "Change the litter", Rest(days=3)),
    ],
)
def test_a_completion_is_what_the_next_time_counts_from(
    said: Read, text: str, title: str, rest: Rest
) -> None:
    """It is no rule of the calendar: the next one counts from when it was done."""
    reading = said(text)

    assert (reading.title, reading.time_intent.rest) == (title, rest)
    assert (reading.recurrence, reading.deadline) == (None, None)
    assert str(reading.recurrence_text).endswith("after it is done")


def test_a_distance_to_nothing_stays_in_the_title(said: Read) -> None:
    """So long after something that is no event says nothing of a time that is known."""
    reading = said("call mom 2 days after she leaves")

    assert reading.title == "Call mom 2 days after she leaves"
    assert (reading.deadline, reading.times) == (None, ())
