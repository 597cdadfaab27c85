"""How pressing a task is: said outright, or read off what comes of leaving it undone."""

from collections.abc import Callable

import pytest

from donna_core.domain.capture.reading import Reading

Read = Callable[..., Reading]


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("there is a smell of gas in the hall, call the fire brigade", 5),
        ("the boiler broke down, call the plumber", 4),
        ("patch the login, customers are blocked", 4),
        ("answer the bank or we lose the rate", 4),
        ("the client is waiting for the drawings, send them", 3),
        ("buy string", 2),
        ("sort the seeds, no hurry at all", 1),
    ],
)
def test_what_is_at_stake_sets_the_priority(said: Read, text: str, priority: int) -> None:
    """Signs that stand near each other tell how bad it is to leave the task undone."""
    assert said(text).priority == priority


@pytest.mark.parametrize(
    "text",
    [
        "update the emergency contacts",
        "sign up for the critical thinking course",
        "sort the important-documents folder",
        "the boiler was fine, but of all things on the way to the school the bus has broken down",
    ],
)
def test_words_of_urgency_in_names_say_nothing(said: Read, text: str) -> None:
    """A name that begins with such a word, and signs far from each other, leave it normal."""
    assert said(text).priority == 2


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("it's not very urgent, but paint the guest room", "Paint the guest room"),
        ("learn to juggle one of these days", "Learn to juggle"),
        ("the smoke alarm keeps beeping, no rush", "The smoke alarm keeps beeping"),
    ],
)
def test_who_says_there_is_no_hurry_is_believed(said: Read, text: str, title: str) -> None:
    """A denial of urgency wins over what is at stake, leaves the title and is no time."""
    reading = said(text)

    assert (reading.priority, reading.title, reading.deadline) == (1, title, None)


def test_an_inferred_priority_is_an_assumption(said: Read) -> None:
    """The reading says which words made it pressing, unless the person set the priority."""
    text = "the boiler broke down, call the plumber"

    assert "It is pressing: 'boiler … broke down'." in said(text).assumed
    assert said(f"{text} !2").assumed == ()
    assert said(f"{text}, urgent").assumed == ()
