"""Reading statements by a model: what it says counts only with the words of the text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.ids import UserId
from donna_core.domain.labels import Label
from donna_core.ports.language_model import ModelRequest
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_memory.documents import Document, SourceType
from donna_memory.ports import Readings
from donna_memory.reading import QUIET, TASK_TYPE, Read, StatementReader, checked
from donna_memory.statements import Claim, Statement

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA = UserId("anna")


class ListedReadings(Readings):
    """Gives the documents it was made with until they are stated, and keeps what was stated."""

    def __init__(self, *documents: Document, believed: Sequence[Statement] = ()) -> None:
        self.documents = dict(enumerate(documents, start=1))
        self.known = tuple(believed)
        self.stated: dict[str, list[Claim]] = {}
        self.before: datetime | None = None

    async def unread(
        self, user_id: UserId, *, before: datetime, after: int, limit: int
    ) -> tuple[tuple[int, Document], ...]:
        """Return those that were not stated."""
        assert user_id == ANNA
        self.before = before
        left = [
            (number, each)
            for number, each in self.documents.items()
            if number > after and each.source_id not in self.stated
        ]
        return tuple(left[:limit])

    async def believed(self, user_id: UserId) -> tuple[Statement, ...]:
        """Return what it was made with."""
        assert user_id == ANNA
        return self.known

    async def state(self, document: Document, claims: Sequence[Claim], *, told_by: str) -> bool:
        """Keep what is stated."""
        assert told_by == "scripted"
        self.stated[document.source_id] = [*claims]
        return True


def turn(place: int, text: str, *, session: str = "s1", speaker: str = "Jo") -> Document:
    """Return what somebody said."""
    return Document(
        user_id=ANNA,
        source_type=SourceType.CHAT,
        source_id=f"{session}:{place}",
        content=text,
        session=session,
        position=place,
        speaker=speaker,
        time=NOON,
    )


def row(text: int, value: str, quote: str, attribute: str = "judo day") -> Mapping[str, Any]:
    """Return a statement as a model tells it."""
    return {"text": text, "subject": "Jo", "attribute": attribute, "value": value, "quote": quote}


def reader(readings: Readings, answer: Any) -> tuple[StatementReader, ScriptedLanguageModel]:
    """Return a reader whose model answers so."""
    model = ScriptedLanguageModel({TASK_TYPE: answer})
    made = StatementReader(
        readings=readings, language_model=model, user_id=ANNA, clock=FakeClock(NOON)
    )
    return made, model


async def test_turns_of_a_talk_are_read_together_and_each_states_its_own() -> None:
    """With what is believed of the same person; what was written a moment ago is left alone."""
    old = Statement(
        subject="Jo", attribute="judo day", value="Thursdays", source_type=SourceType.CHAT,
        source_id="s0:1", valid_from=NOON, valid_to=None, learnt_at=NOON,
    )  # fmt: skip
    readings = ListedReadings(
        turn(1, "Which night is your judo?", speaker="Lena"),
        turn(2, "I am on the mat on Wednesdays now."),
        believed=[old],
    )
    said = {"statements": [row(2, "Wednesdays", "on the mat on Wednesdays now")]}
    made, model = reader(readings, [said])

    assert await made.read_on() == Read(texts=2, statements=1)

    [request] = model.requests
    assert request.inputs["known"] == [
        {"subject": "Jo", "attribute": "judo day", "value": "Thursdays"}
    ]
    assert [each["said_by"] for each in request.inputs["texts"]] == ["Lena", "Jo"]
    assert Label.PRIVATE in request.labels
    assert request.sources == ("chat:s1:1", "chat:s1:2")
    claim = Claim(subject="Jo", attribute="judo day", value="Wednesdays", since=NOON)
    assert readings.stated == {"s1:1": [], "s1:2": [claim]}
    assert readings.before == NOON - QUIET
    assert await made.read_on() == Read()


@pytest.mark.parametrize(
    "said",
    [
        row(1, "Fridays", "on Fridays"),  # nobody said so
        row(1, "Fridays", "on the mat on Wednesdays"),  # the quote says something else
        row(1, "Wednesdays", "   "),
        row(1, "Wednesdays", "on the mat", attribute="judo " * 20),
        row(2, "Wednesdays", "on the mat"),  # there is no second text
    ],
)
async def test_what_the_text_does_not_bear_out_is_not_believed(said: Mapping[str, Any]) -> None:
    """An invented quote, a value from nowhere, a text that is not there."""
    readings = ListedReadings(turn(1, "I am on the mat on Wednesdays now."))
    made, _ = reader(readings, [{"statements": [said]}])

    assert await made.read_on() == Read(texts=1)
    assert readings.stated == {"s1:1": []}


def test_a_quote_may_differ_in_case_spaces_and_its_ends() -> None:
    """And in nothing else."""
    text = "Now: I am on the\nmat on Wednesdays."

    assert checked(row(1, "Wednesday", "i am on the mat  on Wednesdays"), text, since=NOON)
    assert not checked(row(1, "Wednesday", "I was on the mat on Wednesdays"), text, since=NOON)


async def test_what_cannot_be_read_is_left_for_later_and_stops_nothing_else() -> None:
    """Until the second in a row, after which nobody is asked any more."""
    readings = ListedReadings(*[turn(1, f"I live at {n}.", session=f"s{n}") for n in range(6)])
    away = ModelUnavailable(TASK_TYPE, problem="away")
    nothing: Mapping[str, Any] = {"statements": []}
    made, model = reader(readings, [away, nothing, away, away])

    found = await made.read_on()

    assert (found.texts, "away" in found.problem) == (1, True)
    assert readings.stated == {"s1:1": []}
    assert len(model.requests) == 4


async def test_a_long_note_is_shown_part_by_part_and_stated_once() -> None:
    """All of its parts, in their order; notes stand alone."""
    lines = "\n\n".join(f"Room {n} is painted {'blue ' * 60}and so on." for n in range(40))
    note = Document(
        user_id=ANNA, source_type=SourceType.VAULT, source_id="House.md", title="House",
        content=lines,
    )  # fmt: skip
    other = Document(
        user_id=ANNA, source_type=SourceType.VAULT, source_id="Bo.md", title="Bo", content="Hello."
    )

    def answer(request: ModelRequest) -> Mapping[str, Any]:
        texts = request.inputs["texts"]
        if texts[0]["said_by"] == "Bo":
            return {"statements": []}
        named = texts[0]["text"].split(" is painted")[0].splitlines()[-1]
        return {"statements": [row(1, "blue", "is painted blue blue", attribute=named)]}

    readings = ListedReadings(note, other)
    made, model = reader(readings, answer)

    found = await made.read_on()

    assert found.texts == 2
    assert len(model.requests) > 3
    assert len(readings.stated["House.md"]) == len(model.requests) - 1


async def test_what_one_talk_states_is_known_to_the_next() -> None:
    """So that it can take the same words for the same thing."""

    class Learning(ListedReadings):
        async def believed(self, user_id: UserId) -> tuple[Statement, ...]:
            assert user_id == ANNA
            return tuple(
                Statement(
                    subject=each.subject, attribute=each.attribute, value=each.value,
                    source_type=SourceType.CHAT, source_id=name, valid_from=each.since,
                    valid_to=None, learnt_at=NOON,
                )
                for name, claims in self.stated.items()
                for each in claims
            )  # fmt: skip

    readings = Learning(
        turn(1, "Judo is on Thursdays.", session="a"), turn(1, "Jo: Wednesdays now.", session="b")
    )
    made, model = reader(
        readings, [{"statements": [row(1, "Thursdays", "on Thursdays")]}, {"statements": []}]
    )
    await made.read_on()

    assert [request.inputs["known"] for request in model.requests] == [
        [],
        [{"subject": "Jo", "attribute": "judo day", "value": "Thursdays"}],
    ]
