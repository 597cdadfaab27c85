"""What a task Donna has already takes up from a sentence that means the same task."""

from datetime import datetime
from typing import Any

from attrs import evolve

from donna_core.domain.capture.reading import Reading
from donna_core.domain.planning.durations import Usual
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.task import MAY_BE_PLACED, DeadlineType, IntentKind, Task
from donna_core.domain.timing.recurrence import Recurrence


def as_told(
    reading: Reading, *, at: datetime, policy: Policy, usual: Usual | None
) -> dict[str, Any]:
    """Return the fields of a task that its sentence, said at that instant, decides.

    Where it leaves open how long the work takes, what such work ``usual``ly takes does.
    """
    return {
        "title": reading.title,
        "description": reading.description,
        "domain": reading.domain,
        "priority": reading.priority,
        "base_priority": reading.priority,
        "estimated_duration": reading.duration if usual is None else usual.duration,
        "deadline": reading.deadline,
        "deadline_type": reading.deadline_type,
        "pinned_start": first_start(reading, at=at, policy=policy),
        "recurrence": reading.recurrence,
        "tags": (*reading.tags, *(f"@{context}" for context in reading.contexts)),
        "prep_work_flag": reading.prep_work_flag,
        "prep_work_instructions": reading.prep_work_instructions,
        "agent_eligible": reading.agent_eligible,
        "time_intent": reading.time_intent,
    }


def first_start(reading: Reading, *, at: datetime, policy: Policy) -> datetime | None:
    """Return the start the sentence fixes, for a recurring task that of its first occurrence."""
    if reading.start is None or reading.recurrence is None or reading.start > at:
        return reading.start
    rule = Recurrence.parse(reading.recurrence)
    return rule.next_after(at, zone=policy.zone, anchor=reading.start)


def filled(task: Task, reading: Reading) -> Task:
    """Return the task with its gaps filled from the reading; what it says itself stands."""
    takes_deadline = task.deadline is None and reading.deadline is not None
    return evolve(
        task,
        description=task.description or reading.description,
        deadline=reading.deadline if takes_deadline else task.deadline,
        deadline_type=reading.deadline_type if takes_deadline else task.deadline_type,
        pinned_start=task.pinned_start or reading.start,
        time_intent=reading.time_intent if _takes_anchor(task, reading) else task.time_intent,
        priority=max(task.priority, reading.priority),
        base_priority=max(task.base_priority, reading.priority),
        tags=tuple(
            dict.fromkeys((*task.tags, *reading.tags, *(f"@{each}" for each in reading.contexts)))
        ),
        prep_work_flag=task.prep_work_flag or reading.prep_work_flag,
        prep_work_instructions=task.prep_work_instructions or reading.prep_work_instructions,
    )


def _takes_anchor(task: Task, reading: Reading) -> bool:
    """Whether only the reading says when: what it hangs on is a time the task had not."""
    return (
        reading.time_intent.anchor is not None
        and task.deadline is None
        and task.pinned_start is None
        and task.time_intent.kind is IntentKind.NONE
    )


def updated(task: Task, reading: Reading) -> Task:
    """Return the task as the reading tells it; what the reading leaves open stays."""
    return evolve(
        filled(task, reading),
        title=reading.title,
        deadline=reading.deadline or task.deadline,
        deadline_type=(
            task.deadline_type
            if reading.deadline_type is DeadlineType.NONE
            else reading.deadline_type
        ),
        pinned_start=reading.start or task.pinned_start,
        time_intent=(
            reading.time_intent if reading.start or reading.time_intent.anchor else task.time_intent
        ),
        estimated_duration=(
            reading.duration if reading.duration_stated else task.estimated_duration
        ),
    )


def asks_for_another_place(before: Task, after: Task) -> bool:
    """Whether a change touches what a task's place depends on."""
    return after.status in MAY_BE_PLACED and (
        before.deadline != after.deadline
        or before.pinned_start != after.pinned_start
        or before.estimated_duration != after.estimated_duration
    )
