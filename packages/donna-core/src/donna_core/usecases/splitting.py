"""Long work in pieces: each is a task of its own, and the last of them is the task itself."""

from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.proposal import piece_title
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.task import IntentKind, Task, TaskStatus
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.recorder import Recorder


def lengths_of(task: Task, policy: Policy) -> tuple[timedelta, ...]:
    """Return the pieces that the rules ask for: one for what is short, repeats or has its time."""
    is_fixed = task.pinned_start is not None or task.time_intent.kind is IntentKind.EXACT
    if is_fixed or task.time_intent.waits or task.recurrence is not None:
        return (task.estimated_duration,)
    return policy.planning.blocks(task.estimated_duration, step=policy.slots.step)


def spare_ids(task_id: TaskId, count: int) -> tuple[TaskId, ...]:
    """Return ids for all of so many pieces but the last, the same each time."""
    return tuple(TaskId(f"{task_id}-{number}") for number in range(1, count))


def split(
    recorder: Recorder,
    stores: Stores,
    task: Task,
    lengths: Sequence[timedelta],
    ids: Sequence[TaskId],
) -> tuple[Task, ...]:
    """Make tasks of the pieces of one, in their order; ``ids`` are for all but the last.

    The last is the task itself, so whatever waits for the task waits for its last piece, and
    each piece for the one before. The numbers of a task that is new follow that order too.
    """
    spares = [stores.tasks.next_number() for _ in lengths[1:]]
    numbers = [task.number, *spares] if recorder.is_new(task.id) else [*spares, task.number]
    pieces: list[Task] = []
    for index, length in enumerate(lengths):
        own = index == len(lengths) - 1
        piece = evolve(
            task if own else _fresh(recorder, task, ids[index]),
            number=numbers[index],
            title=piece_title(task.title, index, len(lengths)),
            estimated_duration=length,
            dependencies=(pieces[-1].id,) if pieces else task.dependencies,
        )
        pieces.append((recorder.put if own else recorder.add)(piece))
    return tuple(pieces)


def _fresh(recorder: Recorder, task: Task, task_id: TaskId) -> Task:
    return evolve(
        task,
        id=task_id,
        status=TaskStatus.BACKLOG,
        scheduled_start=None,
        parent_task=task.id,
        created_at=recorder.at,
        calendar_event_id=None,
        donna_managed=False,
        reschedule_count=0,
        nudge_count=0,
        version=1,
    )
