"""Making one task of two."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.errors import Refused
from donna_core.domain.events import EventKind
from donna_core.domain.planning.priority import waiting_on
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.history import Explanation, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import NEEDS_REVIEW, OPEN, Task
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve_one
from donna_core.usecases.reschedule import ClosedTask
from donna_core.usecases.runtime import Runtime


class SameTask(Refused):
    """A task cannot be merged with itself."""

    def __init__(self, task: Task) -> None:
        self.task_number = task.number
        super().__init__(f"{task.handle} and {task.handle} are one task already. Name two.")


async def merge(runtime: Runtime, into: str, other: str) -> Changed:
    """Fold the second task into the first and drop it; undo brings both back.

    The first keeps its title and its place; gaps are filled from the second, tags, notes and
    dependencies are joined, the higher priority wins, and whoever waited for the second now
    waits for the first. Where both came before and after the same task, the first keeps its
    own order. Raise ``SameTask`` or, when the first is finished or dropped, ``ClosedTask``.
    """
    origin = Origin.draw(runtime, "merge", f"{other} into {into}")

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        kept, folded = resolve_one(stores, into), resolve_one(stores, other)
        if kept.id == folded.id:
            raise SameTask(kept)
        if not kept.is_open:
            raise ClosedTask(kept)
        others = stores.tasks.select(statuses=OPEN)
        joined = _joined(kept, folded, others=others)
        for waiting in others:
            if folded.id in waiting.dependencies and waiting.id != kept.id:
                after_it = waiting_on(waiting.id, others)
                circular = kept.id in {task.id for task in after_it}
                recorder.put(_redirected(waiting, folded, joined, circular=circular))
        recorder.apply(folded, Trigger.USER_EXPLICITLY_CANCELS)
        recorder.put(joined)
        prioritise(recorder, runtime.policy, joined, others=others)
        recorder.tell(EventKind.TASK_MERGED, kept.id, merged=folded.id)
        reason = Reason(
            code=ReasonCode.MERGED, facts={"title": folded.title, "number": folded.number}
        )
        recorder.explain(Explanation(task_id=kept.id, topic=Topic.DUPLICATE, reasons=(reason,)))
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _joined(kept: Task, folded: Task, *, others: Sequence[Task]) -> Task:
    tags = [tag for tag in (*kept.tags, *folded.tags) if tag != NEEDS_REVIEW]
    takes_deadline = kept.deadline is None and folded.deadline is not None
    after_it = {kept.id, folded.id, *(task.id for task in waiting_on(kept.id, others))}
    taken_over = (each for each in folded.dependencies if each not in after_it)
    own = (each for each in kept.dependencies if each != folded.id)
    return evolve(
        kept,
        description=kept.description or folded.description,
        priority=max(kept.priority, folded.priority),
        base_priority=max(kept.base_priority, folded.base_priority),
        deadline=folded.deadline if takes_deadline else kept.deadline,
        deadline_type=folded.deadline_type if takes_deadline else kept.deadline_type,
        dependencies=tuple(dict.fromkeys((*own, *taken_over))),
        tags=tuple(dict.fromkeys(tags)),
        notes=(*kept.notes, *folded.notes, f"Merged with {folded.handle} '{folded.title}'"),
        prep_work_flag=kept.prep_work_flag or folded.prep_work_flag,
        prep_work_instructions=kept.prep_work_instructions or folded.prep_work_instructions,
    )


def _redirected(waiting: Task, folded: Task, kept: Task, *, circular: bool) -> Task:
    """Return the task waiting for the kept one, unless that itself waits for this task."""
    ids = [kept.id if each == folded.id else each for each in waiting.dependencies]
    if circular:
        ids = [each for each in ids if each != kept.id]
    return evolve(waiting, dependencies=tuple(dict.fromkeys(ids)))
