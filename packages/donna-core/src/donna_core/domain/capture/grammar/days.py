"""Days: today, next Friday, the 15th, 3 May 2027, the last working day of the month.

A weekday alone is the next one after today. "This Friday" is the coming one. "Next Friday" is
the Friday of next week; the coming Friday is offered as the other reading.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import (
    DAY,
    monday_of,
    nth_weekday,
    plus_months,
    weekday_before,
    weekday_from,
    working_day,
)
from donna_core.domain.capture.grammar.clocks import nothing_counted
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, Grain, Length, When

book = RuleBook()

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: index for index, name in enumerate(WEEKDAY_NAMES)} | {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4,
    "sat": 5, "sun": 6, "wendsday": 2, "wednsday": 2, "thrusday": 3, "tuseday": 1,
}  # fmt: skip
_MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name: index for index, name in enumerate(_MONTH_NAMES, 1)} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEARS = range(1900, 2200)


def _is_due(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "1st" stands after "by" or "due", and counts nothing."""
    led = start > 0 and tokens[start - 1].norm in {"by", "due", "until", "till", "before", "after"}
    return led and nothing_counted(tokens, start, end)


def _no_verb(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "one may" is no date: may and march need digits or "the" or "of" before them."""
    if tokens[end - 1].norm not in ("may", "march"):
        return True
    return end - start > 2 or tokens[start].shape is not Shape.WORD


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
        if month == 2 and day == 29 and not _is_leap(candidate):
            continue
        if date(candidate, month, day) >= frame.today:
            return on_day(date(candidate, month, day))
    return None


@book.rule(
    "weekday",
    f"={'|'.join(_WEEKDAYS)} .?",
    guard=lambda tokens, start, end: (
        end - start == 1 or (tokens[end - 1].glued and len(tokens[start].norm) < 6)
    ),
)
def weekday(_: Frame, name: str) -> int:
    """Friday."""
    return _WEEKDAYS[name]


@book.rule("month", f"={'|'.join(MONTHS)}", "=jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec ~.")
def month(_: Frame, name: str) -> int:
    """March."""
    return MONTHS[name]


@book.rule("year", "{integer}", "' {integer}")
def year(_: Frame, token: Token) -> int | None:
    """2027."""
    value = int(token.text) if len(token.text) == 4 else 0
    return value if value in _YEARS else None


@book.rule("day", "today|tod")
def today(frame: Frame) -> When:
    """Today."""
    return on_day(frame.today)


@book.rule(
    "day", "tomorrow|tomorow|tommorow|tommorrow|tmr|tmrw|tomorrows", "the? next|following day"
)
def tomorrow(frame: Frame) -> When:
    """Tomorrow."""
    return on_day(frame.today + DAY)


@book.rule("day", "the? day after tomorrow|tmr|tmrw|tomorow|tommorow", "overmorrow")
def after_tomorrow(frame: Frame) -> When:
    """The day after tomorrow."""
    return on_day(frame.today + 2 * DAY)


@book.rule("day", "yesterday", "the? past|previous day", "the last day")
def yesterday(frame: Frame) -> When:
    """Yesterday."""
    return on_day(frame.today - DAY, fixed=True)


@book.rule("day", "the? day before yesterday")
def before_yesterday(frame: Frame) -> When:
    """The day before yesterday."""
    return on_day(frame.today - 2 * DAY, fixed=True)


@book.rule("day", "<weekday>")
def next_one(frame: Frame, index: int) -> When:
    """Friday: the next one after today; today itself is the other reading."""
    found = weekday_from(frame.today + DAY, index)
    others = (frame.today,) if frame.today.weekday() == index else ()
    return on_day(found, others=others)


@book.rule("day", "this|coming|upcoming <weekday>", "this|the coming|upcoming <weekday>")
def this_one(frame: Frame, index: int) -> When:
    """This Friday: the coming one."""
    return on_day(weekday_from(frame.today + DAY, index))


@book.rule("day", "next <weekday>", "<weekday> of? next week", "next week on? <weekday>")
def next_week_one(frame: Frame, index: int) -> When:
    """Next Friday: the one of next week, the coming one being the other reading."""
    found = monday_of(frame.today) + timedelta(days=7 + index)
    coming = weekday_from(frame.today + DAY, index)
    return on_day(found, others=() if coming == found else (coming,))


@book.rule("day", "the? <weekday> of? this week", "this week on? <weekday>")
def this_week_one(frame: Frame, index: int) -> When:
    """Monday of this week."""
    return on_day(monday_of(frame.today) + timedelta(days=index), fixed=True)


@book.rule("day", "last week on? <weekday>", "<weekday> of? last week", "previous <weekday>")
def last_week_one(frame: Frame, index: int) -> When:
    """Sunday of last week."""
    return on_day(monday_of(frame.today) + timedelta(days=index - 7), fixed=True)


@book.rule("day", "last|past <weekday>")
def last_one(frame: Frame, index: int) -> When:
    """Last Friday: the one before today."""
    return on_day(weekday_before(frame.today, index), fixed=True)


@book.rule("day", "<weekday> week", "a week from|on <weekday>", "<weekday> after next")
def week_after(frame: Frame, index: int) -> When:
    """Friday week."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=1))


@book.rule("day", "<number> <weekdays> from now", "in <number> <weekdays>")
def weekdays_ahead(frame: Frame, count: int, index: int) -> When:
    """Four Tuesdays from now."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=count - 1))


@book.rule("day", "<number> <weekdays> ago|back")
def weekdays_back(frame: Frame, count: int, index: int) -> When:
    """Two Thursdays ago."""
    return on_day(weekday_before(frame.today, index) - timedelta(weeks=count - 1), fixed=True)


@book.rule(
    "weekdays", f"={'|'.join(name + 's' for name in WEEKDAY_NAMES)}|tues|weds|thurs|mons|fris"
)
def plural(_: Frame, name: str) -> int:
    """Tuesdays."""
    return _WEEKDAYS.get(name, _WEEKDAYS.get(name[:-1], 0))


@book.rule("day", "<weekday> ,? the? <ordinal>", "<weekday> the <number>")
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


@book.rule("day", "<weekday> ,? <date>", "<weekday> ,? ( <date> )", "<date> ,? <weekday>")
def weekday_date(_: Frame, first: int | When, second: int | When) -> When | None:
    """Friday, 18 July: next year if only then it is a Friday; a stated year decides."""
    index, when = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(when, When) or when.first is None or when.fixed:
        return when if isinstance(when, When) else None
    following = plus_months(when.first, 12)
    return on_day(following) if when.first.weekday() != index == following.weekday() else when


@book.rule("day", "<date>")
def date_day(_: Frame, when: When) -> When:
    """A calendar date is a day."""
    return when


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


@book.rule("day", "the <ordinal> of this|the month")
@book.rule("day", "the <ordinal>", "on|at <ordinal>", guard=nothing_counted)
@book.rule("day", "<ordinal>", guard=_is_due)
@book.rule("day", "on|the {integer}", "on the {integer}", guard=nothing_counted)
def day_of_month(frame: Frame, which: int | Token) -> When | None:
    """The 15th: of this month, or of the next one that has it still ahead."""
    day = int(which.text) if isinstance(which, Token) else which
    if not 1 <= day <= 31:
        return None
    for months in range(3):
        first = plus_months(frame.today.replace(day=1), months)
        found = first + timedelta(days=day - 1)
        if found.month == first.month and found >= frame.today:
            return on_day(found)
    return None


@book.rule(
    "day", "the? <ordinal> of <period>", "the? <ordinal> <period>", "<period> on? the <ordinal>"
)
def day_of_period(_: Frame, first: int | When, second: int | When) -> When | None:
    """The 20th of next month."""
    day, period = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(period, When) or not isinstance(day, int) or period.first is None:
        return None
    if period.grain is not Grain.MONTH or not 1 <= day <= 31:
        return None
    return on_day(period.first.replace(day=day), fixed=period.fixed)


@book.rule(
    "day", "the? <nth> <weekday> of|in <period|month>", "the? <nth> <weekday> of|in the month"
)
def nth_in(frame: Frame, nth: int, index: int, where: int | When | None = None) -> When | None:
    """The first Monday of next month; of the month, the next one that is still ahead."""
    if isinstance(where, When):
        if where.first is None or where.grain is not Grain.MONTH:
            return None
        return on_day(nth_weekday(where.first.year, where.first.month, nth, index))
    start = frame.today.replace(day=1)
    for months in range(14):
        first = plus_months(start, months)
        if where is not None and first.month != where:
            continue
        found = nth_weekday(first.year, first.month, nth, index)
        if found >= frame.today:
            return on_day(found)
    return None


@book.rule(
    "day",
    "the? <nth> =day|workday|weekday of|in <period>",
    "the? <nth> =working|business|work day of|in <period>",
    "the? <nth> =day|workday|weekday of|in the|this month",
    "the? <nth> =working|business|work day of|in the|this month",
)
def nth_day(frame: Frame, nth: int, which: str, period: When | None = None) -> When | None:
    """The last working day of the month."""
    first = period.first if period else frame.today.replace(day=1)
    last = period.last if period else plus_months(frame.today.replace(day=1), 1) - DAY
    if first is None or last is None or (last - first).days > 400:
        return None
    if which == "day":
        return on_day(first + timedelta(days=nth - 1) if nth > 0 else last + (nth + 1) * DAY)
    found = working_day(first, last, nth)
    if period is None and found < frame.today:
        start = plus_months(frame.today.replace(day=1), 1)
        found = working_day(start, plus_months(start, 1) - DAY, nth)
    return on_day(found)


@book.rule("day", "<number|ordinal> -|–|to|and the? <number|ordinal> of? <month>")
def days_of_month(frame: Frame, first: int, last: int, in_month: int) -> When | None:
    """3-7 June."""
    start = dated(frame, in_month, first)
    if start is None or start.first is None or last <= first:
        return None
    return When(first=start.first, last=start.first.replace(day=last))


@book.rule("day", "<month> <number|ordinal> -|–|to|and the? <number|ordinal>")
def month_days(frame: Frame, in_month: int, first: int, last: int) -> When | None:
    """June 3-7."""
    return days_of_month(frame, first, last, in_month)


@book.rule("day", "<length> from|after <day>", "<length> from|after now")
def later_than(frame: Frame, length: Length, when: When | None = None) -> When | None:
    """Four days from yesterday."""
    start = when.first if when else frame.today
    if start is None or length.is_fine:
        return None
    return on_day(length.after(start))


@book.rule("day", "<length> before <day>")
def earlier_than(_: Frame, length: Length, when: When) -> When | None:
    """Two weeks before 13 May."""
    if when.first is None or length.is_fine:
        return None
    return on_day(length.after(when.first, sign=-1), fixed=True)


@book.rule("day", "<weekday> <length> from now", "<weekday> <length> after <day>")
def weekday_later(
    frame: Frame, index: int, length: Length, when: When | None = None
) -> When | None:
    """Monday two weeks from now: the Monday of that week."""
    start = when.first if when else frame.today
    if start is None or length.is_fine:
        return None
    return on_day(monday_of(length.after(start)) + timedelta(days=index))


def _is_leap(value: int) -> bool:
    return value % 4 == 0 and (value % 100 != 0 or value % 400 == 0)
