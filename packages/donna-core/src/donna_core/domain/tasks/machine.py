"""The life cycle of a task: a table of transitions, and the only code that moves a status.

The table comes from ``task_states.yaml``. A transition changes the task's own fields here and
hands every other effect it asks for to the caller.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.errors import DonnaError, InvalidTransition
from donna_core.domain.tasks.history import Step
from donna_core.domain.tasks.task import Task, TaskStatus


class Trigger(StrEnum):
    """What can move a task. ``completion_path`` marks the steps of a completion from anywhere."""

    SCHEDULER_ASSIGNS_SLOT = "scheduler_assigns_slot"
    SCHEDULER_NO_SLOT_FOUND = "scheduler_no_slot_found"
    ALTERNATIVE_OR_REARRANGE_ACCEPTED = "alternative_or_rearrange_accepted"
    USER_DECLINES_SCHEDULING = "user_declines_scheduling"
    USER_ACKNOWLEDGES_START_OR_TIME_ARRIVES = "user_acknowledges_start_or_time_arrives"
    USER_CANCELS_SCHEDULED_TIME = "user_cancels_scheduled_time"
    USER_OR_AGENT_REPORTS_COMPLETION = "user_or_agent_reports_completion"
    USER_OR_AGENT_REPORTS_BLOCKER = "user_or_agent_reports_blocker"
    USER_REQUESTS_RESCHEDULE = "user_requests_reschedule"
    BLOCKER_RESOLVED = "blocker_resolved"
    USER_ABANDONS = "user_abandons"
    USER_PROVIDES_INFO = "user_provides_info"
    TIMEOUT_NO_RESPONSE = "timeout_no_response"
    ESCALATION_PAUSE = "escalation_pause"
    DAILY_BUDGET_REFRESH = "daily_budget_refresh"
    USER_EXPLICITLY_CANCELS = "user_explicitly_cancels"
    USER_REOPENS = "user_reopens"
    USER_REOPENS_CANCELLED = "user_reopens_cancelled"
    COMPLETION_PATH = "completion_path"


class SideEffect(StrEnum):
    """What a transition asks for: a field of the task itself, or something for the caller."""

    SET_ACTUAL_START = "set_actual_start"
    SET_COMPLETED_AT = "set_completed_at"
    CLEAR_COMPLETED_AT = "clear_completed_at"
    CLEAR_CANCELLED_AT = "clear_cancelled_at"
    SET_DONNA_MANAGED_TRUE = "set_donna_managed_true"
    INCREMENT_RESCHEDULE_COUNT = "increment_reschedule_count"
    ARCHIVE_TASK = "archive_task"
    CREATE_CALENDAR_EVENT = "create_calendar_event"
    UPDATE_CALENDAR_EVENT = "update_calendar_event"
    DELETE_CALENDAR_EVENT = "delete_calendar_event"
    DELETE_CALENDAR_EVENT_IF_EXISTS = "delete_calendar_event_if_exists"
    ASSIGN_NEW_SLOT = "assign_new_slot"
    FIND_NEXT_AVAILABLE_SLOT = "find_next_available_slot"
    SCHEDULER_ASSIGNS_SLOT = "scheduler_assigns_slot"
    OPEN_NEGOTIATION = "open_negotiation"
    RESURFACE_IN_WEEKLY_PLAN = "resurface_in_weekly_plan"
    UPDATE_VELOCITY_METRICS = "update_velocity_metrics"
    UPDATE_DEPENDENCIES = "update_dependencies"
    LOG_BLOCKING_REASON = "log_blocking_reason"
    NOTIFY_DEPENDENT_TASKS = "notify_dependent_tasks"
    FLAG_DEPENDENT_TASKS = "flag_dependent_tasks"
    PM_AGENT_UPDATES_TASK = "pm_agent_updates_task"
    NOTIFY_USER = "notify_user"


# The effects that are fields of the task: the field and its value at the instant of the step.
_FIELDS: Mapping[SideEffect, tuple[str, Callable[[Task, datetime], Any]]] = {
    SideEffect.SET_ACTUAL_START: ("actual_start", lambda _, at: at),
    SideEffect.SET_COMPLETED_AT: ("completed_at", lambda _, at: at),
    SideEffect.CLEAR_COMPLETED_AT: ("completed_at", lambda _task, _at: None),
    SideEffect.CLEAR_CANCELLED_AT: ("archived_at", lambda _task, _at: None),
    SideEffect.SET_DONNA_MANAGED_TRUE: ("donna_managed", lambda _task, _at: True),
    SideEffect.INCREMENT_RESCHEDULE_COUNT: (
        "reschedule_count",
        lambda task, _: task.reschedule_count + 1,
    ),
    SideEffect.ARCHIVE_TASK: ("archived_at", lambda _, at: at),
}
# Of the steps before the last one only these are still true of a finished task.
_OUTLAST_THE_PATH = frozenset(
    {SideEffect.SET_ACTUAL_START, SideEffect.CLEAR_COMPLETED_AT, SideEffect.CLEAR_CANCELLED_AT}
)
_NOT_ON_THE_PATH = frozenset({TaskStatus.CANCELLED, TaskStatus.WAITING_INPUT})


@frozen(kw_only=True)
class Transition:
    """One row of the table. ``origin`` is ``None`` for a row that holds from anywhere.

    With a ``timeout`` the trigger fires by itself that long after the task came to ``origin``.
    """

    origin: TaskStatus | None
    target: TaskStatus
    trigger: Trigger
    side_effects: tuple[SideEffect, ...] = ()
    timeout: timedelta | None = None

    def __str__(self) -> str:
        return f"{self.origin or '*'} → {self.target} ({self.trigger})"


@frozen(kw_only=True)
class Forbidden:
    """A move the table may not hold. ``target`` is ``None`` for any but the ``exceptions``."""

    origin: TaskStatus
    target: TaskStatus | None
    exceptions: frozenset[TaskStatus] = frozenset()
    reason: str

    def __str__(self) -> str:
        return f"never {self.origin} → {self.target or '*'}"

    def covers(self, origin: TaskStatus, target: TaskStatus) -> bool:
        """Whether this row forbids the move."""
        named = self.target is None or self.target is target
        return self.origin is origin and named and target not in self.exceptions


@frozen(kw_only=True)
class Decision:
    """Where a trigger leads, and what it asks for on the way."""

    target: TaskStatus
    side_effects: tuple[SideEffect, ...]


@frozen(kw_only=True)
class Applied:
    """A moved task, the steps it took, and the effects that are left to the caller."""

    task: Task
    steps: tuple[Step, ...]
    effects: tuple[SideEffect, ...]


class InvalidTable(DonnaError):
    """The table of states cannot be used; ``row`` names the row in the way it is written."""

    def __init__(self, row: str, *, problem: str, remedy: str) -> None:
        self.row, self.problem, self.remedy = row, problem, remedy
        super().__init__(f"State table, {row}: {problem}. {remedy}")


@frozen(kw_only=True)
class _Path:
    """The way from one status to done: where it leads through and what remains of it."""

    targets: tuple[TaskStatus, ...]
    side_effects: tuple[SideEffect, ...]


@frozen(kw_only=True)
class StateMachine:
    """The table, ready for use. Build it with ``from_rows``, which checks the rows."""

    initial: TaskStatus
    _decisions: Mapping[tuple[TaskStatus, Trigger], Decision]
    _paths: Mapping[TaskStatus, _Path]
    _timeouts: tuple[Transition, ...]

    @classmethod
    def from_rows(
        cls,
        *,
        transitions: Iterable[Transition],
        forbidden: Iterable[Forbidden],
        initial: TaskStatus,
    ) -> "StateMachine":
        """Build the machine; raise ``InvalidTable`` for the first row that does not hold.

        A row from anywhere leaves out its own target and whatever a forbidden row names; a row
        that names its origin must not be forbidden. Every status must have a way to done that
        avoids cancelled and waiting; where two are equally short, the earlier row wins.
        """
        bans = tuple(forbidden)
        _check_names(initial, bans)
        rows = tuple(row for given in transitions for row in _expand(given, bans))
        decisions: dict[tuple[TaskStatus, Trigger], Decision] = {}
        for origin, row in rows:
            if (origin, row.trigger) in decisions:
                raise InvalidTable(
                    str(row),
                    problem=f"{origin} has two rows for {row.trigger}",
                    remedy="Keep one of them.",
                )
            decisions[origin, row.trigger] = Decision(
                target=row.target, side_effects=row.side_effects
            )
        return cls(
            initial=initial,
            decisions=decisions,
            paths={
                status: _path(status, rows)
                for status in TaskStatus
                if status is not TaskStatus.DONE
            },
            timeouts=tuple(
                evolve(row, origin=origin) for origin, row in rows if row.timeout is not None
            ),
        )

    def decide(self, status: TaskStatus, trigger: Trigger) -> Decision:
        """Return where the trigger leads; raise ``InvalidTransition`` when it leads nowhere."""
        try:
            return self._decisions[status, trigger]
        except KeyError:
            raise self._refusal("A task", status, trigger) from None

    def possible(self, status: TaskStatus) -> tuple[Trigger, ...]:
        """Return the triggers that move a task from this status, in the order of the table."""
        return tuple(trigger for origin, trigger in self._decisions if origin is status)

    def apply(self, task: Task, trigger: Trigger, *, at: datetime) -> Applied:
        """Take one step at the instant ``at``, under the next version.

        A start notes ``at`` even where an earlier start is known: what counts is when the work
        began this time. Raise ``InvalidTransition`` when the table has no such row.
        """
        decision = self._decisions.get((task.status, trigger))
        if decision is None:
            raise self._refusal(_subject(task), task.status, trigger)
        step = Step(
            task_id=task.id,
            origin=task.status,
            target=decision.target,
            trigger=trigger,
            at=at,
        )
        return _applied(task, (step,), decision.side_effects, at=at)

    def complete(self, task: Task, *, at: datetime) -> Applied:
        """Walk the shortest path to done from wherever the task stands, under one new version.

        Every step is recorded with the trigger ``completion_path``. What the steps ask for is
        netted: a task that is finished needs no slot and no new event, and a start that was
        noted earlier stays. Raise ``InvalidTransition`` for a task that is done already.
        """
        path = self._paths.get(task.status)
        if path is None:
            raise self._refusal(_subject(task), task.status, Trigger.COMPLETION_PATH)
        origins = (task.status, *path.targets)
        steps = tuple(
            Step(
                task_id=task.id,
                origin=origin,
                target=target,
                trigger=Trigger.COMPLETION_PATH,
                at=at,
            )
            for origin, target in zip(origins, path.targets, strict=False)
        )
        effects = path.side_effects
        if task.actual_start is not None:
            effects = tuple(e for e in effects if e is not SideEffect.SET_ACTUAL_START)
        return _applied(task, steps, effects, at=at)

    def timeouts(self) -> tuple[Transition, ...]:
        """Return the rows that fire by themselves, each with its origin and its timeout."""
        return self._timeouts

    def _refusal(self, subject: str, status: TaskStatus, trigger: Trigger) -> InvalidTransition:
        return InvalidTransition(
            subject=subject, status=status, trigger=trigger, possible=self.possible(status)
        )


def _subject(task: Task) -> str:
    return f"{task.handle} '{task.title}'"


def _applied(
    task: Task, steps: tuple[Step, ...], effects: tuple[SideEffect, ...], *, at: datetime
) -> Applied:
    changes: dict[str, Any] = {"status": steps[-1].target, "version": task.version + 1}
    outward = []
    for effect in effects:
        if effect in _FIELDS:
            name, value = _FIELDS[effect]
            changes[name] = value(task, at)
        else:
            outward.append(effect)
    return Applied(task=evolve(task, **changes), steps=steps, effects=tuple(outward))


def _check_names(initial: TaskStatus, bans: tuple[Forbidden, ...]) -> None:
    _check_known("initial_state", initial)
    for ban in bans:
        for status in (ban.origin, ban.target, *ban.exceptions):
            _check_known(str(ban), status)


def _check_known(row: str, status: TaskStatus | None) -> None:
    if status is not None and status not in frozenset(TaskStatus):
        raise InvalidTable(
            row,
            problem=f"'{status}' is not a state",
            remedy=f"The states are {', '.join(TaskStatus)}.",
        )


def _expand(
    row: Transition, bans: tuple[Forbidden, ...]
) -> tuple[tuple[TaskStatus, Transition], ...]:
    """Return the row once for each origin it holds for."""
    _check_known(str(row), row.origin)
    _check_known(str(row), row.target)
    if row.trigger is Trigger.COMPLETION_PATH:
        raise InvalidTable(
            str(row),
            problem="completion_path is the mark of computed steps, not a trigger",
            remedy="Name what happens; the path to done is found by itself.",
        )
    if row.origin is None:
        return tuple(
            (origin, row)
            for origin in TaskStatus
            if origin is not row.target and not any(b.covers(origin, row.target) for b in bans)
        )
    for ban in bans:
        if ban.covers(row.origin, row.target):
            raise InvalidTable(
                str(row),
                problem=f"another row forbids it ({ban.reason})",
                remedy="Take one of the two rows out.",
            )
    return ((row.origin, row),)


def _path(status: TaskStatus, rows: tuple[tuple[TaskStatus, Transition], ...]) -> _Path:
    """Find the shortest way to done, breadth first in the order of the table."""
    came_by: dict[TaskStatus, tuple[TaskStatus, Transition]] = {}
    queue = deque([status])
    while queue and TaskStatus.DONE not in came_by:
        here = queue.popleft()
        for origin, row in rows:
            known = row.target in came_by or row.target is status
            if origin is here and not known and row.target not in _NOT_ON_THE_PATH:
                came_by[row.target] = (here, row)
                queue.append(row.target)
    if TaskStatus.DONE not in came_by:
        raise InvalidTable(
            f"state {status}",
            problem="no way leads from here to done",
            remedy="Add a transition towards in_progress.",
        )
    walked = []
    here = TaskStatus.DONE
    while here is not status:
        here, row = came_by[here]
        walked.append(row)
    walked.reverse()
    lasting = tuple(
        effect for row in walked[:-1] for effect in row.side_effects if effect in _OUTLAST_THE_PATH
    )
    return _Path(
        targets=tuple(row.target for row in walked),
        side_effects=(*lasting, *walked[-1].side_effects),
    )
