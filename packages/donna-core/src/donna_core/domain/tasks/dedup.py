"""Finding tasks that are already there: the first, local pass of deduplication.

Every title has a normal form: its words without those that say nothing, in one form and under
one name, sorted once when the title is stored. The search goes through all forms by the letters
(``fuzz.ratio``, which on sorted words is the token-sort ratio) and looks at the words of those
that come close, see ``likeness``.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from zlib import crc32

from attrs import frozen
from rapidfuzz import fuzz, process

from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.likeness import compare
from donna_core.domain.tasks.stems import stem
from donna_core.domain.tasks.title_words import CURRENCIES, EMPTY, SAME, TOGETHER, TRAVEL, UNSTEMMED

_RULES = 3  # of this module and of the stems; raise it with each change of what they make
_APOSTROPHES = frozenset("'’ʼ`´")
_WHOLE = 100.0
_PIECE = re.compile(r" \(\d+/\d+\)$")


class Verdict(StrEnum):
    """What two tasks are to each other."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


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

    Titles whose letters score below the distinct threshold are never looked at again. Of the
    rest, those that differ in nothing that tells tasks apart score as what they share, and the
    others never above the merge threshold: they go to the second look however close their
    letters are.
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
    scored = [(_read(wanted, form, letters, rules), position) for form, letters, position in found]
    for score, position in sorted(scored, key=lambda hit: (-hit[0], hit[1])):
        match = Match(task_id=entries[position].task_id, score=score)
        (duplicates if score > rules.merge_threshold else band).append(match)
    return Twins(duplicates=tuple(duplicates), band=tuple(band))


def score(form: str, other: str, rules: DedupRules) -> float:
    """Return how alike two normal forms are, in percent; one that differs enough is not read."""
    letters = fuzz.ratio(form, other)
    return letters if letters < rules.distinct_threshold else _read(form, other, letters, rules)


def normal_form(title: str) -> str:
    """Return what tells the title from others: its words, levelled, renamed and sorted.

    Case, punctuation, accents of Latin letters and word forms are levelled; words that say
    nothing are left out, unless nothing else is there. The normal form of a normal form and
    that of the same words in another order are the same.
    """
    words = _put_together([_named(word) for word in _plain(title).split()])
    telling = [word for word in words if word not in _EMPTY]
    return " ".join(sorted(telling or words or _levelled_case(title).split()))


def form_of(title: str, *, is_piece: bool) -> str:
    """Return the normal form of a task's title, for a piece that of the whole work."""
    return normal_form(_PIECE.sub("", title) if is_piece else title)


def form_stamp() -> int:
    """Return a number of 31 bits that is another one when normal forms are made otherwise.

    Whoever keeps forms keeps it with them, and makes them anew where it is no longer the same.
    """
    tables = (sorted(SAME.items()), sorted(EMPTY), list(TOGETHER.items()), sorted(TRAVEL),
              sorted(UNSTEMMED), sorted(CURRENCIES.items()))  # fmt: skip
    return crc32(repr((_RULES, tables)).encode()) & 0x7FFFFFFF


def _read(form: str, other: str, letters: float, rules: DedupRules) -> float:
    """Return the score of two forms whose letters come close, by their words."""
    if form == other:
        return _WHOLE
    likeness = compare(form.split(), other.split())
    if likeness.is_same:
        return max(letters, likeness.share)
    return min(letters, rules.merge_threshold)


def _plain(title: str) -> str:
    """Return the title in small letters, only words and spaces."""
    characters = unicodedata.normalize("NFKD", _levelled_case(title))
    plain: list[str] = []
    for character in characters:
        if (
            plain
            and plain[-1].isascii()
            and plain[-1].isalpha()
            and unicodedata.combining(character)
        ):
            continue  # the accent of a Latin letter; other scripts make other letters with marks
        plain.append(_levelled(character))
    return unicodedata.normalize("NFKC", "".join(plain))


def _levelled_case(title: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())


def _levelled(character: str) -> str:
    """Return what stands for a character: itself, a space, or nothing where it only marks."""
    if character.isalnum():
        return character
    if character in CURRENCIES:
        return CURRENCIES[character]
    category = unicodedata.category(character)
    if character in _APOSTROPHES or category == "Cf":
        return ""
    return " " if category[0] in "PZC" else character


def _put_together(words: Sequence[str]) -> Sequence[str]:
    """Return the words with one in the place of two that say the same together."""
    there = set(words)
    for pair, names in _TOGETHER.items():
        if there.issuperset(pair):
            rest = [word for word in words if word not in pair]
            return _put_together([*rest, *names])
    return words


def _named(word: str) -> str:
    """Return the stem of the name that all words for the same go by."""
    root = stem(word)
    return _NAMES.get(word) or _NAMES.get(root, root)


_NAMES = {form: stem(name) for word, name in SAME.items() for form in (stem(word), word)}
_EMPTY = frozenset(map(_named, EMPTY))
_PAIRS = {**TOGETHER, **{(noun, "from"): f"{noun} outof" for noun in TRAVEL}}
_TOGETHER = {
    tuple(map(_named, pair)): tuple(map(_named, names.split())) for pair, names in _PAIRS.items()
}
