"""Repetitions as RFC 5545 text, in words, and the first day they fall on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from donna_core.domain.capture.dates import month_end
from donna_core.domain.capture.values import Part, Repeat
from donna_core.domain.timing.zones import MIDNIGHT, instant_at

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_UNITS = {
    "SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week",
    "MONTHLY": "month", "YEARLY": "year",
}  # fmt: skip

_SEARCHED_DAYS = 366 * 8 + 2  # a leap day is never further away


def rrule_text(repeat: Repeat, *, zone: ZoneInfo) -> str:
    """Return the RRULE value (RFC 5545 section 3.3.10).

    Where the words say so, its beginning and the days left out stand in it as DTSTART and EXDATE.
    A time of day becomes BYHOUR and BYMINUTE, so that the rule says it without its start. UNTIL is
    the last moment of its day in ``zone``, written in UTC as the RFC asks for zoned starts.
    """
    parts = [f"FREQ={repeat.every}"]
    if repeat.interval > 1:
        parts.append(f"INTERVAL={repeat.interval}")
    if repeat.weekdays:
        parts.append(
            "BYDAY=" + ",".join(f"{nth or ''}{_CODES[day]}" for nth, day in repeat.weekdays)
        )
    numbered = (
        ("BYMONTHDAY", repeat.month_days),
        ("BYMONTH", repeat.months),
        ("BYYEARDAY", repeat.year_days),
        ("BYWEEKNO", repeat.weeks),
        ("BYSETPOS", repeat.positions),
    )
    parts += [f"{name}={','.join(map(str, values))}" for name, values in numbered if values]
    if repeat.clock is not None:
        hours = dict.fromkeys(clock.daytime.hour % 24 for clock in (repeat.clock, *repeat.also))
        parts.append(f"BYHOUR={','.join(map(str, hours))};BYMINUTE={repeat.clock.daytime.minute}")
    if repeat.count is not None:
        parts.append(f"COUNT={repeat.count}")
    if repeat.until is not None:
        end = instant_at(repeat.until + timedelta(days=1), MIDNIGHT, zone) - timedelta(seconds=1)
        parts.append(f"UNTIL={end:%Y%m%dT%H%M%SZ}")
    if repeat.since is not None:
        parts.append(f"DTSTART={repeat.since:%Y%m%d}")
    if repeat.without:
        parts.append("EXDATE=" + ",".join(map(_left_out, repeat.without)))
    return ";".join(parts)


def _left_out(day: date) -> str:
    return f"{day:%Y%m%dT%H%M%S}" if isinstance(day, datetime) else f"{day:%Y%m%d}"


def in_words(repeat: Repeat) -> str:
    """Return the repetition in plain words: "every 2 weeks on Thursday at 09:00"."""
    unit = _UNITS[repeat.every]
    words = [f"every {unit}" if repeat.interval == 1 else f"every {repeat.interval} {unit}s"]
    if repeat.weekdays:
        listed = _listed([_weekday(nth, day) for nth, day in repeat.weekdays])
        which = [f"the {_ordinal(nth)} of" for nth in repeat.positions]
        words.append(" ".join(["on", *([_listed(which)] if which else []), listed]))
    if repeat.month_days:
        words.append("on the " + _listed([_ordinal(day) for day in repeat.month_days]))
    if repeat.year_days:
        words.append("on day " + _listed([str(day) for day in repeat.year_days]))
    if repeat.weeks:
        words.append("in week " + _listed([str(week) for week in repeat.weeks]))
    if repeat.months:
        words.append("in " + _listed([_MONTH_NAMES[month - 1] for month in repeat.months]))
    words += [*_times(repeat), *_limits(repeat)]
    return " ".join(words)


def first_day(repeat: Repeat, today: date) -> date | None:
    """Return the first day from ``today`` or the stated beginning on which it happens."""
    start = max(repeat.since or repeat.near or today, today)
    for offset in range(_SEARCHED_DAYS):
        day = start + timedelta(days=offset)
        if repeat.until is not None and day > repeat.until:
            return None
        if day not in repeat.without and happens(repeat, day):
            return day
    return None


def happens(repeat: Repeat, day: date) -> bool:
    """Return whether the repetition falls on the day, as far as the calendar tells."""
    from_end = day.day - month_end(day).day - 1
    year_day = day.timetuple().tm_yday
    return (
        (not repeat.months or day.month in repeat.months)
        and (not repeat.month_days or not {day.day, from_end}.isdisjoint(repeat.month_days))
        and (not repeat.year_days or year_day in repeat.year_days)
        and (not repeat.weeks or day.isocalendar().week in repeat.weeks)
        and (not repeat.weekdays or _is_its_weekday(repeat, day, from_end, year_day))
        and (not repeat.positions or _position(repeat, day) & set(repeat.positions) != set())
    )


def _position(repeat: Repeat, day: date) -> set[int]:
    """Return which one of the repetition's weekdays of the month the day is, from both ends."""
    wanted = {weekday for _, weekday in repeat.weekdays}
    last = month_end(day).day
    days = [n for n in range(1, last + 1) if day.replace(day=n).weekday() in wanted]
    place = days.index(day.day)
    return {place + 1, place - len(days)}


def _is_its_weekday(repeat: Repeat, day: date, from_end: int, year_day: int) -> bool:
    if repeat.every == "YEARLY" and not repeat.months:
        counts = {0, (year_day + 6) // 7}
    else:
        counts = {0, (day.day + 6) // 7, from_end // 7}
    return any(weekday == day.weekday() and nth in counts for nth, weekday in repeat.weekdays)


def _times(repeat: Repeat) -> list[str]:
    if repeat.clock is not None:
        clocks = (repeat.clock, *repeat.also)
        return ["at " + _listed([f"{clock.daytime.wall:%H:%M}" for clock in clocks])]
    return [f"in the {repeat.part.name}"] if isinstance(repeat.part, Part) else []


def _limits(repeat: Repeat) -> list[str]:
    words = []
    if repeat.count is not None:
        words.append(f"{repeat.count} times")
    if repeat.until is not None:
        words.append(f"until {repeat.until}")
    if repeat.without:
        words.append("except " + _listed([str(day) for day in repeat.without]))
    return words


def _weekday(nth: int, day: int) -> str:
    if nth == 0:
        return DAY_NAMES[day]
    return f"the {_ordinal(nth)} {DAY_NAMES[day]}"


def _ordinal(value: int) -> str:
    if value < 0:
        return "last" if value == -1 else f"{_ordinal(-value)} last"
    ending = (
        "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    )
    return f"{value}{ending}"


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
