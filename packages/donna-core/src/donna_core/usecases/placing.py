"""Giving a task its place: the transition that follows from a slot, and who moves with it."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.slots import NoSlot
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Offer, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import IntentKind, Task, TaskStatus, TimeIntent
from donna_core.usecases.displacing import moves_for
from donna_core.usecases.recorder import Recorder
from donna_core.usecases.seeking import search

# How a task that has no place gets one, by where it stands.
_ASSIGNS = {
    TaskStatus.BACKLOG: Trigger.SCHEDULER_ASSIGNS_SLOT,
    TaskStatus.NEEDS_SCHEDULING: Trigger.ALTERNATIVE_OR_REARRANGE_ACCEPTED,
    TaskStatus.IN_PROGRESS: Trigger.USER_REQUESTS_RESCHEDULE,
    TaskStatus.BLOCKED: Trigger.BLOCKER_RESOLVED,
    TaskStatus.WAITING_INPUT: Trigger.USER_PROVIDES_INFO,
}


def place(
    recorder: Recorder,
    policy: Policy,
    task: Task,
    *,
    not_before: datetime,
    unreadable: Sequence[CalendarUnreadable] = (),
    because: tuple[Reason, ...] = (),
    unasked: bool = False,
) -> Task:
    """Find the task a slot from ``not_before`` on and move it there.

    Where nothing fits, a task from the backlog becomes ``needs_scheduling`` with the best
    alternatives kept as offers; any other keeps its place and says so in its explanation. So
    does every task while a calendar is unreadable, because nobody knows what is free. A task
    that comes after something not in sight yet gets none. Where the rules of negotiation allow
    it, or with ``unasked``, tasks of less worth make way; what waits for the task follows it.
    ``because`` says why it needs another place.
    """
    if unreadable:
        return _without_sight(recorder, task, unreadable)
    if task.time_intent.waits and task.pinned_start is None:
        return recorder.put(task)
    found = search(recorder, policy, task, not_before=not_before)
    if isinstance(found, NoSlot):
        rules = policy.negotiation
        may = rules.enabled and (rules.auto_apply or unasked) and task.pinned_start is None
        instead = _displacing(recorder, policy, task, not_before=not_before) if may else None
        return instead or _without_slot(recorder, task, found)
    reasons = (*because, *found.reasons)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=reasons))
    placed = settle_at(recorder, task, found.when.start)
    carry_along(recorder, policy, placed)
    return placed


def make_way(recorder: Recorder, policy: Policy, task: Task, *, to: Task) -> Task:
    """Find the task another place, because the other took the one it had."""
    why = (made_way(task, to=to),)
    return place(recorder, policy, task, not_before=recorder.at, because=why)


def made_way(task: Task, *, to: Task) -> Reason:
    """Return the reason of a task that moves for another."""
    return Reason.of(ReasonCode.MADE_WAY, label=to.title, title=task.title, number=task.number)


def _displacing(
    recorder: Recorder, policy: Policy, task: Task, *, not_before: datetime
) -> Task | None:
    """Place the task where others make way, each of which has another place to go to."""
    moves = moves_for(recorder, policy, task, not_before=not_before)
    for move in moves:
        why = (made_way(move.task, to=move.to),) if move.to else ()
        reasons = (*why, *move.found.reasons)
        recorder.explain(Explanation(task_id=move.task.id, topic=Topic.PLACEMENT, reasons=reasons))
        settle_at(recorder, move.task, move.found.when.start)
    return recorder.task(task.id) if moves else None


def carry_along(
    recorder: Recorder,
    policy: Policy,
    task: Task,
    *,
    unreadable: Sequence[CalendarUnreadable] = (),
) -> None:
    """Place anew what waits for the task and would begin before it ends, link after link.

    What is pinned stays.
    """
    end = task.scheduled_end
    for other in recorder.waiting_for(task.id):
        start = other.scheduled_start
        planned = other.status is TaskStatus.SCHEDULED and other.pinned_start is None
        if planned and start is not None and end is not None and start < end:
            place(recorder, policy, other, not_before=recorder.at, unreadable=unreadable)


def settle_at(recorder: Recorder, task: Task, start: datetime) -> Task:
    """Put the task at this start: a transition for one without a place, a move otherwise.

    Raise ``InvalidTransition`` for a task that no transition leads to a place.
    """
    if task.status is TaskStatus.SCHEDULED:
        moved = task.scheduled_start not in (None, start)
        return recorder.put(
            evolve(
                task,
                scheduled_start=start,
                reschedule_count=task.reschedule_count + (1 if moved else 0),
            )
        )
    trigger = _ASSIGNS.get(task.status, Trigger.SCHEDULER_ASSIGNS_SLOT)
    return recorder.apply(evolve(task, scheduled_start=start), trigger)


def unbound(task: Task) -> Task:
    """Return the task without the instants that were asked for once, for another time.

    A wish for a part of the day or for weekdays still holds.
    """
    intent = task.time_intent
    if intent.kind is IntentKind.EXACT:
        return evolve(task, pinned_start=None, time_intent=TimeIntent())
    free = evolve(intent, earliest=None, latest=None)
    return evolve(task, pinned_start=None, time_intent=free)


def _without_sight(
    recorder: Recorder, task: Task, unreadable: Sequence[CalendarUnreadable]
) -> Task:
    reasons = tuple(
        Reason.of(ReasonCode.CALENDAR_UNREADABLE, calendar=each.calendar) for each in unreadable
    )
    recorder.explain(Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=reasons))
    return recorder.put(task)


def _without_slot(recorder: Recorder, task: Task, found: NoSlot) -> Task:
    recorder.explain(
        Explanation(
            task_id=task.id,
            topic=Topic.PLACEMENT,
            reasons=found.reasons,
            offers=tuple(
                Offer(when=each.when, gives_up=each.gives_up) for each in found.alternatives
            ),
        )
    )
    if task.status is TaskStatus.BACKLOG:
        return recorder.apply(task, Trigger.SCHEDULER_NO_SLOT_FOUND)
    return recorder.put(task)
