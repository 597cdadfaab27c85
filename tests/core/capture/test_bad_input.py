"""Bad input is never swallowed: it is named, and nothing is made of it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import Reading

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2027, 5, 3, 10, 0, tzinfo=BERLIN)
Read = Callable[..., Reading]
Wall = Callable[[datetime | None], str | None]


@pytest.mark.parametrize("date", ["30 February", "31 June", "February 30th", "2027-02-30", "25:00"])
def test_an_impossible_date_is_named_and_kept(said: Read, date: str) -> None:
    """No time comes from it, its words stay, the confidence falls."""
    reading = said(f"File taxes by {date}")

    assert (reading.start, reading.deadline) == (None, None)
    assert date in reading.title
    assert any(date in remark for remark in reading.remarks)
    assert reading.confidence < 0.6


@pytest.mark.parametrize(
    "words",
    [
        "every 0 days",
        "every -1 days",
        "every day for 0 times",
        "in 9999999 years",
        "in 99999999999999999999 days",
        "in -3 days",
        "-3 days from now",
        "in 2 months ago",
        "on the 32nd",
        "in week 60",
        "in q5 2027",
        "on the 5th Monday of February 2027",
        "on 31 December 9999",
        "on 1 January 0001",
        "at 99",
        "on 10 August 234 BC",
    ],
)
def test_what_cannot_be_is_named_and_no_date_made_of_it(said: Read, words: str) -> None:
    """Neither a time nor a repetition comes from words that mean none."""
    reading = said(f"File taxes {words}")

    assert (reading.start, reading.deadline, reading.recurrence) == (None, None, None)
    assert any("does not exist" in remark for remark in reading.remarks)
    assert reading.confidence < 0.6


def test_a_text_of_nothing_but_times_is_read_as_far_as_it_makes_sense(lexicon: Lexicon) -> None:
    """Ten thousand numbers cost no more than a long text, and what was left out is told."""
    text = "5 5pm " * 16_000

    reading = read(text, at=MONDAY, zone=BERLIN, lexicon=lexicon, limit=100_000)

    assert any("was not searched for times" in remark for remark in reading.remarks)
    assert len(reading.times) < 2_000


def test_a_long_text_is_searched_to_its_end(lexicon: Lexicon) -> None:
    """Prose is no reason to stop."""
    text = "the quick brown fox jumps over lazy dogs " * 2_400 + "tomorrow at 5pm"

    reading = read(text, at=MONDAY, zone=BERLIN, lexicon=lexicon, limit=100_000)

    assert [time.span.text for time in reading.times] == ["tomorrow at 5pm"]


def test_a_time_beside_an_impossible_date_is_not_used(said: Read) -> None:
    """Five o'clock of no day is not five o'clock today."""
    reading = said("File taxes on 31 June at 5pm")

    assert reading.start is None
    assert reading.title == "File taxes on 31 June at 5pm"


@pytest.mark.parametrize(
    ("words", "deadline"),
    [("2027-04-01", "2027-04-01 23:59"), ("April 1, 2027", "2027-04-01 23:59")],
)
def test_an_explicit_past_date_stays_with_a_remark(
    said: Read, wall: Wall, words: str, deadline: str
) -> None:
    """Who writes the year means it."""
    reading = said(f"Pay the fine by {words}")

    assert wall(reading.deadline) == deadline
    assert any("past" in remark for remark in reading.remarks)


@pytest.mark.parametrize(
    ("words", "start"),
    [("today at 8am", "2027-05-04 08:00"), ("at 7:00 am", "2027-05-04 07:00")],
)
def test_a_past_time_of_today_moves_ahead(said: Read, wall: Wall, words: str, start: str) -> None:
    """A time that is over means the next one."""
    assert wall(said(f"Call Bob {words}").start) == start


def test_the_move_is_told_where_a_day_was_said(said: Read) -> None:
    """Today was said, tomorrow was read."""
    assert any("already past" in remark for remark in said("Call Bob today at 8am").remarks)


def test_invisible_characters_are_remarked_on(said: Read) -> None:
    """What cleaning removed is told with the reading."""
    reading = said("Call\u202e Bob\x00 tomorrow")

    assert reading.title == "Call Bob"
    assert len(reading.remarks) == 2
