"""Seeking a place for a task among what is planned and what the calendars hold."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from donna_core.domain.followup.consequences import HOLDS_TIME
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Occupied, busy_for
from donna_core.domain.planning.room import with_room
from donna_core.domain.planning.slots import NoSlot, Placement, SlotRequest, find_slot
from donna_core.domain.planning.wishes import wish_of
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.task import Task
from donna_core.domain.timing.interval import Interval
from donna_core.usecases.recorder import Recorder

_A_DAY = timedelta(days=1)


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
