"""Cron expressions of five fields: minute, hour, day of the month, month, day of the week.

The dialect is croniter's: names, lists, ranges and steps, ``L`` for the last day of the month,
``15W`` for the weekday nearest the 15th, ``5#2`` for the second Friday and ``L5`` for the last.
As in every cron, a day of the month and a day of the week together mean either of them.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from heapq import merge
from zoneinfo import ZoneInfo

from attrs import frozen
from croniter import CroniterBadDateError, CroniterError, croniter

from donna_core.domain.timing.pattern import InvalidRecurrence, MonthEnd
from donna_core.domain.timing.wording import (
    clock_words,
    counted,
    joined,
    month_end_words,
    month_words,
    ordinal,
    weekday_words,
)

REMEDY = "Write five fields: 30 6 * * 1 is every Monday at 06:30."
SHORT_MONTHS = {29: {2}, 30: {2}, 31: {2, 4, 6, 9, 11}}
PATIENCE = 50  # years: the fifth Monday of a February comes at most 40 years after the last one
SOME_MONDAY = datetime.combine(date(2001, 1, 1), time.min)
# croniter spreads H and R over their range, by hash and by chance; what fires must be foreseeable.
SPREAD = re.compile(r"[hr](?:[(/].*)?", re.IGNORECASE)


@frozen(kw_only=True)
class CronPattern:
    """A cron expression, as a union of the expressions that croniter is asked for."""

    fields: tuple[str, ...]
    expressions: tuple[str, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    month_end: MonthEnd

    @property
    def ends(self) -> bool:
        """Cron goes on for ever."""
        return False

    @property
    def runs_all_day(self) -> bool:
        """Whether it fires in all hours."""
        return len(self.hours) == 24

    def walls(
        self,
        after: datetime,
        *,
        anchor: datetime,
        zone: ZoneInfo,  # noqa: ARG002  # only an UNTIL in UTC, which cron has not, needs it
    ) -> Iterator[datetime]:
        start = max(after, anchor - timedelta(microseconds=1))
        latest = None
        for wall in merge(*(_fires(expression, start) for expression in self.expressions)):
            if wall != latest:
                latest = wall
                yield wall

    def words(self) -> str:
        times = clock_words(self.hours, self.minutes)
        days = self._day_words()
        if times.startswith("at "):
            return f"{days or 'every day'} {times}"
        return f"{times}, {days}" if days else times

    def _day_words(self) -> str:
        """Return which days it is about, or nothing for every day."""
        whole_year = len(self.months) == 12
        of_months = "of every month" if whole_year else f"of {month_words(self.months)}"
        in_months = "" if whole_year else f" in {month_words(self.months)}"
        named = [*self._month_day_words(of_months), *self._weekday_words(of_months, in_months)]
        return " or ".join(named) if named or whole_year else f"every day{in_months}"

    def _month_day_words(self, of_months: str) -> Iterator[str]:
        """Yield the part about days of the month, if it has one."""
        days = self.fields[2].lower()
        items = days.split(",")
        named = sorted(int(item) for item in items if item.isdigit())
        tail = month_end_words(named, self.months, self.month_end)
        if days in {"*", "?"}:
            return
        if "w" in days:
            yield f"on the weekday nearest the {ordinal(int(days.strip('w')))} {of_months}"
        elif len(named) + items.count("l") == len(items):
            last = ["last day"] if "l" in items else []
            yield f"on the {joined([*map(ordinal, named), *last])} {of_months}{tail}"
        else:
            yield f"on days {counted(_expanded(self.fields, 2, 1, 31))} {of_months}{tail}"

    def _weekday_words(self, of_months: str, in_months: str) -> Iterator[str]:
        """Yield the part about days of the week, if it has one."""
        field = self.fields[4].lower()
        if "#" in field or re.search(r"l\d", field):
            parts = []
            for item in field.split(","):
                name = weekday_words([_weekday(item.split("#")[0].lstrip("l"))])
                which = ordinal(int(item.split("#")[1])) if "#" in item else "last"
                parts.append(f"{which} {name}")
            yield f"on the {joined(parts)} {of_months}"
        elif len(self.weekdays) < 7:
            yield f"every {weekday_words(self.weekdays)}{in_months}"


def parse_cron(rule: str, *, month_end: MonthEnd) -> CronPattern:
    """Read a cron expression; raise ``InvalidRecurrence`` where it cannot be followed."""
    fields = tuple(rule.split())
    if len(fields) != 5:
        raise InvalidRecurrence(rule, problem=f"it has {len(fields)} fields", remedy=REMEDY)
    if any(SPREAD.fullmatch(field) for field in fields):
        raise InvalidRecurrence(rule, problem="H and R leave the time open", remedy=REMEDY)
    try:
        croniter.expand(" ".join(fields))
    except CroniterError:
        raise InvalidRecurrence(rule, problem="a field cannot be read", remedy=REMEDY) from None
    _check_combination(rule, fields)
    months = _expanded(fields, 3, 1, 12)
    candidates = (" ".join(fields), *_last_days(fields, months, month_end))
    expressions = tuple(each for each in candidates if next(_fires(each, SOME_MONDAY), None))
    if not expressions:
        raise InvalidRecurrence(
            rule, problem="no year has such a day", remedy="L is the last day of a month."
        )
    return CronPattern(
        fields=fields,
        expressions=expressions,
        minutes=_expanded(fields, 0, 0, 59),
        hours=_expanded(fields, 1, 0, 23),
        months=months,
        weekdays=tuple(sorted((day - 1) % 7 for day in _expanded(fields, 4, 0, 6))),
        month_end=month_end,
    )


def _check_combination(rule: str, fields: tuple[str, ...]) -> None:
    """Refuse the two mixtures that croniter reads as both where cron means either."""
    days, weekdays = fields[2].lower(), fields[4].lower()
    free = {"*", "?"}
    special = "w" in days or "#" in weekdays or re.search(r"l\d", weekdays)
    if special and days not in free and weekdays not in free:
        raise InvalidRecurrence(
            rule,
            problem="W, # and a last weekday do not combine with the other day field",
            remedy="Put * into one of the two day fields.",
        )


def _last_days(
    fields: tuple[str, ...], months: tuple[int, ...], month_end: MonthEnd
) -> Iterator[str]:
    """Yield what stands in for the 29th to the 31st in the months that do not have them.

    Only for days named one by one: a range or a step says nothing about month ends.
    """
    named = {int(item) for item in fields[2].split(",") if item.isdigit()}
    short = {month for day in named & SHORT_MONTHS.keys() for month in SHORT_MONTHS[day]}
    if month_end is MonthEnd.LAST_DAY and (meant := sorted(short & set(months))):
        minute, hour, _, _, weekday = fields
        yield f"{minute} {hour} L {','.join(map(str, meant))} {weekday}"


def _fires(expression: str, after: datetime) -> Iterator[datetime]:
    """Yield the naive times of one expression, strictly after the given one."""
    times = croniter(expression, after, max_years_between_matches=PATIENCE)
    while True:
        try:
            wall: datetime = times.get_next(datetime)
        except CroniterBadDateError:
            return
        yield wall


def _expanded(fields: tuple[str, ...], index: int, lowest: int, highest: int) -> tuple[int, ...]:
    """Return the numbers one field allows; all of them for a star."""
    values = croniter.expand(" ".join(fields))[0][index]
    numbers = tuple(sorted(value for value in values if isinstance(value, int)))
    return tuple(range(lowest, highest + 1)) if "*" in values else numbers


def _weekday(item: str) -> int:
    """Return a cron weekday, number or name, counted from Monday."""
    return (_expanded(("*", "*", "*", "*", item), 4, 0, 6)[0] - 1) % 7
