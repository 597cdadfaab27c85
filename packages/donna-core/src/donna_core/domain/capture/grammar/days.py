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
    plus_months,
    weekday_before,
    weekday_from,
)
from donna_core.domain.capture.grammar.clocks import nothing_counted
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, When

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
_RECENT = timedelta(days=31)
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEARS = range(1000, 3000)  # a year in four digits


def _is_due(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "1st" stands after "by" or "due", and counts nothing."""
    led = start > 0 and tokens[start - 1].norm in {"by", "due", "until", "till", "before", "after"}
    return led and nothing_counted(tokens, start, end)


def _is_no_pair(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "on 15" counts nothing and is no "1 on 1"."""
    alone = start == 0 or tokens[start - 1].shape is not Shape.INTEGER
    return alone and nothing_counted(tokens, start, end)


def _is_no_name(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is no part of a name: "Black Friday", "monday.com"."""
    if start > 0 and tokens[start - 1].norm in _NAMED_DAYS:
        return False
    rest = tokens[end : end + 2]
    return len(rest) < 2 or rest[0].norm != "." or not (rest[0].glued and rest[1].glued)


_NAMED_DAYS = frozenset(
    ["black", "cyber", "good", "easter", "ash", "palm", "whit", "maundy", "holy", "shrove", "fat"]
)


def _is_whole(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the text says nothing else."""
    return start == 0 and end == len(tokens)


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


@book.rule("year", "{integer}")
def year(_: Frame, token: Token) -> int | None:
    """2027."""
    value = int(token.text) if len(token.text) == 4 else 0
    return value if value in _YEARS else None


@book.rule("year", "{integer} {word}")
def year_of_era(_: Frame, token: Token, era: Token) -> int | None:
    """2027 AD, 2570 BE (Thailand: 543 years ahead)."""
    value = int(token.text) if len(token.text) == 4 else 0
    found = {"AD": value, "CE": value, "BE": value - 543}.get(era.text, 0)
    return found if found in _YEARS else None


@book.rule("year", "'|’ ~{integer}")
def short_year(_: Frame, token: Token) -> int | None:
    """'28."""
    return 2000 + int(token.text) if len(token.text) == 2 else None


@book.rule("day", "today|tod|todays")
def today(frame: Frame) -> When:
    """Today."""
    return on_day(frame.today)


@book.rule(
    "day",
    "tomorrow|tomorow|tommorow|tommorrow|tmr|tmrw|tmw|tomorrows|tomoz",
    "2 ~moro|morrow|mrw",
    "the? next|following day",
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


@book.rule("day", "<weekday>", guard=_is_no_name)
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


@book.rule("day", "<weekday> week", "a week from|on? <weekday>", "<weekday> after next")
def week_after(frame: Frame, index: int) -> When:
    """Friday week."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=1))


@book.rule("day", "=today|tomorrow week")
def day_week(frame: Frame, name: str) -> When:
    """Tomorrow week."""
    return on_day(frame.today + timedelta(days=8 if name == "tomorrow" else 7))


@book.rule("day", "<number> <weekdays> from now", "in <number> <weekdays>")
def weekdays_ahead(frame: Frame, count: int, index: int) -> When:
    """Four Tuesdays from now."""
    return on_day(weekday_from(frame.today + DAY, index) + timedelta(weeks=count - 1))


@book.rule("day", "<number> <weekdays> ago|back")
def weekdays_back(frame: Frame, count: int, index: int) -> When:
    """Two Thursdays ago."""
    return on_day(weekday_before(frame.today, index) - timedelta(weeks=count - 1), fixed=True)


@book.rule("weekdays", f"={'|'.join(name + 's' for name in WEEKDAY_NAMES)}|mons|fris")
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


@book.rule("day", "<date>")
def date_day(_: Frame, when: When) -> When:
    """A calendar date is a day."""
    return when


@book.rule("day", "the? <ordinal> of this|the month")
@book.rule("day", "{ordinal}", guard=_is_whole)
@book.rule("day", "the <ordinal>", "on|at <ordinal>", guard=nothing_counted)
@book.rule("day", "<ordinal>", guard=_is_due)
@book.rule("day", "on|the {integer}", "on the {integer}", guard=_is_no_pair)
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
