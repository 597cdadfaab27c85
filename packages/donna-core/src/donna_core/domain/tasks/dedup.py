"""Finding tasks that are already there: the first, local pass of deduplication.

Titles are compared by the token-sort ratio of rapidfuzz. The tokens are sorted once, when a
title is stored, so that a comparison is one plain ``fuzz.ratio`` of two normal forms.
"""

import unicodedata
from collections.abc import Sequence

from attrs import frozen
from rapidfuzz import fuzz, process

from donna_core.domain.ids import TaskId

# Words that say that something is to be done, but not what. Prepositions stay: they tell the
# oil change for the car from the one in the car.
_ARTICLES = {"a", "an", "the", "my", "our", "your", "some"}
_WISHES = {
    "get",
    "i",
    "must",
    "need",
    "needed",
    "needs",
    "please",
    "remember",
    "should",
    "to",
    "we",
}
_STOP_WORDS = frozenset(_ARTICLES | _WISHES)
_APOSTROPHES = frozenset("'’ʼ`´")


@frozen(kw_only=True)
class TitleEntry:
    """The normal form of an open task's title, as stored for the search for duplicates."""

    task_id: TaskId
    normal_form: str


@frozen(kw_only=True)
class DedupRules:
    """Scores in percent: above ``merge_threshold`` the same, below ``distinct_threshold`` not.

    What lies between, both thresholds included, is for a second look.
    """

    merge_threshold: float = 85
    distinct_threshold: float = 70


@frozen(kw_only=True)
class Match:
    """A task whose title resembles the one looked for; ``score`` lies in [0, 100]."""

    task_id: TaskId
    score: float


@frozen(kw_only=True)
class Twins:
    """The tasks that are probably the same and those that may be, each best first."""

    duplicates: tuple[Match, ...] = ()
    band: tuple[Match, ...] = ()


def find_twins(title: str, entries: Sequence[TitleEntry], rules: DedupRules) -> Twins:
    """Return the entries that resemble the title, equals in the order of the entries.

    Titles that differ in a number ("chapter 3", "chapter 4") are never the same for certain:
    they go to the second look however close their letters are.
    """
    wanted = normal_form(title)
    found = process.extract(
        wanted,
        [entry.normal_form for entry in entries],
        scorer=fuzz.ratio,
        processor=None,
        score_cutoff=rules.distinct_threshold,
        limit=None,
    )
    duplicates: list[Match] = []
    band: list[Match] = []
    numbers = _numbers(wanted)
    for form, score, position in sorted(found, key=lambda hit: (-hit[1], hit[2])):
        certain = score > rules.merge_threshold and _numbers(form) == numbers
        match = Match(task_id=entries[position].task_id, score=score)
        (duplicates if certain else band).append(match)
    return Twins(duplicates=tuple(duplicates), band=tuple(band))


def normal_form(title: str) -> str:
    """Return the title's words, case and punctuation levelled, sorted and joined by spaces.

    Words that carry no meaning of their own are left out, unless nothing else is there.
    """
    levelled = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    words = "".join(map(_levelled, levelled)).split()
    telling = [word for word in words if word not in _STOP_WORDS]
    return " ".join(sorted(telling or words or levelled.split()))


def _levelled(character: str) -> str:
    """Return what stands for a character: itself, a space, or nothing where it only marks."""
    if character.isalnum():
        return character
    category = unicodedata.category(character)
    if character in _APOSTROPHES or category == "Cf":
        return ""
    return " " if category[0] in "PZC" else character


def _numbers(form: str) -> list[str]:
    """Return the words of a normal form that hold a digit; they are sorted already."""
    return [word for word in form.split() if any(map(str.isdigit, word))]
