"""Keeping the mirror of the calendars fresh, without ever taking a failed read for an empty one."""

from datetime import datetime, timedelta

from attrs import frozen

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import Calendar, CalendarSnapshot
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LOOK_BACK = timedelta(days=7)
READ_AHEAD = timedelta(days=14)
"""How much further than needed is read, so that a quiet calendar is not read again each day."""


@frozen(kw_only=True)
class Mirrored:
    """What came of a look at the calendars: those read anew, and those that cannot be read."""

    fresh: tuple[str, ...]
    unreadable: tuple[CalendarUnreadable, ...]


async def mirror_calendars(runtime: Runtime, *, until: datetime | None = None) -> Mirrored:
    """Bring the mirror up to date with every calendar whose stamp or window has moved on.

    Afterwards it holds what lies within the horizon of the search for slots, counted from now
    or from ``until`` where the search begins that late. A calendar that cannot be read keeps
    its last known content and is named in the result.
    """
    known = await runtime.unit_of_work.run(lambda stores: stores.mirror.stamps())
    now = runtime.clock.now()
    begins = max(now, until) if until is not None else now
    needed = Interval(now, begins + runtime.policy.slots.horizon + timedelta(days=2))
    snapshots: list[CalendarSnapshot] = []
    unreadable: list[CalendarUnreadable] = []
    for calendar in runtime.calendars:
        try:
            snapshot = await _news(calendar, known.get(calendar.calendar_id), needed)
        except CalendarUnreadable as error:
            unreadable.append(error)
        else:
            if snapshot is not None:
                snapshots.append(snapshot)
    gone = known.keys() - {calendar.calendar_id for calendar in runtime.calendars}
    if snapshots or gone:

        def decide(stores: Stores) -> None:
            for snapshot in snapshots:
                stores.mirror.replace(snapshot, at=now)
            for calendar_id in gone:
                stores.mirror.forget(calendar_id)

        await runtime.unit_of_work.run(decide)
    return Mirrored(
        fresh=tuple(snapshot.calendar_id for snapshot in snapshots), unreadable=tuple(unreadable)
    )


async def _news(
    calendar: Calendar, known: tuple[str, Interval] | None, needed: Interval
) -> CalendarSnapshot | None:
    """Return the calendar's content when it is not what the mirror holds for the needed time."""
    if known is not None:
        stamp, window = known
        covered = window.start <= needed.start and needed.end <= window.end
        if covered and await calendar.stamp() == stamp:
            return None
    return await calendar.read(Interval(needed.start - LOOK_BACK, needed.end + READ_AHEAD))
