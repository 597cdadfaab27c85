"""What the owner put right, read along the event log."""

from collections.abc import Iterator

from attrs import frozen

from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_memory.documents import Document, SourceType
from donna_memory.ports import MemoryStore
from donna_memory.sources.progress import Progress, Tell, untold

READER = "memory.corrections"
PAGE = 500


@frozen(kw_only=True)
class CorrectionSource:
    """Remembers every correction of a task, one document each."""

    unit_of_work: UnitOfWork
    store: MemoryStore
    user_id: UserId

    async def follow(self) -> int:
        """Read on from where this reader stopped; return how many corrections there were.

        The cursor moves after they are kept: a crash in between reads them again, which
        changes nothing.
        """
        start = await self.unit_of_work.run(lambda stores: stores.cursors.get(READER))
        return await self._read(start, advance=True)

    async def backfill(self, tell: Tell = untold) -> int:
        """Look at every correction there is, wherever the cursor stands; return how many."""
        return await self._read(0, advance=False, tell=tell)

    async def _read(self, position: int, *, advance: bool, tell: Tell = untold) -> int:
        done = Progress()
        while (page := await self._page(position)).last:
            done = done.plus(await self.store.upsert_many(page.documents))
            tell(done)
            position = page.last
            if advance:
                await self._advance(position)
        return done.looked_at

    async def _page(self, position: int) -> "_Page":
        return await self.unit_of_work.run(lambda stores: _page(stores, position, self.user_id))

    async def _advance(self, position: int) -> None:
        await self.unit_of_work.run(lambda stores: stores.cursors.advance(READER, position))


@frozen(kw_only=True)
class _Page:
    documents: tuple[Document, ...]
    last: int


def _page(stores: Stores, position: int, user_id: UserId) -> _Page:
    events = stores.events.since(position, limit=PAGE)
    told = [(at, event) for at, event in events if event.kind is EventKind.TASK_CORRECTED]
    named = {event.task_id for _, event in told if event.task_id is not None}
    tasks = {task.id: task for task in stores.tasks.select(ids=named)} if named else {}
    return _Page(
        documents=tuple(_documents(told, tasks, user_id)),
        last=events[-1][0] if events else 0,
    )


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
