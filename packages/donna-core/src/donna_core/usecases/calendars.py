"""The calendars themselves: what is known of them, what they hold, and where Donna writes."""

from attrs import evolve, frozen

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.followup.consequences import calendar_writes
from donna_core.domain.tasks.task import OPEN
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import Calendar, CalendarEvent, Mirrored
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.mirroring import Glance, mirror_calendars
from donna_core.usecases.runtime import Runtime


@frozen(kw_only=True)
class CalendarState:
    """A calendar and what is known of it; ``events`` counts its known occurrences."""

    calendar: Calendar
    is_own: bool
    known: Mirrored | None
    events: int


async def calendar_states(runtime: Runtime) -> tuple[CalendarState, ...]:
    """Return what is known of each calendar; none of them is asked."""

    def decide(stores: Stores) -> tuple[CalendarState, ...]:
        known = stores.mirror.known()
        return tuple(
            CalendarState(
                calendar=calendar,
                is_own=calendar.calendar_id == runtime.own_calendar.calendar_id,
                known=held,
                events=_count(stores, calendar, held),
            )
            for calendar in runtime.calendars
            for held in [known.get(calendar.calendar_id)]
        )

    return await runtime.unit_of_work.run(decide)


async def occurrences(
    runtime: Runtime, window: Interval
) -> tuple[tuple[CalendarEvent, ...], Glance]:
    """Return every known occurrence in the window, and what could not be read.

    A calendar that is not known for all of the window is asked for it.
    """
    seen = await mirror_calendars(runtime)
    known = await runtime.unit_of_work.run(lambda stores: stores.mirror.known())
    held = await runtime.unit_of_work.run(lambda stores: stores.mirror.events(window))
    found: list[CalendarEvent] = []
    unreadable = list(seen.unreadable)
    failed = {error.calendar for error in unreadable}
    for calendar in runtime.calendars:
        name = calendar.calendar_id
        mirrored = known.get(name)
        if name in failed or (mirrored is not None and mirrored.covers(window)):
            found += [event for event in held if event.calendar_id == name]
            continue
        try:
            found += (await calendar.changes(window)).events
        except CalendarUnreadable as error:
            unreadable.append(error)
    found.sort(key=lambda event: (event.when.start, event.event_id, event.calendar_id))
    return tuple(found), evolve(seen, unreadable=tuple(unreadable))


async def move_in(runtime: Runtime) -> int:
    """Write every event of Donna's into the calendar she writes now; return how many."""
    at, slack = runtime.clock.now(), runtime.policy.planning.free_slack

    def decide(stores: Stores) -> int:
        writes = [
            evolve(write, key=f"{write.key}:{at.isoformat()}")
            for task in stores.tasks.select(statuses=OPEN)
            for write in calendar_writes(None, task, at=at, slack=slack)
        ]
        stores.outbox.add(writes, at=at)
        return len(writes)

    return await runtime.unit_of_work.run(decide)


def _count(stores: Stores, calendar: Calendar, held: Mirrored | None) -> int:
    if held is None:
        return 0
    events = stores.mirror.events(held.window)
    return sum(event.calendar_id == calendar.calendar_id for event in events)
