"""Keeping the mirror of the calendars fresh, without ever taking a failed read for an empty one.

Files are looked at each time. A remote calendar is asked when what is known of it is older
than ``Runtime.calendar_age``; then for what changed since the last answer only.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import evolve, frozen

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import Calendar, CalendarChanges, CalendarEvent, Mirrored
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LOOK_BACK = timedelta(days=7)
READ_AHEAD = timedelta(days=14)
"""How much further than needed is read, so that a quiet calendar is not read again each day."""

TIME_OFF = "time off"
"""What stands in the place of a calendar where a person took time off."""

NOTED_EACH = timedelta(minutes=30)
"""How often it is written down that a remote calendar was asked and had nothing new."""


@frozen(kw_only=True)
class Glance:
    """What the calendars answered at one moment, and those that could not be read.

    ``answers`` holds what is new only; ``asked`` are all that were asked and answered, those
    ``absent`` among them are yet to be made.
    """

    answers: tuple[CalendarChanges, ...] = ()
    asked: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unreadable: tuple[CalendarUnreadable, ...] = ()


def events_in(stores: Stores, window: Interval) -> tuple[CalendarEvent, ...]:
    """Return the known occurrences and the time off that overlap the window, by start."""
    off = [
        CalendarEvent(
            event_id=EventKey(f"off:{when.start.isoformat()}"),
            calendar_id=TIME_OFF,
            title="Off",
            when=when,
        )
        for when in stores.attention.get().off
        if when.overlaps(window)
    ]
    found = stores.mirror.events(window)
    return tuple(sorted((*found, *off), key=lambda event: event.when.start)) if off else found


async def mirror_calendars(runtime: Runtime, *, until: datetime | None = None) -> Glance:
    """Bring the mirror up to date with every calendar that has moved on; return what was seen.

    The time needed reaches to the horizon of a search for slots, counted from now or from
    ``until`` where the search begins that late. A calendar that cannot be read keeps its last
    known content and is named in the result.
    """
    now = runtime.clock.now()
    begins = max(now, until) if until is not None else now
    needed = Interval(now, begins + runtime.policy.slots.horizon + timedelta(days=2))
    known = await runtime.unit_of_work.run(lambda stores: stores.mirror.known())
    seen = await _glance(runtime, known, needed)
    gone = known.keys() - {calendar.calendar_id for calendar in runtime.calendars}
    news = [each for each in seen.answers if _is_worth_noting(each, known, now)]
    if not news and not gone:
        return evolve(seen, answers=())

    def decide(stores: Stores) -> None:
        held = stores.mirror.known()
        for changes in news:
            # Changes since an answer that somebody else has replaced meanwhile fit no more.
            before = held.get(changes.calendar_id)
            if changes.replaced is None or before == known.get(changes.calendar_id):
                stores.mirror.apply(changes, at=now)
        for calendar_id in gone:
            stores.mirror.forget(calendar_id)

    await runtime.unit_of_work.run(decide)
    return evolve(seen, answers=tuple(each for each in news if not each.is_empty))


async def _glance(runtime: Runtime, known: Mapping[str, Mirrored], needed: Interval) -> Glance:
    """Ask each calendar whose turn it is."""
    answers: list[CalendarChanges] = []
    unreadable: list[CalendarUnreadable] = []
    for calendar in runtime.calendars:
        name = calendar.calendar_id
        held = known.get(name)
        if held is not None and not held.covers(needed):
            held = None
        if _rests(runtime, calendar, held, needed.start):
            unreadable += [runtime.unread[name]] if name in runtime.unread else []
            continue
        wide = Interval(needed.start - LOOK_BACK, needed.end + READ_AHEAD)
        window = held.window if held else wide
        runtime.asked_at[name] = needed.start
        runtime.unread.pop(name, None)
        try:
            answers.append(await calendar.changes(window, since=held.stamp if held else None))
        except CalendarUnreadable as error:
            runtime.unread[name] = error
            unreadable.append(error)
    return Glance(
        answers=tuple(answers),
        asked=tuple(each.calendar_id for each in answers),
        absent=tuple(each.calendar_id for each in answers if each.is_absent),
        unreadable=tuple(unreadable),
    )


def _rests(runtime: Runtime, calendar: Calendar, held: Mirrored | None, now: datetime) -> bool:
    """Whether it is not the turn of a remote calendar yet; one that failed rests as long.

    What failed is asked anew at once by another process only, and when more of it is needed.
    """
    if not calendar.is_remote:
        return False
    asked = runtime.asked_at.get(calendar.calendar_id)
    has_failed = calendar.calendar_id in runtime.unread
    if held is not None:
        asked = max(held.at, asked or held.at)
    elif not has_failed:
        return False
    return asked is not None and asked <= now < asked + runtime.calendar_age


def _is_worth_noting(
    changes: CalendarChanges, known: Mapping[str, Mirrored], now: datetime
) -> bool:
    held = known.get(changes.calendar_id)
    if held is None or not changes.is_empty or changes.stamp != held.stamp:
        return True
    return now - held.at >= NOTED_EACH
