"""What tells that something has changed, and what only looks like it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from donna_memory.ageing import Kind, asks, kinds_asked, kinds_in, rarity, speaks_of_change
from donna_memory.documents import SourceType
from donna_memory.ports import Vectors
from donna_memory.retrieval import Candidate, RetrievalRules, rank

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def said(place: int, *, day: int, bm25: float, near: float) -> Candidate:
    """Return a turn of its own conversation, whose vector has that cosine to the first one's."""
    vector = np.array([near, (1 - near**2) ** 0.5], np.float32)

    def meaning(_: int) -> Vectors:
        return vector

    return Candidate(
        key=place,
        source_type=SourceType.CHAT,
        bm25=bm25,
        cosine=0.1,
        thread=f"talk {place}",
        time=MAY + timedelta(days=day),
        meaning=meaning,
    )


def first_of(question: str, texts: Sequence[str], *, near: float = 0.55, day: int = 40) -> str:
    """Return which text comes first, where the first one has all the words of the question."""
    candidates = [said(0, day=0, bm25=9.0, near=1.0)]
    candidates += [said(n, day=day, bm25=0.5, near=near) for n in range(1, len(texts))]
    [best, *_] = rank(
        question,
        candidates,
        rules=RetrievalRules(min_score=0.0),
        now=MAY + timedelta(days=90),
        semantic=True,
        texts=lambda keys: {key: texts[key] for key in keys},
        limit=8,
    )
    return texts[best.candidate.key]


OLD = "Chess is on Thursdays at seven."


@pytest.mark.parametrize(
    ("later", "changes"),
    [
        ("The club has moved: I play on Wednesdays now.", True),
        ("I play on Wednesdays, with the bishop.", False),  # nothing of a change
        ("The club has moved to the new hall now.", False),  # no day
        ("Have they moved it to Wednesdays now?", False),  # asks, and says nothing
    ],
)
def test_what_speaks_of_a_change_of_the_kind_that_is_asked_for_comes_first(
    later: str, *, changes: bool
) -> None:
    """It shares no word with the question, only its meaning and a day."""
    found = first_of("When is chess?", [OLD, later, "Nothing of all that."])

    assert found == (later if changes else OLD)


def test_what_is_far_in_meaning_or_earlier_changes_nothing() -> None:
    """However much it speaks of a change."""
    later = "The club has moved: I play on Wednesdays now."

    assert first_of("When is chess?", [OLD, later], near=0.3) == OLD
    assert first_of("When is chess?", [OLD, later], day=-40) == OLD


def test_rare_words_make_up_for_a_question_of_no_kind() -> None:
    """The tin and the notebook stand in two texts of all."""
    hidden = "The notebook with the codes lies in the biscuit tin."
    found = "Yara found the biscuit tin and the notebook. It now lives behind the atlas."
    others = [f"Something about thing{n}, word{n} and matter{n}." for n in range(12)]

    assert first_of("Where are the codes?", [hidden, found, *others]) == found
    calm = found.replace(" now", "")
    assert first_of("Where are the codes?", [hidden, calm, *others]) == hidden


def test_several_changes_are_followed_to_the_last() -> None:
    """Five, then ten, then two: the last one is meant."""
    texts = ["I take five pills.", "Now it is ten pills.", "Now it is two pills again."]
    candidates = [
        said(n, day=30 * n, bm25=9.0 if n == 0 else 0.1 * n, near=1 - n / 5) for n in range(3)
    ]
    [best, *_] = rank(
        "How many pills?",
        candidates,
        rules=RetrievalRules(min_score=0.0, same_thing=2.0),
        now=MAY + timedelta(days=90),
        semantic=True,
        texts=lambda keys: {key: texts[key] for key in keys},
        limit=8,
    )
    assert best.candidate.key == 2


def test_kinds_of_values_and_of_questions() -> None:
    """Values by words and digits; a question of no kind asks for none of them."""
    assert kinds_in("On Mondays at half past nine, from the 3rd of June") >= {
        Kind.WEEKDAY, Kind.TIME, Kind.DATE,
    }  # fmt: skip
    assert kinds_in("I take 20 mg") == {Kind.NUMBER}
    assert kinds_in("The baker has it") == frozenset()
    assert kinds_asked("When do we meet?") == {Kind.WEEKDAY, Kind.DATE, Kind.TIME}
    assert kinds_asked("How many are left?") == {Kind.NUMBER}
    assert kinds_asked("Who has the key?") == frozenset()
    assert speaks_of_change("It isn't there any more")
    assert not speaks_of_change("It is there")
    assert asks("Is it? ")
    assert rarity([{"a", "b"}, {"a"}]) == {"a": 0.0, "b": 1.0}
