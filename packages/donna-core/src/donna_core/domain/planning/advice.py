"""What to do now: the open tasks in the order in which they ask for attention, with reasons."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.priority import waiting_on
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.task import MAY_BE_PLACED, DeadlineType, Task, TaskStatus

PRESSING = timedelta(days=1)
"""From so long before its deadline on a task goes before what is merely planned sooner."""


@frozen(kw_only=True)
class Advice:
    """A task and why it comes at this point."""

    task: Task
    reasons: tuple[Reason, ...]


def advise(tasks: Iterable[Task], *, at: datetime) -> tuple[Advice, ...]:
    """Return what can be done, the most pressing first.

    First what is under way, then what is planned for now or should be over, then what is due
    within a day, then what is planned next, at last what has no place; within each by time, then
    by priority. What waits for another task, for an answer or for its snooze to end is left out.
    """
    everything = tuple(tasks)
    ids = {task.id for task in everything if task.is_open}
    able = [task for task in everything if _can_be_done(task, ids, at)]
    return tuple(
        Advice(task=task, reasons=tuple(_reasons(task, everything, at)))
        for task in sorted(able, key=lambda task: _urgency(task, at))
    )


def _can_be_done(task: Task, unfinished: set[TaskId], at: datetime) -> bool:
    if task.status is TaskStatus.IN_PROGRESS:
        return True
    asleep = task.snoozed_until is not None and task.snoozed_until > at
    waits = task.time_intent.waits or any(needed in unfinished for needed in task.dependencies)
    return task.status in MAY_BE_PLACED and not asleep and not waits


def _urgency(task: Task, at: datetime) -> tuple[int, float, int, int]:
    start, due = task.scheduled_start, _due(task)
    if task.status is TaskStatus.IN_PROGRESS:
        group, when = 0, start
    elif start is not None and start <= at:
        group, when = 1, start
    elif due is not None and due <= at + PRESSING:
        group, when = 2, due
    elif start is not None:
        group, when = 3, start
    else:
        group, when = 4, due
    instant = float("inf") if when is None else when.timestamp()
    return group, instant, -task.priority, task.number


def _reasons(task: Task, others: tuple[Task, ...], at: datetime) -> Iterator[Reason]:
    start, end, due = task.scheduled_start, task.scheduled_end, _due(task)
    if task.status is TaskStatus.IN_PROGRESS and start is not None:
        yield Reason.of(ReasonCode.STARTED, start=start)
    elif end is not None and end <= at:
        yield Reason.of(ReasonCode.TIME_OVER, until=end)
    elif start is not None:
        code = ReasonCode.TIME_HAS_COME if start <= at else ReasonCode.PLANNED_FOR
        yield Reason.of(code, start=start)
    else:
        yield Reason.of(ReasonCode.NO_PLACE, priority=task.priority)
    if due is not None and due <= at + PRESSING:
        yield Reason.of(ReasonCode.DEADLINE, deadline=due, deadline_type=task.deadline_type)
    waiting = waiting_on(task.id, others)
    if waiting:
        first = max(waiting, key=lambda each: (each.priority, -each.number))
        yield Reason.of(
            ReasonCode.WAITED_ON, label=first.title, task_id=first.id, priority=first.priority
        )


def _due(task: Task) -> datetime | None:
    return None if task.deadline_type is DeadlineType.NONE else task.deadline
