"""Keeping priorities honest: what a task is worth today, and why."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.planning.priority import assess, waiting_on
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Topic
from donna_core.domain.tasks.task import Task
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.recorder import Recorder

_COMMANDS_READ = 50
_TELLS_THE_BASE = frozenset({ReasonCode.BASE, ReasonCode.LOCKED})


def prioritise(
    stores: Stores,
    recorder: Recorder,
    policy: Policy,
    task: Task,
    *,
    others: Sequence[Task],
    given: int | None = None,
) -> Task:
    """Return the task with the priority it has come to, and keep the reasons.

    ``others`` are the open tasks, of which some may wait on it.
    ``given`` is a priority that was just asked for: what later days raise, they raise from it.
    """
    verdict = assess(
        task,
        base=given if given is not None else _base(stores, task),
        at=recorder.at,
        zone=policy.zone,
        rules=policy.priorities,
        tasks_on_day=_tasks_on_its_day(recorder, policy, task),
        waiting_on_it=waiting_on(task.id, others),
    )
    if verdict.value == task.priority and given is None:
        return task
    recorder.explain(Explanation(task_id=task.id, topic=Topic.PRIORITY, reasons=verdict.reasons))
    return recorder.put(evolve(task, priority=verdict.value))


def _base(stores: Stores, task: Task) -> int | None:
    """Return the priority the task was given, before anything raised it.

    The reasons of the latest verdict name it. A task without a verdict was never raised;
    ``None`` where the history is too long to be sure.
    """
    commands = stores.history.recent(_COMMANDS_READ, task_id=task.id)
    for command in commands:
        if command.undone or command.undoes is not None:
            continue
        for explanation in command.explanations:
            if explanation.task_id != task.id or explanation.topic is not Topic.PRIORITY:
                continue
            for reason in explanation.reasons:
                if reason.code in _TELLS_THE_BASE:
                    return int(reason.facts["priority"])
    return task.priority if len(commands) < _COMMANDS_READ else None


def _tasks_on_its_day(recorder: Recorder, policy: Policy, task: Task) -> int:
    if task.scheduled_start is None:
        return 0
    day = local_day(local(task.scheduled_start, policy.zone).date(), policy.zone)
    return len(recorder.occupied(day))
