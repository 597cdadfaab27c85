"""Points in a stretch of days: its end, its beginning, end of day, soon."""

from datetime import date

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, monday_of, month_end, weekday_from
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.grammar.periods import around, stretch
from donna_core.domain.capture.values import Clock, Frame, Grain, When

book = RuleBook()


_CLOSE_OF_BUSINESS = Clock(hour=17)


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
    return start_of(frame, around(frame.today, Grain(grain), 0))


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
    return end_of(frame, around(frame.today, Grain.QUARTER, 0))


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
