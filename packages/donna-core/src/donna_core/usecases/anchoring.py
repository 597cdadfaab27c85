"""Tying tasks to the events that they hang on, at capture and whenever the calendars move."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.phrasing import moment, one_line
from donna_core.domain.planning.anchors import events_as_met, meet, tied
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Actor, Explanation, Topic
from donna_core.domain.tasks.task import (
    MAY_BE_PLACED,
    OPEN,
    Anchor,
    Met,
    Task,
    TaskStatus,
    TimeIntent,
)
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.mirroring import Glance
from donna_core.usecases.placing import place
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime

_FARTHEST = timedelta(days=3660)


def tie(recorder: Recorder, policy: Policy, task: Task) -> Task:
    """Return the task with the times of what it hangs on, and keep why; others are untouched.

    Events of the calendars as they are mirrored and planned tasks are looked through. While
    nothing fits, the anchor stays open.
    """
    anchor = task.time_intent.anchor
    if anchor is None:
        return task
    ahead = Interval(recorder.at, recorder.at + _FARTHEST)
    candidates = (*events_as_met(recorder.events(ahead)), *_planned(recorder, task, ahead))
    met = meet(anchor, candidates, at=recorder.at)
    if met is not None and met == anchor.met:
        return task
    if met is None and anchor.met is None and not recorder.is_new(task.id):
        return task  # still open, as was said when it was captured
    reason = _reason(task.time_intent, anchor, met)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.ANCHOR, reasons=(reason,)))
    return recorder.put(tied(task, met, zone=policy.zone))


async def tie_again(runtime: Runtime, mirrored: Glance) -> Changed | None:
    """Look again for what open tasks hang on, and move those whose event came, moved or went.

    The person is told of each. Nothing is done while a calendar is unreadable: an event that
    cannot be seen is not gone.
    """
    if mirrored.unreadable:
        return None
    origin = Origin.draw(runtime, "tie", "", actor=Actor.DONNA)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        for task in stores.tasks.select(statuses=MAY_BE_PLACED):
            if task.time_intent.anchor is not None:
                _tie_again(stores, recorder, runtime.policy, task)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _tie_again(stores: Stores, recorder: Recorder, policy: Policy, task: Task) -> None:
    anchor, anew = task.time_intent.anchor, tie(recorder, policy, task)
    if anchor is None or anew == task:
        return
    anew = prioritise(recorder, policy, anew, others=stores.tasks.select(statuses=OPEN))
    placed = place(recorder, policy, anew, not_before=recorder.at)
    stores.outbox.add([_notice(placed, anchor, policy, at=recorder.at)], at=recorder.at)


def _planned(recorder: Recorder, task: Task, within: Interval) -> Iterator[Met]:
    """Yield the places of other tasks as what an anchor may mean."""
    for each in recorder.occupied(within):
        if each.task_id != task.id:
            yield Met(
                source=f"task/{each.task_id}",
                title=each.title,
                start=each.when.start,
                end=each.when.end,
            )


def _reason(intent: TimeIntent, anchor: Anchor, met: Met | None) -> Reason:
    words = {"event": anchor.event, "side": anchor.side}
    if met is None:
        waits = evolve(intent, anchor=evolve(anchor, met=None)).waits
        return Reason.of(ReasonCode.ANCHOR_AWAITED if waits else ReasonCode.ANCHOR_OPEN, **words)
    return Reason.of(
        ReasonCode.ANCHORED,
        label=met.title,
        source=met.source,
        starts=met.start,
        until=met.end,
        **words,
    )


def _notice(task: Task, known: Anchor, policy: Policy, *, at: datetime) -> Message:
    """Return the word that what a task hangs on was found, has moved or is gone."""
    anchor = task.time_intent.anchor or known
    title, event = (one_line(words, limit=80) for words in (task.title, anchor.event))
    if anchor.met is None:
        found = f"'{event}' is no longer in the calendar, and I look out for it."
    else:
        when = moment(anchor.met.start, zone=policy.zone, at=at)
        found = f"'{one_line(anchor.met.title, limit=80)}' is {when}."
    start = task.scheduled_start if task.status is TaskStatus.SCHEDULED else None
    plan = f"planned for {moment(start, zone=policy.zone, at=at)}" if start else "without a place"
    return Message(
        key=f"anchor:{task.id}:{at.isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"{title}: {anchor.side} {event}",
        body=f"{found} {title} ({task.handle}) is now {plan}.",
        priority=task.priority,
        not_before=at,
        task_id=task.id,
    )
