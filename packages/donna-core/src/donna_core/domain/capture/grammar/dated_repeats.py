"""Repetitions by the calendar: every first Monday, the 1st and 15th of each month, every May."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.repeats import WORKDAYS, Which
from donna_core.domain.capture.values import (
    Frame,
    Repeat,
    When,
)

book = RuleBook()

# What the beginning, the middle and the end of each week, month, quarter and year are.
_AT_EDGES = {
    "week": {
        "start": Repeat(every="WEEKLY", weekdays=((0, 0),)),
        "middle": Repeat(every="WEEKLY", weekdays=((0, 2),)),
        "end": Repeat(every="WEEKLY", weekdays=((0, 4),)),
    },
    "month": {
        "start": Repeat(every="MONTHLY", month_days=(1,)),
        "middle": Repeat(every="MONTHLY", month_days=(15,)),
        "end": Repeat(every="MONTHLY", month_days=(-1,)),
    },
    "quarter": {
        "start": Repeat(every="YEARLY", months=(1, 4, 7, 10), month_days=(1,)),
        "end": Repeat(every="YEARLY", months=(3, 6, 9, 12), month_days=(-1,)),
    },
    "year": {
        "start": Repeat(every="YEARLY", months=(1,), month_days=(1,)),
        "middle": Repeat(every="YEARLY", months=(7,), month_days=(1,)),
        "end": Repeat(every="YEARLY", months=(12,), month_days=(31,)),
    },
}
_PERIODS = {("WEEKLY", 1): "week", ("MONTHLY", 1): "month", ("MONTHLY", 3): "quarter",
            ("YEARLY", 1): "year"}  # fmt: skip


@book.meaning
def nth_weekday(_: Frame, nth: int, day: int) -> Repeat | None:
    """Every first Monday: of the month."""
    return Repeat(every="MONTHLY", weekdays=((nth, day),)) if abs(nth) <= 5 else None


@book.meaning
def two_nth(_: Frame, first: int, second: int, day: int) -> Repeat | None:
    """The second and last Friday of each month."""
    if max(abs(first), abs(second)) > 5:
        return None
    return Repeat(every="MONTHLY", weekdays=((first, day), (second, day)))


@book.meaning
def nth_of(_: Frame, nth: int, base: Repeat) -> Repeat | None:
    """The 4th of every other month, the 31st day of every year."""
    return _on_numbers(base, (nth,))


@book.meaning
def nth_weekday_of(_: Frame, nth: int, day: int, base: Repeat) -> Repeat | None:
    """The first Friday of every third month."""
    if base.every not in ("MONTHLY", "YEARLY") or base.weekdays or abs(nth) > 5:
        return None
    return evolve(base, weekdays=((nth, day),))


@book.meaning
def number_list(_: Frame, first: int, rest: Which = ()) -> Which | None:
    """The 1st and 15th."""
    return (first, *rest) if len(rest) < 12 else None


@book.meaning
def on_numbers(_: Frame, base: Repeat, numbers: Which = (1,)) -> Repeat | None:
    """Monthly on the 1st."""
    return _on_numbers(base, numbers)


@book.meaning
def on_nth(_: Frame, base: Repeat, nth: int, day: int, month: int | None = None) -> Repeat | None:
    """Monthly on the last Friday; yearly on the fourth Thursday in November."""
    if base.every not in ("MONTHLY", "YEARLY") or base.weekdays or abs(nth) > 53:
        return None
    return evolve(base, weekdays=((nth, day),), months=(month,) if month else base.months)


@book.meaning
def yearly_date(_: Frame, month: int, days: Which = ()) -> Repeat | None:
    """Every August on day 20."""
    if not all(1 <= day <= 31 for day in days):
        return None
    return Repeat(every="YEARLY", months=(month,), month_days=days)


@book.meaning
def yearly_day(_: Frame, day: int, month: int) -> Repeat | None:
    """Every 3rd of May."""
    return Repeat(every="YEARLY", months=(month,), month_days=(day,)) if 1 <= day <= 31 else None


@book.meaning
def in_months(_: Frame, *parts: Repeat | int) -> Repeat | None:
    """Every January and July; every week in May."""
    base = parts[0] if isinstance(parts[0], Repeat) else Repeat(every="YEARLY")
    if base.months:
        return None
    return evolve(base, months=tuple(part for part in parts if isinstance(part, int)))


@book.meaning
def dates(_: Frame, first: int, rest: Which = ()) -> Which | None:
    """The 1st, 10th and 20th."""
    return (first, *rest) if 1 <= first <= 31 and len(rest) < 12 else None


@book.meaning
def every_dates(_: Frame, days: Which) -> Repeat:
    """Every 15th; the 1st and 15th of each month."""
    return Repeat(every="MONTHLY", month_days=days)


@book.meaning
def every_nth_day(_: Frame, nth: int) -> Repeat | None:
    """Every last day of the month."""
    return Repeat(every="MONTHLY", month_days=(nth,)) if -31 <= nth <= 31 else None


@book.meaning
def nth_workday(_: Frame, nth: int) -> Repeat | None:
    """The last working day of every month."""
    if abs(nth) > 23:
        return None
    return Repeat(every="MONTHLY", weekdays=WORKDAYS, positions=(nth,))


@book.meaning
def each_holiday(frame: Frame, name: str) -> Repeat | None:
    """Every Christmas, every Thanksgiving; none for days that follow the moon."""
    years = range(frame.today.year, frame.today.year + 7)
    days = [
        day
        for year in years
        for day in frame.language.holidays.days_of(name, year, country=frame.country)
    ]
    if len(days) < len(years) or len({day.month for day in days}) > 1:
        return None
    month = (days[0].month,)
    if len({day.day for day in days}) == 1:
        return Repeat(every="YEARLY", months=month, month_days=(days[0].day,))
    places = {((day.day + 6) // 7, day.weekday()) for day in days}
    if len(places) > 1:
        return None
    return Repeat(every="YEARLY", months=month, weekdays=tuple(places))


@book.meaning
def in_weeks(_: Frame, base: Repeat, weeks: Which) -> Repeat | None:
    """Every year in week 12."""
    if not all(1 <= week <= 53 for week in weeks):
        return None
    return evolve(base, every="YEARLY", weeks=weeks)


def _on_numbers(base: Repeat, numbers: Which) -> Repeat | None:
    if base.weekdays or base.month_days:
        return None
    if base.every == "MONTHLY" and all(-31 <= number <= 31 and number for number in numbers):
        return evolve(base, month_days=numbers)
    if base.every == "YEARLY" and not base.months and all(1 <= number <= 366 for number in numbers):
        return evolve(base, year_days=numbers)
    return None


@book.meaning
def date_each(_: Frame, first: Repeat | When, second: Repeat | When | None = None) -> Repeat | None:
    """June 1st every year, every 4th of July."""
    base = next((each for each in (first, second) if isinstance(each, Repeat)), None)
    when = next((each for each in (first, second) if isinstance(each, When)), None)
    base = base or Repeat(every="YEARLY")
    if when is None or when.first is None or base.every != "YEARLY" or when.fixed:
        return None
    if base.months or base.weekdays or base.month_days or base.year_days:
        return None
    return evolve(base, months=(when.first.month,), month_days=(when.first.day,))


@book.meaning
def day_each(_: Frame, day: int, base: Repeat) -> Repeat | None:
    """On the 20th, monthly."""
    return _on_numbers(base, (day,)) if base.every == "MONTHLY" else None


@book.meaning
def period_edge(_: Frame, edge: str, base: Repeat) -> Repeat | None:
    """At the end of every month; at the beginning of each week."""
    period = _PERIODS.get((base.every, base.interval))
    plain = evolve(base, every="", interval=1) == Repeat(every="")
    return _AT_EDGES[period].get(edge) if period and plain else None


@book.meaning
def edge_each(_: Frame, period: str, edge: str) -> Repeat | None:
    """Every month end."""
    return _AT_EDGES[period].get(edge)


@book.meaning
def workday_each(_: Frame, nth: int) -> Repeat | None:
    """Monthly on the last working day."""
    return nth_workday(_, nth)
