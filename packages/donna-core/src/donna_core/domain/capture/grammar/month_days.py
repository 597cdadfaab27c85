"""Calendar dates in words: 3 March, March 3rd 2027, 3-May-27, 20270503."""

from collections.abc import Sequence

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.days import dated
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, When

book = RuleBook()


def _is_compact(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether eight digits are a date: a preposition leads to them, or they are the whole text."""
    text = tokens[start].text
    led = start > 0 and tokens[start - 1].norm in _DATE_LEADS
    return (
        len(text) == 8 and text[:2] in ("19", "20") and (led or (start == 0 and end == len(tokens)))
    )


_COUNTS = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
)

_DATE_LEADS = frozenset(["on", "by", "due", "until", "till", "before", "after", "from", "since"])


def _no_verb(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "one may" is no date: may and march need digits or "the" or "of" before them."""
    if tokens[end - 1].norm not in ("may", "march"):
        return True
    is_plain = tokens[start].shape is Shape.WORD and tokens[start].norm in _COUNTS
    return end - start > 2 or not is_plain


@book.rule("date", "<month> -? ,? the? <ordinal|number>")
def month_day(frame: Frame, first: int, second: int) -> When | None:
    """March 3rd."""
    return dated(frame, first, second)


@book.rule("date", "the? <number|ordinal> -? day? of? <month>", guard=_no_verb)
def day_month(frame: Frame, day: int, in_month: int) -> When | None:
    """3 March."""
    return dated(frame, in_month, day)


@book.rule(
    "date",
    "<month> -|/? ,? the? <ordinal|number> ,|of|-|/? <year>",
)
def month_day_year(frame: Frame, in_month: int, day: int, of: int) -> When | None:
    """March 3, 2027."""
    return dated(frame, in_month, day, of)


@book.rule("date", "the? <ordinal|number> -|/|of? <month> .? ,|of|-|/? <year>")
def day_month_year(frame: Frame, day: int, in_month: int, of: int) -> When | None:
    """3 March 2027."""
    return dated(frame, in_month, day, of)


@book.rule("date", "<number> - <month> - {integer}", "<number> / <month> / {integer}")
def short_dashed(frame: Frame, day: int, in_month: int, of: Token) -> When | None:
    """3-May-27."""
    value = 2000 + int(of.text) if len(of.text) == 2 else 0
    return dated(frame, in_month, day, value if value < 2070 else value - 100) if value else None


@book.rule("date", "{integer}", guard=_is_compact)
def compact(frame: Frame, token: Token) -> When | None:
    """20270503."""
    return dated(frame, int(token.text[4:6]), int(token.text[6:]), int(token.text[:4]))


@book.rule("date", "{integer} {integer} {integer}")
def spaced(frame: Frame, *tokens: Token) -> When | None:
    """2027 05 03."""
    if [len(token.text) for token in tokens] != [4, 2, 2]:
        return None
    of, in_month, day = (int(token.text) for token in tokens)
    return dated(frame, in_month, day, of)


@book.rule("date", "<year> -|/? <month> -|/? <number>")
def year_month_day(frame: Frame, of: int, in_month: int, day: int) -> When | None:
    """2027/Mar/3."""
    return dated(frame, in_month, day, of)


@book.rule(
    "impossible", "the? <ordinal|number> of? <month>", "the? <ordinal|number> of? <month> ,? <year>"
)
def no_day_month(frame: Frame, day: int, in_month: int, of: int | None = None) -> str | None:
    """31 June."""
    return _unless_a_day(frame, in_month, day, of)


@book.rule("impossible", "<month> the? <ordinal|number>", "<month> the? <ordinal|number> ,? <year>")
def no_month_day(frame: Frame, in_month: int, day: int, of: int | None = None) -> str | None:
    """June 31."""
    return _unless_a_day(frame, in_month, day, of)


def _unless_a_day(frame: Frame, in_month: int, day: int, of: int | None) -> str | None:
    if not 1 <= day <= 39:
        return None
    try:
        found = dated(frame, in_month, day, of)
    except ValueError:
        found = None
    return None if found else "no such day"


@book.rule("day", "<number|ordinal> -|–|to|and the? <number|ordinal> of? <month>")
@book.rule("day", "<number|ordinal> -|–|to the? <number|ordinal> of? <month> ,? <year>")
def days_of_month(
    frame: Frame, first: int, last: int, in_month: int, of: int | None = None
) -> When | None:
    """3-7 June."""
    start = dated(frame, in_month, first, of)
    if start is None or start.first is None or last <= first:
        return None
    return When(first=start.first, last=start.first.replace(day=last), fixed=start.fixed)


@book.rule("day", "<month> <number|ordinal> -|–|to|and the? <number|ordinal>")
@book.rule("day", "<month> <number|ordinal> -|–|to <number|ordinal> ,? <year>")
def month_days(
    frame: Frame, in_month: int, first: int, last: int, of: int | None = None
) -> When | None:
    """June 3-7."""
    return days_of_month(frame, first, last, in_month, of)
