"""Times of day as they are said: half past six, ten to nine, at half six."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.clocks import LEADS, hour, nothing_counted
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Clock, Frame

book = RuleBook()


def _is_half_hour(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "half six" is a time: words only, and a preposition of time leads to it."""
    led = start > 0 and tokens[start - 1].norm in LEADS
    return led and tokens[end - 1].shape is Shape.WORD and nothing_counted(tokens, start, end)


@book.rule("clock", "half <number>", guard=_is_half_hour)
def british_half(_: Frame, value: int) -> Clock | None:
    """At half six: half past six, as the British say it."""
    return _shifted(value, 30)


@book.rule("clock", "half past|after <number|clock>")
def half_past(_: Frame, value: int | Clock) -> Clock | None:
    """Half past six."""
    return _shifted(value, 30)


@book.rule("clock", "a? quarter past|after <number|clock>")
def quarter_past(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter past six."""
    return _shifted(value, 15)


@book.rule("clock", "a? quarter to|of|before|til|till <number|clock>")
def quarter_to(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter to six."""
    return _shifted(value, -15)


@book.rule("clock", "<number> minutes|minute|min|mins? past|after <number|clock>")
def past(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Ten past nine."""
    return _shifted(value, minutes) if 0 < minutes < 60 else None


@book.rule("clock", "<number> minutes|minute|min|mins to|of|before|til|till <number|clock>")
def to(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Three minutes to eight."""
    return _shifted(value, -minutes) if 0 < minutes < 60 else None


@book.rule("clock", "=five|ten|twenty to|til|till <number|clock>", "=twenty-five to <number>")
def spoken_to(_: Frame, name: str, value: int | Clock) -> Clock | None:
    """Ten to nine."""
    return _shifted(value, -{"five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}[name])


@book.rule("timed", "at|by|until|around =5|10|20|25 =to|till|past|after <number>")
def at_digits_to(_: Frame, minutes: str, side: str, value: int) -> Clock | None:
    """At 10 to 6."""
    return _shifted(value, -int(minutes) if side in ("to", "till") else int(minutes))


def _shifted(value: int | Clock, minutes: int) -> Clock | None:
    clock = hour(value) if isinstance(value, int) else value
    if clock is None or clock.minute:
        return None
    total = (60 * clock.hour + minutes) % 1440
    return evolve(clock, hour=total // 60 or (12 if clock.open else 0), minute=total % 60)
