"""What limits a repetition: until June, for three weeks, from May to July, except on Sundays."""

from datetime import datetime, timedelta

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import plus_months
from donna_core.domain.capture.grammar.clocks import hour
from donna_core.domain.capture.grammar.repeats import Days, Pairs
from donna_core.domain.capture.repetition import happens
from donna_core.domain.capture.values import (
    Clock,
    Frame,
    Grain,
    Length,
    Repeat,
    When,
)

book = RuleBook()

Dropped = tuple[When | Days | Pairs, ...]


@book.meaning
def times(_: Frame, base: Repeat, count: int) -> Repeat | None:
    """Every day for 4 times."""
    return evolve(base, count=count) if count > 0 and base.until is None else None


@book.meaning
def for_length(frame: Frame, base: Repeat, length: Length) -> Repeat | None:
    """Every Thursday for the next three weeks."""
    if length.is_fine or base.count is not None:
        return None
    return evolve(base, until=length.after(base.since or frame.today))


@book.meaning
def for_the_rest(_: Frame, base: Repeat, period: When) -> Repeat | None:
    """Every Tuesday for the rest of the year."""
    return evolve(base, until=period.last) if base.count is None and period.last else None


@book.meaning
def for_next(frame: Frame, base: Repeat, name: str) -> Repeat | None:
    """Every other Friday for the next year."""
    length = {"week": Length(days=7), "month": Length(months=1), "year": Length(months=12)}[name]
    return for_length(frame, base, length)


@book.meaning
def until(_: Frame, base: Repeat, when: When) -> Repeat | None:
    """Every Monday until June: its first day ends it."""
    end = when.last if when.first == when.last else when.first
    if end is None or base.count is not None:
        return None
    if base.since is not None and end < base.since and not when.fixed:
        end = plus_months(end, 12)
    return evolve(base, until=end)


@book.meaning
def bounded(frame: Frame, base: Repeat, first: When, last: When) -> Repeat | None:
    """Every Monday from June to August: the last month belongs to it."""
    begun = since(frame, base, first)
    end = last.last
    if begun is None or begun.since is None or end is None or base.until is not None:
        return None
    if end < begun.since and not last.fixed:
        end = plus_months(end, 12)
    return evolve(begun, until=end)


@book.meaning
def since(_: Frame, first: Repeat | When, second: Repeat | When) -> Repeat | None:
    """Daily starting 3 March."""
    base, when = (first, second) if isinstance(first, Repeat) else (second, first)
    if not isinstance(base, Repeat) or not isinstance(when, When):
        return None
    return evolve(base, since=when.first)


@book.meaning
def dropped(_: Frame, value: When | Days | Pairs) -> Dropped:
    """Except in May, but not on Sundays."""
    return (value,)


@book.meaning
def more_dropped(_: Frame, first: Dropped, value: When) -> Dropped | None:
    """Except on 6 March and 8 March."""
    return (*first, value) if len(first) < 12 else None


@book.meaning
def without(_: Frame, base: Repeat, values: Dropped) -> Repeat | None:
    """Daily except on Sundays; each Friday but not in July."""
    for value in values:
        found = _minus(base, value)
        if found is None:
            return None
        base = found
    return base


def _minus(base: Repeat, value: When | Days | Pairs) -> Repeat | None:
    """Return the repetition without some weekdays, without a month or without single days."""
    if isinstance(value, tuple):
        return _minus_weekdays(base, {day if isinstance(day, int) else day[1] for day in value})
    first, last = value.first, value.last
    if first is None or last is None:
        return None
    if base.since is not None and last < base.since and not value.fixed:
        first, last = plus_months(first, 12), plus_months(last, 12)
    if value.clock is not None:
        if base.clock is None and base.every not in ("HOURLY", "MINUTELY", "SECONDLY"):
            return None
        at_it = datetime.combine(first, value.clock.daytime.wall)
        return evolve(base, without=(*base.without, at_it))
    if value.grain is Grain.MONTH and not value.fixed and base.until is None:
        left = tuple(month for month in base.months or range(1, 13) if month != first.month)
        return evolve(base, months=left) if left else None
    days = [first + timedelta(days=step) for step in range(min((last - first).days, 366) + 1)]
    kept = tuple(day for day in days if len(days) == 1 or happens(base, day))
    return evolve(base, without=(*base.without, *kept))


def _minus_weekdays(base: Repeat, dropped: set[int]) -> Repeat | None:
    if base.every not in ("DAILY", "WEEKLY") or (base.interval > 1 and base.every == "DAILY"):
        return None
    pairs = base.weekdays or tuple((0, day) for day in range(7))
    left = tuple(pair for pair in pairs if pair[1] not in dropped)
    return evolve(base, every="WEEKLY", weekdays=left) if left else None


@book.meaning
def during(frame: Frame, base: Repeat, period: When | None = None) -> Repeat | None:
    """Every day this week; every hour today."""
    first, last = (period.first, period.last) if period else (frame.today, frame.today)
    if first is None or last is None or base.until or base.count is not None or last < frame.today:
        return None
    if period is not None and base.every in ("MONTHLY", "YEARLY"):
        return None
    return evolve(base, since=first if first > frame.today else None, until=last)


@book.meaning
def since_clock(_: Frame, base: Repeat, value: Clock | int) -> Repeat | None:
    """Every four hours starting at 8: the hours of the day it falls on."""
    start = hour(value) if isinstance(value, int) else value
    if start is None or base.clock is not None or base.every not in ("HOURLY", "DAILY"):
        return None
    start = start.daytime
    if base.every == "DAILY":
        return evolve(base, clock=start)
    hours = range(start.hour + base.interval, 24, base.interval)
    also = tuple(evolve(start, hour=each) for each in hours)
    return evolve(base, every="DAILY", interval=1, clock=start, also=also)
