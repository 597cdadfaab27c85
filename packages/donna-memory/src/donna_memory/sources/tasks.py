"""The tasks, read along the event log: what was off for a day is caught up."""

from collections.abc import Sequence

from attrs import frozen

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_memory.documents import Document, SourceType
from donna_memory.ports import MemoryStore
from donna_memory.sources.log import Events, LogReader
from donna_memory.sources.progress import Progress, Tell, untold

READER = "memory.tasks"
BATCH = 64


@frozen(kw_only=True)
class TaskSource:
    """Remembers tasks as they are after each change, and forgets removed ones."""

    unit_of_work: UnitOfWork
    store: MemoryStore
    user_id: UserId

    async def follow(self, tell: Tell = untold) -> int:
        """Read on from where this reader stopped; return how many tasks were looked at."""
        done, removed = Progress(), 0
        log = LogReader(name=READER, unit_of_work=self.unit_of_work)
        async for read in log.pages(_read, since=await log.stopped_at(), advance=True):
            done = await self._keep(read.tasks, done, tell)
            for task_id in sorted(read.removed):
                await self.store.forget(self.user_id, SourceType.TASK, task_id)
            removed += len(read.removed)
        return done.looked_at + removed

    async def backfill(self, tell: Tell = untold) -> int:
        """Look at every task there is, wherever the cursor stands; return how many there are.

        They are kept batch by batch: what was kept before an interruption is not embedded again.
        """
        tasks = await self.unit_of_work.run(lambda stores: stores.tasks.select())
        return (await self._keep(tasks, Progress(), tell)).looked_at

    async def _keep(self, tasks: Sequence[Task], done: Progress, tell: Tell) -> Progress:
        """Keep the tasks batch by batch, telling of each; return how far it has come."""
        for start in range(0, len(tasks), BATCH):
            several = tasks[start : start + BATCH]
            done = done.plus(
                await self.store.upsert_many(task_document(task, self.user_id) for task in several)
            )
            tell(done)
        return done


@frozen(kw_only=True)
class _Read:
    tasks: tuple[Task, ...]
    removed: frozenset[TaskId]


def _read(stores: Stores, events: Events) -> _Read:
    named = {event.task_id for _, event in events if event.task_id is not None}
    tasks = stores.tasks.select(ids=named) if named else ()
    return _Read(
        tasks=tasks,
        removed=frozenset(named - {task.id for task in tasks}),
    )


def task_document(task: Task, user_id: UserId) -> Document:
    """Return a task as it is remembered."""
    facts = [f"Status: {task.status.value}", f"Domain: {task.domain.value}"]
    if task.deadline is not None:
        facts.append(f"Deadline: {task.deadline:%Y-%m-%d}")
    parts = [task.description or "", ". ".join(facts) + "."]
    if task.notes:
        parts.append("Notes:\n" + "\n".join(f"- {note}" for note in task.notes))
    return Document(
        user_id=user_id,
        source_type=SourceType.TASK,
        source_id=task.id,
        title=task.title,
        uri=f"task:{task.number}",
        content="\n\n".join(part for part in parts if part),
        time=task.completed_at or task.created_at,
        tags=frozenset(task.tags),
        metadata={
            "number": task.number,
            "status": task.status.value,
            "domain": task.domain.value,
            "priority": task.priority,
            "deadline": None if task.deadline is None else f"{task.deadline:%Y-%m-%d}",
        },
    )
