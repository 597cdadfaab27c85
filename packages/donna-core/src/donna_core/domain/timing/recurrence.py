"""Things that come again: cron and RRULE behind one interface, on the clocks of a zone.

Rules are worked out on wall clock times, which carry no zone, and mapped to instants
afterwards. So a fixed local time fires exactly once on every local date:

- A time inside a gap moves forward to the first moment after it. Where the gap takes away the
  rest of the date, it fires in the last minute of that date.
- A time inside a fold fires at its first reading only. A rule of every few minutes therefore
  fires once for each minute the clock shows, and pauses while the clocks repeat an hour.
- A local date that a zone leaves out has no occurrences.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.timing.cron import parse_cron
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.pattern import InvalidRecurrence, MonthEnd, Pattern
from donna_core.domain.timing.rrule import parse_rrule
from donna_core.domain.timing.zones import instant_at, local, local_day

__all__ = ["InvalidRecurrence", "MonthEnd", "Recurrence"]

INSTANT = timedelta(microseconds=1)


def _one_line(rule: str) -> str:
    """Return the rule with single spaces, so that equal rules are equal."""
    return " ".join(rule.split())


@frozen(kw_only=True)
class Recurrence:
    """A rule for recurring times, as cron expression of five fields or RFC 5545 RRULE.

    Raises ``InvalidRecurrence`` when it cannot be read or can never happen.
    """

    rule: str = field(converter=_one_line)
    month_end: MonthEnd = MonthEnd.LAST_DAY

    def __attrs_post_init__(self) -> None:
        _pattern(self.rule, self.month_end)

    @classmethod
    def parse(cls, rule: str, *, month_end: MonthEnd = MonthEnd.LAST_DAY) -> "Recurrence":
        """Read a rule; ``month_end`` says what the 31st (30th, 29th) means in shorter months.

        It is about days named one by one, in the rule or by the anchor of a monthly or yearly
        one; ranges and steps of days are taken as written.
        """
        return cls(rule=rule, month_end=month_end)

    @property
    def ends(self) -> bool:
        """Whether the rule itself says when it is over, by COUNT or UNTIL."""
        return _pattern(self.rule, self.month_end).ends

    def next_after(self, instant: datetime, *, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """Return the first occurrence strictly after the instant, aware UTC.

        ``anchor`` is the DTSTART of RFC 5545, aware UTC: nothing happens before it, COUNT and
        INTERVAL count from it, and what the rule leaves open is taken from its wall time in the
        zone. ``None`` when the rule is over, or matches nothing any more for decades.
        """
        return next(self._instants(instant, zone=zone, anchor=anchor), None)

    def occurrences(
        self, within: Interval, *, zone: ZoneInfo, anchor: datetime
    ) -> tuple[datetime, ...]:
        """Return all occurrences from ``within.start`` up to but not at ``within.end``, in order.

        ``zone`` and ``anchor`` as for ``next_after``.
        """
        found = []
        for instant in self._instants(within.start - INSTANT, zone=zone, anchor=anchor):
            if instant >= within.end:
                break
            found.append(instant)
        return tuple(found)

    def describe(self) -> str:
        """Return the rule in plain words, month ends included: ``every Monday at 09:00``."""
        return _pattern(self.rule, self.month_end).words()

    def _instants(self, after: datetime, *, zone: ZoneInfo, anchor: datetime) -> Iterator[datetime]:
        """Yield the occurrences strictly after the instant, rising."""
        pattern = _pattern(self.rule, self.month_end)
        walls = pattern.walls(_wall(after, zone), anchor=_wall(anchor, zone), zone=zone)
        for wall in walls:
            instant = _instant(wall, zone, keep_date=not pattern.runs_all_day)
            if instant is not None and instant > after:
                after = instant
                yield instant


@lru_cache(maxsize=512)
def _pattern(rule: str, month_end: MonthEnd) -> Pattern:
    """Read the rule in the notation it is written in."""
    if "=" in rule:
        return parse_rrule(rule, month_end=month_end)
    return parse_cron(rule, month_end=month_end)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks of the zone show, as a naive time."""
    return local(instant, zone).replace(tzinfo=None, fold=0)


def _instant(wall: datetime, zone: ZoneInfo, *, keep_date: bool) -> datetime | None:
    """Return the instant a wall time stands for, or ``None`` on a date the zone leaves out."""
    instant = instant_at(wall.date(), wall.time(), zone)
    if local(instant, zone).date() == wall.date():
        return instant
    day = local_day(wall.date(), zone)
    if not day.length:
        return None
    return day.end - timedelta(minutes=1) if keep_date else instant
