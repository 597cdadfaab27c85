"""Keeping the mirror of the calendars fresh, without ever taking a failed read for an empty one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import frozen

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarSnapshot
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LOOK_BACK = timedelta(days=7)
READ_AHEAD = timedelta(days=14)
"""How much further than needed is read, so that a quiet calendar is not read again each day."""


@frozen(kw_only=True)
class Glance:
    """The stamps of the calendars at one moment, those that cannot be read, the time needed."""

    stamps: Mapping[str, str]
    unreadable: tuple[CalendarUnreadable, ...]
    needed: Interval


async def glance(runtime: Runtime, *, until: datetime | None = None) -> Glance:
    """Return the present stamps of all calendars, for a search for slots.

    The time needed reaches to the horizon of the search, counted from now or from ``until``
    where the search begins that late.
    """
    now = runtime.clock.now()
    begins = max(now, until) if until is not None else now
    stamps: dict[str, str] = {}
    unreadable: list[CalendarUnreadable] = []
    for calendar in runtime.calendars:
        try:
            stamps[calendar.calendar_id] = await calendar.stamp()
        except CalendarUnreadable as error:
            unreadable.append(error)
    return Glance(
        stamps=stamps,
        unreadable=tuple(unreadable),
        needed=Interval(now, begins + runtime.policy.slots.horizon + timedelta(days=2)),
    )


def stale_calendars(stores: Stores, seen: Glance) -> frozenset[str]:
    """Return the calendars whose content or reach the mirror does not hold, or holds in vain."""
    known = stores.mirror.stamps()
    wanted = set(seen.stamps)
    stale = {each for each in wanted if not _is_held(known.get(each), seen, each)}
    kept = wanted | {error.calendar for error in seen.unreadable}
    return frozenset(stale | (known.keys() - kept))


async def mirror_calendars(runtime: Runtime, *, until: datetime | None = None) -> Glance:
    """Bring the mirror up to date with every calendar that has moved on; return what was seen.

    A calendar that cannot be read keeps its last known content and is named in the result.
    """
    seen = await glance(runtime, until=until)
    stale = await runtime.unit_of_work.run(lambda stores: stale_calendars(stores, seen))
    if not stale:
        return seen
    snapshots: list[CalendarSnapshot] = []
    unreadable = list(seen.unreadable)
    window = Interval(seen.needed.start - LOOK_BACK, seen.needed.end + READ_AHEAD)
    for calendar in runtime.calendars:
        if calendar.calendar_id not in stale:
            continue
        try:
            snapshots.append(await calendar.read(window))
        except CalendarUnreadable as error:
            unreadable.append(error)
    gone = stale - {calendar.calendar_id for calendar in runtime.calendars}

    def decide(stores: Stores) -> None:
        for snapshot in snapshots:
            stores.mirror.replace(snapshot, at=seen.needed.start)
        for calendar_id in gone:
            stores.mirror.forget(calendar_id)

    await runtime.unit_of_work.run(decide)
    stamps = {snapshot.calendar_id: snapshot.stamp for snapshot in snapshots}
    failed = {error.calendar for error in unreadable}
    return Glance(
        stamps={
            calendar_id: stamps.get(calendar_id, stamp)
            for calendar_id, stamp in seen.stamps.items()
            if calendar_id not in failed
        },
        unreadable=tuple(unreadable),
        needed=seen.needed,
    )


def _is_held(known: tuple[str, Interval] | None, seen: Glance, calendar_id: str) -> bool:
    if known is None:
        return False
    stamp, window = known
    covered = window.start <= seen.needed.start and seen.needed.end <= window.end
    return covered and stamp == seen.stamps[calendar_id]
