"""Giving a task its place: the search for a slot and the transition that follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.followup.consequences import HOLDS_TIME
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Occupied, busy_for
from donna_core.domain.planning.negotiation import who_yields
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.room import with_room
from donna_core.domain.planning.slots import NoSlot, Placement, SlotRequest, find_slot
from donna_core.domain.planning.wishes import wish_of
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Offer, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import IntentKind, Task, TaskStatus, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.usecases.recorder import Recorder

_A_DAY = timedelta(days=1)
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
) -> Task:
    """Find the task a slot from ``not_before`` on and move it there.

    Where nothing fits, a task from the backlog becomes ``needs_scheduling`` with the best
    alternatives kept as offers; any other keeps its place and says so in its explanation. So
    does every task while a calendar is unreadable, because nobody knows what is free. A task
    that comes after something not in sight yet gets none. Where the rules of negotiation allow
    it unasked, tasks of less worth make way. ``because`` says why it needs another place.
    """
    if unreadable:
        return _without_sight(recorder, task, unreadable)
    if task.time_intent.waits and task.pinned_start is None:
        return recorder.put(task)
    found = search(recorder, policy, task, not_before=not_before)
    if isinstance(found, NoSlot):
        instead = _displacing(recorder, policy, task, not_before=not_before)
        return instead or _without_slot(recorder, task, found)
    reasons = (*because, *found.reasons)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=reasons))
    return settle_at(recorder, task, found.when.start)


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
    rules = policy.negotiation
    if not (rules.enabled and rules.auto_apply) or task.pinned_start is not None:
        return None
    reach = Interval(not_before, not_before + policy.slots.horizon)
    held = [recorder.task(each.task_id) for each in recorder.occupied(reach)]
    others = [
        each
        for each in held
        if each is not None and recorder.moves_today(each.id, policy.zone) < rules.moves_per_day
    ]
    for group in who_yields(others, to=task, at=recorder.at, rules=rules):
        aside = frozenset(each.id for each in group)
        found = search(recorder, policy, task, not_before=not_before, aside=aside)
        if isinstance(found, NoSlot) or not found.meets_deadline:
            continue
        taken = Occupied(task_id=task.id, title=task.title, when=found.when, priority=task.priority)
        elsewhere = [
            search(recorder, policy, each, not_before=recorder.at, besides=(taken,))
            for each in group
        ]
        if not all(isinstance(each, Placement) and each.meets_deadline for each in elsewhere):
            continue
        recorder.explain(Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=found.reasons))
        placed = settle_at(recorder, task, found.when.start)
        for each in group:
            make_way(recorder, policy, each, to=task)
        return placed
    return None


def search(
    recorder: Recorder,
    policy: Policy,
    task: Task,
    *,
    not_before: datetime,
    aside: frozenset[TaskId] = frozenset(),
    besides: Sequence[Occupied] = (),
) -> Placement | NoSlot:
    """Return where the task would go, changing nothing.

    Tasks ``aside`` stand in no one's way, what is named ``besides`` does.
    """
    request = SlotRequest(
        task_id=task.id,
        domain=task.domain,
        priority=task.priority,
        duration=task.estimated_duration,
        earliest=not_before,
        deadline=task.deadline,
        deadline_type=task.deadline_type,
        intent=wish_of(task),
        pinned_start=task.pinned_start,
        snoozed_until=task.snoozed_until,
        after=_ends_of_dependencies(recorder, task),
    )
    window, out = _searched(request, policy), aside | {task.id}
    held = (*(each for each in recorder.occupied(window) if each.task_id not in out), *besides)

    def padding_of(task_id: TaskId) -> tuple[timedelta, timedelta]:
        other = recorder.task(task_id)
        return policy.planning.padding(other) if other else (timedelta(0), timedelta(0))

    busy = with_room(
        busy_for(task.domain, recorder.events(window), held, policy.windows),
        task,
        held,
        rules=policy.planning,
        zone=policy.zone,
        padding_of=padding_of,
    )
    return find_slot(request, windows=policy.windows, busy=busy, rules=policy.slots)


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


def _searched(request: SlotRequest, policy: Policy) -> Interval:
    """Return the stretch of time in which the search may meet something."""
    bounds = [
        request.pinned_start,
        request.snoozed_until,
        request.intent.earliest,
        *(end for _, end in request.after),
    ]
    latest = max([request.earliest, *(bound for bound in bounds if bound is not None)])
    reach = policy.slots.lead + policy.slots.horizon + request.duration
    return Interval(request.earliest - _A_DAY, latest + reach + _A_DAY)


def _ends_of_dependencies(recorder: Recorder, task: Task) -> tuple[tuple[str, datetime], ...]:
    needed = [recorder.task(task_id) for task_id in task.dependencies]
    planned = [each for each in needed if each is not None and each.status in HOLDS_TIME]
    ends = [(each.title, each.scheduled_end) for each in planned]
    return tuple((title, end) for title, end in ends if end is not None)


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
