"""The transaction and the stores within it.

A decision is one synchronous function over the stores. It runs whole or not at all, nothing
interleaves with it, and a caller that stops waiting does not stop it. It may run more than
once: ids and instants are drawn before it, and it changes nothing it captured.
All stores of one unit of work belong to one user and never show another user's rows.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable
from typing import Protocol, TypeVar

from attrs import frozen

from donna_core.domain.events import Event
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation
from donna_core.domain.ids import CommandId, TaskId
from donna_core.domain.planning.busy import Occupied
from donna_core.domain.planning.durations import Worked
from donna_core.domain.tasks.dedup import TitleEntry
from donna_core.domain.tasks.history import Command, Step
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarMirror
from donna_core.ports.jobs import JobStore
from donna_core.ports.lifecycle import LifecycleStore
from donna_core.ports.outbox import Outbox
from donna_core.ports.skills import SkillRunStore, SkillStore
from donna_core.ports.spending import InvocationLog, ProviderHealth, SpendLedger

__all__ = [
    "AttentionStore",
    "CursorStore",
    "EscalationStore",
    "EventLog",
    "HistoryStore",
    "Occupied",
    "Stores",
    "TaskStore",
    "TitleEntry",
    "UnitOfWork",
    "WorkLog",
]

T = TypeVar("T")


class TaskStore(Protocol):
    """The tasks of one user."""

    @abstractmethod
    def get(self, task_id: TaskId) -> Task | None:
        """Return the task, or ``None``."""

    @abstractmethod
    def save(self, task: Task) -> None:
        """Insert the task, or replace the stored one whose version is lower by exactly one.

        Raise ``VersionConflict`` when the stored version is any other.
        """

    @abstractmethod
    def remove(self, task_id: TaskId) -> None:
        """Take the task away; its number is never given again."""

    @abstractmethod
    def select(
        self,
        *,
        statuses: Collection[TaskStatus] | None = None,
        ids: Collection[TaskId] | None = None,
        numbers: Collection[int] | None = None,
        waiting_for: TaskId | None = None,
    ) -> tuple[Task, ...]:
        """Return the tasks that meet every filter given, ordered by number.

        ``waiting_for`` keeps those that name this task among what comes before them.
        """

    @abstractmethod
    def next_number(self) -> int:
        """Return a number no task of this user ever had, counting from 1."""

    @abstractmethod
    def titles(self) -> tuple[TitleEntry, ...]:
        """Return the normal form of every open task's title, ordered by number."""

    @abstractmethod
    def occupied(self, window: Interval) -> tuple[Occupied, ...]:
        """Return the planned places of scheduled and started tasks that overlap the window.

        Ordered by start, then task id.
        """


class WorkLog(Protocol):
    """What finished tasks tell of the time that work takes; it follows from the tasks."""

    @abstractmethod
    def latest(self, limit: int) -> tuple[Worked, ...]:
        """Return the finished tasks with a start and an end, those with high numbers first."""


class HistoryStore(Protocol):
    """The commands of one user; it only grows."""

    @abstractmethod
    def record(self, command: Command) -> None:
        """Append the command with its changes and steps."""

    @abstractmethod
    def get(self, command_id: CommandId) -> Command | None:
        """Return the command, or ``None``."""

    @abstractmethod
    def recent(self, limit: int, *, task_id: TaskId | None = None) -> tuple[Command, ...]:
        """Return the latest commands, newest first; of one task where one is named."""

    @abstractmethod
    def mark(self, command_id: CommandId, *, undone: bool) -> None:
        """Note whether the command is taken back at present."""

    @abstractmethod
    def steps(self, task_id: TaskId) -> tuple[Step, ...]:
        """Return every transition of the task, oldest first."""


class EventLog(Protocol):
    """What happened, in order, for readers with a cursor."""

    @abstractmethod
    def append(self, events: Iterable[Event]) -> None:
        """Append the events in the order given."""

    @abstractmethod
    def since(self, cursor: int, *, limit: int = 1000) -> tuple[tuple[int, Event], ...]:
        """Return events after the cursor with their positions, oldest first."""


class CursorStore(Protocol):
    """How far each reader of the event log has come."""

    @abstractmethod
    def get(self, reader: str) -> int:
        """Return the position the reader has read up to; 0 before its first."""

    @abstractmethod
    def advance(self, reader: str, to: int) -> None:
        """Note that the reader has read up to ``to``; a lower position changes nothing."""


class EscalationStore(Protocol):
    """The pursuits of one user's tasks; at most one per task."""

    @abstractmethod
    def get(self, task_id: TaskId) -> Escalation | None:
        """Return the task's latest pursuit, or ``None``."""

    @abstractmethod
    def save(self, escalation: Escalation) -> None:
        """Insert or replace the pursuit of its task."""

    @abstractmethod
    def remove(self, task_id: TaskId) -> None:
        """Take the pursuit away."""

    @abstractmethod
    def active(self) -> tuple[Escalation, ...]:
        """Return the pursuits that are pending or backed off, oldest first."""


class AttentionStore(Protocol):
    """How one user wants to be reached just now."""

    @abstractmethod
    def get(self) -> Attention:
        """Return the present setting; a fresh ``Attention()`` when nothing was ever set."""

    @abstractmethod
    def save(self, attention: Attention) -> None:
        """Put the setting in place."""


@frozen(kw_only=True)
class Stores:
    """Everything a decision may read and write."""

    tasks: TaskStore
    work: WorkLog
    history: HistoryStore
    events: EventLog
    cursors: CursorStore
    escalations: EscalationStore
    attention: AttentionStore
    jobs: JobStore
    outbox: Outbox
    mirror: CalendarMirror
    spend: SpendLedger
    invocations: InvocationLog
    health: ProviderHealth
    lifecycles: LifecycleStore
    skills: SkillStore
    skill_runs: SkillRunStore


class UnitOfWork(Protocol):
    """Runs decisions, one after the other, for one user."""

    @abstractmethod
    async def run(self, decide: Callable[[Stores], T]) -> T:
        """Run the decision in a transaction and return its result once that is durable.

        Whatever it raises undoes all its writes and reaches the caller. A cancelled caller
        leaves the decision running to its end. Raise ``StorageUnavailable`` when the
        database cannot be written (read-only, full, locked for too long, damaged).
        """
