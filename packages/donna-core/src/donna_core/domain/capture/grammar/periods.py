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
from donna_core.domain.capture.values import Clock, Frame, Grain, Length, Part, When

book = RuleBook()


_MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_OFFSETS = {"this": 0, "current": 0, "the": 0, "next": 1, "coming": 1, "following": 1,
            "upcoming": 1, "last": -1, "past": -1, "previous": -1, "preceding": -1}  # fmt: skip
_CLOSE_OF_BUSINESS = Clock(hour=17)


def stretch(first: date, last: date, grain: Grain, *, fixed: bool = False) -> When:
    """Return the days from first to last."""
    return When(first=first, last=last, grain=grain, fixed=fixed, vague=True)


def _around(day: date, grain: Grain, offset: int) -> When:
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
    return _around(frame.today, Grain(grain), _OFFSETS[which])


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
    return _around(frame.today, Grain(grain), 0)


@book.meaning
def after_next(frame: Frame, grain: str) -> When:
    """The week after next."""
    return _around(frame.today, Grain(grain), 2)


@book.meaning
def before_last(frame: Frame, grain: str) -> When:
    """The week before last."""
    return _around(frame.today, Grain(grain), -2)


@book.meaning
def decade_from_now(frame: Frame, which: str) -> When:
    """Next decade."""
    start = frame.today.year // 10 * 10 + 10 * _OFFSETS[which]
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
    return _around(when.first, Grain(grain), -1 if side in ("before", "preceding") else 1)


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
    return _around(when.first, Grain.WEEK, 0) if when.first else None


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
        return _around(plus_months(first, 12), Grain.QUARTER, 0)
    return found


_SEASONS = {
    "spring": (3, 20, 3), "summer": (6, 21, 3), "autumn": (9, 23, 3), "winter": (12, 21, 3),
}  # fmt: skip


def season_of(name: str, year: int) -> When:
    """Return the astronomical season of the northern half that begins in the year."""
    month, day, length = _SEASONS[name]
    first = date(year, month, day)
    return stretch(first, plus_months(first, length) - DAY, Grain.QUARTER)


@book.meaning
def relative_season(frame: Frame, which: str, name: str) -> When | None:
    """This summer, next winter."""
    seasons = [season_of(name, frame.today.year + step) for step in range(-2, 3)]
    ahead = [season for season in seasons if season.last and season.last >= frame.today]
    over = [season for season in seasons if season.last and season.last < frame.today]
    if which == "last":
        return evolve(over[-1], fixed=True)
    begun = ahead[0].first is not None and ahead[0].first <= frame.today
    return ahead[1] if which == "next" and begun else ahead[0]


@book.meaning
def season_in(_: Frame, name: str, year: int) -> When:
    """Summer 2028."""
    return evolve(season_of(name, year), fixed=True)


@book.meaning
def plain_season(frame: Frame, name: str) -> When | None:
    """Winter, and nothing else."""
    return relative_season(frame, "this", name)


@book.meaning
def this_season(frame: Frame, which: str) -> When:
    """Next season: of the four of the year."""
    names = list(_SEASONS)
    known = [season_of(name, year) for year in range(frame.today.year - 2, frame.today.year + 3)
             for name in names]  # fmt: skip
    begun = [each for each in known if each.first is not None and each.first <= frame.today]
    offset = _OFFSETS.get(which, 0)
    found = known[len(begun) - 1 + offset]
    return evolve(found, fixed=offset <= 0)


@book.meaning
def season(frame: Frame, name: str) -> When | None:
    """In spring."""
    return relative_season(frame, "this", name)


@book.meaning
def whole_year(_: Frame, year: int) -> When:
    """In 2028."""
    return evolve(stretch(date(year, 1, 1), date(year, 12, 31), Grain.YEAR), fixed=True)


@book.meaning
def festive(frame: Frame) -> When:
    """The holidays: from Christmas Eve to New Year's Day."""
    year = frame.today.year - (frame.today <= date(frame.today.year, 1, 1))
    return stretch(date(year, 12, 24), date(year + 1, 1, 1), Grain.WEEK)


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
    whole = period if isinstance(period, When) else _around(frame.today, Grain(period), 0)
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
    return weekend(frame, "the") if whole == "weekend" else _around(frame.today, Grain(whole), 0)


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
def end_of(frame: Frame, period: When) -> When | None:
    """The end of next month; that of a week is its Friday, or its Sunday once Friday is over."""
    if period.first is None or period.last is None:
        return None
    if period.grain is not Grain.WEEK:
        return evolve(period, first=period.last, grain=Grain.DAY)
    friday = period.first + 4 * DAY
    last = friday if friday >= frame.today or period.fixed else period.last
    return evolve(period, first=last, last=last, grain=Grain.DAY)


@book.meaning
def start_of_plain(frame: Frame, grain: str) -> When | None:
    """Beginning of month: of the current one."""
    return start_of(frame, _around(frame.today, Grain(grain), 0))


@book.meaning
def end_of_month(frame: Frame) -> When:
    """End of month."""
    last = month_end(frame.today)
    return stretch(last, last, Grain.DAY)


@book.meaning
def end_of_week(frame: Frame) -> When:
    """End of week: its Friday, or Sunday once Friday is over."""
    friday = monday_of(frame.today) + 4 * DAY
    last = friday if friday >= frame.today else friday + 2 * DAY
    return stretch(last, last, Grain.DAY)


@book.meaning
def end_of_year(frame: Frame) -> When:
    """End of year."""
    last = date(frame.today.year, 12, 31)
    return stretch(last, last, Grain.DAY)


@book.meaning
def end_of_quarter(frame: Frame) -> When | None:
    """End of quarter."""
    return end_of(frame, _around(frame.today, Grain.QUARTER, 0))


@book.meaning
def start_of(frame: Frame, period: When) -> When | None:
    """The beginning of next month."""
    if period.first is None:
        return None
    over = period.first < frame.today
    return evolve(period, last=period.first, grain=Grain.DAY, fixed=period.fixed or over)


@book.meaning
def middle_of(_: Frame, period: When) -> When | None:
    """Mid-March."""
    if period.first is None or period.last is None:
        return None
    found = period.first + (period.last - period.first) // 2
    return stretch(found, found, Grain.DAY, fixed=period.fixed)


@book.meaning
def end_of_day(frame: Frame, when: When | None = None) -> When:
    """End of day: 23:59 of it."""
    return evolve(when or on_day(frame.today), clock=Clock(hour=23, minute=59), ends_day=True)


@book.meaning
def close_of_business(frame: Frame, when: When | None = None) -> When:
    """Close of business: 17:00."""
    return evolve(when or on_day(frame.today), clock=_CLOSE_OF_BUSINESS, ends_day=True)


@book.meaning
def soon(frame: Frame) -> When:
    """Soon: within three days."""
    return stretch(frame.today, frame.today + 3 * DAY, Grain.DAY)


@book.meaning
def some_day(frame: Frame) -> When:
    """One of these days: within a week."""
    return stretch(frame.today, weekday_from(frame.today, 6), Grain.DAY)
