"""Lengths of time: 45 minutes, an hour and a half, 1h30, two weeks."""

from datetime import timedelta

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Grain, Length, Meaning, Role

book = RuleBook()

UNITS = {
    "second": (Grain.SECOND, 1), "minute": (Grain.MINUTE, 1), "hour": (Grain.HOUR, 1),
    "day": (Grain.DAY, 1), "night": (Grain.DAY, 1), "weekend": (Grain.DAY, 2),
    "week": (Grain.WEEK, 1), "fortnight": (Grain.WEEK, 2), "month": (Grain.MONTH, 1),
    "quarter": (Grain.MONTH, 3), "year": (Grain.YEAR, 1), "decade": (Grain.YEAR, 10),
    "century": (Grain.YEAR, 100),
}  # fmt: skip
_SECONDS = {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 3600}
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}
_MONTHS = {Grain.MONTH: 1, Grain.YEAR: 12}
_LONGEST_BARE = 16  # hours; a longer bare length is rather a fact than a plan
Unit = tuple[Grain, int]


def length_of(amount: float, unit: Unit) -> Length | None:
    """Return so many of a unit; parts of a day, month or year become smaller units."""
    grain, factor = unit
    amount *= factor
    if grain in _SECONDS:
        return Length(seconds=round(amount * _SECONDS[grain]))
    if grain in _DAYS:
        whole, rest = divmod(amount * _DAYS[grain], 1)
        return Length(days=int(whole), seconds=round(rest * 86400))
    whole, rest = divmod(amount * _MONTHS[grain], 1)
    return Length(months=int(whole), days=round(rest * 30))


@book.meaning
def unit(_: Frame, name: str) -> Unit:
    """Hours."""
    return UNITS[name]


@book.meaning
def glued_unit(_: Frame, name: str) -> Unit:
    """The m of 45m."""
    return UNITS[name]


@book.meaning
def counted(_: Frame, amount: float, of: Unit) -> Length | None:
    """45 minutes."""
    return length_of(amount, of) if amount > 0 else None


@book.meaning
def short(_: Frame, token: Token, of: Unit) -> Length | None:
    """45m."""
    if len(token.text) > 6 or (of == UNITS["second"] and token.text[:2] in ("19", "20")):
        return None  # "the 1990s"
    return length_of(float(token.text), of)


@book.meaning
def and_a_half(_: Frame, of: Unit) -> Length | None:
    """An hour and a half."""
    return length_of(1.5, of)


@book.meaning
def at_most(_: Frame, first: Token, last: Token, of: Unit) -> Length | None:
    """2-3 days: the longer one, to be on the safe side."""
    small, large = float(first.text[:9]), float(last.text[:9])
    return length_of(large, of) if 0 < small < large <= 10 * small else None


@book.meaning
def one_or_two(_: Frame, of: Unit) -> Length | None:
    """A day or two."""
    return length_of(2, of)


@book.meaning
def many_and_a_half(_: Frame, count: int, of: Unit) -> Length | None:
    """Two hours and a half."""
    return length_of(count + 0.5, of)


@book.meaning
def joined(_: Frame, first: Length, second: Length) -> Length | None:
    """One hour and 20 minutes: each part smaller than the one before."""
    return first.plus(second) if _finest(first) >= second.span.total_seconds() > 0 else None


@book.meaning
def hours_minutes(_: Frame, hours: Length, minutes: int) -> Length | None:
    """1h30."""
    if hours.months or hours.days or hours.seconds % 3600 or not 0 < minutes < 60:
        return None
    return Length(seconds=hours.seconds + 60 * minutes)


@book.meaning
def hours_shape(_: Frame, token: Token) -> Length | None:
    """1h30, written without a blank."""
    hours, _h, minutes = token.norm.partition("h")
    if int(hours) >= 6 or int(minutes) >= 60:
        return None
    return Length(seconds=3600 * int(hours) + 60 * int(minutes))


@book.meaning
def all_day(_: Frame, name: str) -> Length | None:
    """All day, a whole week."""
    return length_of(1, UNITS[name])


@book.meaning
def lasting(_: Frame, length: Length) -> Meaning:
    """For 45 minutes."""
    return Meaning(role=Role.LASTING, length=length)


@book.meaning
def bare(_: Frame, length: Length) -> Meaning | None:
    """45 minutes, without a word that says what for."""
    if length.seconds < 60 or length.span > timedelta(hours=_LONGEST_BARE):
        return None
    return Meaning(role=Role.LASTING, length=length)


def _finest(length: Length) -> int:
    """Return the seconds of the smallest unit the length was counted in."""
    if length.seconds:
        return next(unit for unit in (3600, 60, 1) if length.seconds % unit == 0)
    if length.days:
        return 7 * 86400 if length.days % 7 == 0 else 86400
    return (365 if length.months % 12 == 0 else 30) * 86400


@book.meaning
def and_quarters(_: Frame, *parts: int | Unit) -> Length | None:
    """An hour and three quarters."""
    count = next((part for part in parts if isinstance(part, int)), 1)
    of = next(part for part in parts if isinstance(part, tuple))
    return length_of(count + 0.75, of)


@book.meaning
def over_and_under(_: Frame, small: int, large: int, of: Unit) -> Length | None:
    """Three or four days: the longer one."""
    return length_of(large, of) if 0 < small < large <= 10 * small else None


@book.meaning
def clock_hours(_: Frame, token: Token) -> Length | None:
    """1:30 hours."""
    parts = [int(part) for part in token.text.replace(".", ":").split(":")]
    if len(parts) > 2 or parts[1] > 59:
        return None
    return Length(seconds=3600 * parts[0] + 60 * parts[1])


@book.meaning
def in_seconds(_: Frame, seconds: int) -> Length:
    """A quarter of an hour, in one word."""
    return Length(seconds=seconds)
