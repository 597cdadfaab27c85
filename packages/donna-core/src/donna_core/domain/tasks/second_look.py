"""The second look at two titles that may be one task, by their words alone."""

from attrs import frozen

from donna_core.domain.tasks.dedup import Verdict, normal_form
from donna_core.domain.tasks.likeness import Likeness, compare, sets_apart

_AND = frozenset({"and", "plus", "&"})


@frozen(kw_only=True)
class Judgement:
    """What two tasks are to each other, and how sure that is, in [0, 1]."""

    verdict: Verdict
    confidence: float


def judge(title: str, other: str) -> Judgement:
    """Judge two titles by what each has beyond the other.

    Where one says all the other says and no more than whom it is for, they are the same. What
    is done, a number, a date or a second object makes them two; two that share their object or
    what is done are related.
    """
    words, others = normal_form(title).split(), normal_form(other).split()
    likeness = compare(words, others)
    if likeness.is_same:
        return Judgement(verdict=Verdict.SAME, confidence=0.8 if likeness.implied else 0.95)
    if likeness.is_longer:
        return _of_a_longer_one(likeness, title, other)
    return _of_two(likeness, title, other)


def _of_a_longer_one(likeness: Likeness, title: str, other: str) -> Judgement:
    if likeness.implied or any(map(sets_apart, likeness.more)) or _lists(title) != _lists(other):
        return _of_two(likeness, title, other)
    if len(likeness.shared) > 1 and len(likeness.more) < len(likeness.shared):
        return Judgement(verdict=Verdict.SAME, confidence=0.75)
    return _of_two(likeness, title, other)


def _of_two(likeness: Likeness, title: str, other: str) -> Judgement:
    """Judge titles that are not the same: two words in common relate them, or one in one role."""
    shared = set(likeness.shared)
    if not shared:
        return Judgement(verdict=Verdict.DIFFERENT, confidence=0.9)
    if len(shared) > 1:
        return Judgement(verdict=Verdict.RELATED, confidence=0.8)
    opens, other_opens = (_opens_with(shared, each) for each in (title, other))
    # What is done counts for less than what it is done to.
    count = max if opens else min
    many = count(len(likeness.alone), len(likeness.other_alone)) > 1
    if opens != other_opens or many:
        return Judgement(verdict=Verdict.DIFFERENT, confidence=0.7)
    return Judgement(verdict=Verdict.RELATED, confidence=0.65)


def _opens_with(shared: set[str], title: str) -> bool:
    """Whether the first word of a title that says anything is a shared one."""
    telling = set(normal_form(title).split())
    return next((form for form in map(normal_form, title.split()) if form in telling), "") in shared


def _lists(title: str) -> bool:
    return not _AND.isdisjoint(title.casefold().split())
