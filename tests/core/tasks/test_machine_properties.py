"""What holds of the machine whatever happens to a task."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.errors import InvalidTransition
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.history import Step
from donna_core.domain.tasks.machine import Forbidden, StateMachine, Transition, Trigger
from donna_core.domain.tasks.task import Task, TaskStatus

START = datetime(2026, 8, 3, tzinfo=UTC)
TASK = Task(id=TaskId("t"), user_id=UserId("u"), number=1, title="x", created_at=START)
TOUCHED = {
    *("status", "version", "actual_start", "completed_at", "archived_at"),
    *("donna_managed", "reschedule_count"),
}
TRIGGERS = st.lists(st.sampled_from(Trigger), max_size=30)


def walk(
    machine: StateMachine, triggers: list[Trigger]
) -> tuple[list[Task], list[Step], list[Trigger]]:
    """Follow the triggers; the mark of the path asks for completion. Skip what is refused."""
    tasks = [TASK]
    steps: list[Step] = []
    refused: list[Trigger] = []
    for minute, trigger in enumerate(triggers):
        at, task = START + timedelta(minutes=minute), tasks[-1]
        try:
            if trigger is Trigger.COMPLETION_PATH:
                applied = machine.complete(task, at=at)
            else:
                applied = machine.apply(task, trigger, at=at)
        except InvalidTransition:
            refused.append(trigger)
            continue
        tasks.append(applied.task)
        steps.extend(applied.steps)
    return tasks, steps, refused


@given(triggers=TRIGGERS)
def test_history_is_a_path_of_the_table(
    machine: StateMachine, transitions: tuple[Transition, ...], triggers: list[Trigger]
) -> None:
    """Steps join up, start where tasks start, end where the task is, and each is a row."""
    tasks, steps, _ = walk(machine, triggers)

    stations = [machine.initial, *(step.target for step in steps)]
    assert [step.origin for step in steps] == stations[:-1]
    assert stations[-1] is tasks[-1].status
    for step in steps:
        assert any(
            row.target is step.target
            and row.origin in {None, step.origin}
            and step.trigger in {row.trigger, Trigger.COMPLETION_PATH}
            for row in transitions
        )


@given(triggers=TRIGGERS)
def test_versions_rise_by_one_per_write(machine: StateMachine, triggers: list[Trigger]) -> None:
    """Every accepted trigger, a completion of many steps included, is one new version."""
    tasks, _, refused = walk(machine, triggers)

    assert [task.version for task in tasks] == list(range(1, len(tasks) + 1))
    assert len(tasks) + len(refused) == len(triggers) + 1


@given(triggers=TRIGGERS)
def test_forbidden_moves_never_happen(
    machine: StateMachine, forbidden: tuple[Forbidden, ...], triggers: list[Trigger]
) -> None:
    """No sequence of triggers makes a move that the table forbids."""
    _, steps, _ = walk(machine, triggers)

    assert not [s for s in steps for ban in forbidden if ban.covers(s.origin, s.target)]


@given(triggers=TRIGGERS)
def test_only_the_life_cycle_is_touched(machine: StateMachine, triggers: list[Trigger]) -> None:
    """The fields of the life cycle change, and nothing else of the task does."""
    last = walk(machine, triggers)[0][-1]

    cycle = {name: getattr(last, name) for name in TOUCHED}
    assert evolve(TASK, **cycle) == last


@given(triggers=TRIGGERS)
def test_completion_stamps_match_the_status(machine: StateMachine, triggers: list[Trigger]) -> None:
    """A done task has started before it was completed; an open one that was reopened has not."""
    for task in walk(machine, triggers)[0]:
        if task.status is TaskStatus.DONE:
            assert task.actual_start is not None
            assert task.completed_at is not None
            assert task.actual_start <= task.completed_at
        else:
            assert task.completed_at is None


@given(triggers=TRIGGERS)
def test_completion_ends_in_done_from_wherever_a_walk_leads(
    machine: StateMachine, triggers: list[Trigger]
) -> None:
    """Whatever happened before, an unfinished task can be ticked off, and a finished one cannot."""
    task = walk(machine, triggers)[0][-1]

    if task.status is TaskStatus.DONE:
        with pytest.raises(InvalidTransition):
            machine.complete(task, at=START)
    else:
        applied = machine.complete(task, at=START)
        assert applied.task.status is TaskStatus.DONE
        between = {step.target for step in applied.steps}
        assert not between & {TaskStatus.CANCELLED, TaskStatus.WAITING_INPUT}


@given(status=st.sampled_from(TaskStatus), trigger=st.sampled_from(Trigger))
def test_possible_is_exactly_what_decide_accepts(
    machine: StateMachine, status: TaskStatus, trigger: Trigger
) -> None:
    """The list of possible triggers never promises too much nor hides one."""
    if trigger in machine.possible(status):
        assert machine.apply(evolve(TASK, status=status), trigger, at=START).task.status is (
            machine.decide(status, trigger).target
        )
    else:
        with pytest.raises(InvalidTransition):
            machine.decide(status, trigger)
