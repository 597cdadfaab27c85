"""Recurrence rules of RFC 5545 (section 3.3.10), worked out by dateutil on naive wall times.

Two things dateutil leaves to its caller are done here. It walks every period since DTSTART, so
the walk is started in the last period before the time asked for; and it looks for a match up
to the year 9999, so it is made to look there (see ``_near_the_end``).
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen
from dateutil.rrule import (
    DAILY,
    HOURLY,
    MINUTELY,
    MONTHLY,
    WEEKLY,
    YEARLY,
    rrule,
    weekday,
)

from donna_core.domain.timing.pattern import InvalidRecurrence, MonthEnd
from donna_core.domain.timing.rrule_words import rrule_words

FREQUENCIES: dict[str, tuple[Literal[0, 1, 2, 3, 4, 5, 6], timedelta]] = {
    "YEARLY": (YEARLY, timedelta(days=366)),
    "MONTHLY": (MONTHLY, timedelta(days=31)),
    "WEEKLY": (WEEKLY, timedelta(weeks=1)),
    "DAILY": (DAILY, timedelta(days=1)),
    "HOURLY": (HOURLY, timedelta(hours=1)),
    "MINUTELY": (MINUTELY, timedelta(minutes=1)),
}
LONGEST_STEP = timedelta(days=366 * 50)
MOST_COUNTED = 10_000
MOST_LEFT_OUT = 1_000
LIMITS = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
OTHERS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "DTSTART", "EXDATE"}
DAY_PARTS = ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY")
# Any date pattern shows within the 28 years in which weekdays and leap days come round.
LAST_YEARS = datetime.combine(date(9960, 1, 1), time.min)
CYCLE, LAST_YEAR, AHEAD = 400, 9999, 100


@frozen(kw_only=True)
class RulePattern:
    """An RRULE, read and checked; ``numbers`` holds the lists of numbers by name of the part.

    ``begins`` and ``left_out`` are the DTSTART and EXDATE that may stand among the parts: the
    day of the anchor, and local days or wall times on which nothing happens.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    begins: date | None = None
    left_out: tuple[date, ...] = ()
    week_start: int = 0
    days: tuple[tuple[int, int | None], ...] = ()
    numbers: dict[str, tuple[int, ...]] = field(factory=dict)
    month_end: MonthEnd = MonthEnd.LAST_DAY

    @property
    def ends(self) -> bool:
        """Whether there is a COUNT or an UNTIL."""
        return self.count is not None or self.until is not None

    @property
    def runs_all_day(self) -> bool:
        """Whether it counts hours or minutes and no hours are named."""
        return self.frequency in {"HOURLY", "MINUTELY"} and "BYHOUR" not in self.numbers

    @property
    def _leaves_days_open(self) -> bool:
        """Whether the days are those of the anchor."""
        return not self.days and not any(name in self.numbers for name in DAY_PARTS)

    def walls(self, after: datetime, *, anchor: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        until = self.until
        if until is not None and until.tzinfo is not None:
            until = until.astimezone(zone).replace(tzinfo=None)
        anchor = anchor.replace(microsecond=0)
        if self.begins is not None:
            anchor = datetime.combine(self.begins, anchor.time())
        start = anchor if self.count is not None else self._period_before(after, anchor)
        for number, wall in enumerate(self.matches(start, anchor), start=1):
            over = self.count is not None and number > self.count
            if over or (until is not None and wall > until):
                return
            if wall > after and wall not in self.left_out and wall.date() not in self.left_out:
                yield wall

    def words(self) -> str:
        return rrule_words(
            frequency=self.frequency,
            interval=self.interval,
            days=self.days,
            numbers=self.numbers,
            month_end=self.month_end,
            count=self.count,
            until=self.until,
            begins=self.begins,
            left_out=self.left_out,
        )

    def matches(self, start: datetime, anchor: datetime) -> Iterator[datetime]:
        """Yield every match from the start of a period on, month ends as the policy has it."""
        parts = self._completed(anchor)
        open_week = self.frequency == "WEEKLY" and self._leaves_days_open
        days = ((anchor.weekday(), None),) if open_week else self.days
        named = self._movable(parts)
        if named:
            parts["BYMONTHDAY"] = (*parts["BYMONTHDAY"], -1)
        shift = _near_the_end(start)
        try:
            rule = rrule(
                FREQUENCIES[self.frequency][0],
                dtstart=start.replace(year=start.year + shift),
                interval=self.interval,
                wkst=self.week_start,
                byweekday=[weekday(day, nth) for day, nth in days] or None,
                bymonth=parts.get("BYMONTH"),
                bymonthday=parts.get("BYMONTHDAY"),
                byyearday=parts.get("BYYEARDAY"),
                byweekno=parts.get("BYWEEKNO"),
                bysetpos=parts.get("BYSETPOS"),
                byhour=parts.get("BYHOUR"),
                byminute=parts.get("BYMINUTE"),
                bysecond=parts.get("BYSECOND"),
            )
        except ValueError:
            return  # steps of so many hours or minutes never meet the times named
        for wall in rule:
            if not named or _is_meant(wall, named):
                yield wall.replace(year=wall.year - shift)

    def _completed(self, anchor: datetime) -> dict[str, tuple[int, ...]]:
        """Return the parts, with what the rule leaves open taken from the anchor."""
        parts = dict(self.numbers)
        if self._leaves_days_open and self.frequency == "YEARLY":
            parts.setdefault("BYMONTH", (anchor.month,))
        if self._leaves_days_open and self.frequency in {"YEARLY", "MONTHLY"}:
            parts["BYMONTHDAY"] = (anchor.day,)
        if self.frequency not in {"HOURLY", "MINUTELY"}:
            parts.setdefault("BYHOUR", (anchor.hour,))
        if self.frequency != "MINUTELY":
            parts.setdefault("BYMINUTE", (anchor.minute,))
        parts.setdefault("BYSECOND", (anchor.second,))
        return parts

    def _movable(self, parts: dict[str, tuple[int, ...]]) -> frozenset[int]:
        """Return the days of the month, if some of them move to the last day of short months.

        A weekday or a position in a set is a condition of its own, which a move would break.
        """
        named = frozenset(parts.get("BYMONTHDAY", ()))
        bound = self.month_end is MonthEnd.SKIP or self.days or "BYSETPOS" in parts
        return named if not bound and max(named, default=0) > 28 else frozenset()

    def _period_before(self, after: datetime, anchor: datetime) -> datetime:
        """Return the start of the last period that counts and begins by then, or the anchor."""
        midnight = anchor.replace(hour=0, minute=0, second=0)
        match self.frequency:
            case "YEARLY":
                years = (after.year - anchor.year) // self.interval * self.interval
                start = midnight.replace(year=anchor.year + max(years, 0), month=1, day=1)
            case "MONTHLY":
                months = (after.year - anchor.year) * 12 + after.month - anchor.month
                steps = max(months // self.interval * self.interval, 0) + anchor.month - 1
                years, month = divmod(steps, 12)
                start = midnight.replace(year=anchor.year + years, month=month + 1, day=1)
            case "WEEKLY":
                days = (anchor.weekday() - self.week_start) % 7
                start = self._stepped(midnight - timedelta(days=days), after)
            case "DAILY":
                start = self._stepped(midnight, after)
            case "HOURLY":
                start = self._stepped(anchor.replace(minute=0, second=0), after)
            case _:
                start = self._stepped(anchor.replace(second=0), after)
        return max(start, anchor)

    def _stepped(self, first: datetime, after: datetime) -> datetime:
        """Return the latest whole number of intervals after ``first`` that is not ``after``."""
        step = FREQUENCIES[self.frequency][1] * self.interval
        return first + max((after - first) // step, 0) * step


def parse_rrule(rule: str, *, month_end: MonthEnd) -> RulePattern:
    """Read an RRULE; raise ``InvalidRecurrence`` where it cannot be followed."""
    try:
        parts = _parts(rule)
        pattern = RulePattern(
            frequency=_frequency(parts.get("FREQ", "")),
            interval=_integer(parts.get("INTERVAL", "1")),
            count=_integer(parts["COUNT"]) if "COUNT" in parts else None,
            until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
            begins=_day_or_time(parts["DTSTART"][:8]) if "DTSTART" in parts else None,
            left_out=_left_out(parts["EXDATE"]) if "EXDATE" in parts else (),
            week_start=_weekday(parts.get("WKST", "MO")),
            days=tuple(map(_day, parts["BYDAY"].split(","))) if "BYDAY" in parts else (),
            numbers={name: _numbers(name, parts[name]) for name in LIMITS if name in parts},
            month_end=month_end,
        )
        _check(pattern)
    except (ValueError, OverflowError) as error:
        raise InvalidRecurrence(
            rule,
            problem=str(error),
            remedy="FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0 is every Monday at 09:00.",
        ) from None
    return pattern


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of the rule by name."""
    text = rule.upper().removeprefix("RRULE:").strip(";")
    pairs = [item.partition("=")[::2] for item in text.split(";")]
    parts = dict(pairs)
    if len(parts) < len(pairs):
        raise ValueError("a part is there twice")
    if unknown := sorted(parts.keys() - LIMITS.keys() - OTHERS):
        raise ValueError(f"it has the unknown part {unknown[0]}")
    return parts


def _check(pattern: RulePattern) -> None:
    """Raise ValueError for what RFC 5545 forbids and for what could run without end."""
    step = FREQUENCIES[pattern.frequency][1] * max(pattern.interval, 0)
    if not timedelta(0) < step <= LONGEST_STEP:
        raise ValueError(f"an interval of {pattern.interval} is not possible")
    if pattern.count is not None and pattern.until is not None:
        raise ValueError("COUNT and UNTIL exclude each other")
    if pattern.count is not None and not 1 <= pattern.count <= MOST_COUNTED:
        raise ValueError(f"COUNT is 1 to {MOST_COUNTED}")
    if "BYSETPOS" in pattern.numbers and pattern.frequency in {"HOURLY", "MINUTELY"}:
        raise ValueError("BYSETPOS picks days or times of a day, so FREQ is DAILY at least")
    ordinals = {abs(nth) for _, nth in pattern.days if nth is not None}
    if ordinals and pattern.frequency not in {"YEARLY", "MONTHLY"}:
        raise ValueError("a numbered BYDAY is about months or years")
    monthly = pattern.frequency == "MONTHLY" or "BYMONTH" in pattern.numbers
    if max(ordinals, default=1) > (5 if monthly else 53):
        raise ValueError("BYDAY counts further than a month or year has such days")
    each = evolve(pattern, interval=1, count=None, until=None, begins=None, left_out=())
    if next(each.matches(LAST_YEARS, LAST_YEARS), None) is None:
        raise ValueError("no year has such a day or time")


def _integer(text: str) -> int:
    """Return a whole number of a few digits."""
    if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
        raise ValueError(f"'{text}' is no number it could use")
    return int(text)


def _frequency(name: str) -> str:
    """Return the frequency, which is a minute at least."""
    if name == "SECONDLY":
        raise ValueError("Donna keeps time by the minute, so SECONDLY is too often")
    if name not in FREQUENCIES:
        raise ValueError(f"FREQ is one of {', '.join(FREQUENCIES)}")
    return name


def _until(text: str) -> datetime:
    """Return the last moment: UTC with a Z, else local; a date means its whole day."""
    if not re.fullmatch(r"\d{8}(?:T\d{6}Z?)?", text, re.ASCII):
        raise ValueError("UNTIL is written 20261224 or 20261224T180000Z")
    moment = datetime.fromisoformat(text)
    whole_day = timedelta(0) if "T" in text else timedelta(days=1, microseconds=-1)
    return moment.astimezone(UTC) if moment.tzinfo else moment + whole_day


def _left_out(text: str) -> tuple[date, ...]:
    """Return the days and wall times of an EXDATE."""
    days = text.split(",")
    if len(days) > MOST_LEFT_OUT:
        raise ValueError(f"EXDATE names more than {MOST_LEFT_OUT} days")
    return tuple(_day_or_time(day) for day in days)


def _day_or_time(text: str) -> date:
    """Return a local day written 20261224, or a wall time written 20261224T180000."""
    if not re.fullmatch(r"\d{8}(?:T\d{6})?", text, re.ASCII):
        raise ValueError("DTSTART and EXDATE are written 20261224 or 20261224T180000")
    moment = datetime.fromisoformat(text)
    return moment if "T" in text else moment.date()


def _weekday(name: str) -> int:
    """Return the weekday of a two-letter name, Monday being 0."""
    if name not in DAYS:
        raise ValueError(f"a weekday is one of {', '.join(DAYS)}")
    return DAYS.index(name)


def _day(item: str) -> tuple[int, int | None]:
    """Return the weekday of an item such as ``MO`` or ``-1FR``, and its number if it has one."""
    nth = _integer(item[:-2]) if item[:-2] else None
    if nth == 0:
        raise ValueError("there is no 0th weekday")
    return _weekday(item[-2:]), nth


def _numbers(name: str, text: str) -> tuple[int, ...]:
    """Return the numbers of one part, each once and within the limits RFC 5545 sets."""
    lowest, highest = LIMITS[name]
    numbers = tuple(sorted({_integer(item) for item in text.split(",")}))
    outside = [each for each in numbers if not lowest <= each <= highest or (lowest < 0 == each)]
    if outside:
        raise ValueError(f"{name} cannot be {outside[0]}")
    return numbers


def _is_meant(wall: datetime, named: frozenset[int]) -> bool:
    """Say whether the date is named, or is the last day of a month too short for one named."""
    days = _days_in_month(wall)
    return (
        wall.day in named
        or wall.day - days - 1 in named
        or (wall.day == days and max(named) > days)
    )


def _days_in_month(wall: datetime) -> int:
    """Return how many days the month of a date has."""
    return ((wall.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


def _near_the_end(start: datetime) -> int:
    """Return by how many years to move a search so that it gives up after a few centuries.

    The Gregorian calendar repeats itself to the weekday every 400 years. dateutil stops at the
    year 9999 only, so a rule that never matches is a matter of milliseconds there and of
    seconds today. At least a hundred years stay ahead.
    """
    return max((LAST_YEAR - AHEAD - start.year) // CYCLE * CYCLE, 0)
