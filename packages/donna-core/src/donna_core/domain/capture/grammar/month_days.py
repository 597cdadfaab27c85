"""Calendar dates in words: 3 March, March 3rd 2027, 3-May-27, 20270503."""

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.days import dated
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, When

book = RuleBook()

_PIVOT = 69  # two-digit years up to here belong to this century (POSIX strptime)


@book.meaning
def month_day(frame: Frame, first: int, second: int) -> When | None:
    """March 3rd."""
    return dated(frame, first, second)


@book.meaning
def day_month(frame: Frame, day: int, in_month: int) -> When | None:
    """3 March."""
    return dated(frame, in_month, day)


@book.meaning
def month_day_year(frame: Frame, in_month: int, day: int, of: int) -> When | None:
    """March 3, 2027."""
    return dated(frame, in_month, day, of)


@book.meaning
def day_month_year(frame: Frame, day: int, in_month: int, of: int) -> When | None:
    """3 March 2027."""
    return dated(frame, in_month, day, of)


@book.meaning
def short_dashed(frame: Frame, day: int, in_month: int, of: Token) -> When | None:
    """3-May-27."""
    value = 2000 + int(of.text) if len(of.text) == 2 else 0
    return dated(frame, in_month, day, value if value < 2070 else value - 100) if value else None


@book.meaning
def compact(frame: Frame, token: Token) -> When | None:
    """20270503."""
    return dated(frame, int(token.text[4:6]), int(token.text[6:]), int(token.text[:4]))


@book.meaning
def spaced(frame: Frame, *tokens: Token) -> When | None:
    """2027 05 03."""
    if [len(token.text) for token in tokens] != [4, 2, 2]:
        return None
    of, in_month, day = (int(token.text) for token in tokens)
    return dated(frame, in_month, day, of)


@book.meaning
def year_month_day(frame: Frame, of: int, in_month: int, day: int) -> When | None:
    """2027/Mar/3."""
    return dated(frame, in_month, day, of)


@book.meaning
def no_day_month(frame: Frame, day: int, in_month: int, of: int | None = None) -> str | None:
    """31 June."""
    return _unless_a_day(frame, in_month, day, of)


@book.meaning
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


@book.meaning
def days_of_month(
    frame: Frame, first: int, last: int, in_month: int, of: int | None = None
) -> When | None:
    """3-7 June."""
    start = dated(frame, in_month, first, of)
    if start is None or start.first is None or last <= first:
        return None
    return When(first=start.first, last=start.first.replace(day=last), fixed=start.fixed)


@book.meaning
def month_days(
    frame: Frame, in_month: int, first: int, last: int, of: int | None = None
) -> When | None:
    """June 3-7."""
    return days_of_month(frame, first, last, in_month, of)


@book.meaning
def day_month_short_year(frame: Frame, day: int, in_month: int, of: Token) -> When | None:
    """3rd Feb 82: no hour and no day is so large."""
    value = int(of.text)
    return dated(frame, in_month, day, value + (2000 if value < _PIVOT else 1900))


@book.meaning
def month_day_short_year(frame: Frame, in_month: int, day: int, of: Token) -> When | None:
    """Feb 3, 82."""
    return day_month_short_year(frame, day, in_month, of)
