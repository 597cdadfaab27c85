"""What looks like a time and is none: every 0 days, in 9999999 years, the 32nd, week 60.

Each meaning returns the reason where the words cannot be, and None where another rule reads them.
"""

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import nth_weekday
from donna_core.domain.capture.grammar.lengths import Unit, length_of
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Grain, Length, Repeat, When

book = RuleBook()

_LAST_DAY, _LAST_WEEK, _LAST_QUARTER, _HOURS = 31, 53, 4, 24
_YEARS = range(1000, 3000)


@book.meaning
def never(_: Frame, *said: int | str) -> str | None:
    """Every 0 days; every -3 days."""
    count = next((each for each in said if isinstance(each, int)), 0)
    negative = "-" in said
    return "no such repetition" if negative or count == 0 else None


@book.meaning
def no_times(_: Frame, _base: Repeat, count: int) -> str | None:
    """Every day for 0 times."""
    return "no such repetition" if count == 0 else None


@book.meaning
def too_far(_: Frame, token: Token, of: Unit) -> str | None:
    """In 9999999 years."""
    try:
        length_of(float(token.text[:300]), of)
    except OverflowError:
        return "too far away"
    return "too far away" if len(token.text) > 6 else None


@book.meaning
def backwards(_: Frame, length: Length) -> str:
    """In -3 days; in 2 months ago."""
    return f"neither ahead nor back: {length.span}"


@book.meaning
def no_day_number(_: Frame, number: int) -> str | None:
    """The 32nd."""
    return None if 1 <= number <= _LAST_DAY else "no such day"


@book.meaning
def no_week(_: Frame, token: Token) -> str | None:
    """Week 60."""
    return None if 1 <= int(token.text[:9]) <= _LAST_WEEK else "no such week"


@book.meaning
def no_quarter(_: Frame, token: Token, _year: int | None = None) -> str | None:
    """Q5 2027."""
    return None if 1 <= int(token.text[:9]) <= _LAST_QUARTER else "no such quarter"


@book.meaning
def no_nth(_: Frame, nth: int, index: int, period: When) -> str | None:
    """The 5th Monday of February 2027."""
    if period.first is None or period.grain is not Grain.MONTH:
        return None
    try:
        nth_weekday(period.first.year, period.first.month, nth, index)
    except ValueError:
        return "no such day"
    return None


@book.meaning
def no_year(_: Frame, *said: int | Token) -> str | None:
    """On 31 December 9999: beyond the years that are read."""
    token = said[-1]
    if not isinstance(token, Token) or len(token.text) < 4:
        return None
    return None if int(token.text[:9]) in _YEARS else "no such year"


@book.meaning
def no_hour(_: Frame, token: Token) -> str | None:
    """At 99."""
    value = int(token.text[:9])
    hours, minutes = divmod(value, 100)
    is_compact = len(token.text) in (3, 4) and hours <= _HOURS and minutes < 60
    return None if value <= _HOURS or is_compact else "no such hour"


@book.meaning
def before_christ(_: Frame, *_said: When | Token) -> str:
    """10 August 234 BC: before the first year of the calendar."""
    return "no such year"
