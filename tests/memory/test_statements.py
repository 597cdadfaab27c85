"""What is held to be true: one value at a time, and nothing that was believed is lost."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import UserId
from donna_memory.documents import Document, SourceType
from donna_memory.junk import Junk, JunkCount
from donna_memory.statements import Claim, Statement, claims_of, properties_of, told

MAY = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOTE = (SourceType.VAULT, "People/Bo.md")


def note(content: str = "", **fields: object) -> Document:
    """Return a note about Bo, written in May."""
    given_fields: dict[str, object] = {"metadata": {}, "time": MAY, **fields}
    return Document(
        user_id=UserId("anna"),
        source_type=SourceType.VAULT,
        source_id=NOTE[1],
        title="Bo",
        content=content,
        **given_fields,  # type: ignore[arg-type]  # the fields of a document
    )


def learn(*said: tuple[str, int]) -> tuple[Statement, ...]:
    """Return what is held of Bo's employer after these values were told, with the day of each."""
    known: tuple[Statement, ...] = ()
    for value, day in said:
        claim = Claim(subject="Bo", attribute="employer", value=value, since=MAY + day * DAY)
        known = told(known, claim, source=NOTE, at=MAY + 40 * DAY)
    return known


def believed(known: tuple[Statement, ...], day: int) -> str | None:
    """Return what was held on that day of May, from 0."""
    [*values] = [each.value for each in known if each.held(MAY + day * DAY)]
    assert len(values) < 2
    return values[0] if values else None


def test_a_contradiction_supersedes_from_its_day_on() -> None:
    """What was believed on 3 May can still be told."""
    known = learn(("Acme", 0), ("Beta", 5))

    assert [believed(known, day) for day in (-1, 2, 4, 5, 30)] == [
        None, "Acme", "Acme", "Beta", "Beta",
    ]  # fmt: skip


def test_what_is_said_again_confirms() -> None:
    """Nothing piles up, however often it is read."""
    assert learn(("Acme", 0), ("Acme", 3), ("Acme", 0)) == learn(("Acme", 0))


def test_what_is_learnt_late_takes_its_place_in_time() -> None:
    """An old note read after a new one ends where the new one begins."""
    known = learn(("Beta", 5), ("Acme", 0))

    assert [believed(known, day) for day in (0, 4, 5)] == ["Acme", "Acme", "Beta"]


@given(
    st.lists(st.tuples(st.sampled_from(["Acme", "Beta", "Corp"]), st.integers(0, 12)), max_size=9)
)
def test_never_do_two_values_hold_at_once(said: list[tuple[str, int]]) -> None:
    """Whatever is told in whatever order: no overlap, no gap after the first, the last open."""
    known = learn(*said)

    assert list(known) == sorted(known, key=lambda each: each.valid_from)
    for one, other in pairwise(known):
        assert one.valid_to == other.valid_from
        assert one.value != other.value or one.valid_to is not None
    assert not known or known[-1].valid_to is None
    for value, day in said[-1:]:
        assert believed(known, day) == value


def test_notes_state_properties_and_lines_with_two_colons() -> None:
    """What belongs to the note itself, a list, or prose with a colon, is no statement."""
    front = {"employer": "Acme", "birthday": MAY.date(), "tags": ["x"], "type": "person",
             "born_in": "Oslo", "children": ["Ida"]}  # fmt: skip
    document = note(
        "phone:: 123\n- shoe size:: 44\nHe said: no.\nhttps://example.org",
        metadata={"properties": properties_of(front)},
    )

    stated = {each.attribute: each.value for each in claims_of(document, at=MAY + DAY)}

    assert stated == {
        "employer": "Acme", "birthday": "2026-05-01", "born in": "Oslo",
        "phone": "123", "shoe size": "44",
    }  # fmt: skip


def test_a_statement_of_the_future_holds_from_when_it_was_read() -> None:
    """A file dated tomorrow does not make tomorrow's truth."""
    [claim] = claims_of(note("phone:: 1", time=MAY + 9 * DAY), at=MAY)
    assert claim.since == MAY


def test_junk_is_counted_with_its_reason() -> None:
    """A repeated note and an empty one; neither a repeated turn nor a short answer is one.

    A note of Donna's own that nobody changed does not count at all.
    """
    text = "We meet in the harbour at noon."
    count = JunkCount()
    count.add([note(text), note(text), note("Ok."), note("Long enough to say something.")])
    count.add([note(text, metadata={"untouched": True}), note(text, session="talk")])
    count.add([note("At nine.", session="talk"), evolve(note("And so?", session="talk"), title="")])

    report = count.report()

    assert (report.documents, report.junk, round(report.share, 2)) == (7, 3, 0.43)
    assert report.by_reason == {Junk.REPEATED: 1, Junk.EMPTY: 2}
    assert report.examples[Junk.EMPTY] == (NOTE, NOTE)
