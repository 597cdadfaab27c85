"""Correcting what a task says: its fields, its dependencies, its lock, its review mark."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.capture.cleaning import clean
from donna_core.domain.errors import InvalidInput, NextStep, Refused
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.priority import waiting_on
from donna_core.domain.tasks.task import (
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    MAY_BE_PLACED,
    NEEDS_REVIEW,
    OPEN,
    DeadlineType,
    Domain,
    Task,
    TimeIntent,
)
from donna_core.domain.workflow.errand import Errand, carrying
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.correcting import READ, tell_corrections
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.placing import place
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve, resolve_one
from donna_core.usecases.runtime import Runtime

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=14)


class CircularDependency(Refused):
    """Each of two tasks would have to come before the other."""

    def __init__(self, task: Task, other: Task) -> None:
        self.task_number, self.other_number = task.number, other.number
        super().__init__(
            f"{task.handle} cannot wait for {other.handle} '{other.title}', which already waits "
            f"for {task.handle}."
        )
        effect = f"lets {other.handle} wait for nothing"
        self.next_step = NextStep("edit", effect, (other.number,), {"free": True})


@frozen(kw_only=True)
class Correction:
    """The fields to change; ``None`` leaves one as it is.

    ``no_deadline`` takes the deadline away. ``after`` are references of tasks that must be
    done first, ``free`` drops all such dependencies. ``reviewed`` takes the review mark off.
    ``workflow`` is what the task is to carry.
    """

    title: str | None = None
    description: str | None = None
    domain: Domain | None = None
    priority: int | None = None
    duration: timedelta | None = None
    deadline: datetime | None = None
    deadline_type: DeadlineType | None = None
    no_deadline: bool = False
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    note: str | None = None
    after: tuple[str, ...] = ()
    free: bool = False
    prep: str | None = None
    reviewed: bool = False
    workflow: Errand | None = None


async def edit(runtime: Runtime, reference: str, correction: Correction) -> Changed:
    """Apply the correction to the one task named, and place it anew where its needs changed."""
    _check(correction)
    correction = _cleaned(correction, limit=runtime.policy.text_limit)
    mirrored = await mirror_calendars(runtime)
    origin = Origin.draw(runtime, "edit", reference)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        task = resolve_one(stores, reference)
        changed = _corrected(task, correction, after=_dependencies(stores, task, correction))
        recorder.put(changed)
        tell_corrections(recorder, task, changed, fields=READ, source="edit")
        others = stores.tasks.select(statuses=OPEN)
        changed = prioritise(recorder, runtime.policy, changed, others=others)
        if _needs_another_place(task, changed):
            place(
                recorder,
                runtime.policy,
                changed,
                not_before=origin.at,
                unreadable=mirrored.unreadable,
            )
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


async def lock(runtime: Runtime, reference: str, *, priority: int | None = None) -> Changed:
    """Keep the priority as it is, or at this value, whatever the days bring."""
    _check(Correction(priority=priority))

    def change(task: Task) -> Task:
        kept = priority or task.priority
        return evolve(task, priority=kept, base_priority=kept, priority_locked=True)

    return await _each(runtime, "lock", reference, change)


async def unlock(runtime: Runtime, reference: str) -> Changed:
    """Let the priority follow the days again."""

    def change(task: Task) -> Task:
        return evolve(task, priority_locked=False)

    return await _each(runtime, "unlock", reference, change)


async def _each(
    runtime: Runtime,
    verb: str,
    reference: str,
    change: Callable[[Task], Task],
) -> Changed:
    origin = Origin.draw(runtime, verb, reference)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        others = stores.tasks.select(statuses=OPEN)
        for task in resolve(stores, reference):
            changed = recorder.put(change(task))
            prioritise(recorder, runtime.policy, changed, others=others)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _check(correction: Correction) -> None:
    if correction.title is not None and not correction.title.strip():
        raise InvalidInput("A title cannot be empty. Say what there is to do.")
    priority = correction.priority
    if priority is not None and not LOWEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise InvalidInput(f"Priority {priority} is not between 1 (lowest) and 5 (highest).")
    length = correction.duration
    if length is not None and not SHORTEST <= length <= LONGEST:
        raise InvalidInput(f"A duration of {length} is not between 1 minute and 14 days.")


def _cleaned(correction: Correction, *, limit: int) -> Correction:
    """Return the correction with its texts safe to read and to show, as captured ones are."""
    texts: dict[str, Any] = {
        name: clean(text, limit=limit)[0]
        for name in ("title", "description", "note", "prep")
        if (text := getattr(correction, name))
    }
    tags = tuple(clean(tag, limit=limit)[0] for tag in correction.add_tags)
    return evolve(correction, add_tags=tags, **texts)


def _corrected(task: Task, correction: Correction, *, after: tuple[TaskId, ...]) -> Task:
    tags = [tag for tag in task.tags if tag not in correction.remove_tags]
    if correction.reviewed:
        tags = [tag for tag in tags if tag != NEEDS_REVIEW]
    deadline, kind = _deadline(task, correction)
    if correction.workflow is not None:
        task = carrying(task, correction.workflow)
    return evolve(
        task,
        title=correction.title or task.title,
        description=correction.description or task.description,
        domain=correction.domain or task.domain,
        priority=correction.priority or task.priority,
        base_priority=correction.priority or task.base_priority,
        estimated_duration=correction.duration or task.estimated_duration,
        deadline=deadline,
        deadline_type=kind,
        tags=tuple(dict.fromkeys((*tags, *correction.add_tags))),
        notes=(*task.notes, correction.note) if correction.note else task.notes,
        dependencies=after,
        prep_work_flag=task.prep_work_flag or correction.prep is not None,
        prep_work_instructions=correction.prep or task.prep_work_instructions,
        time_intent=_intent(task, correction),
    )


def _intent(task: Task, correction: Correction) -> TimeIntent:
    """Return what was wished for; a deadline of the person's own hangs on nothing."""
    if correction.deadline is None and not correction.no_deadline:
        return task.time_intent
    return evolve(task.time_intent, anchor=None)


def _deadline(task: Task, correction: Correction) -> tuple[datetime | None, DeadlineType]:
    if correction.no_deadline:
        return None, DeadlineType.NONE
    if correction.deadline is not None:
        return correction.deadline, correction.deadline_type or DeadlineType.HARD
    if task.deadline is None:
        return None, DeadlineType.NONE
    return task.deadline, correction.deadline_type or task.deadline_type


def _dependencies(stores: Stores, task: Task, correction: Correction) -> tuple[TaskId, ...]:
    kept = () if correction.free else task.dependencies
    if not correction.after:
        return kept
    waiting = {each.id for each in waiting_on(task.id, stores.tasks.select(statuses=OPEN))}
    first = [each for reference in correction.after for each in resolve(stores, reference)]
    for other in first:
        if other.id in waiting or other.id == task.id:
            raise CircularDependency(task, other)
    return tuple(dict.fromkeys((*kept, *(other.id for other in first))))


def _needs_another_place(before: Task, after: Task) -> bool:
    return after.status in MAY_BE_PLACED and (
        before.estimated_duration != after.estimated_duration
        or before.deadline != after.deadline
        or before.dependencies != after.dependencies
        or before.domain != after.domain
    )
