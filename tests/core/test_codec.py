"""Domain values survive the way to JSON and back."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import (
    Unreadable,
    from_json,
    from_plain,
    instant_from_text,
    instant_to_text,
    to_json,
    to_plain,
)
from donna_core.domain.effects import CalendarWrite, Delivery, Job, Message
from donna_core.domain.events import Event
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation
from donna_core.domain.tasks.history import Command
from donna_core.domain.tasks.task import Task
from donna_core.testing.contracts.history_store import full_command
from donna_core.testing.contracts.stores import NOON, calendar_write, full_task, message, task
from donna_core.testing.strategies import INSTANTS, values

CLASSES = [Task, Escalation, Attention, Job, Message, CalendarWrite, Event, Reading, Command]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_every_value_comes_back(cls: type[Any], data: st.DataObject) -> None:
    """Whatever the fields hold, the text gives an equal value of the same class."""
    value = data.draw(values(cls))

    assert from_json(cls, to_json(value)) == value
    assert from_plain(cls, to_plain(value)) == value


@given(values(Message) | values(CalendarWrite))
def test_a_delivery_says_which_one_it_is(delivery: Delivery) -> None:
    """Read as either of the two, it is what it was."""
    assert from_json(Delivery, to_json(delivery)) == delivery


@given(INSTANTS, INSTANTS)
def test_instants_sort_as_texts(one: datetime, other: datetime) -> None:
    """The order and the equality of instants are those of their texts."""
    assert (one < other) == (instant_to_text(one) < instant_to_text(other))
    assert (one == other) == (instant_to_text(one) == instant_to_text(other))


def test_the_plain_form_is_json_ready_and_complete() -> None:
    """Every field is there by name, also those that are ``None``."""
    plain = to_plain(task())

    assert json.loads(to_json(task())) == plain
    assert plain["created_at"] == "2026-11-20T12:00:00.000000+00:00"
    assert plain["estimated_duration"] == 3600
    assert (plain["deadline"], plain["status"], plain["tags"]) == (None, "backlog", [])
    assert to_plain(full_task())["estimated_duration"] == 5401.000007
    assert to_plain(full_task())["estimated_cost"] == "0.10"


def test_what_was_written_by_another_release_is_read() -> None:
    """A field that is not known is ignored, one that is absent takes its default."""
    plain = to_plain(task())
    del plain["notes"]

    assert from_plain(Task, {**plain, "mood": "fine"}) == task()


def test_what_comes_back_cannot_be_told_apart() -> None:
    """Enums, ids, instants and tuples have their own types again, down to the last level."""
    read = from_json(Command, to_json(full_command()))

    assert repr(read) == repr(full_command())
    assert hash(read.steps) == hash(full_command().steps)


@pytest.mark.parametrize("text", ["", "{", "null", "3", "[]", '""', "{}", '{"type": "letter"}'])
@pytest.mark.parametrize("cls", [Task, Command, Delivery])
def test_what_is_no_value_is_refused(cls: Any, text: str) -> None:
    """Text that is no JSON, or JSON of something else, is named in the error."""
    with pytest.raises(Unreadable, match=r"^This is no (task|command|delivery): .+"):
        from_json(cls, text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "asleep"),
        ("created_at", "2026-11-20T12:00:00"),
        ("created_at", "tomorrow"),
        ("estimated_cost", "a fortune"),
        ("estimated_duration", "long"),
        ("number", "one"),
        ("time_intent", 3),
    ],
)
def test_a_field_of_another_kind_is_refused(field: str, value: object) -> None:
    """What a field cannot hold is refused, an instant without an offset included."""
    with pytest.raises(Unreadable):
        from_plain(Task, {**to_plain(task()), field: value})


def test_a_naive_instant_is_refused() -> None:
    """Nobody guesses the zone of a time without one."""
    with pytest.raises(ValueError, match="no time zone"):
        to_json(task(deadline=datetime(2026, 11, 20, 12)))  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="no offset"):
        instant_from_text("2026-11-20T12:00:00")


def test_not_a_number_is_refused() -> None:
    """JSON has no word for it, so it is refused instead of written in a dialect."""
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json(task(quality_score=float("nan")))


def test_instants_are_written_in_utc() -> None:
    """Other offsets are the same instant."""
    east = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert instant_to_text(east) == instant_to_text(NOON)
    assert instant_from_text("2026-11-20T17:45:00+05:45") == NOON
    assert instant_from_text("2026-11-20T17:45:00+05:45").tzinfo is UTC
    assert to_plain(message())["type"] == "message"
    assert to_plain(calendar_write())["type"] == "calendar_write"
