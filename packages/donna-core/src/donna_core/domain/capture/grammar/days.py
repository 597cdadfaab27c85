"""Days: today, next Friday, the 15th, 3 May 2027, the last working day of the month.

A weekday alone is the next one after today. "This Friday" is the coming one. "Next Friday" is
the Friday of next week; the coming Friday is offered as the other reading.
"""

from datetime import date, timedelta

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import (
    DAY,
    monday_of,
    plus_months,
    weekday_before,
    weekday_from,
)
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, When

book = RuleBook()

_RECENT = timedelta(days=31)
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEARS = range(1000, 3000)  # a year in four digits


def on_day(day: date, *, fixed: bool = False, others: tuple[date, ...] = ()) -> When:
    """Return one whole day."""
    return When(first=day, last=day, fixed=fixed, others=others)


def dated(frame: Frame, month: int, day: int, year: int | None = None) -> When | None:
    """Return a day of the calendar; without a year the next one, today included."""
    if not 1 <= month <= 12 or not 1 <= day <= _LONGEST_MONTH[month - 1]:
        return None
    if year is not None:
        return on_day(date(year, month, day), fixed=True) if year in _YEARS else None
    for candidate in range(frame.today.year, frame.today.year + 9):
        if month == 2 and day == 29 and not is_leap(candidate):
            continue
        if date(candidate, month, day) >= frame.today:
            return on_day(date(candidate, month, day))
    return None


@book.meaning
def weekday(_: Frame, index: int) -> int:
    """Friday."""
    return index


@book.meaning
def month(_: Frame, number: int) -> int:
    """March."""
    return number


@book.meaning
def year(_: Frame, token: Token) -> int | None:
    """2027."""
    value = int(token.text) if len(token.text) == 4 else 0
    return value if value in _YEARS else None


@book.meaning
def year_of_era(_: Frame, token: Token, ahead: int) -> int | None:
    """2027 AD, 2570 BE (Thailand: 543 years ahead)."""
    value = int(token.text) if len(token.text) == 4 else 0
    return value - ahead if value - ahead in _YEARS else None


@book.meaning
def short_year(_: Frame, token: Token) -> int | None:
    """'28."""
    return 2000 + int(token.text) if len(token.text) == 2 else None


@book.meaning
def today(frame: Frame) -> When:
    """Today."""
    return on_day(frame.today)


@book.meaning
def tomorrow(frame: Frame) -> When:
    """Tomorrow."""
    return on_day(frame.today + DAY)


@book.meaning
def after_tomorrow(frame: Frame) -> When:
    """The day after tomorrow."""
    return on_day(frame.today + 2 * DAY)


@book.meaning
def yesterday(frame: Frame) -> When:
    """Yesterday."""
    return on_day(frame.today - DAY, fixed=True)


@book.meaning
def before_yesterday(frame: Frame) -> When:
    """The day before yesterday."""
    return on_day(frame.today - 2 * DAY, fixed=True)


@book.meaning
def next_one(frame: Frame, index: int) -> When:
    """Friday: the next one after today; today itself is the other reading."""
    found = weekday_from(frame.today + DAY, index)
    others = (frame.today,) if frame.today.weekday() == index else ()
    return on_day(found, others=others)


@book.meaning
def this_one(frame: Frame, index: int) -> When:
    """This Friday: the coming one."""
    return on_day(weekday_from(frame.today + DAY, index))


@book.meaning
def next_week_one(frame: Frame, index: int) -> When:
    """Next Friday: the one of next week, the coming one being the other reading."""
    found = monday_of(frame.today) + timedelta(days=7 + index)
    coming = weekday_from(frame.today + DAY, index)
    return on_day(found, others=() if coming == found else (coming,))


@book.meaning
def this_week_one(frame: Frame, index: int) -> When:
    """Monday of this week."""
    return on_day(monday_of(frame.today) + timedelta(days=index), fixed=True)


@book.meaning
def last_week_one(frame: Frame, index: int) -> When:
    """Sunday of last week."""
    return on_day(monday_of(frame.today) + timedelta(days=index - 7), fixed=True)


@book.meaning
def last_one(frame: Frame, index: int) -> When:
    """Last Friday: the one before today."""
    return on_day(weekday_before(frame.today, index), fixed=True)


@book.meaning
def week_after(frame: Frame, index: int) -> When:
    """Friday week."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=1))


@book.meaning
def day_week(frame: Frame, ahead: int) -> When:
    """Tomorrow week."""
    return on_day(frame.today + timedelta(days=ahead))


@book.meaning
def fortnight_after(frame: Frame, index: int) -> When:
    """Tuesday fortnight."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=2))


@book.meaning
def before_last(frame: Frame, index: int) -> When:
    """The Friday before last."""
    return on_day(weekday_before(frame.today, index) - timedelta(weeks=1), fixed=True)


@book.meaning
def weekdays_ahead(frame: Frame, count: int, index: int) -> When:
    """Four Tuesdays from now."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=count - 1))


@book.meaning
def weekdays_back(frame: Frame, count: int, index: int) -> When:
    """Two Thursdays ago."""
    return on_day(weekday_before(frame.today, index) - timedelta(weeks=count - 1), fixed=True)


@book.meaning
def plural(_: Frame, index: int) -> int:
    """Tuesdays."""
    return index


@book.meaning
def weekday_the(frame: Frame, index: int, day: int) -> When | None:
    """Tuesday the 19th: the nearest such day ahead, else the nearest one back."""
    if not 1 <= day <= 31:
        return None
    start = frame.today.replace(day=1)
    for months in (*range(60), *range(-1, -60, -1)):
        first = plus_months(start, months)
        found = first + timedelta(days=day - 1)
        is_open = months < 0 or months == 0 or found >= frame.today
        if found.month == first.month and found.weekday() == index and is_open:
            return on_day(found, fixed=found < frame.today)
    return None


@book.meaning
def weekday_date(frame: Frame, first: int | When, second: int | When) -> When | None:
    """Friday, 18 July: the year in which it is a Friday; a stated year decides."""
    index, when = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(when, When) or when.first is None or when.fixed:
        return when if isinstance(when, When) else None
    before, following = plus_months(when.first, -12), plus_months(when.first, 12)
    if when.first.weekday() == index:
        return when
    if before.weekday() == index and frame.today - before < _RECENT:
        return on_day(before, fixed=True)
    return on_day(following) if following.weekday() == index else when


@book.meaning
def date_day(_: Frame, when: When) -> When:
    """A calendar date is a day."""
    return when


@book.meaning
def day_of_month(frame: Frame, which: int | Token) -> When | None:
    """The 15th: of this month, or of the next one that has it still ahead."""
    day = int(which.text.rstrip("stndrh")) if isinstance(which, Token) else which
    if not 1 <= day <= 31:
        return None
    for months in range(3):
        first = plus_months(frame.today.replace(day=1), months)
        found = first + timedelta(days=day - 1)
        if found.month == first.month and found >= frame.today:
            return on_day(found)
    return None


def is_leap(value: int) -> bool:
    """Return whether the year has a 29 February."""
    return value % 4 == 0 and (value % 100 != 0 or value % 400 == 0)


@book.meaning
def ides(frame: Frame, number: int) -> When | None:
    """The ides of March: the 15th of March, May, July and October, the 13th of the others."""
    return dated(frame, number, 15 if number in (3, 5, 7, 10) else 13)
