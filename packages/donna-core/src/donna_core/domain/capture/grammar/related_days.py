"""Days found from other days: the third Tuesday of June, the Friday before Christmas."""

from datetime import timedelta

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
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.values import Frame, Grain, Length, When

book = RuleBook()

_MOST_WORKING_DAYS = 500


@book.meaning
def day_of_period(frame: Frame, first: int | When, second: int | When) -> When | None:
    """The 20th of next month."""
    day, period = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(period, When) or not isinstance(day, int) or period.first is None:
        return None
    if period.grain is not Grain.MONTH or not 1 <= day <= 31:
        return None
    found = period.first.replace(day=day)
    return on_day(found, fixed=period.fixed or found < frame.today)


@book.meaning
def nth_this_month(frame: Frame, nth: int, index: int) -> When:
    """The first Monday in this month, even where it is past."""
    found = nth_weekday(frame.today.year, frame.today.month, nth, index)
    return on_day(found, fixed=found < frame.today)


@book.meaning
def nth_in(frame: Frame, nth: int, index: int, where: int | When | None = None) -> When | None:
    """The first Monday of next month; of the month, the next one that is still ahead."""
    if isinstance(where, When):
        if where.first is None or where.grain not in (Grain.MONTH, Grain.YEAR):
            return None
        found = nth_weekday(where.first.year, where.first.month, nth, index)
        said = where.fixed or where.first <= frame.today
        return on_day(found, fixed=said and found < frame.today)
    start = frame.today.replace(day=1)
    for months in range(14):
        first = plus_months(start, months)
        if where is not None and first.month != where:
            continue
        found = nth_weekday(first.year, first.month, nth, index)
        if found >= frame.today:
            return on_day(found)
    return None


@book.meaning
def nth_day(frame: Frame, nth: int, which: str, period: When | None = None) -> When | None:
    """The last working day of the month."""
    first = period.first if period else frame.today.replace(day=1)
    last = period.last if period else plus_months(frame.today.replace(day=1), 1) - DAY
    if first is None or last is None or (last - first).days > 400:
        return None
    if which == "day":
        found = first + timedelta(days=nth - 1) if nth > 0 else last + (nth + 1) * DAY
        return on_day(found, fixed=period is not None and period.fixed)
    found = working_day(first, last, nth)
    if period is None and found < frame.today:
        start = plus_months(frame.today.replace(day=1), 1)
        found = working_day(start, plus_months(start, 1) - DAY, nth)
    return on_day(found, fixed=period is not None and period.fixed)


@book.meaning
def later_than(frame: Frame, length: Length, when: When | None = None) -> When | None:
    """Four days from yesterday."""
    start = when.first if when else frame.today
    if start is None or length.is_fine:
        return None
    return on_day(length.after(start))


@book.meaning
def earlier_than(_: Frame, length: Length, when: When) -> When | None:
    """Two weeks before 13 May."""
    if when.first is None or length.is_fine:
        return None
    return on_day(length.after(when.first, sign=-1), fixed=True)


@book.meaning
def weekday_in(frame: Frame, first: int | Length, second: int | Length) -> When | None:
    """Friday in two weeks: the one of that week."""
    index, length = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(index, int) or not isinstance(length, Length) or length.days % 7:
        return None
    return weekday_later(frame, index, length)


@book.meaning
def next_to(_: Frame, side: str, when: When) -> When | None:
    """The day after Christmas."""
    if when.first is None or when.last is None or when.clock is not None:
        return None
    is_before = side in ("before", "preceding")
    return on_day(when.first - DAY if is_before else when.last + DAY, fixed=when.fixed)


@book.meaning
def weekday_beside(_: Frame, index: int, side: str, when: When) -> When | None:
    """The Friday before Christmas."""
    if when.first is None or when.last is None:
        return None
    if side in ("before", "preceding"):
        return on_day(weekday_before(when.first, index), fixed=when.fixed)
    return on_day(weekday_from(when.last + DAY, index), fixed=when.fixed)


@book.meaning
def nearest(_: Frame, index: int, when: When) -> When | None:
    """The Monday nearest to 5 October."""
    if when.first is None:
        return None
    after = weekday_from(when.first, index)
    return on_day(after if (after - when.first).days <= 3 else after - timedelta(weeks=1))


@book.meaning
def nth_after(_: Frame, nth: int, index: int, when: When) -> When | None:
    """The third Tuesday after Christmas."""
    if when.last is None or nth < 1:
        return None
    found = weekday_from(when.last + DAY, index) + timedelta(weeks=nth - 1)
    return on_day(found, fixed=when.fixed)


@book.meaning
def weekday_later(
    frame: Frame, index: int, length: Length, when: When | None = None
) -> When | None:
    """Monday two weeks from now: the Monday of that week."""
    start = when.first if when else frame.today
    if start is None or length.is_fine:
        return None
    return on_day(monday_of(length.after(start)) + timedelta(days=index))


@book.meaning
def weekday_ago(frame: Frame, first: int | Length, second: int | Length) -> When | None:
    """Three weeks ago on Monday: the Monday of that week."""
    index, length = (first, second) if isinstance(first, int) else (second, first)
    if not isinstance(index, int) or not isinstance(length, Length) or length.is_fine:
        return None
    found = monday_of(length.after(frame.today, sign=-1)) + timedelta(days=index)
    return on_day(found, fixed=True)


@book.meaning
def nth_nearest(_: Frame, nth: int, index: int, when: When) -> When | None:
    """The second closest Monday to 5 October."""
    if when.first is None or not 1 <= nth <= 50:
        return None
    after = weekday_from(when.first, index)
    days = [after + timedelta(weeks=step) for step in range(-nth, nth + 1)]
    start = when.first
    return on_day(sorted(days, key=lambda day: abs((day - start).days))[nth - 1])


@book.meaning
def working_days(
    frame: Frame, count: int, _which: str, side: str = "after", when: When | None = None
) -> When | None:
    """In three business days: Mondays to Fridays are counted."""
    day = when.first if when else frame.today
    if day is None or not 0 < count <= _MOST_WORKING_DAYS:
        return None
    back = side in ("before", "ago")
    left = count
    while left:
        day += -DAY if back else DAY
        left -= day.weekday() < 5
    return on_day(day, fixed=back)
