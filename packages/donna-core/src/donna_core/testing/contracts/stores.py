"""What the contracts of all stores share: a harness, samples and a look at everything."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from donna_core.domain.effects import (
    CalendarAction,
    CalendarWrite,
    Channel,
    Job,
    JobKind,
    Message,
    MessageKind,
)
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.ids import CommandId, EventKey, TaskId, UserId
from donna_core.domain.tasks.history import Change, Command, Step
from donna_core.domain.tasks.task import (
    AgentStatus,
    DeadlineType,
    Domain,
    InputChannel,
    IntentKind,
    Strictness,
    Task,
    TaskStatus,
    TimeIntent,
)
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarChanges, CalendarEvent
from donna_core.ports.unit_of_work import Stores, UnitOfWork

T = TypeVar("T")
E = TypeVar("E", bound=Exception)

ME, OTHER = UserId("me"), UserId("somebody-else")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = Interval(NOON - 12 * HOUR, NOON + 12 * HOUR)


class StoresContract(ABC):
    """The harness: subclass a contract in a test module and say which unit of work."""

    @abstractmethod
    def unit_of_work(self, user_id: UserId) -> UnitOfWork:
        """Return the user's unit of work; within one test always on the same storage."""

    async def run(self, decide: Callable[[Stores], T], *, user_id: UserId = ME) -> T:
        """Run the decision twice and keep the second run."""
        return await RepeatingUnitOfWork(self.unit_of_work(user_id)).run(decide)


class RepeatingUnitOfWork(UnitOfWork):
    """Runs every decision twice, takes the first run back and holds both results equal.

    So a decision that changes what it captured, or a roll back that leaves traces, shows.
    """

    def __init__(self, repeated: UnitOfWork) -> None:
        self._repeated = repeated

    async def run(self, decide: Callable[[Stores], T]) -> T:
        def rehearse(stores: Stores) -> None:
            raise _TakenBack(decide(stores))

        try:
            await self._repeated.run(rehearse)
        except _TakenBack as rehearsal:
            rehearsed = rehearsal.result
        else:
            raise AssertionError("the unit of work swallowed what its decision raised")
        result = await self._repeated.run(decide)
        assert result == rehearsed, "the decision decided otherwise the second time"
        return result


class _TakenBack(Exception):
    """Ends a rehearsal, which is no failure."""

    def __init__(self, result: Any) -> None:
        self.result = result


async def raised(act: Awaitable[object], kind: type[E]) -> E:
    """Return the error of this kind that the act raises; it is a fault when it raises none."""
    try:
        outcome = await act
    except kind as error:
        return error
    raise AssertionError(f"nothing was raised; the outcome was {outcome!r}")


def task(number: int = 1, **fields: Any) -> Task:
    """Return a task with this number and an id made of it."""
    defaults = {
        "id": TaskId(f"task-{number}"),
        "user_id": ME,
        "number": number,
        "title": f"Errand {number}",
        "created_at": NOON,
    }
    return Task(**{**defaults, **fields})


def full_task() -> Task:
    """Return a task with every field at something else than its default."""
    return task(
        7,
        title="Čaj s Žofií 🍵",
        description="two\nlines",
        domain=Domain.FAMILY,
        priority=5,
        priority_locked=True,
        status=TaskStatus.SCHEDULED,
        estimated_duration=timedelta(minutes=90, seconds=1, microseconds=7),
        deadline=NOON + 1 * HOUR,
        deadline_type=DeadlineType.HARD,
        scheduled_start=NOON + 2 * HOUR,
        pinned_start=NOON + 3 * HOUR,
        snoozed_until=NOON + 4 * HOUR,
        actual_start=NOON + 5 * HOUR,
        completed_at=NOON + 6 * HOUR,
        archived_at=NOON + timedelta(microseconds=1),
        recurrence="FREQ=WEEKLY;BYDAY=MO",
        dependencies=(TaskId("task-2"), TaskId("task-1")),
        parent_task=TaskId("task-3"),
        prep_work_flag=True,
        prep_work_instructions="read first",
        agent_eligible=True,
        assigned_agent="scholar",
        agent_status=AgentStatus.REVIEW,
        tags=("b", "a"),
        notes=("first", "second, with a comma"),
        reschedule_count=3,
        nudge_count=4,
        created_via=InputChannel.SMS,
        estimated_cost=Decimal("0.10"),
        calendar_event_id=EventKey("0123456789abcdefghijklmnop"),
        donna_managed=True,
        quality_score=0.1,
        capability_name="research",
        inputs={"depth": [1, {"of": None}]},
        time_intent=TimeIntent(
            kind=IntentKind.WINDOW,
            strictness=Strictness.HARD,
            due_at=NOON,
            earliest=NOON - HOUR,
            latest=NOON + HOUR,
            weekdays=(0, 4),
            time_of_day="morning",
            recurrence="0 9 * * 1",
            recurrence_text="every Monday",
        ),
        version=4,
    )


def command(name: str = "command-1", **fields: Any) -> Command:
    """Return a command of this id that changed nothing."""
    return Command(id=CommandId(name), verb="add", text="said so", at=NOON, **fields)


def capture(captured: Task, name: str = "command-1") -> Command:
    """Return the command that brought the task in."""
    step = Step(
        task_id=captured.id,
        origin=TaskStatus.BACKLOG,
        target=TaskStatus.SCHEDULED,
        trigger="slot",
        at=NOON,
    )
    return command(name, tasks=(Change(before=None, after=captured),), steps=(step,))


def job(key: str = "job-1", **fields: Any) -> Job:
    """Return a reminder due at noon."""
    return Job(**{"key": key, "kind": JobKind.REMINDER, "run_at": NOON, **fields})


def message(key: str = "message-1", **fields: Any) -> Message:
    """Return a reminder that may go at noon."""
    defaults = {
        "channel": Channel.DISCORD,
        "kind": MessageKind.REMINDER,
        "subject": "Tea",
        "body": "The kettle, please.",
        "priority": 2,
        "not_before": NOON,
    }
    return Message(**{"key": key, **defaults, **fields})


def calendar_write(key: str = "write-1", **fields: Any) -> CalendarWrite:
    """Return a write of an event at noon."""
    defaults = {
        "action": CalendarAction.PUT,
        "event_id": EventKey("event-1"),
        "task_id": TaskId("task-1"),
        "title": "Tea",
        "start": NOON,
        "end": NOON + HOUR,
    }
    return CalendarWrite(**{"key": key, **defaults, **fields})


def escalation(number: int = 1, **fields: Any) -> Escalation:
    """Return the pending pursuit of the task with this number."""
    defaults = {
        "task_id": TaskId(f"task-{number}"),
        "occurrence": "start-1",
        "ref": f"R{number}",
        "tier": 1,
        "status": EscalationStatus.PENDING,
        "next_at": NOON + HOUR,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Escalation(**{**defaults, **fields})


def snapshot(
    calendar_id: str = "work", *events: CalendarEvent, stamp: str = "s1"
) -> CalendarChanges:
    """Return a reading of the calendar around noon."""
    return CalendarChanges(calendar_id=calendar_id, stamp=stamp, window=DAY, events=events)


def occurrence(name: str = "event-1", *, calendar_id: str = "work", **fields: Any) -> CalendarEvent:
    """Return an occurrence from noon to one."""
    defaults = {"title": "Stand-up", "when": Interval(NOON, NOON + HOUR)}
    return CalendarEvent(
        **{"event_id": EventKey(name), "calendar_id": calendar_id, **defaults, **fields}
    )
