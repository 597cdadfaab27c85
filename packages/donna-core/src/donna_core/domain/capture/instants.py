"""From the words of a time to instants: which day, which half of it, moved where it is past."""

from datetime import date, datetime, time, timedelta

from attrs import evolve, frozen

from donna_core.domain.capture.dates import DAY
from donna_core.domain.capture.values import LAST_MINUTE, Clock, Frame, Role, When
from donna_core.domain.timing.zones import instant_at, zone_named

_WAKING_HOURS = range(6, 23)


@frozen(kw_only=True)
class Stretch:
    """Instants from first to last; ``moved`` tells that the words as said were past."""

    first: datetime
    last: datetime
    moved: bool = False


def start_of(when: When, *, frame: Frame) -> tuple[datetime, bool]:
    """Return the instant of a time with a clock, and whether it had to be moved ahead.

    Without a day the next such time; a past one stays where its words are fixed. Needs
    ``when.has_time``.
    """
    if when.instant is not None:
        return when.instant, False
    if when.clock is None:
        raise ValueError("a time without a clock has no start")
    day = when.first or frame.today
    wanted = _half(when, day, frame)
    instant = at_clock(day, wanted, frame)
    if instant > frame.at or when.fixed:
        return instant, False
    later = at_clock(day, wanted.other_half, frame)
    awake = when.first is not None or wanted.other_half.hour in _WAKING_HOURS
    if when.clock.open and when.part is None and later > frame.at and awake:
        return later, False
    day += timedelta(days=max((frame.at - instant).days - 1, 0))
    while instant <= frame.at:
        day += DAY
        instant = at_clock(day, when.clock.daytime if when.part is None else wanted, frame)
    return instant, when.first is not None


def deadline_of(when: When, role: Role, *, frame: Frame) -> tuple[datetime, bool]:
    """Return the last instant a deadline allows, and whether it had to be moved ahead.

    A day lasts until 23:59 of its local clock. "Before Friday" ends on Thursday; "before the end
    of the month" includes that end.
    """
    if when.has_time:
        return start_of(when, frame=frame)
    if when.part is not None:
        stretch = window_of(when, frame=frame)
        return (stretch.first if role is Role.BEFORE else stretch.last), stretch.moved
    day = when.last or frame.today
    if role is Role.BEFORE and not (when.vague and when.first == when.last):
        day = (when.first or frame.today) - DAY
    instant = frame.instant(day, LAST_MINUTE)
    if instant >= frame.at or when.fixed:
        return instant, False
    return frame.instant(frame.today, LAST_MINUTE), True


def window_of(when: When, *, frame: Frame) -> Stretch:
    """Return the stretch a day or a part of it means; without a day the next such part."""
    first = when.first or frame.today
    last = when.last or first
    stretch = _stretch(when, first, last, frame)
    if stretch.last > frame.at or when.fixed:
        return stretch
    missing = timedelta(days=max((frame.at - stretch.last).days - 1, 0))
    first, last = first + missing, last + missing
    while stretch.last <= frame.at:
        first, last = first + DAY, last + DAY
        stretch = _stretch(when, first, last, frame)
    return evolve(stretch, moved=when.first is not None)


def others_of(when: When, chosen: datetime, *, frame: Frame) -> tuple[datetime, ...]:
    """Return the other instants the words could mean, the likeliest first."""
    wall = chosen.astimezone(frame.zone).time()
    found = [frame.instant(day, wall) for day in when.others]
    clock = when.clock
    if clock is not None and clock.open and when.part is None and when.until is None:
        day = chosen.astimezone(frame.zone).date()
        other = at_clock(day, Clock(hour=wall.hour, minute=wall.minute).other_half, frame)
        if other.astimezone(frame.zone).hour in _WAKING_HOURS:
            found.append(other if other > frame.at else other + DAY)
    return tuple(instant for instant in found if instant != chosen)


def at_clock(day: date, clock: Clock, frame: Frame) -> datetime:
    """Return the instant of a clock time on a day; 24:00 ends it."""
    zone = zone_named(clock.zone) if clock.zone else frame.zone
    return instant_at(day + DAY if clock.hour == 24 else day, clock.wall, zone)


def _half(when: When, day: date, frame: Frame) -> Clock:
    """Return the clock time with its half of the day decided."""
    clock = when.clock
    if clock is None:
        raise ValueError("a time without a clock has no half")
    if when.part is not None:
        return clock.within(when.part)
    if day == frame.today and clock.open and when.first is None:
        halves = sorted((evolve(clock, open=False), clock.other_half), key=lambda half: half.wall)
        ahead = [
            half
            for half in halves
            if half.hour in _WAKING_HOURS and at_clock(day, half, frame) > frame.at
        ]
        if clock.daytime not in ahead and ahead:
            return ahead[0]
    return clock.daytime


def _stretch(when: When, first: date, last: date, frame: Frame) -> Stretch:
    if when.part is None:
        return Stretch(first=frame.instant(first, time(0)), last=frame.instant(last, LAST_MINUTE))
    start, end = when.part.start, when.part.end
    until = (
        frame.instant(last + timedelta(days=end // 24), time(end % 24))
        if end != 24
        else frame.instant(last, LAST_MINUTE)
    )
    begin = frame.instant(first + timedelta(days=start // 24), time(start % 24))
    return Stretch(first=min(begin, until), last=until)
