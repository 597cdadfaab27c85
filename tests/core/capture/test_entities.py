"""People, places, events, amounts and addresses in a sentence."""

from collections.abc import Callable

import pytest

from donna_core.domain.capture.reading import Reading

Read = Callable[..., Reading]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("lunch with Ann tomorrow", ("Ann",)),
        ("meeting with tom and bob on friday", ("tom", "bob")),
        ("Call Dr. Brown", ("Dr. Brown",)),
        ("buy a card for Maya's birthday", ("Maya's",)),
        ("pick up my daughter from school", ("daughter",)),
        ("buy milk with the voucher", ()),
        ("look up train times to Berlin", ()),
        ("call Tom after lunch", ("Tom",)),
        ("Meet on Friday at noon", ()),
    ],
)
def test_people_are_found(said: Read, text: str, people: tuple[str, ...]) -> None:
    """By the words around a name and by what they are to somebody."""
    assert said(text).people == people


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("return the books to the library", "library"),
        ("dinner at Luigi on Friday", "Luigi"),
        ("meet Ann at the train station at 5", "train station"),
        ("call mom at noon", None),
        ("book a flight to Rome", "Rome"),
    ],
)
def test_a_place_is_found(said: Read, text: str, place: str | None) -> None:
    """A time after "at" is none."""
    assert said(text).place == place


def test_amounts_and_addresses_are_found(said: Read) -> None:
    """They stay in the title as well."""
    reading = said("Send $40 and 50 euros to Bob, see https://example.org/pay.")

    assert reading.amounts == ("$40", "50 euros")
    assert reading.urls == ("https://example.org/pay",)


def test_times_are_known_by_their_parts(said: Read) -> None:
    """Dates, times, parts of the day, frequencies and events each have a kind."""
    reading = said("book club every monday in the evening; on may 10th at 7pm")

    kinds = {(span.kind, span.text) for span in reading.entities}
    assert kinds >= {
        ("general_frequency", "every monday"),
        ("date", "may 10th"),
        ("timeofday", "evening"),
        ("time", "7pm"),
    }


def test_a_list_is_known_by_its_name(said: Read) -> None:
    """The words before "list" name it."""
    assert said("add stamps to my shopping list").slots.list_name == "shopping"


def test_every_entity_stands_in_the_text(said: Read) -> None:
    """Spans cut out what they say."""
    reading = said("meet mike jim and bob at the gym next friday at half past six for $20")

    assert len(reading.entities) > 4
    assert all(reading.text[span.start : span.end] == span.text for span in reading.entities)
