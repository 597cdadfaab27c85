"""Parts of the day: morning, midafternoon, early evening."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Part

book = RuleBook()


@book.rule("part", "{word}")
def part(frame: Frame, token: Token) -> Part | None:
    """Morning, as configured; midmorning."""
    known = frame.parts.get(token.norm)
    if known is None and token.norm.startswith("mid") and token.norm != "midnight":
        return _middle(frame.parts.get(token.norm[3:]))
    return known


@book.rule("part", "mid -? {word}")
def middle(frame: Frame, token: Token) -> Part | None:
    """Mid-afternoon."""
    return _middle(frame.parts.get(token.norm))


@book.rule("part", "=early|late -? in? the? <part>")
def early_late(_: Frame, which: str, whole: Part) -> Part:
    """Early morning, late afternoon."""
    middle_hour = (whole.start + whole.end) // 2
    if which == "early":
        return evolve(whole, end=max(middle_hour, whole.start + 1))
    return evolve(whole, start=min(middle_hour, whole.end - 1))


def _middle(whole: Part | None) -> Part | None:
    if whole is None or not 5 <= whole.end - whole.start <= 6:
        return None
    return evolve(whole, start=whole.start + 2, end=whole.end - 2)
