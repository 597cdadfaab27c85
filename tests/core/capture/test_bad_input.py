"""Bad input is never swallowed: it is named, and nothing is made of it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from donna_core.domain.capture.reading import Reading

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
