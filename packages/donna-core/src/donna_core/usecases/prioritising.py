"""Keeping priorities honest: what a task is worth today, and why."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.planning.priority import assess, waiting_on
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Topic
from donna_core.domain.tasks.task import Task
from donna_core.domain.timing.zones import local, local_day
from donna_core.usecases.recorder import Recorder


def prioritise(
    recorder: Recorder,
    policy: Policy,
    task: Task,
    *,
    others: Sequence[Task],
) -> Task:
    """Return the task with the priority it has come to, and keep the reasons.

    ``others`` are the open tasks, of which some may wait on it. What raised a priority before
    counts for nothing: every verdict starts from the priority the task was given.
    """
    verdict = assess(
        task,
        base=task.base_priority,
        at=recorder.at,
        zone=policy.zone,
        rules=policy.priorities,
        tasks_on_day=_tasks_on_its_day(recorder, policy, task),
        waiting_on_it=waiting_on(task.id, others),
    )
    if verdict.value == task.priority:
        return task
    recorder.explain(Explanation(task_id=task.id, topic=Topic.PRIORITY, reasons=verdict.reasons))
    return recorder.put(evolve(task, priority=verdict.value))


def _tasks_on_its_day(recorder: Recorder, policy: Policy, task: Task) -> int:
    if task.scheduled_start is None:
        return 0
    day = local_day(local(task.scheduled_start, policy.zone).date(), policy.zone)
    return len(recorder.occupied(day))
