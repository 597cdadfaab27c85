"""What a person did to Donna's events in the calendar is what they want of the tasks.

An event that was moved or resized moves its task: a reschedule nobody typed. One that was
deleted takes the task out of the plan, and the person is asked about it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_core.domain.effects import CalendarWrite, Channel, Message, MessageKind
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.followup.consequences import event_image
from donna_core.domain.followup.phrasing import one_line
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.history import Explanation, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.correcting import PLANNED, tell_corrections
from donna_core.usecases.mirroring import Glance
from donna_core.usecases.placing import carry_along, settle_at, unbound
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime

SETTLING = timedelta(minutes=2)
"""How long a remote calendar may take until it shows what was written to it."""

_SOURCE = "calendar"

MOST_AT_ONCE = 3
"""Where more of Donna's events are gone, and none is left, a mishap is likelier than a wish."""

ALERT_LIFE = timedelta(hours=12)
"""How long it is worth telling that a calendar cannot be read."""

_SHORTEST = timedelta(minutes=1)


async def follow_calendar(runtime: Runtime, seen: Glance) -> Changed | None:
    """Take over what the person changed of Donna's events, in one command that can be undone.

    ``seen`` is a look at the calendars that was just taken; where it did not reach the one that
    Donna writes, or that is not there, nothing is known and nothing is done.
    """
    own = runtime.own_calendar
    if own.calendar_id not in seen.asked or own.calendar_id in seen.absent:
        return None
    origin = Origin.draw(runtime, "moved in the calendar")
    settling = SETTLING if own.is_remote else timedelta(0)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        held = stores.mirror.known().get(own.calendar_id)
        if held is not None:
            shown = {
                event.event_id: event
                for event in stores.mirror.events(held.window)
                if event.calendar_id == own.calendar_id and event.is_donnas
            }
            unsettled = set(_unsettled(stores, origin.at - settling))
            gone: list[Task] = []
            for task in stores.tasks.select(statuses={TaskStatus.SCHEDULED}):
                image, key = event_image(task), task.calendar_event_id
                if image is None or key is None or key in unsettled:
                    continue
                event = shown.get(key)
                if event is not None and event.when != image.when:
                    _move(recorder, task, event)
                elif event is None and _would_be_seen(held.window, image.when, origin.at):
                    gone.append(task)
            _believe(stores, recorder, gone, doubt=None if shown else own.calendar_id)
        for moved in recorder.changed():
            carry_along(recorder, runtime.policy, moved)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _unsettled(stores: Stores, before: datetime) -> Iterator[str]:
    """Yield the events of which the calendar may not show yet what Donna made of them."""
    for row in stores.outbox.select(lane=Lane.CALENDAR):
        if isinstance(row.delivery, CalendarWrite) and not _has_settled(
            row.state, row.sent_at, before
        ):
            yield row.delivery.event_id


def _has_settled(state: DeliveryState, sent_at: datetime | None, before: datetime) -> bool:
    if state is DeliveryState.SENT:
        return sent_at is None or sent_at <= before
    return state is DeliveryState.CANCELLED


def _would_be_seen(window: Interval, when: Interval, at: datetime) -> bool:
    """Whether the event is one to come, at a time that is known."""
    return when.start > at and window.start <= when.start and when.end <= window.end


def _move(recorder: Recorder, task: Task, event: CalendarEvent) -> None:
    length = max(event.when.length, _SHORTEST)
    pinned = event.when.start if task.pinned_start is not None else None
    wished = evolve(unbound(task), estimated_duration=length, snoozed_until=None)
    moved = settle_at(recorder, evolve(wished, pinned_start=pinned), event.when.start)
    tell_corrections(recorder, task, moved, fields=PLANNED, source=_SOURCE)
    recorder.explain(
        Explanation(
            task_id=task.id,
            topic=Topic.PLACEMENT,
            reasons=(Reason(code=ReasonCode.ASKED_FOR),),
        )
    )


def _believe(
    stores: Stores, recorder: Recorder, gone: Sequence[Task], *, doubt: str | None
) -> None:
    """Take tasks out whose events are gone, or ask, where the calendar in ``doubt`` is empty."""
    if doubt is not None and len(gone) > MOST_AT_ONCE:
        stores.outbox.add([_doubt(doubt, gone, at=recorder.at)], at=recorder.at)
        return
    for task in gone:
        _take_out(stores, recorder, task)


def _take_out(stores: Stores, recorder: Recorder, task: Task) -> None:
    applied = recorder.apply(unbound(task), Trigger.USER_CANCELS_SCHEDULED_TIME)
    out = recorder.put(evolve(applied, scheduled_start=None))
    tell_corrections(recorder, task, out, fields=PLANNED, source=_SOURCE)
    stores.outbox.add([_question(task, at=recorder.at)], at=recorder.at)


def _doubt(calendar_id: str, gone: Sequence[Task], *, at: datetime) -> Message:
    first = min(task.number for task in gone)
    return Message(
        key=f"emptied:{calendar_id}:{at.date().isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Calendar '{calendar_id}' is empty",
        body=f"All {len(gone)} events that I wrote to '{calendar_id}' are gone. The plan stays "
        f"as it is. Put the calendar back, or tell me what to move: `donna move {first}`.",
        priority=4,
        not_before=at,
    )


def _question(task: Task, *, at: datetime) -> Message:
    title, number = one_line(task.title, limit=80), task.number
    return Message(
        key=f"deleted:{task.id}:{task.version}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Taken out of your calendar: {title}",
        body=f"You deleted the event of {title} ({task.handle}); it is back in the backlog. "
        f"`donna move {number}` finds it another time, `donna done {number}` if it is done, "
        f"`donna drop {number}` if it need not be, `donna undo` puts it back.",
        priority=task.priority,
        not_before=at,
        task_id=task.id,
    )


def unread_notice(error: CalendarUnreadable, *, at: datetime, zone: ZoneInfo) -> Message:
    """Return the word that a calendar cannot be read: once a day, however often it is tried."""
    return Message(
        key=f"unreadable:{error.calendar}:{at.astimezone(zone).date().isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Calendar '{error.calendar}' cannot be read",
        body=f"{error} Reminders go on by what I saw last; nothing new is planned until then.",
        priority=4,
        not_before=at,
        expires_at=at + ALERT_LIFE,
    )
