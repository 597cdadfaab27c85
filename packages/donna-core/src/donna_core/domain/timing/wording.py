"""Recurring times in plain words."""

from collections.abc import Collection, Sequence
from itertools import pairwise, product

from donna_core.domain.timing.pattern import MonthEnd

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LONGEST_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})
MOST_TIMES = 6


def joined(parts: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(numbers: Sequence[int]) -> str:
    """Return numbers as a list, or as ``8 to 17`` where they are a row of three or more."""
    if len(numbers) > 2 and all(right - left == 1 for left, right in pairwise(numbers)):
        return f"{numbers[0]} to {numbers[-1]}"
    return joined([str(number) for number in numbers])


def ordinal(number: int) -> str:
    """Return ``1st``, ``22nd``, ``-1`` as ``last`` and ``-2`` as ``2nd to last``."""
    if number < 0:
        return "last" if number == -1 else f"{ordinal(-number)} to last"
    teens = number % 100 in {11, 12, 13}
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def weekday_words(weekdays: Collection[int]) -> str:
    """Return weekdays by name, Monday being 0; Monday to Friday together are ``weekday``."""
    if set(weekdays) == {0, 1, 2, 3, 4}:
        return "weekday"
    return joined([WEEKDAYS[day] for day in sorted(weekdays)])


def month_words(months: Collection[int]) -> str:
    """Return months by name, January being 1."""
    return joined([MONTHS[month - 1] for month in sorted(months)])


def clock_words(hours: Sequence[int], minutes: Sequence[int]) -> str:
    """Return when in a day: up to six times of day, or how it goes through the hours."""
    if len(hours) * len(minutes) <= MOST_TIMES:
        times = [f"{hour:02}:{minute:02}" for hour, minute in product(hours, minutes)]
        return f"at {joined(times)}"
    pace = _pace(minutes)
    if len(hours) == 24:
        return pace
    if hours[-1] - hours[0] == len(hours) - 1:
        return f"{pace} from {hours[0]:02}:{minutes[0]:02} to {hours[-1]:02}:{minutes[-1]:02}"
    return f"{pace} in hours {counted(hours)}"


def month_end_words(days: Collection[int], months: Collection[int], month_end: MonthEnd) -> str:
    """Return what happens in shorter months, or nothing where no such month is meant."""
    latest = max(days, default=0)
    fits = latest <= 28 or (set(months) <= LONGEST_MONTHS) or (latest == 30 and 2 not in months)
    if fits or (latest == 29 and 2 not in months):
        return ""
    if month_end is MonthEnd.LAST_DAY:
        return " (the last day where the month is shorter)"
    return " (left out where the month is shorter)"


def _pace(minutes: Sequence[int]) -> str:
    """Return how often it comes in an hour."""
    if len(minutes) == 60:
        return "every minute"
    steps = {right - left for left, right in pairwise((*minutes, minutes[0] + 60))}
    if len(minutes) > 1 and minutes[0] == 0 and len(steps) == 1:
        return f"every {steps.pop()} minutes"
    return f"every hour at {joined([f':{minute:02}' for minute in minutes])}"
