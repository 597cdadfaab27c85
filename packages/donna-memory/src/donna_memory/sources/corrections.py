"""What the owner put right, read along the event log."""

from collections.abc import Iterator
from functools import partial

from attrs import frozen

from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_memory.documents import Document, SourceType
from donna_memory.ports import MemoryStore
from donna_memory.sources.log import Events, LogReader
from donna_memory.sources.progress import Progress, Tell, untold

READER = "memory.corrections"


@frozen(kw_only=True)
class CorrectionSource:
    """Remembers every correction of a task, one document each."""

    unit_of_work: UnitOfWork
    store: MemoryStore
    user_id: UserId

    async def follow(self) -> int:
        """Read on from where this reader stopped; return how many corrections there were."""
        return await self._read(await self._log.stopped_at(), advance=True)

    async def backfill(self, tell: Tell = untold) -> int:
        """Look at every correction there is, wherever the cursor stands; return how many."""
        return await self._read(0, advance=False, tell=tell)

    @property
    def _log(self) -> LogReader:
        return LogReader(name=READER, unit_of_work=self.unit_of_work)

    async def _read(self, since: int, *, advance: bool, tell: Tell = untold) -> int:
        done = Progress()
        look = partial(_found, self.user_id)
        async for documents in self._log.pages(look, since=since, advance=advance):
            done = done.plus(await self.store.upsert_many(documents))
            tell(done)
        return done.looked_at


def _found(user_id: UserId, stores: Stores, events: Events) -> tuple[Document, ...]:
    told = [(at, event) for at, event in events if event.kind is EventKind.TASK_CORRECTED]
    named = {event.task_id for _, event in told if event.task_id is not None}
    tasks = {task.id: task for task in stores.tasks.select(ids=named)} if named else {}
    return tuple(_documents(told, tasks, user_id))


def _documents(
    told: list[tuple[int, Event]], tasks: dict[TaskId, Task], user_id: UserId
) -> Iterator[Document]:
    for position, event in told:
        task = tasks.get(event.task_id) if event.task_id is not None else None
        if task is not None:
            yield correction_document(position, event, task, user_id)


def correction_document(position: int, event: Event, task: Task, user_id: UserId) -> Document:
    """Return a correction as it is remembered; ``position`` is that of its event in the log."""
    field = str(event.data["field"]).replace("_", " ")
    was, now = (_said(event.data[name]) for name in ("before", "after"))
    return Document(
        user_id=user_id,
        source_type=SourceType.CORRECTION,
        source_id=str(position),
        title=f"Correction of {task.handle} {task.title}",
        uri=f"task:{task.number}",
        content=f"The {field} of '{task.title}' was corrected from {was} to {now}.",
        time=event.at,
        tags=frozenset(task.tags),
        metadata={"number": task.number, **event.data},
    )


def _said(value: object) -> str:
    return "none" if value is None else str(value)
