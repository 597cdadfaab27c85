"""Choosing the time in words: move, snooze, pin, accept, plan, quiet."""

from collections.abc import Callable
from typing import Any

import pytest

Donna = Callable[..., Any]


@pytest.fixture
def planned(donna: Donna) -> Donna:
    """Give a Donna with one planned task of an hour."""
    donna("add", "Sort the photos for 1 hour")
    return donna


def start(donna: Donna) -> Any:
    """Return where the first task is planned."""
    return donna("show", "1", "--json").json["task"]["start"]


@pytest.mark.parametrize(
    "words",
    [["1", "DAY", "3pm"], ["sort", "photos", "to", "DAY", "15:00"]],
)
def test_a_time_of_day_is_taken_as_it_is(planned: Donna, words: list[str], monday: Any) -> None:
    """Behind a number or a title, with or without 'to'."""
    said = planned("move", *(word.replace("DAY", str(monday)) for word in words))

    assert said.code == 0
    assert f"{monday.shown} 15:00–16:00" in said.out
    assert start(planned) == monday.at(15)


def test_a_day_means_its_first_free_place(planned: Donna) -> None:
    """Nobody wants a task at midnight because they said Monday."""
    planned("move", "1", "in 3 days")

    assert start(planned)[11:16] not in {"00:00", "23:00", "22:00"}


def test_today_means_what_is_left_of_it(planned: Donna) -> None:
    """And yesterday is over."""
    assert planned("move", "1", "today").code == 0
    assert planned("snooze", "1", "yesterday").code == 1


def test_moving_without_a_time_means_the_next_place(planned: Donna) -> None:
    """The new place is later than the old one."""
    before = start(planned)
    planned("move", "1")

    assert start(planned) > before


def test_snoozing_counts_from_now(planned: Donna) -> None:
    """Two hours of peace, and the task is placed after them."""
    said = planned("snooze", "1", "2h", "--json")

    [task] = said.json["tasks"]
    assert task["snoozed_until"] is not None
    assert task["start"] >= task["snoozed_until"]


@pytest.mark.parametrize(
    "words",
    [["snooze", "1", "banana"], ["snooze", "1"], ["pin", "1", "monday"], ["quiet", "soup"]],
)
def test_words_that_name_no_time_are_refused(planned: Donna, words: list[str]) -> None:
    """The message gives an example that works, and nothing has changed."""
    before = start(planned)
    said = planned(*words)

    assert said.code == 1
    assert any(example in said.err for example in ("2h", "fri 3pm"))
    assert start(planned) == before


def test_the_past_is_refused(planned: Donna) -> None:
    """Nothing can be planned before now."""
    assert planned("move", "1", "2020-01-01 10:00").code == 1


def test_pinning_and_unpinning(planned: Donna, monday: Any) -> None:
    """A pin fixes the place, at a time or where it is."""
    planned("pin", "1", str(monday), "3pm")
    pinned = planned("show", "1", "--json").json["task"]["pinned_start"]
    planned("unpin", "1")

    assert pinned == start(planned) == monday.at(15)
    assert planned("show", "1", "--json").json["task"]["pinned_start"] is None


def test_an_offer_is_accepted_by_its_number(donna: Donna) -> None:
    """A task that fits nowhere shows offers, and the word that takes one."""
    donna("add", "Write the thesis by tomorrow")
    said = donna("edit", "1", "--for", "15h")
    offers = donna("show", "1", "--json").json["offers"]

    assert "donna accept 1 --offer 1" in said.out
    taken = donna("accept", "1", "--offer", "1", "--json").json["tasks"][0]
    assert taken["start"] == offers[0]["start"]
    assert donna("accept", "1", "--offer", "9").code == 1


def test_plan_gives_places(donna: Donna) -> None:
    """A task that was kept while a calendar was unreadable gets its place from plan."""
    donna("add", "Buy milk")
    donna("drop", "1")
    donna("reopen", "1")

    assert donna("plan", "--dry-run").code == 0
    assert donna("plan").code == 0
    assert start(donna) is not None


def test_quiet_begins_and_ends(donna: Donna) -> None:
    """`donna` tells of it while it lasts."""
    donna("add", "Buy milk")
    begun = donna("quiet", "until", "tomorrow", "morning")
    during = donna()
    ended = donna("quiet", "off")

    assert begun.out.startswith("Quiet until")
    assert "donna quiet off" in during.out
    assert "as usual" in ended.out
    assert "Quiet" not in donna().out


@pytest.mark.parametrize("words", [["ack"], ["busy"], ["ack", "1"]])
def test_answering_where_nothing_was_asked(planned: Donna, words: list[str]) -> None:
    """There is nothing to acknowledge before Donna has asked."""
    assert planned(*words).code == 3


def test_quiet_alone_shows_when_messages_may_go_out(donna: Donna) -> None:
    """The hours of the house, and what was asked for besides."""
    before = donna("quiet", "--json").json
    donna("quiet", "until", "tomorrow", "morning")
    after = donna("quiet")

    assert before["quiet_until"] is None
    assert before["ordinary_from"] >= before["at"]
    assert "Quiet hours: 20:00–06:00; blackout: 00:00–06:00." in after.out
    assert "donna quiet off ends it" in after.out
