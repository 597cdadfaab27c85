"""Stretches of days: this week, next month, in January, the end of the year, the weekend.

Weeks begin on Monday (ISO 8601). A stretch is vague: it says roughly when.
"""

from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import (
    DAY,
    monday_of,
    month_end,
    nth_weekday,
    plus_months,
    weekday_from,
)
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.grammar.lengths import UNITS, length_of
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Grain, Length, Part, When

book = RuleBook()


_MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
OFFSETS = {"this": 0, "current": 0, "the": 0, "next": 1, "coming": 1, "following": 1,
            "upcoming": 1, "last": -1, "past": -1, "previous": -1, "preceding": -1}  # fmt: skip


def stretch(first: date, last: date, grain: Grain, *, fixed: bool = False) -> When:
    """Return the days from first to last."""
    return When(first=first, last=last, grain=grain, fixed=fixed, vague=True)


def around(day: date, grain: Grain, offset: int) -> When:
    """Return the week, month, quarter or year of the day, moved by so many of them."""
    if grain is Grain.WEEK:
        first = monday_of(day) + timedelta(weeks=offset)
        return stretch(first, first + 6 * DAY, grain, fixed=offset < 0)
    months = _MONTHS_IN[grain]
    start = day.replace(day=1, month=(day.month - 1) // months * months + 1)
    first = plus_months(start, months * offset)
    return stretch(first, plus_months(first, months) - DAY, grain, fixed=offset < 0)


@book.meaning
def relative(frame: Frame, which: str, grain: str) -> When:
    """Next month."""
    return around(frame.today, Grain(grain), OFFSETS[which])


@book.meaning
def merged(frame: Frame, said: str) -> When:
    """Nextweek, typed without its blank."""
    return relative(frame, *said.split())


@book.meaning
def trailing(frame: Frame, grain: str) -> When | None:
    """The past week: the seven days that end now."""
    months = _MONTHS_IN.get(Grain(grain), 0)
    return back(frame, Length(months=months) if months else Length(days=7))


@book.meaning
def definite(frame: Frame, grain: str) -> When:
    """The month: the current one."""
    return around(frame.today, Grain(grain), 0)


@book.meaning
def after_next(frame: Frame, grain: str) -> When:
    """The week after next."""
    return around(frame.today, Grain(grain), 2)


@book.meaning
def before_last(frame: Frame, grain: str) -> When:
    """The week before last."""
    return around(frame.today, Grain(grain), -2)


@book.meaning
def decade_from_now(frame: Frame, which: str) -> When:
    """Next decade."""
    start = frame.today.year // 10 * 10 + 10 * OFFSETS[which]
    return stretch(date(start, 1, 1), date(start + 9, 12, 31), Grain.YEAR)


@book.meaning
def rest_of_day(frame: Frame) -> When:
    """The rest of the day: from the next hour on."""
    left = Part(name="later", start=min(frame.now.hour + 1, 23), end=24)
    return evolve(on_day(frame.today), part=left)


@book.meaning
def beside_day(_: Frame, grain: str, side: str, when: When) -> When | None:
    """The week after Christmas."""
    if when.first is None:
        return None
    return around(when.first, Grain(grain), -1 if side in ("before", "preceding") else 1)


@book.meaning
def weekend_of(_: Frame, side: str, when: When) -> When | None:
    """The weekend of 12 June."""
    if when.first is None:
        return None
    saturday = monday_of(when.first) + 5 * DAY
    if side == "before" and saturday + DAY >= when.first:
        saturday -= 7 * DAY
    elif side in ("after", "following") and saturday <= when.first:
        saturday += 7 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY, fixed=when.fixed)


@book.meaning
def week_of(_: Frame, when: When) -> When | None:
    """The week of 3 May."""
    return around(when.first, Grain.WEEK, 0) if when.first else None


@book.meaning
def weekend(frame: Frame, which: str) -> When:
    """This weekend: Saturday and Sunday of this week, what is left of it."""
    saturday = monday_of(frame.today) + 5 * DAY
    if which == "next":
        saturday += 7 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY)


@book.meaning
def last_weekend(frame: Frame) -> When:
    """Last weekend."""
    saturday = monday_of(frame.today) - 2 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY, fixed=True)


@book.meaning
def month_of(_: Frame, month: int, year: int) -> When:
    """May 2027."""
    first = date(year, month, 1)
    return stretch(first, month_end(first), Grain.MONTH, fixed=True)


@book.meaning
def named(frame: Frame, month: int) -> When:
    """May: this month if it is May, else the next one."""
    year = frame.today.year + (month < frame.today.month)
    first = date(year, month, 1)
    return stretch(first, month_end(first), Grain.MONTH)


@book.meaning
def month_of_year(frame: Frame, month: int, where: When | Length) -> When | None:
    """June of next year; March in a year."""
    if isinstance(where, Length):
        start = where.after(frame.today)
        year = start.year + (month < start.month)
    elif where.first is not None and where.grain is Grain.YEAR:
        year = where.first.year
    else:
        return None
    return month_of(frame, month, year)


@book.meaning
def last_named(frame: Frame, month: int) -> When:
    """Last June: the one before this month."""
    return month_of(frame, month, frame.today.year - (month >= frame.today.month))


@book.meaning
def after_next_named(frame: Frame, month: int) -> When | None:
    """The March after next."""
    first = named(frame, month).first
    return month_of(frame, month, first.year + 1) if first else None


@book.meaning
def year_quarter(frame: Frame, year: int, number: int) -> When | None:
    """2028 Q4."""
    return quarter(frame, number, year)


@book.meaning
def half_year(_: Frame, half: int | str, year: int | When) -> When | None:
    """The first half of 2028."""
    value = year.first.year if isinstance(year, When) and year.first else year
    if not isinstance(value, int):
        return None
    first = date(value, 1 if int(half) == 1 else 7, 1)
    return evolve(stretch(first, plus_months(first, 6) - DAY, Grain.QUARTER), fixed=True)


@book.meaning
def half_of(_: Frame, half: int, period: When) -> When | None:
    """The second half of June."""
    return _share(period, Fraction(half - 1, 2), Fraction(half, 2))


def _share(period: When, start: Fraction, end: Fraction) -> When | None:
    """Return a share of the days of a period."""
    if period.first is None or period.last is None or period.first == period.last:
        return None
    days = (period.last - period.first).days + 1
    first = period.first + timedelta(days=int(days * start))
    last = period.first + timedelta(days=int(days * end) - 1)
    return evolve(period, first=first, last=max(first, last), grain=Grain.DAY)


@book.meaning
def quarter(frame: Frame, number: int, year: int | When | None = None) -> When | None:
    """Q3."""
    if not 1 <= number <= 4 or (isinstance(year, When) and year.grain is not Grain.YEAR):
        return None
    of = year.first.year if isinstance(year, When) and year.first else year
    value = of if isinstance(of, int) else frame.today.year
    first = date(value, 3 * number - 2, 1)
    found = stretch(first, plus_months(first, 3) - DAY, Grain.QUARTER)
    if of is None and found.last is not None and found.last < frame.today:
        return around(plus_months(first, 12), Grain.QUARTER, 0)
    return found


@book.meaning
def whole_year(_: Frame, year: int) -> When:
    """In 2028."""
    return evolve(stretch(date(year, 1, 1), date(year, 12, 31), Grain.YEAR), fixed=True)


@book.meaning
def holiday_weekend(frame: Frame, name: str) -> When | None:
    """Memorial Day weekend: the Saturday and Sunday beside the day, and the day."""
    for year in (frame.today.year, frame.today.year + 1):
        for day in frame.language.holidays.days_of(name, year, country=frame.country):
            saturday = monday_of(day) + 5 * DAY if day.weekday() > 2 else monday_of(day) - 2 * DAY
            first, last = min(saturday, day), max(saturday + DAY, day)
            if last >= frame.today:
                return stretch(first, last, Grain.DAY)
    return None


@book.meaning
def weekend_after_next(frame: Frame) -> When:
    """The weekend after next."""
    saturday = monday_of(frame.today) + 19 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY)


@book.meaning
def third_of(frame: Frame, which: str, period: When | int) -> When | None:
    """Early June: its first ten days; late June: what follows the twentieth."""
    if isinstance(period, int):
        period = whole_year(frame, period)
    if period.first is None or period.last is None:
        return None
    if period.grain is not Grain.MONTH:
        third = ("early", "mid", "late").index(which)
        return _share(period, Fraction(third, 3), Fraction(third + 1, 3))
    bounds = {"early": (1, 10), "mid": (11, 20), "late": (21, period.last.day)}[which]
    days = [period.first.replace(day=day) for day in bounds]
    return evolve(period, first=days[0], last=days[1], grain=Grain.DAY)


@book.meaning
def nth_week(_: Frame, nth: int, period: When) -> When | None:
    """The first week of October: the one with its first Monday."""
    if period.first is None or period.last is None or period.grain is not Grain.MONTH:
        return None
    if nth > 0:
        first = weekday_from(period.first, 0) + timedelta(weeks=nth - 1)
    else:
        first = monday_of(period.last) + timedelta(weeks=nth + 1)
    if first > period.last:
        return None
    return stretch(first, first + 6 * DAY, Grain.WEEK, fixed=period.fixed)


@book.meaning
def nth_weekend(_: Frame, nth: int, period: When) -> When | None:
    """The first weekend in June."""
    if period.first is None or period.grain is not Grain.MONTH:
        return None
    saturday = nth_weekday(period.first.year, period.first.month, nth, 5)
    return stretch(saturday, saturday + DAY, Grain.DAY, fixed=period.fixed)


@book.meaning
def week_number(frame: Frame, token: Token, of: int | None = None) -> When | None:
    """Week 23, of ISO 8601: this year's, or the next one's once it is over."""
    if len(token.text) > 2:
        return None
    found = date.fromisocalendar(of or frame.today.year, int(token.text), 1)
    if of is None and found + 6 * DAY < frame.today:
        found = date.fromisocalendar(frame.today.year + 1, int(token.text), 1)
    return stretch(found, found + 6 * DAY, Grain.WEEK, fixed=of is not None)


@book.meaning
def rest_of(frame: Frame, period: When | str) -> When:
    """The rest of the week."""
    whole = period if isinstance(period, When) else around(frame.today, Grain(period), 0)
    return evolve(whole, first=frame.today)


@book.meaning
def earlier(frame: Frame, period: When) -> When | None:
    """Earlier this week: what is over of it."""
    if period.first is None or period.first > frame.today or period.grain is Grain.DAY:
        return None
    return evolve(period, last=max(period.first, frame.today - DAY), fixed=True)


@book.meaning
def all_of(frame: Frame, whole: When | str) -> When | None:
    """All week; all next week."""
    if isinstance(whole, When):
        return whole if whole.first != whole.last else None
    return weekend(frame, "the") if whole == "weekend" else around(frame.today, Grain(whole), 0)


@book.meaning
def later(frame: Frame, period: When) -> When | None:
    """Later this week: what is left of it."""
    if period.first is None or period.last is None or period.last < frame.today:
        return None
    return evolve(period, first=max(period.first, frame.today))


@book.meaning
def back(frame: Frame, length: Length) -> When | None:
    """The last two weeks."""
    if length.is_fine:
        return When(
            first=frame.today,
            last=frame.today,
            instant=frame.at - length.span,
            fixed=True,
        )
    first = length.after(frame.today, sign=-1)
    kept = frame.now.time().replace(microsecond=0)
    return evolve(stretch(first, frame.today, Grain.DAY, fixed=True), kept=kept)


@book.meaning
def back_fine(frame: Frame, length: Length | str) -> When | None:
    """In the last hour: since then."""
    if isinstance(length, str):
        found = length_of(1, UNITS[length])
        return back_fine(frame, found) if found else None
    return back(frame, length) if length.is_fine else None


@book.meaning
def months(frame: Frame, first: int, last: int, year: int | None = None) -> When | None:
    """From August to October."""
    start = month_of(frame, first, year - (first > last)) if year else named(frame, first)
    if start.first is None:
        return None
    end = plus_months(start.first, (last - first) % 12)
    return evolve(start, last=month_end(end))


@book.meaning
def year_month(frame: Frame, year: int, month: int) -> When:
    """2028 August."""
    return month_of(frame, month, year)


@book.meaning
def years(_: Frame, first: int, last: int) -> When | None:
    """From 2027 to 2029."""
    if not first < last:
        return None
    return stretch(date(first, 1, 1), date(last, 12, 31), Grain.YEAR, fixed=True)
