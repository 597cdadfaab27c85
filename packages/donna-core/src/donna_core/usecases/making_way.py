"""Who was there first gives way: to meetings that came in, to what matters more, to long work."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from attrs import evolve

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.phrasing import moment, one_line
from donna_core.domain.planning.busy import BusySet, busy_for
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.slots import Placement
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Actor, Explanation, Offer, Topic
from donna_core.domain.tasks.task import DeadlineType, Domain, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.mirroring import TIME_OFF, Glance, events_in
from donna_core.usecases.placing import carry_along, made_way, make_way, place
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.seeking import search

_AHEAD = timedelta(days=14)
_WHOLE_DAY = timedelta(hours=20)
_CLASHES_AT_ONCE = 3
_READ = 20
# What a person chose knowing what is in the way.
_CHOSEN = frozenset(
    {ReasonCode.ASKED_FOR, ReasonCode.PINNED, ReasonCode.CONFLICT, ReasonCode.DOUBLE_BOOKED}
)


def make_room(recorder: Recorder, policy: Policy, task: Task, *, confirmed: bool) -> None:
    """Let what the task now overlaps make way, as far as it is worth less and not pinned.

    Where that is neither ``confirmed`` nor allowed unasked, it is proposed: the place it could
    move to is kept as an offer.
    """
    rules, start, end = policy.negotiation, task.scheduled_start, task.scheduled_end
    if not rules.enabled or start is None or end is None:
        return
    for held in recorder.occupied(Interval(start, end)):
        other = recorder.task(held.task_id)
        if other is None or other.id == task.id or not _may_yield(other, to=task):
            continue
        asked = confirmed or (
            rules.auto_apply and recorder.moves_today(other.id, policy.zone) < rules.moves_per_day
        )
        if asked:
            make_way(recorder, policy, other, to=task)
        else:
            _propose(recorder, policy, other, to=task)


def _may_yield(task: Task, *, to: Task) -> bool:
    free = task.status is TaskStatus.SCHEDULED and task.pinned_start is None
    return free and task.priority < to.priority


def _propose(recorder: Recorder, policy: Policy, task: Task, *, to: Task) -> None:
    found = search(recorder, policy, task, not_before=recorder.at)
    if isinstance(found, Placement):
        offer = Offer(when=found.when, gives_up=made_way(task, to=to))
        recorder.explain(
            Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=(), offers=(offer,))
        )


async def yield_to_events(runtime: Runtime, mirrored: Glance) -> Changed | None:
    """Move what a meeting came in over, and flag meetings that came in over each other.

    A pinned task, and one that a person put over an event knowingly, stays. From the priority
    of the configuration on, the person is told. Nothing is done while a calendar is unreadable.
    """
    if mirrored.unreadable:
        return None
    origin = Origin.draw(runtime, "yield", "", actor=Actor.DONNA)
    policy, at = runtime.policy, origin.at

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, policy, origin)
        events = [
            event
            for event in events_in(stores, Interval(at, at + _AHEAD))
            if event.busy and event.task_id is None and event.when.end > at
        ]
        for task in stores.tasks.select(statuses={TaskStatus.SCHEDULED}):
            event = _came_over(task, events, policy, at)
            if event is not None and not _chosen(stores, task):
                _yield(stores, recorder, policy, task, event)
        stores.outbox.add(islice(_clashes(events, policy, at), _CLASHES_AT_ONCE), at=at)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _came_over(
    task: Task, events: Sequence[CalendarEvent], policy: Policy, at: datetime
) -> CalendarEvent | None:
    start, end = task.scheduled_start, task.scheduled_end
    if start is None or end is None or start <= at or task.pinned_start is not None:
        return None
    when = Interval(start, end)
    for event in events:
        if event.when.overlaps(when) and len(busy_for(task.domain, [event], (), policy.windows)):
            return event
    return None


def _chosen(stores: Stores, task: Task) -> bool:
    """Say whether a person put the task where it is knowingly."""
    for command in stores.history.recent(_READ, task_id=task.id):
        for explanation in command.explanations:
            placed = explanation.topic is Topic.PLACEMENT and explanation.task_id == task.id
            if placed and explanation.reasons and not command.undone:
                return any(reason.code in _CHOSEN for reason in explanation.reasons)
    return False


def _yield(
    stores: Stores, recorder: Recorder, policy: Policy, task: Task, event: CalendarEvent
) -> None:
    found = search(recorder, policy, task, not_before=recorder.at)
    if not isinstance(found, Placement):
        stores.outbox.add([_stuck(task, event, policy, at=recorder.at)], at=recorder.at)
        return
    anew = place(recorder, policy, task, not_before=recorder.at)
    late = not found.meets_deadline
    if task.priority >= policy.negotiation.notify_from or late:
        stores.outbox.add([_moved(task, anew, event.title, policy, recorder.at)], at=recorder.at)


def _clashes(events: Sequence[CalendarEvent], policy: Policy, at: datetime) -> Iterator[Message]:
    """Yield a word about each two meetings that came in for the same time, with another time."""
    timed = sorted(
        (
            event
            for event in events
            if event.when.length < _WHOLE_DAY
            and event.calendar_id != TIME_OFF
            and policy.windows.block(event.title) is None
        ),
        key=lambda event: (event.when, event.title),
    )
    busy = busy_for(Domain.WORK, events, (), policy.windows)
    for position, one in enumerate(timed):
        for other in timed[position + 1 :]:
            if other.when.start >= one.when.end:
                break
            if (one.title, one.when) != (other.title, other.when):
                yield _clash(one, other, busy, policy, at)


def _clash(
    one: CalendarEvent, other: CalendarEvent, busy: BusySet, policy: Policy, at: datetime
) -> Message:
    zone = policy.zone
    first, second = (f"'{one_line(each.title, limit=60)}'" for each in (one, other))
    begins = [moment(each.when.start, zone=zone, at=at) for each in (one, other)]
    options = [f"- keep {first} and decline {second}", f"- keep {second} and decline {first}"]
    opened = policy.windows.open_for(Domain.WORK, priority=3, within=Interval(at, at + _AHEAD))
    for stretch in opened:
        start = busy.first_gap(max(stretch.start, at), stretch.end, other.when.length)
        if start is not None:
            options.append(f"- move {second}: {moment(start, zone=zone, at=at)} is free")
            break
    return Message(
        key=f"clash:{one.event_id}:{other.event_id}:{other.when.start.isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject="Two meetings at once",
        body="\n".join([f"{first} ({begins[0]}) and {second} ({begins[1]}) overlap.", *options]),
        priority=4,
        not_before=at,
        expires_at=max(at, other.when.start),
    )


def _moved(before: Task, after: Task, why: str, policy: Policy, at: datetime) -> Message:
    zone = policy.zone
    was = moment(before.scheduled_start or at, zone=zone, at=at)
    now = moment(after.scheduled_start or at, zone=zone, at=at)
    late = after.deadline is not None and (after.scheduled_end or at) > after.deadline
    due = " That is after its deadline." if late else ""
    title = one_line(before.title, limit=80)
    return Message(
        key=f"moved:{before.id}:{after.version}:{now}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Moved: {title}",
        body=f"'{one_line(why, limit=80)}' took its time, so {title} ({before.handle}) moved "
        f"from {was} to {now}.{due} `donna why {before.number}` says more.",
        priority=before.priority,
        not_before=at,
        task_id=before.id,
    )


def _stuck(task: Task, event: CalendarEvent, policy: Policy, *, at: datetime) -> Message:
    title = one_line(task.title, limit=80)
    return Message(
        key=f"stuck:{task.id}:{event.event_id}:{task.scheduled_start}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"No other place: {title}",
        body=f"'{one_line(event.title, limit=80)}' came in over {title} ({task.handle}), and "
        f"there is no other time for it. `donna plan week` weighs all of it anew.",
        priority=max(task.priority, policy.negotiation.notify_from),
        not_before=at,
        task_id=task.id,
    )


def extend(stores: Stores, recorder: Recorder, policy: Policy, task: Task) -> None:
    """Give work under way more time and move what follows, one after the other, in one command.

    The person is told when something with a hard deadline can no longer meet it. Nothing is
    done once the work was given all it may get.
    """
    rules = policy.negotiation
    start = task.scheduled_start
    if rules.overrun is None or start is None or task.status is not TaskStatus.IN_PROGRESS:
        return
    given = sum(
        command.verb == "overrun" and not command.undone and command.at >= start
        for command in stores.history.recent(_READ, task_id=task.id)
    )
    if (given + 1) * rules.overrun.step > rules.overrun.most:
        return
    longer = recorder.put(
        evolve(task, estimated_duration=task.estimated_duration + rules.overrun.step)
    )
    end = longer.scheduled_end or start
    carry_along(recorder, policy, longer)
    for held in recorder.occupied(Interval(recorder.at, end)):
        other = recorder.task(held.task_id)
        if other is None or other.id == task.id or other.status is not TaskStatus.SCHEDULED:
            continue
        _push(stores, recorder, policy, other, by=longer)
    recorder.commit()


def _push(stores: Stores, recorder: Recorder, policy: Policy, task: Task, *, by: Task) -> None:
    end = by.scheduled_end or recorder.at
    reason = Reason.of(ReasonCode.RAN_OVER, label=by.title, until=end)
    anew = task
    if task.pinned_start is None:
        anew = place(recorder, policy, task, not_before=end, because=(reason,), unasked=True)
    hard = task.deadline_type is DeadlineType.HARD and task.deadline is not None
    missed = hard and task.deadline is not None and (anew.scheduled_end or end) > task.deadline
    stuck = anew.scheduled_start == task.scheduled_start
    if missed or stuck or task.priority >= policy.negotiation.notify_from:
        stores.outbox.add([_moved(task, anew, by.title, policy, recorder.at)], at=recorder.at)
