"""A recurrence rule of RFC 5545 in plain words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from donna_core.domain.timing.pattern import MonthEnd
from donna_core.domain.timing.wording import (
    clock_words,
    counted,
    joined,
    month_end_words,
    month_words,
    ordinal,
    weekday_words,
)

UNITS = {
    "YEARLY": "year",
    "MONTHLY": "month",
    "WEEKLY": "week",
    "DAILY": "day",
    "HOURLY": "hour",
    "MINUTELY": "minute",
}
ALL_MONTHS = range(1, 13)
_MOST_NAMED = 3  # days left out that are named one by one

Numbers = Mapping[str, Sequence[int]]
Days = Sequence[tuple[int, int | None]]


def rrule_words(
    *,
    frequency: str,
    interval: int,
    days: Days,
    numbers: Numbers,
    month_end: MonthEnd,
    count: int | None,
    until: datetime | None,
    begins: date | None = None,
    left_out: Sequence[date] = (),
) -> str:
    """Return the rule in words; what it leaves to its first occurrence stays unsaid.

    ``days`` are weekdays (Monday is 0) with their number in the month or year, if any.
    """
    plain = [day for day, nth in days if nth is None]
    weekly = interval == 1 and frequency in {"WEEKLY", "DAILY"} and plain
    unit = UNITS[frequency]
    pace = f"every {unit}" if interval == 1 else f"every {interval} {unit}s"
    parts = [f"every {weekday_words(plain)}" if weekly else pace]
    parts += _date_words(frequency, days=[] if weekly else days, numbers=numbers)
    parts[-1] += _shorter(frequency, days=days, numbers=numbers, month_end=month_end)
    if "BYSETPOS" in numbers:
        parts.append(f"(only the {joined([ordinal(n) for n in numbers['BYSETPOS']])} of these)")
    parts += _time_words(numbers)
    if begins is not None:
        parts.append(f"from {begins:%Y-%m-%d}")
    if until is not None:
        parts.append(f"until {until:%Y-%m-%d}")
    if count is not None:
        parts.append("once" if count == 1 else f"{count} times")
    if left_out:
        few = [f"{day:%Y-%m-%d}" for day in left_out[:_MOST_NAMED]]
        more = len(left_out) - len(few)
        parts.append("except " + joined([*few, *([f"{more} more days"] if more else [])]))
    return " ".join(parts)


def _date_words(frequency: str, *, days: Days, numbers: Numbers) -> list[str]:
    """Return the days it is about, one phrase for each part of the rule."""
    said = []
    if plain := [day for day, nth in days if nth is None]:
        said.append(
            f"on {'every ' if frequency in {'YEARLY', 'MONTHLY'} else ''}{weekday_words(plain)}"
        )
    if nth_days := [(day, nth) for day, nth in days if nth is not None]:
        said.append(f"on the {joined([f'{ordinal(n)} {weekday_words([d])}' for d, n in nth_days])}")
    if month_days := numbers.get("BYMONTHDAY"):
        named = [day for day in month_days if day > 0]
        counted_back = [day for day in reversed(month_days) if day < 0]
        words = [*map(ordinal, named), *(f"{ordinal(day)} day" for day in counted_back)]
        said.append(f"on the {joined(words)}")
    if year_days := numbers.get("BYYEARDAY"):
        said.append(f"on day {counted(year_days)} of the year")
    if weeks := numbers.get("BYWEEKNO"):
        said.append(f"in week {counted(weeks)} of the year")
    if months := numbers.get("BYMONTH"):
        said.append(f"in {month_words(months)}")
    return said


def _shorter(frequency: str, *, days: Days, numbers: Numbers, month_end: MonthEnd) -> str:
    """Return what happens where a month is too short, if that can be."""
    months = numbers.get("BYMONTH", ALL_MONTHS)
    if "BYMONTHDAY" in numbers:
        own = days or "BYSETPOS" in numbers
        policy = MonthEnd.SKIP if own else month_end
        return month_end_words(numbers["BYMONTHDAY"], months, policy)
    fixed = days or "BYYEARDAY" in numbers or "BYWEEKNO" in numbers
    if fixed or frequency not in {"YEARLY", "MONTHLY"}:
        return ""
    return month_end_words([31], months, month_end)


def _time_words(numbers: Numbers) -> list[str]:
    """Return the times of day, as far as the rule names them."""
    hours, minutes = numbers.get("BYHOUR"), numbers.get("BYMINUTE")
    if hours and minutes:
        return [clock_words(hours, minutes)]
    if hours:
        return [f"in the hour of {joined([f'{hour:02}:00' for hour in hours])}"]
    if minutes:
        return [f"at {joined([f':{minute:02}' for minute in minutes])} of the hour"]
    return []
