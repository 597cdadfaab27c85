"""How much a task matters today: its base, and what raises it from there.

Nothing here lowers a priority below its base, and nothing depends on an earlier result, so that
assessing twice says the same twice. The base is what the person or the capture gave the task;
a priority that was assessed before is no base.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.task import (
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    DeadlineType,
    Domain,
    Task,
)
from donna_core.domain.timing.zones import local

_HARD_WARNING, _HARD_CRITICAL = 4, 5
_SOFT_FAR, _SOFT_RISING, _SOFT_FINAL = 2, 3, 4


@frozen(kw_only=True)
class PriorityRules:
    """When priorities rise. Days are local calendar days: a deadline tomorrow is one day away.

    A hard deadline lifts to 4 within ``warning_days`` and to 5 within ``critical_days``; a soft
    one to 3 within ``soft_rising_days`` and to 4 within ``soft_final_days``. A task that was
    rescheduled more than ``escalation_after_reschedules`` times gains 1 on a day with more than
    ``workload_threshold_per_day`` tasks, and is flagged from ``flag_after_reschedules`` on.
    """

    warning_days: int = 3
    critical_days: int = 1
    soft_rising_days: int = 14
    soft_final_days: int = 7
    workload_threshold_per_day: int = 5
    escalation_after_reschedules: int = 1
    flag_after_reschedules: int = 3


@frozen(kw_only=True)
class Priority:
    """A priority from 1 to 5 and what made it; ``flagged`` asks for a look at the task itself."""

    value: int
    reasons: tuple[Reason, ...]

    @property
    def flagged(self) -> bool:
        """Whether the task keeps being put off."""
        return any(reason.code is ReasonCode.OFTEN_RESCHEDULED for reason in self.reasons)


def assess(
    task: Task,
    *,
    base: int | None,
    at: datetime,
    zone: ZoneInfo,
    rules: PriorityRules,
    tasks_on_day: int,
    waiting_on_it: Sequence[Task] = (),
) -> Priority:
    """Return the task's priority at an instant.

    ``base`` is the priority the person or the capture gave; ``None`` means it is not known, and
    then the stored one stands in and the crowded day counts nothing, because a second look
    could not tell whether it counted before. ``tasks_on_day`` counts the tasks on the day the
    task is planned for, ``waiting_on_it`` holds everything that waits on it, near and far.
    """
    if task.priority_locked or not task.is_open:
        code = ReasonCode.LOCKED if task.priority_locked else ReasonCode.BASE
        reasons = [Reason.of(code, priority=task.priority)]
        return Priority(value=task.priority, reasons=(*reasons, *_flag(task, rules)))
    value = _within_range(task.priority if base is None else base)
    reasons = [Reason.of(ReasonCode.BASE, priority=value)]
    lifts = _lifts(
        task,
        base=value,
        deadline=_deadline_floor(task, at=at, zone=zone, rules=rules),
        tasks_on_day=tasks_on_day if base is not None and _is_moved_about(task, rules) else 0,
        rules=rules,
    )
    for lift in (*lifts, *_duties(task, waiting_on_it)):
        if lift.facts["priority"] > value:
            value = lift.facts["priority"]
            reasons.append(lift)
    return Priority(value=value, reasons=(*reasons, *_flag(task, rules)))


def deadline_priority(
    deadline: datetime | None,
    deadline_type: DeadlineType,
    *,
    at: datetime,
    zone: ZoneInfo,
    rules: PriorityRules,
) -> int | None:
    """Return the priority that a deadline alone lifts to, or ``None`` where it lifts to none."""
    if deadline is None or deadline_type is DeadlineType.NONE:
        return None
    days = _days_left(deadline, at=at, zone=zone)
    if deadline_type is DeadlineType.HARD:
        steps = ((rules.critical_days, _HARD_CRITICAL), (rules.warning_days, _HARD_WARNING))
    else:
        steps = ((rules.soft_final_days, _SOFT_FINAL), (rules.soft_rising_days, _SOFT_RISING))
    lifts = [priority for within, priority in steps if days <= within]
    if deadline_type is DeadlineType.SOFT:
        lifts.append(_SOFT_FAR)
    return max(lifts, default=None)


def waiting_on(task_id: TaskId, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the open tasks that cannot start before this one is done, near and far.

    A closed task waits on nothing and passes nothing on; rings of dependencies do no harm.
    """
    waiters: dict[TaskId, list[Task]] = {}
    for task in tasks:
        if task.is_open:
            for needed in task.dependencies:
                waiters.setdefault(needed, []).append(task)
    return tuple(_reached(task_id, waiters))


def _reached(task_id: TaskId, waiters: Mapping[TaskId, Collection[Task]]) -> Iterator[Task]:
    seen, frontier = {task_id}, [task_id]
    while frontier:
        for task in waiters.get(frontier.pop(), ()):
            if task.id not in seen:
                seen.add(task.id)
                frontier.append(task.id)
                yield task


def _lifts(
    task: Task, *, base: int, deadline: Reason | None, tasks_on_day: int, rules: PriorityRules
) -> Iterator[Reason]:
    """Yield what the task's own time does to it; ``priority`` is what each lifts it to."""
    if deadline is not None:
        base = max(base, deadline.facts["priority"])
        yield deadline
    if tasks_on_day > rules.workload_threshold_per_day:
        yield Reason.of(
            ReasonCode.CROWDED_DAY,
            tasks=tasks_on_day,
            reschedules=task.reschedule_count,
            priority=_within_range(base + 1),
        )


def _duties(task: Task, waiting_on_it: Sequence[Task]) -> Iterator[Reason]:
    """Yield what others ask of it; ``priority`` is what each lifts it to."""
    open_waiters = [waiter for waiter in waiting_on_it if waiter.is_open]
    if open_waiters:
        waiter = max(open_waiters, key=lambda each: each.priority)
        yield Reason.of(
            ReasonCode.WAITED_ON,
            label=waiter.title,
            task_id=waiter.id,
            priority=_within_range(waiter.priority),
        )
    if task.domain is Domain.FAMILY:
        yield Reason.of(ReasonCode.FAMILY, priority=_within_range(task.priority))


def _deadline_floor(
    task: Task, *, at: datetime, zone: ZoneInfo, rules: PriorityRules
) -> Reason | None:
    """Return the reason that the deadline gives, with the priority it lifts to."""
    priority = deadline_priority(task.deadline, task.deadline_type, at=at, zone=zone, rules=rules)
    if task.deadline is None or priority is None:
        return None
    return Reason.of(
        ReasonCode.DEADLINE_NEAR,
        deadline=task.deadline,
        deadline_type=task.deadline_type,
        days=_days_left(task.deadline, at=at, zone=zone),
        priority=priority,
    )


def _days_left(deadline: datetime, *, at: datetime, zone: ZoneInfo) -> int:
    return (_day(deadline, zone) - _day(at, zone)).days


def _is_moved_about(task: Task, rules: PriorityRules) -> bool:
    return task.reschedule_count > rules.escalation_after_reschedules


def _flag(task: Task, rules: PriorityRules) -> Iterator[Reason]:
    if task.reschedule_count >= rules.flag_after_reschedules:
        yield Reason.of(ReasonCode.OFTEN_RESCHEDULED, reschedules=task.reschedule_count)


def _within_range(priority: int) -> int:
    return min(max(priority, LOWEST_PRIORITY), HIGHEST_PRIORITY)


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return local(instant, zone).date()
