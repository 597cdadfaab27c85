"""Calendar arithmetic on local days: months of unequal length, nth weekdays, working days."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)


def plus_months(day: date, months: int) -> date:
    """Return the day that many months later, on the last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def weekday_from(day: date, weekday: int) -> date:
    """Return the first such weekday on or after the day; Monday is 0."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def weekday_before(day: date, weekday: int) -> date:
    """Return the last such weekday strictly before the day."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """Return the nth such weekday of a month, from its end for a negative ``nth``.

    Raises ``ValueError`` where the month has no such day.
    """
    if nth > 0:
        found = weekday_from(date(year, month, 1), weekday) + timedelta(weeks=nth - 1)
    else:
        after = month_end(date(year, month, 1)) + DAY
        found = weekday_before(after, weekday) + timedelta(weeks=nth + 1)
    if found.month != month:
        raise ValueError(f"month {month} of {year} has no weekday {weekday} number {nth}")
    return found


def working_day(first: date, last: date, nth: int) -> date:
    """Return the nth day from Monday to Friday between both days, from the end if negative."""
    days = [
        day
        for offset in range((last - first).days + 1)
        if (day := first + timedelta(days=offset)).weekday() < 5
    ]
    return days[nth - 1 if nth > 0 else nth]


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())
