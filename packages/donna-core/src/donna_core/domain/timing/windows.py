"""When work may be placed and when a message may go out.

A window is a stretch of the clock face: an instant lies in it when the clocks of the zone show
a time within it, however long or often that day shows that time.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, LOWEST_PRIORITY, Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, shown

MIDNIGHT, NEXT_MIDNIGHT = timedelta(0), timedelta(hours=24)
EVERY_WEEKDAY = frozenset(range(7))

Range = tuple[timedelta, timedelta]
"""A stretch of one day's clock face: offsets from 00:00, the end excluded."""


class InvalidWindow(InvalidInput):
    """The hours of a window cannot be meant as they are written."""

    def __init__(self, name: str, *, problem: str, remedy: str) -> None:
        self.name, self.problem, self.remedy = name, problem, remedy
        super().__init__(f"Time window '{name}': {problem}. {remedy}")


@frozen(kw_only=True, cache_hash=True)
class TimeWindow:
    """Hours of the local day in which tasks of some domains belong.

    ``start`` and ``end`` are read off the clock face, up to 24 hours after 00:00; an end before
    the start lies on the next day, and ``weekdays`` (Monday is 0) names the day of the start.
    Tasks below ``min_priority`` may not be placed here. A window with ``keywords`` has no hours
    of its own: it is wherever a calendar event has one of these words in its title.
    """

    name: str
    start: timedelta = MIDNIGHT
    end: timedelta = NEXT_MIDNIGHT
    weekdays: frozenset[int] = EVERY_WEEKDAY
    domains: frozenset[Domain] = frozenset()
    enabled: bool = True
    min_priority: int = LOWEST_PRIORITY
    keywords: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not (MIDNIGHT <= self.start < NEXT_MIDNIGHT and MIDNIGHT <= self.end <= NEXT_MIDNIGHT):
            raise self._invalid(
                "it does not lie within a day", "Start from 0 up to 24 hours, end by 24."
            )
        if self.start == self.end:
            raise self._invalid(
                "it starts and ends at the same time", "A whole day is 0 to 24; else disable it."
            )
        if not self.weekdays <= EVERY_WEEKDAY:
            raise self._invalid("it names days that are not", "Monday is 0 and Sunday is 6.")
        if not LOWEST_PRIORITY <= self.min_priority <= HIGHEST_PRIORITY:
            raise self._invalid(
                f"priority {self.min_priority} is unknown",
                f"Use {LOWEST_PRIORITY} to {HIGHEST_PRIORITY}.",
            )

    def on(self, weekday: int) -> tuple[Range, ...]:
        """Return the parts of that weekday's clock face the window covers, enabled or not."""
        if self.start < self.end:
            return ((self.start, self.end),) if weekday in self.weekdays else ()
        evening = ((self.start, NEXT_MIDNIGHT),) if weekday in self.weekdays else ()
        spills = self.end > MIDNIGHT and (weekday - 1) % 7 in self.weekdays
        return ((MIDNIGHT, self.end), *evening) if spills else evening

    def admits(self, domain: Domain, *, priority: int) -> bool:
        """Say whether such a task may be placed in the window at all."""
        return self.enabled and domain in self.domains and priority >= self.min_priority

    def _invalid(self, problem: str, remedy: str) -> InvalidWindow:
        return InvalidWindow(self.name, problem=problem, remedy=remedy)


@frozen(kw_only=True, cache_hash=True)
class Windows:
    """The person's hours, as the clocks of their zone show them.

    In ``blackout`` nothing is planned and nobody is contacted; in ``quiet`` only the highest
    priority is an exception. Raises ``InvalidWindow`` when both leave no moment of the week.
    """

    zone: ZoneInfo
    blackout: TimeWindow
    quiet: TimeWindow
    work_life: tuple[TimeWindow, ...]

    def __attrs_post_init__(self) -> None:
        week = (_closed(self, LOWEST_PRIORITY, day) for day in range(7))
        if all(ranges == ((MIDNIGHT, NEXT_MIDNIGHT),) for ranges in week):
            raise InvalidWindow(
                self.quiet.name,
                problem="with the blackout it covers the whole week, so no message could go out",
                remedy="Leave some hours of some day open.",
            )

    def open_for(self, domain: Domain, *, priority: int, within: Interval) -> tuple[Interval, ...]:
        """Return where a task of this domain and priority may be placed, in order, disjoint.

        That is in its windows, outside blackout, and outside quiet hours unless the priority is
        the highest. Stretches that touch come as one.
        """
        # One day more on each side: next to a fold at midnight, dates do not rise with instants.
        first = local(within.start, self.zone).toordinal() - 1
        last = local(within.end, self.zone).toordinal() + 1
        pieces = [
            piece
            for ordinal in range(first, last + 1)
            for piece in _open_on(self, domain, priority, date.fromordinal(ordinal))
        ]
        return tuple(_clipped(pieces, within))

    def contact_from(
        self, instant: datetime, *, priority: int, quiet_until: datetime | None = None
    ) -> datetime:
        """Return the first instant, from this one on, at which a message may go out.

        Never in blackout; in quiet hours and before ``quiet_until`` only at the highest priority.
        """
        if quiet_until is not None and priority < HIGHEST_PRIORITY:
            instant = max(instant, quiet_until)
        while (closed := self._closed_around(instant, priority=priority)) is not None:
            instant = closed.end
        return instant

    def in_blackout(self, instant: datetime) -> bool:
        """Say whether the zone's clocks show a time of the blackout."""
        return self._is_in(self.blackout, instant)

    def in_quiet(self, instant: datetime) -> bool:
        """Say whether the zone's clocks show a time of the quiet hours."""
        return self._is_in(self.quiet, instant)

    def block(self, title: str) -> TimeWindow | None:
        """Return the calendar-block window an event with this title stands for, if any.

        A keyword counts as a whole word in any case; of several windows the first one wins.
        """
        enabled = (window for window in self.work_life if window.enabled and window.keywords)
        return next((window for window in enabled if _words(window).search(title)), None)

    def _is_in(self, window: TimeWindow, instant: datetime) -> bool:
        clock = local(instant, self.zone)
        shows = _since_midnight(clock)
        ranges = window.on(clock.weekday()) if window.enabled else ()
        return any(start <= shows < end for start, end in ranges)

    def _closed_around(self, instant: datetime, *, priority: int) -> Interval | None:
        """Return the stretch around the instant in which a message has to wait."""
        clock = local(instant, self.zone)
        shows = _since_midnight(clock)
        for start, end in _closed(self, priority, clock.weekday()):
            if start <= shows < end:
                stretches = shown(clock.date(), start=start, end=end, zone=self.zone)
                return next(stretch for stretch in stretches if stretch.contains(instant))
        return None


@lru_cache(maxsize=8192)
def _open_on(windows: Windows, domain: Domain, priority: int, day: date) -> tuple[Interval, ...]:
    """Return where such a task may be placed on one local date."""
    ranges = _open(windows, domain, priority, day.weekday())
    return tuple(
        stretch
        for start, end in ranges
        for stretch in shown(day, start=start, end=end, zone=windows.zone)
    )


@lru_cache(maxsize=1024)
def _open(windows: Windows, domain: Domain, priority: int, weekday: int) -> tuple[Range, ...]:
    """Return the parts of a weekday's clock face where such a task may be placed."""
    opened = _union(
        part
        for window in windows.work_life
        if window.admits(domain, priority=priority) and not window.keywords
        for part in window.on(weekday)
    )
    for closed_from, closed_to in _closed(windows, priority, weekday):
        opened = tuple(
            (start, end)
            for part_from, part_to in opened
            for start, end in (
                (part_from, min(part_to, closed_from)),
                (max(part_from, closed_to), part_to),
            )
            if start < end
        )
    return opened


def _closed(windows: Windows, priority: int, weekday: int) -> tuple[Range, ...]:
    """Return the parts of a weekday's clock face that are closed to this priority."""
    closing = [windows.blackout]
    if priority < HIGHEST_PRIORITY:
        closing.append(windows.quiet)
    return _union(part for window in closing if window.enabled for part in window.on(weekday))


def _union(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges in order, those that touch or overlap as one."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _clipped(pieces: Iterable[Interval], within: Interval) -> Iterable[Interval]:
    """Yield the pieces in order, those that touch as one, cut to ``within``."""
    merged: list[Interval] = []
    for piece in sorted(pieces, key=attrgetter("start")):
        if merged and piece.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, piece.end))
        else:
            merged.append(piece)
    for piece in merged:
        if within.start <= piece.start and piece.end <= within.end:
            yield piece
            continue
        start, end = max(piece.start, within.start), min(piece.end, within.end)
        if start < end:
            yield Interval(start, end)


def _since_midnight(clock: datetime) -> timedelta:
    """Return how far the clock face has moved on from 00:00."""
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )


@lru_cache(maxsize=64)
def _words(window: TimeWindow) -> re.Pattern[str]:
    """Return the pattern that finds a keyword of the window as a whole word."""
    words = "|".join(r"\s+".join(map(re.escape, word.split())) for word in window.keywords)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
