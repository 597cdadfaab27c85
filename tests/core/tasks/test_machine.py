"""The life cycle of a task, step by step, on the shipped table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.errors import InvalidTransition
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.machine import (
    Forbidden,
    InvalidTable,
    SideEffect,
    StateMachine,
    Transition,
    Trigger,
)
from donna_core.domain.tasks.task import Task, TaskStatus

AT = datetime(2026, 8, 3, 18, 0, tzinfo=UTC)
EARLIER = AT - timedelta(days=3)
TASK = Task(
    id=TaskId("t"), user_id=UserId("u"), number=12, title="API refactor", created_at=EARLIER
)
S, T, E = TaskStatus, Trigger, SideEffect


def standing(status: TaskStatus, **changes: Any) -> Task:
    """Return a task that stands there."""
    return evolve(TASK, status=status, **changes)


def test_the_shipped_table_names_every_state_and_trigger(table: dict[str, Any]) -> None:
    """File and vocabulary agree; the computed path is the one trigger without a row."""
    assert table["states"] == list(TaskStatus)
    assert {row["trigger"] for row in table["transitions"]} == set(T) - {T.COMPLETION_PATH}
    used = {effect for row in table["transitions"] for effect in row["side_effects"]}
    assert used == set(SideEffect)


def test_tasks_start_in_the_backlog(machine: StateMachine) -> None:
    """The machine knows where a new task stands."""
    assert machine.initial is TaskStatus.BACKLOG is TASK.status


def test_decide_looks_up_the_row(machine: StateMachine) -> None:
    """A decision is the target and all side effects of the row, in its order."""
    decision = machine.decide(S.BACKLOG, T.SCHEDULER_ASSIGNS_SLOT)

    assert decision.target is S.SCHEDULED
    assert decision.side_effects == (E.CREATE_CALENDAR_EVENT, E.SET_DONNA_MANAGED_TRUE)


def test_a_refusal_names_what_is_possible(machine: StateMachine) -> None:
    """An impossible trigger says what the task could do instead."""
    with pytest.raises(InvalidTransition, match=r"#12 'API refactor' is done") as refusal:
        machine.apply(standing(S.DONE), T.USER_EXPLICITLY_CANCELS, at=AT)

    assert refusal.value.possible == (T.USER_REOPENS,) == machine.possible(S.DONE)


def test_decide_refuses_like_apply(machine: StateMachine) -> None:
    """The look-up alone raises the same family with the same triggers."""
    with pytest.raises(InvalidTransition) as refusal:
        machine.decide(S.CANCELLED, T.SCHEDULER_ASSIGNS_SLOT)

    assert refusal.value.possible == (T.USER_REOPENS_CANCELLED,)


@pytest.mark.parametrize("status", sorted(set(TaskStatus) - {S.DONE, S.CANCELLED}))
def test_every_open_task_can_be_cancelled(machine: StateMachine, status: TaskStatus) -> None:
    """The row from anywhere holds for all but the closed states."""
    applied = machine.apply(standing(status), T.USER_EXPLICITLY_CANCELS, at=AT)

    assert applied.task.status is S.CANCELLED
    assert applied.effects == (E.FLAG_DEPENDENT_TASKS, E.DELETE_CALENDAR_EVENT_IF_EXISTS)


def test_nothing_leads_from_done_to_scheduled(machine: StateMachine) -> None:
    """A finished task is reopened before it gets a new time."""
    targets = {machine.decide(S.DONE, trigger).target for trigger in machine.possible(S.DONE)}

    assert targets == {S.IN_PROGRESS}


def test_apply_moves_the_status_and_records_the_step(machine: StateMachine) -> None:
    """One transition is one version and one step of the history."""
    applied = machine.apply(TASK, T.SCHEDULER_ASSIGNS_SLOT, at=AT)

    assert applied.task == evolve(TASK, status=S.SCHEDULED, donna_managed=True, version=2)
    assert applied.effects == (E.CREATE_CALENDAR_EVENT,)
    (step,) = applied.steps
    assert (step.task_id, step.origin, step.target, step.trigger, step.at) == (
        *("t", S.BACKLOG, S.SCHEDULED),
        *(T.SCHEDULER_ASSIGNS_SLOT, AT),
    )


@pytest.mark.parametrize(
    ("before", "trigger", "field", "value"),
    [
        (standing(S.SCHEDULED), T.USER_ACKNOWLEDGES_START_OR_TIME_ARRIVES, "actual_start", AT),
        (
            standing(S.SCHEDULED, actual_start=EARLIER),
            *(T.USER_ACKNOWLEDGES_START_OR_TIME_ARRIVES, "actual_start", AT),
        ),
        (standing(S.IN_PROGRESS), T.USER_OR_AGENT_REPORTS_COMPLETION, "completed_at", AT),
        (standing(S.DONE, completed_at=EARLIER), T.USER_REOPENS, "completed_at", None),
        (standing(S.CANCELLED, archived_at=AT), T.USER_REOPENS_CANCELLED, "archived_at", None),
        (standing(S.WAITING_INPUT), T.TIMEOUT_NO_RESPONSE, "archived_at", AT),
        (
            standing(S.IN_PROGRESS, reschedule_count=2),
            *(T.USER_REQUESTS_RESCHEDULE, "reschedule_count", 3),
        ),
    ],
)
def test_effects_on_the_task_are_done_here(
    machine: StateMachine, before: Task, trigger: Trigger, field: str, value: object
) -> None:
    """A side effect that is a field of the task is applied, not handed on."""
    assert getattr(machine.apply(before, trigger, at=AT).task, field) == value


def test_the_only_timeout_is_that_of_waiting(machine: StateMachine) -> None:
    """A task that waits for an answer is given up after seven days."""
    (row,) = machine.timeouts()

    assert (row.origin, row.trigger) == (S.WAITING_INPUT, T.TIMEOUT_NO_RESPONSE)
    assert row.timeout == timedelta(days=7)


@pytest.mark.parametrize(
    ("status", "path"),
    [
        (S.BACKLOG, [S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
        (S.SCHEDULED, [S.IN_PROGRESS, S.DONE]),
        (S.NEEDS_SCHEDULING, [S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
        (S.IN_PROGRESS, [S.DONE]),
        (S.BLOCKED, [S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
        (S.WAITING_INPUT, [S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
        (S.PAUSED, [S.BACKLOG, S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
        (S.CANCELLED, [S.BACKLOG, S.SCHEDULED, S.IN_PROGRESS, S.DONE]),
    ],
)
def test_completion_walks_the_table_from_anywhere(
    machine: StateMachine, status: TaskStatus, path: list[TaskStatus]
) -> None:
    """Each step is recorded, the task is written once, and only what still matters leaves."""
    applied = machine.complete(standing(status, archived_at=EARLIER), at=AT)

    assert [step.target for step in applied.steps] == path
    assert {step.trigger for step in applied.steps} == {T.COMPLETION_PATH}
    assert applied.effects == (E.UPDATE_VELOCITY_METRICS,)
    assert applied.task.version == TASK.version + 1
    assert applied.task.donna_managed is False
    assert (applied.task.archived_at is None) is (status is S.CANCELLED)


def test_completion_notes_a_start_only_where_none_is_known(machine: StateMachine) -> None:
    """Ticking off a task that was begun earlier keeps when it was begun."""
    fresh = machine.complete(TASK, at=AT).task
    begun = machine.complete(standing(S.BLOCKED, actual_start=EARLIER), at=AT).task

    assert (fresh.actual_start, fresh.completed_at) == (AT, AT)
    assert (begun.actual_start, begun.completed_at) == (EARLIER, AT)


def test_a_done_task_is_not_completed_again(machine: StateMachine) -> None:
    """The refusal offers to reopen it."""
    with pytest.raises(InvalidTransition, match="user_reopens"):
        machine.complete(standing(S.DONE), at=AT)


def test_two_rows_for_one_trigger_are_refused(
    transitions: tuple[Transition, ...], forbidden: tuple[Forbidden, ...]
) -> None:
    """A table that leaves a choice open names the row to take out."""
    again = Transition(origin=S.BACKLOG, target=S.PAUSED, trigger=T.SCHEDULER_ASSIGNS_SLOT)

    with pytest.raises(InvalidTable, match="backlog → paused") as error:
        StateMachine.from_rows(
            transitions=(*transitions, again), forbidden=forbidden, initial=S.BACKLOG
        )
    assert error.value.row == str(again)


def test_a_table_obeys_its_own_bans(
    transitions: tuple[Transition, ...], forbidden: tuple[Forbidden, ...]
) -> None:
    """A row that names a forbidden move is refused with the reason of the ban."""
    banned = Transition(origin=S.DONE, target=S.SCHEDULED, trigger=T.USER_REQUESTS_RESCHEDULE)

    with pytest.raises(InvalidTable, match=r"done → scheduled .*reopened into progress"):
        StateMachine.from_rows(
            transitions=(*transitions, banned), forbidden=forbidden, initial=S.BACKLOG
        )


@pytest.mark.parametrize("cut_off", [S.PAUSED, S.BLOCKED, S.CANCELLED])
def test_every_state_needs_a_way_to_done(
    transitions: tuple[Transition, ...], forbidden: tuple[Forbidden, ...], cut_off: TaskStatus
) -> None:
    """A state one cannot complete from is refused by name; a way through cancelled is none."""
    rows = [row for row in transitions if row.origin is not cut_off or row.target is S.CANCELLED]

    with pytest.raises(InvalidTable, match=f"state {cut_off}"):
        StateMachine.from_rows(transitions=rows, forbidden=forbidden, initial=S.BACKLOG)


def test_unknown_names_are_refused(forbidden: tuple[Forbidden, ...]) -> None:
    """A state outside the vocabulary is named, wherever it stands."""
    unknown: Any = "someday"
    row = Transition(origin=unknown, target=S.DONE, trigger=T.USER_REOPENS)

    with pytest.raises(InvalidTable, match="'someday' is not a state"):
        StateMachine.from_rows(transitions=[row], forbidden=forbidden, initial=S.BACKLOG)
    with pytest.raises(InvalidTable, match="initial_state"):
        StateMachine.from_rows(transitions=[], forbidden=forbidden, initial=unknown)


def test_the_mark_of_the_path_is_no_trigger() -> None:
    """A table cannot bring back the row from anywhere to done under the path's own name."""
    row = Transition(origin=None, target=S.DONE, trigger=T.COMPLETION_PATH)

    with pytest.raises(InvalidTable, match="completion_path"):
        StateMachine.from_rows(transitions=[row], forbidden=[], initial=S.BACKLOG)
