"""Dates written in digits: 2027-05-03, 3/5/2027, 03.05., 05/2027."""

import re
from datetime import UTC, date, datetime

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import month_end
from donna_core.domain.capture.grammar.days import dated
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Grain, When

book = RuleBook()

_NUMBERS = re.compile(r"\d+")
_TIME = re.compile(
    r"[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_PIVOT = 69  # two-digit years up to here belong to this century (POSIX strptime)


def _full_year(value: int, digits: int) -> int:
    if digits != 2:
        return value
    return 2000 + value if value < _PIVOT else 1900 + value


def _placed(frame: Frame, first: int, second: int, year: int | None) -> When | None:
    """Return the day in the person's order, or in the other one where only that exists."""
    order = (
        [(second, first), (first, second)]
        if frame.day_first or frame.language.day_first
        else [(first, second), (second, first)]
    )
    for in_month, day in order:
        try:
            found = dated(frame, in_month, day, year)
        except ValueError:
            continue
        if found is not None:
            return found
    return None


@book.meaning
def iso(frame: Frame, token: Token) -> When | None:
    """2027-05-03."""
    if _TIME.search(token.text):
        return None
    year, second, third = (int(part) for part in _NUMBERS.findall(token.text))
    found = _in_calendar(frame, year, second, third)
    return found or (_in_calendar(frame, year, third, second) if second > 12 else None)


@book.meaning
def iso_time(frame: Frame, token: Token) -> When | None:
    """2027-05-03T15:30, with or without an offset."""
    time = _TIME.search(token.text)
    if time is None:
        return None
    year, month, day = (int(part) for part in _NUMBERS.findall(token.text)[:3])
    found = date(year, month, day)
    if not 1900 <= year < 2200:
        return None
    clock = Clock(hour=int(time[1]), minute=int(time[2]), second=int(time[3] or 0))
    if time[4] is None:
        return When(first=found, last=found, clock=clock, fixed=True)
    stamp = datetime.fromisoformat(f"{found}T{clock.wall}{time[4].upper()}").astimezone(UTC)
    here = stamp.astimezone(frame.zone).date()
    return When(first=here, last=here, instant=stamp, fixed=True)


@book.meaning
def numeric(frame: Frame, token: Token) -> When | None:
    """3/5/2027, by the person's order of day and month."""
    first, second, year = _NUMBERS.findall(token.text)
    if "." in token.text and len(year) == 2 and len(first + second) < 3:
        return None
    return _placed(frame, int(first), int(second), _full_year(int(year), len(year)))


@book.meaning
def slash(frame: Frame, token: Token) -> When | None:
    """3/5."""
    first, second = _NUMBERS.findall(token.text)
    return _placed(frame, int(first), int(second), None)


@book.meaning
def dotted(frame: Frame, *tokens: Token) -> When | None:
    """15.11., a date only where a preposition leads to it."""
    numbers = _NUMBERS.findall(" ".join(token.text for token in tokens))
    if any(len(number) > 2 for number in numbers):
        return None
    return _placed(frame, int(numbers[0]), int(numbers[1]), None)


@book.meaning
def month_year(_: Frame, token: Token) -> When | None:
    """05/2027."""
    month, year = (int(part) for part in _NUMBERS.findall(token.text))
    first = date(year, month, 1)
    if not 1900 <= year < 2200:
        return None
    return When(first=first, last=month_end(first), grain=Grain.MONTH, fixed=True)


@book.meaning
def no_date(frame: Frame, token: Token) -> str | None:
    """2027-02-30."""
    numbers = _NUMBERS.findall(token.text)
    if token.shape == "date":
        return None if len(numbers[2]) == 2 or numeric(frame, token) else "no such day"
    try:
        found = iso(frame, token) or iso_time(frame, token)
    except ValueError:
        found = None
    return None if found else "no such day"


def _in_calendar(frame: Frame, year: int, month: int, day: int) -> When | None:
    try:
        return dated(frame, month, day, year)
    except ValueError:
        return None
