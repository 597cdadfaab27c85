"""The stores in memory: what is written lasts as long as the process."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from itertools import islice
from typing import TypeVar

from attrs import evolve

from donna_core.domain.errors import VersionConflict
from donna_core.domain.events import Event
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.ids import CommandId, TaskId, UserId
from donna_core.domain.planning.durations import Worked
from donna_core.domain.tasks.dedup import form_of
from donna_core.domain.tasks.history import Command, Step
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.journal import Counter, Journal, Table
from donna_core.local.lifecycle import InMemoryLifecycleStore
from donna_core.local.queues import InMemoryJobStore, InMemoryOutbox
from donna_core.local.skills import InMemorySkillRunStore, InMemorySkillStore
from donna_core.local.spending import (
    InMemoryInvocationLog,
    InMemoryProviderHealth,
    InMemorySpendLedger,
)
from donna_core.ports.calendar import CalendarChanges, CalendarEvent, CalendarMirror, Mirrored
from donna_core.ports.unit_of_work import (
    AttentionStore,
    CursorStore,
    EscalationStore,
    EventLog,
    HistoryStore,
    Occupied,
    Stores,
    TaskStore,
    TitleEntry,
    UnitOfWork,
    WorkLog,
)

T = TypeVar("T")

_HOLDS_ITS_PLACE = {TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS}
_IN_PURSUIT = {EscalationStatus.PENDING, EscalationStatus.BACKED_OFF}


class InMemoryUnitOfWork(UnitOfWork):
    """Runs the decisions of one user inline, on tables in memory."""

    def __init__(self, user_id: UserId) -> None:
        self._journal = Journal()
        tasks = InMemoryTaskStore(self._journal, user_id)
        self._stores = Stores(
            tasks=tasks,
            work=InMemoryWorkLog(tasks),
            history=InMemoryHistoryStore(self._journal),
            events=InMemoryEventLog(self._journal),
            cursors=InMemoryCursorStore(self._journal),
            escalations=InMemoryEscalationStore(self._journal),
            attention=InMemoryAttentionStore(self._journal),
            jobs=InMemoryJobStore(self._journal),
            outbox=InMemoryOutbox(self._journal),
            mirror=InMemoryCalendarMirror(self._journal),
            spend=InMemorySpendLedger(self._journal),
            invocations=InMemoryInvocationLog(self._journal),
            health=InMemoryProviderHealth(self._journal),
            lifecycles=InMemoryLifecycleStore(self._journal),
            skills=InMemorySkillStore(self._journal),
            skill_runs=InMemorySkillRunStore(self._journal),
        )

    async def run(self, decide: Callable[[Stores], T]) -> T:
        try:
            result = decide(self._stores)
        except BaseException:
            self._journal.roll_back()
            raise
        self._journal.commit()
        return result


class InMemoryWorkLog(WorkLog):
    """Reads the finished tasks of one user."""

    def __init__(self, tasks: TaskStore) -> None:
        self._tasks = tasks

    def latest(self, limit: int) -> tuple[Worked, ...]:
        finished = (
            Worked(
                domain=task.domain,
                title=task.title,
                estimated=task.estimated_duration,
                begun=task.actual_start,
                ended=task.completed_at,
            )
            for task in reversed(self._tasks.select(statuses={TaskStatus.DONE}))
            if task.actual_start is not None and task.completed_at is not None
        )
        return tuple(islice(finished, limit))


class InMemoryTaskStore(TaskStore):
    """Keeps the tasks of one user in a dict."""

    def __init__(self, journal: Journal, user_id: UserId) -> None:
        self._user_id = user_id
        self._rows: Table[TaskId, Task] = Table(journal)
        self._forms: Table[TaskId, str] = Table(journal)
        self._numbers = Counter(journal)

    def get(self, task_id: TaskId) -> Task | None:
        return self._rows.get(task_id)

    def save(self, task: Task) -> None:
        if task.user_id != self._user_id:
            raise ValueError(f"task {task.id} belongs to {task.user_id}, not to {self._user_id}")
        stored = self._rows.get(task.id)
        if stored is not None and stored.version != task.version - 1:
            raise VersionConflict(task.id, expected=task.version - 1, found=stored.version)
        if stored is None or stored.title != task.title:
            form = form_of(task.title, is_piece=task.parent_task is not None)
            self._forms.put(task.id, form)
        self._rows.put(task.id, task)
        self._numbers.reach(task.number)

    def remove(self, task_id: TaskId) -> None:
        self._rows.drop(task_id)
        self._forms.drop(task_id)

    def select(
        self,
        *,
        statuses: Collection[TaskStatus] | None = None,
        ids: Collection[TaskId] | None = None,
        numbers: Collection[int] | None = None,
        waiting_for: TaskId | None = None,
    ) -> tuple[Task, ...]:
        found = [
            task
            for task in self._rows.values()
            if (statuses is None or task.status in statuses)
            and (ids is None or task.id in ids)
            and (numbers is None or task.number in numbers)
            and (waiting_for is None or waiting_for in task.dependencies)
        ]
        return tuple(sorted(found, key=_number))

    def next_number(self) -> int:
        return self._numbers.next()

    def titles(self) -> tuple[TitleEntry, ...]:
        tasks = sorted((task for task in self._rows.values() if task.is_open), key=_number)
        return tuple(
            TitleEntry(task_id=task.id, normal_form=self._forms.get(task.id) or "")
            for task in tasks
        )

    def occupied(self, window: Interval) -> tuple[Occupied, ...]:
        places = filter(None, map(_place, self._rows.values()))
        found = [place for place in places if place.when.overlaps(window)]
        return tuple(sorted(found, key=lambda place: (place.when.start, place.task_id)))


class InMemoryHistoryStore(HistoryStore):
    """Keeps the commands of one user in the order they were recorded."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[CommandId, Command] = Table(journal)

    def record(self, command: Command) -> None:
        if command.id in self._rows:
            raise ValueError(f"command {command.id} is recorded already: history only grows")
        self._rows.put(command.id, command)

    def get(self, command_id: CommandId) -> Command | None:
        return self._rows.get(command_id)

    def recent(self, limit: int, *, task_id: TaskId | None = None) -> tuple[Command, ...]:
        found = (
            command
            for command in self._rows.latest_first()
            if task_id is None or task_id in command.subjects
        )
        return tuple(islice(found, limit))

    def mark(self, command_id: CommandId, *, undone: bool) -> None:
        command = self._rows.get(command_id)
        if command is not None:
            self._rows.put(command_id, evolve(command, undone=undone))

    def steps(self, task_id: TaskId) -> tuple[Step, ...]:
        return tuple(
            step
            for command in self._rows.values()
            for step in command.steps
            if step.task_id == task_id
        )


class InMemoryEventLog(EventLog):
    """Keeps the events of one user in a dict by position."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[int, Event] = Table(journal)

    def append(self, events: Iterable[Event]) -> None:
        for event in events:
            self._rows.put(len(self._rows) + 1, event)

    def since(self, cursor: int, *, limit: int = 1000) -> tuple[tuple[int, Event], ...]:
        first = max(cursor, 0) + 1
        last = min(len(self._rows), first + limit - 1)
        found = ((position, self._rows.get(position)) for position in range(first, last + 1))
        return tuple((position, event) for position, event in found if event is not None)


class InMemoryCursorStore(CursorStore):
    """Keeps how far the readers of one user have come."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, int] = Table(journal)

    def get(self, reader: str) -> int:
        return self._rows.get(reader) or 0

    def advance(self, reader: str, to: int) -> None:
        self._rows.put(reader, max(to, self.get(reader)))


class InMemoryEscalationStore(EscalationStore):
    """Keeps the pursuits of one user by task."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[TaskId, Escalation] = Table(journal)

    def get(self, task_id: TaskId) -> Escalation | None:
        return self._rows.get(task_id)

    def save(self, escalation: Escalation) -> None:
        self._rows.put(escalation.task_id, escalation)

    def remove(self, task_id: TaskId) -> None:
        self._rows.drop(task_id)

    def active(self) -> tuple[Escalation, ...]:
        found = [row for row in self._rows.values() if row.status in _IN_PURSUIT]
        return tuple(sorted(found, key=lambda row: (row.created_at, row.task_id)))


class InMemoryAttentionStore(AttentionStore):
    """Keeps the one setting of one user."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[None, Attention] = Table(journal)

    def get(self) -> Attention:
        return self._rows.get(None) or Attention()

    def save(self, attention: Attention) -> None:
        self._rows.put(None, attention)


class InMemoryCalendarMirror(CalendarMirror):
    """Keeps what is known of each calendar of one user."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, tuple[Mirrored, tuple[CalendarEvent, ...]]] = Table(journal)

    def known(self) -> dict[str, Mirrored]:
        return {name: held for name, (held, _) in self._rows.items()}

    def apply(self, changes: CalendarChanges, *, at: datetime) -> None:
        _, before = self._rows.get(changes.calendar_id) or (None, ())
        kept = () if changes.replaced is None else before
        events = [event for event in kept if event.event_id not in (changes.replaced or ())]
        held = Mirrored(stamp=changes.stamp, window=changes.window, at=at)
        self._rows.put(changes.calendar_id, (held, (*events, *changes.events)))

    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        found = [
            event
            for _, events in self._rows.values()
            for event in events
            if event.when.overlaps(window)
        ]
        return tuple(
            sorted(found, key=lambda event: (event.when.start, event.event_id, event.calendar_id))
        )

    def forget(self, calendar_id: str) -> None:
        self._rows.drop(calendar_id)


def _number(task: Task) -> int:
    return task.number


def _place(task: Task) -> Occupied | None:
    """Return what the task holds in the calendar, if it holds anything."""
    if task.scheduled_start is None or task.status not in _HOLDS_ITS_PLACE:
        return None
    when = Interval(task.scheduled_start, task.scheduled_start + task.estimated_duration)
    return Occupied(task_id=task.id, title=task.title, when=when, priority=task.priority)
