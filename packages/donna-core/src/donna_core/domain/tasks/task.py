"""The task: what Donna keeps of something a person has to do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.ids import EventKey, TaskId, UserId

LOWEST_PRIORITY, DEFAULT_PRIORITY, HIGHEST_PRIORITY = 1, 2, 5
NEEDS_REVIEW = "needs-review"
"""The tag of a task a person should look at once."""


class TaskStatus(StrEnum):
    """Where a task stands; only the state machine moves it."""

    BACKLOG = "backlog"
    SCHEDULED = "scheduled"
    NEEDS_SCHEDULING = "needs_scheduling"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    WAITING_INPUT = "waiting_input"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


CLOSED = frozenset({TaskStatus.DONE, TaskStatus.CANCELLED})
OPEN = frozenset(TaskStatus) - CLOSED
MAY_BE_PLACED = frozenset({TaskStatus.BACKLOG, TaskStatus.NEEDS_SCHEDULING, TaskStatus.SCHEDULED})
"""Where a task waits for its time; all others are under way, held up or closed."""


class Domain(StrEnum):
    """The part of life a task belongs to; it decides the windows it may be placed in."""

    PERSONAL = "personal"
    WORK = "work"
    FAMILY = "family"


class DeadlineType(StrEnum):
    """How much it matters that the deadline is met."""

    HARD = "hard"
    SOFT = "soft"
    NONE = "none"


class AgentStatus(StrEnum):
    """How far a sub-agent has come with a task handed to it."""

    PENDING = "pending"
    GATHERING_REQUIREMENTS = "gathering_requirements"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    COMPLETE = "complete"
    FAILED = "failed"


class InputChannel(StrEnum):
    """The way a task came in."""

    SMS = "sms"
    DISCORD = "discord"
    SLACK = "slack"
    APP = "app"
    EMAIL = "email"
    VOICE = "voice"


class IntentKind(StrEnum):
    """How firmly a sentence fixed the time of the work."""

    EXACT = "exact"
    WINDOW = "window"
    CONSTRAINED = "constrained"
    RECURRING = "recurring"
    NONE = "none"


class Strictness(StrEnum):
    """Whether a time intent is a must or a wish."""

    HARD = "hard"
    SOFT = "soft"


class Side(StrEnum):
    """On which side of something else the work lies."""

    BEFORE = "before"
    AFTER = "after"


@frozen(kw_only=True)
class Met:
    """What an anchor was found to be: an event of a calendar, or a planned task by its handle."""

    source: str
    title: str
    start: datetime
    end: datetime


@frozen(kw_only=True)
class Anchor:
    """Something else that the work hangs on, such as "a day before the team meeting".

    ``event`` are the person's words for it; ``opens`` and ``closes`` bound when it is, where
    the words say so. ``met`` is what it turned out to be; until then the anchor is open.
    """

    side: Side
    event: str
    offset: timedelta = timedelta(0)
    opens: datetime | None = None
    closes: datetime | None = None
    met: Met | None = None


@frozen(kw_only=True)
class Rest:
    """How long after it was done a task comes back, in local days and months."""

    days: int = 0
    months: int = 0


@frozen(kw_only=True)
class TimeIntent:
    """When the person wants the work done, in their own terms.

    Instants are aware UTC. ``weekdays`` counts Monday as 0; ``time_of_day`` is a part of the
    day such as ``morning``; ``recurrence_text`` is the rule in words. ``anchor`` is what the
    time hangs on, ``rest`` how long after its completion the task comes back.
    """

    kind: IntentKind = IntentKind.NONE
    strictness: Strictness = Strictness.SOFT
    due_at: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    weekdays: tuple[int, ...] = ()
    time_of_day: str | None = None
    recurrence: str | None = None
    recurrence_text: str | None = None
    anchor: Anchor | None = None
    rest: Rest | None = None

    @property
    def waits(self) -> bool:
        """Whether the work comes after something of which nobody knows yet when it is."""
        anchor = self.anchor
        if anchor is None or anchor.side is not Side.AFTER:
            return False
        return anchor.met is None and anchor.opens is None


@frozen(kw_only=True)
class Task:
    """One task. Instants are aware UTC, money is dollars, ``number`` is its short stable name.

    ``version`` rises with every write and never falls, not even by undo.
    ``priority`` is what the task is worth today, ``base_priority`` what it was given: the first
    is worked out anew from the second as days go by.
    ``scheduled_start`` and ``estimated_duration`` together are its place in the calendar.
    """

    id: TaskId
    user_id: UserId
    number: int
    title: str
    created_at: datetime
    description: str | None = None
    domain: Domain = Domain.PERSONAL
    priority: int = DEFAULT_PRIORITY
    base_priority: int = DEFAULT_PRIORITY
    priority_locked: bool = False
    status: TaskStatus = TaskStatus.BACKLOG
    estimated_duration: timedelta = timedelta(hours=1)
    deadline: datetime | None = None
    deadline_type: DeadlineType = DeadlineType.NONE
    scheduled_start: datetime | None = None
    pinned_start: datetime | None = None
    snoozed_until: datetime | None = None
    actual_start: datetime | None = None
    completed_at: datetime | None = None
    archived_at: datetime | None = None
    recurrence: str | None = None
    dependencies: tuple[TaskId, ...] = ()
    parent_task: TaskId | None = None
    prep_work_flag: bool = False
    prep_work_instructions: str | None = None
    agent_eligible: bool = False
    assigned_agent: str | None = None
    agent_status: AgentStatus | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reschedule_count: int = 0
    nudge_count: int = 0
    created_via: InputChannel = InputChannel.APP
    estimated_cost: Decimal | None = None
    calendar_event_id: EventKey | None = None
    donna_managed: bool = False
    quality_score: float | None = None
    capability_name: str | None = None
    inputs: Mapping[str, Any] | None = None
    time_intent: TimeIntent = field(factory=TimeIntent)
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether the task still asks for something."""
        return self.status not in CLOSED

    @property
    def scheduled_end(self) -> datetime | None:
        """The planned end, where there is a planned start."""
        if self.scheduled_start is None:
            return None
        return self.scheduled_start + self.estimated_duration

    @property
    def handle(self) -> str:
        """The short name a person types: ``#12``."""
        return f"#{self.number}"
