"""Between wall clocks and instants, with one policy for the days that skip or repeat an hour.

A wall time inside a gap moves forward to the first moment that exists; a wall time that
occurs twice means the first occurrence (RFC 5545 section 3.3.5 reads local times the same way).
"""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from donna_core.domain.errors import InvalidInput
from donna_core.domain.timing.interval import Interval

MIDNIGHT = time(0, 0)


class UnknownZone(InvalidInput):
    """The name is not in the IANA time zone database."""

    def __init__(self, name: str, *, near: tuple[str, ...]) -> None:
        self.name, self.near = name, near
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"'{name}' is not a time zone.{hint} Use an IANA name: Europe/Berlin.")


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; raise ``UnknownZone`` with near names otherwise."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(name, available_timezones(), n=2, cutoff=0.6)
        raise UnknownZone(name, near=tuple(near)) from None


def instant_at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the zone's clocks show ``wall`` on ``day``.

    In a gap the first valid instant after it; in a fold the first of the two.
    """
    local = datetime.combine(day, wall, tzinfo=zone).replace(fold=0)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local)


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant as the zone's clocks show it."""
    return instant.astimezone(zone)


def local_day(day: date, zone: ZoneInfo) -> Interval:
    """Return the whole local day as instants: 23, 24 or 25 hours, rarely others."""
    return Interval(
        instant_at(day, MIDNIGHT, zone), instant_at(day + timedelta(days=1), MIDNIGHT, zone)
    )


def shown(day: date, *, start: timedelta, end: timedelta, zone: ZoneInfo) -> tuple[Interval, ...]:
    """Return when the zone's clocks show a time of ``day`` from ``start`` to ``end``.

    Both count from 00:00 on the clock face, up to 24 hours, the end excluded. One stretch as a
    rule; none inside a gap, two where a fold brings part of the range back after an interruption.
    """
    midnight = datetime.combine(day, MIDNIGHT)
    first, last = midnight + start, midnight + end
    low, high = min(_readings(first, zone)), max(_readings(last, zone))
    before, after = _offset(low, zone), _offset(high, zone)
    if before == after:
        return (Interval(low, high),) if low < high else ()
    turn = _transition(low, high, zone)
    old = (_utc(first, before), min(_utc(last, before), turn))
    new = (max(_utc(first, after), turn), _utc(last, after))
    if old[0] < old[1] == new[0] < new[1]:
        return (Interval(old[0], new[1]),)
    return tuple(Interval(*piece) for piece in (old, new) if piece[0] < piece[1])


def _utc(wall: datetime, offset: timedelta) -> datetime:
    """Return the instant at which clocks this far ahead of UTC show a naive wall time."""
    return (wall - offset).replace(tzinfo=UTC)


def _end_of_gap(local: datetime) -> datetime:
    """Return the instant of the transition that skips this wall time."""
    zone = cast(ZoneInfo, local.tzinfo)
    readings = _readings(local.replace(tzinfo=None), zone)
    return _transition(min(readings), max(readings), zone)


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants a naive wall time may mean, by the offset before and after."""
    earlier, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return earlier, later


def _transition(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return when, after ``low`` and up to ``high``, the offset from UTC changes (just once)."""
    offset = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far the zone's clocks are ahead of UTC at the instant."""
    return cast(timedelta, instant.astimezone(zone).utcoffset())
