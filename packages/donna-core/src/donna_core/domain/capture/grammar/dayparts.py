"""Parts of the day: morning, midafternoon, early evening."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.values import Frame, Part

book = RuleBook()


@book.meaning
def part(frame: Frame, name: str) -> Part | None:
    """Morning, as configured."""
    return frame.parts.get(name)


@book.meaning
def middle(frame: Frame, name: str) -> Part | None:
    """Mid-afternoon: the hours in its middle."""
    whole = frame.parts.get(name)
    if whole is None or not 5 <= whole.end - whole.start <= 6:
        return None
    return evolve(whole, start=whole.start + 2, end=whole.end - 2)


@book.meaning
def early_late(_: Frame, which: str, whole: Part) -> Part:
    """Early morning, late afternoon."""
    middle_hour = (whole.start + whole.end) // 2
    if which == "early":
        return evolve(whole, end=max(middle_hour, whole.start + 1))
    return evolve(whole, start=min(middle_hour, whole.end - 1))


@book.meaning
def meal(frame: Frame, name: str) -> Part | None:
    """Lunch: the hours of it."""
    return frame.parts.get(name)


@book.meaning
def plain_part(frame: Frame, name: str) -> Part | None:
    """A part of the day whose word means nothing else."""
    return frame.parts.get(name)
