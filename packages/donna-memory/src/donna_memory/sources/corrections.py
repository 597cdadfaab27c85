"""What the owner put right, read along the event log."""

from collections.abc import Iterable
from functools import partial

from attrs import frozen

from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_memory.documents import Document, SourceType
from donna_memory.ports import MemoryCatalog, MemoryStore
from donna_memory.sources.log import Events, LogReader
from donna_memory.sources.progress import Progress, Tell, untold

READER = "memory.corrections"


@frozen(kw_only=True)
class CorrectionSource:
    """Remembers every correction of a task that stands, one document each."""

    unit_of_work: UnitOfWork
    store: MemoryStore
    catalog: MemoryCatalog
    user_id: UserId

    async def follow(self, tell: Tell = untold) -> int:
        """Read on from where this reader stopped; return how many corrections there were."""
        return await self._read(await self._log.stopped_at(), advance=True, tell=tell)

    async def backfill(self, tell: Tell = untold) -> int:
        """Look at every correction there is, wherever the cursor stands; return how many."""
        return await self._read(0, advance=False, tell=tell)

    @property
    def _log(self) -> LogReader:
        return LogReader(name=READER, unit_of_work=self.unit_of_work)

    async def _read(self, since: int, *, advance: bool, tell: Tell = untold) -> int:
        done = Progress()
        look = partial(_found, self.user_id)
        async for page in self._log.pages(look, since=since, advance=advance):
            done = done.plus(await self.store.upsert_many(page.documents))
            await self._settle(page.named)
            tell(done)
        return done.looked_at

    async def _settle(self, named: frozenset[TaskId]) -> None:
        """Hide what was taken back of these tasks, and have again what was brought back."""
        kept = await self.catalog.kept(self.user_id, SourceType.CORRECTION) if named else {}
        theirs = {
            key: each
            for key, each in kept.items()
            if each.metadata.get("task") in named and key.isdecimal()
        }
        standing = await self.unit_of_work.run(partial(_standing, self.user_id, theirs))
        back = [each for each in standing if theirs[each.source_id].is_deleted]
        await self.store.upsert_many(back)
        for gone in theirs.keys() - {each.source_id for each in standing}:
            await self.store.delete(self.user_id, SourceType.CORRECTION, gone)


@frozen(kw_only=True)
class _Page:
    """The corrections among some events, and the tasks that any of these are about."""

    documents: tuple[Document, ...]
    named: frozenset[TaskId]


def _found(user_id: UserId, stores: Stores, events: Events) -> _Page:
    return _Page(
        documents=_documents(user_id, stores, events),
        named=frozenset(event.task_id for _, event in events if event.task_id is not None),
    )


def _standing(user_id: UserId, keys: Iterable[str], stores: Stores) -> tuple[Document, ...]:
    """Return those of the corrections kept under these keys that stand."""
    events = [found for key in keys for found in stores.events.since(int(key) - 1, limit=1)]
    return _documents(user_id, stores, events)


def _documents(user_id: UserId, stores: Stores, events: Events) -> tuple[Document, ...]:
    """Return the corrections of tasks that are there, but for those that were taken back."""
    told = [(at, event) for at, event in events if event.kind is EventKind.TASK_CORRECTED]
    named = {event.task_id for _, event in told if event.task_id is not None}
    tasks = {task.id: task for task in stores.tasks.select(ids=named)} if named else {}
    return tuple(
        correction_document(position, event, tasks[event.task_id], user_id)
        for position, event in told
        if event.task_id in tasks and not _is_taken_back(stores, event)
    )


def _is_taken_back(stores: Stores, event: Event) -> bool:
    command = stores.history.get(event.command_id) if event.command_id is not None else None
    return command is not None and command.undone


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
        metadata={"number": task.number, "task": task.id, **event.data},
    )


def _said(value: object) -> str:
    return "none" if value is None else str(value)
