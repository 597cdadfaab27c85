"""What two titles share and what sets them apart, word by word of their normal forms."""

from collections.abc import Sequence

from attrs import frozen
from rapidfuzz.distance import OSA

from donna_core.domain.tasks.stems import stem
from donna_core.domain.tasks.title_words import ACTIONS, ALIKE, CONTRARY, DATES, UNDOING

_ACTIONS, _UNDOING, _DATES = (frozenset(map(stem, words)) for words in (ACTIONS, UNDOING, DATES))
_ALIKE = frozenset((stem(one), stem(other)) for one, other in ALIKE)
_MISTYPED_FROM = 5  # letters; shorter words have too many neighbours that are words as well
_FEW = 8  # words; where more differ, spelling is not why
_LOOSE = 0.2  # what a word counts that only one title spells out


@frozen(kw_only=True)
class Likeness:
    """Shared words, and those of one title alone; ``implied`` are actions the other leaves open."""

    shared: tuple[str, ...]
    alone: tuple[str, ...]
    other_alone: tuple[str, ...]
    implied: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing that tells tasks apart is in one title only."""
        return bool(self.shared) and not self.alone and not self.other_alone

    @property
    def is_longer(self) -> bool:
        """Whether one title says all that the other says, and more."""
        return bool(self.shared) and bool(self.alone) != bool(self.other_alone)

    @property
    def more(self) -> tuple[str, ...]:
        """The words that one of the titles has beyond the other."""
        return self.alone + self.other_alone

    @property
    def share(self) -> float:
        """How much of both titles is shared, in percent of their words."""
        common = 2.0 * len(self.shared)
        whole = common + len(self.more) + _LOOSE * len(self.implied)
        return 100 * common / whole if whole else 0.0


def compare(words: Sequence[str], others: Sequence[str]) -> Likeness:
    """Compare the words of two normal forms, which are sorted."""
    shared, alone, other_alone = _sorted_out(words, others)
    if not (alone or other_alone):
        return Likeness(shared=tuple(shared), alone=(), other_alone=())
    if max(len(alone), len(other_alone)) <= _FEW:
        shared += [*_joined(alone, other_alone), *_joined(other_alone, alone)]
        shared += _mistyped(alone, other_alone)
        shared += _alike(alone, other_alone)
    implied = [
        *_implied(alone, others),
        *_implied(other_alone, words),
    ]
    return Likeness(
        shared=tuple(shared),
        alone=tuple(alone),
        other_alone=tuple(other_alone),
        implied=tuple(implied),
    )


def is_action(word: str) -> bool:
    """Whether a word of a normal form is something to do."""
    return word in _ACTIONS


def sets_apart(word: str) -> bool:
    """Whether a word of a normal form makes another task of a title by being there."""
    return word in _ACTIONS or word in _DATES or word in CONTRARY or any(map(str.isdigit, word))


def _sorted_out(
    words: Sequence[str], others: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Return the words of both, of the first and of the second, by one walk along both."""
    shared, alone, other_alone = [], [], []
    place, other_place = 0, 0
    while place < len(words) and other_place < len(others):
        word, other = words[place], others[other_place]
        if word == other:
            shared.append(word)
        elif word < other:
            alone.append(word)
        else:
            other_alone.append(other)
        place += word <= other
        other_place += word >= other
    return shared, [*alone, *words[place:]], [*other_alone, *others[other_place:]]


def _joined(words: list[str], others: list[str]) -> list[str]:
    """Take out and return what one title writes in two words and the other in one."""
    found = []
    for whole in list(others):
        for cut in range(1, len(whole)):
            parts = whole[:cut], whole[cut:]
            if parts[0] != parts[1] and {*parts} <= {*words}:
                others.remove(whole)
                words.remove(parts[0])
                words.remove(parts[1])
                found.append(whole)
                break
    return found


def _mistyped(words: list[str], others: list[str]) -> list[str]:
    """Take out and return words with one letter too many, too few, or two of them swapped.

    A letter in place of another makes real words too often: paint and print, Angela and Angelo.
    """
    found = []
    for one in list(words):
        for two in list(others):
            if one in words and two in others and _is_slip(one, two):
                words.remove(one)
                others.remove(two)
                found.append(one)
    return found


def _alike(words: list[str], others: list[str]) -> list[str]:
    """Take out and return actions that may be one: what is bought is picked up as well."""
    found = []
    for one in list(words):
        for two in list(others):
            if one in words and two in others and {(one, two), (two, one)} & _ALIKE:
                words.remove(one)
                others.remove(two)
                found.append(one)
    return found


def _is_slip(one: str, two: str) -> bool:
    if min(len(one), len(two)) < _MISTYPED_FROM or not (one.isalpha() and two.isalpha()):
        return False
    swapped = len(one) == len(two) and sorted(one) == sorted(two)
    return (len(one) != len(two) or swapped) and OSA.distance(one, two, score_cutoff=1) == 1


def _implied(words: list[str], others: Sequence[str]) -> list[str]:
    """Take out and return the actions of one title where the other names only their object."""
    if any(map(is_action, others)):
        return []
    found = [word for word in words if is_action(word) and word not in _UNDOING]
    for word in found:
        words.remove(word)
    return found
