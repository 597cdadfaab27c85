"""Looking without touching: now and next, a list, a day, a week, one task and its why."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from attrs import frozen

from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation
from donna_core.domain.planning.advice import Advice, advise
from donna_core.domain.planning.durations import Outlook
from donna_core.domain.planning.picture import Mark, marks_of
from donna_core.domain.planning.week import Week, week_of
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Command, Explanation, Offer, Step
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, LOWEST_PRIORITY, OPEN, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.outbox import OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.loading import outlook_of
from donna_core.usecases.mirroring import Glance, events_in, mirror_calendars
from donna_core.usecases.references import resolve_one
from donna_core.usecases.reschedule import offers_for
from donna_core.usecases.runtime import Runtime

COMMANDS_SHOWN = 50
_HOLDS_TIME = frozenset({TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS})


@frozen(kw_only=True)
class Now:
    """What matters at this moment; ``at`` is the moment."""

    at: datetime
    current: tuple[Task, ...]
    next: tuple[Task, ...]
    overdue: tuple[Task, ...]
    unplanned: tuple[Task, ...]
    waiting_for_answer: tuple[Escalation, ...]
    attention: Attention


@frozen(kw_only=True)
class DayView:
    """One local day: what is in the calendars, what is planned, what is due."""

    day: date
    tasks: tuple[Task, ...]
    events: tuple[CalendarEvent, ...]
    due: tuple[Task, ...]
    completed: tuple[Task, ...]


@frozen(kw_only=True)
class TaskView:
    """One task with everything that is known about it."""

    task: Task
    dependencies: tuple[Task, ...]
    waiting: tuple[Task, ...]
    explanations: tuple[Explanation, ...]
    offers: tuple[Offer, ...]
    commands: tuple[Command, ...]
    steps: tuple[Step, ...]
    jobs: tuple[JobRow, ...]
    deliveries: tuple[OutboxRow, ...]
    pursuit: Escalation | None
    outlook: Outlook | None


async def history(
    runtime: Runtime, reference: str | None = None, *, limit: int = COMMANDS_SHOWN
) -> tuple[Command, ...]:
    """Return the latest commands, of one task where one is named, oldest first."""

    def decide(stores: Stores) -> tuple[Command, ...]:
        task_id = None if reference is None else resolve_one(stores, reference).id
        return stores.history.recent(limit, task_id=task_id)[::-1]

    return await runtime.unit_of_work.run(decide)


async def now(runtime: Runtime, *, upcoming: int = 5) -> Now:
    """Return what is on now, what comes next, what is overdue and what has no place."""
    at = runtime.clock.now()

    def decide(stores: Stores) -> Now:
        tasks = stores.tasks.select(statuses=OPEN)
        placed = sorted(
            (task for task in tasks if task.status in _HOLDS_TIME and task.scheduled_start),
            key=lambda task: (task.scheduled_start or at, task.number),
        )
        overdue = tuple(task for task in placed if is_overdue(task, at))
        return Now(
            at=at,
            current=tuple(t for t in placed if t not in overdue and _is_on(t, at)),
            next=tuple(t for t in placed if (t.scheduled_start or at) > at)[:upcoming],
            overdue=overdue,
            unplanned=tuple(task for task in tasks if task.status not in _HOLDS_TIME),
            waiting_for_answer=stores.escalations.active(),
            attention=stores.attention.get(),
        )

    return await runtime.unit_of_work.run(decide)


async def marks_ahead(runtime: Runtime, *, days: int = 7) -> tuple[Mark, ...]:
    """Return how the days ahead are taken: by tasks, by how firmly, and by events."""
    at = runtime.clock.now()
    today = local(at, runtime.policy.zone).date()
    zone = runtime.policy.zone
    span = Interval(
        local_day(today, zone).start, local_day(today + timedelta(days=days - 1), zone).end
    )

    def decide(stores: Stores) -> tuple[Mark, ...]:
        planned = [task for task in stores.tasks.select(statuses=OPEN) if _lies_in(task, span)]
        return tuple(marks_of(planned, events_in(stores, span)))

    return await runtime.unit_of_work.run(decide)


async def advice(runtime: Runtime, *, count: int) -> tuple[Advice, ...]:
    """Return what to do now, the most pressing first, each with its reasons."""
    at = runtime.clock.now()
    open_tasks = await runtime.unit_of_work.run(lambda stores: stores.tasks.select(statuses=OPEN))
    return advise(open_tasks, at=at)[:count]


@frozen(kw_only=True)
class Contact:
    """When messages may go out, and what stands in their way.

    Ordinary ones go from ``ordinary_from`` on, those of priority 5 from ``urgent_from``; both
    are ``at`` itself where nothing stands in the way.
    """

    at: datetime
    ordinary_from: datetime
    urgent_from: datetime
    quiet: TimeWindow
    blackout: TimeWindow
    attention: Attention


async def contact(runtime: Runtime) -> Contact:
    """Return the quiet hours, what was asked for besides, and when messages may go out next."""
    at, windows = runtime.clock.now(), runtime.policy.windows
    attention = await runtime.unit_of_work.run(lambda stores: stores.attention.get())
    return Contact(
        at=at,
        ordinary_from=windows.contact_from(
            at, priority=LOWEST_PRIORITY, quiet_until=attention.quiet_until
        ),
        urgent_from=windows.contact_from(at, priority=HIGHEST_PRIORITY),
        quiet=windows.quiet,
        blackout=windows.blackout,
        attention=attention,
    )


async def tasks(
    runtime: Runtime,
    *,
    statuses: Collection[TaskStatus] = OPEN,
    domain: str | None = None,
    tag: str | None = None,
    text: str | None = None,
) -> tuple[Task, ...]:
    """Return the tasks that meet every filter, ordered by number."""
    found = await runtime.unit_of_work.run(lambda stores: stores.tasks.select(statuses=statuses))
    return tuple(
        task
        for task in found
        if (domain is None or task.domain == domain)
        and (tag is None or tag.removeprefix("#") in task.tags)
        and (text is None or text.casefold() in task.title.casefold())
    )


async def today(runtime: Runtime) -> tuple[DayView, Glance]:
    """Return the present local day, after a look at the calendars."""
    mirrored = await mirror_calendars(runtime)
    day = local(runtime.clock.now(), runtime.policy.zone).date()
    view = await runtime.unit_of_work.run(lambda stores: view_of(stores, runtime.policy, day))
    return view, mirrored


async def week(runtime: Runtime, *, weeks_ahead: int = 0) -> tuple[Week, Glance]:
    """Return the Monday-to-Sunday week of today, or one further on."""
    mirrored = await mirror_calendars(runtime)
    zone = runtime.policy.zone
    day = local(runtime.clock.now(), zone).date() + timedelta(weeks=weeks_ahead)
    monday = day - timedelta(days=day.weekday())

    def decide(stores: Stores) -> Week:
        whole = Interval(
            local_day(monday, zone).start, local_day(monday + timedelta(days=6), zone).end
        )
        everything = stores.tasks.select(statuses=OPEN | {TaskStatus.DONE})
        return week_of(
            monday,
            tasks=[task for task in everything if _lies_in(task, whole)],
            events=events_in(stores, whole),
            zone=zone,
        )

    return await runtime.unit_of_work.run(decide), mirrored


async def show(runtime: Runtime, reference: str) -> TaskView:
    """Return one task with its reasons, history, acts ahead and messages."""

    def decide(stores: Stores) -> TaskView:
        task = resolve_one(stores, reference)
        commands = stores.history.recent(COMMANDS_SHOWN, task_id=task.id)
        return TaskView(
            task=task,
            dependencies=stores.tasks.select(ids=task.dependencies) if task.dependencies else (),
            waiting=tuple(
                each for each in stores.tasks.select(statuses=OPEN) if task.id in each.dependencies
            ),
            explanations=standing_explanations(task, commands),
            offers=offers_for(stores, task),
            commands=commands,
            steps=stores.history.steps(task.id),
            jobs=stores.jobs.select(states={JobState.PENDING}, task_id=task.id),
            deliveries=stores.outbox.select(task_id=task.id),
            pursuit=stores.escalations.get(task.id),
            outlook=outlook_of(stores, runtime.policy, task, at=runtime.clock.now()),
        )

    return await runtime.unit_of_work.run(decide)


def view_of(stores: Stores, policy: Policy, day: date) -> DayView:
    """Return one local day as the stores hold it."""
    span = local_day(day, policy.zone)
    everything = stores.tasks.select()
    return DayView(
        day=day,
        tasks=tuple(
            sorted(
                (task for task in everything if task.is_open and _lies_in(task, span)),
                key=lambda task: (task.scheduled_start or span.start, task.number),
            )
        ),
        events=tuple(e for e in events_in(stores, span) if e.task_id is None),
        due=tuple(t for t in everything if t.is_open and t.deadline and span.contains(t.deadline)),
        completed=tuple(
            t for t in everything if t.completed_at is not None and span.contains(t.completed_at)
        ),
    )


def standing_explanations(task: Task, commands: tuple[Command, ...]) -> tuple[Explanation, ...]:
    """Return the latest explanation of each topic that still stands, newest first."""
    found: dict[str, Explanation] = {}
    for command in commands:
        if command.undone:
            continue
        for explanation in command.explanations:
            if explanation.task_id == task.id:
                found.setdefault(explanation.topic, explanation)
    return tuple(found.values())


def is_overdue(task: Task, at: datetime) -> bool:
    """Whether the planned time or the deadline of an open task is over."""
    end = task.scheduled_end
    late = task.status in _HOLDS_TIME and end is not None and end <= at
    return task.is_open and (late or (task.deadline is not None and task.deadline <= at))


def _lies_in(task: Task, span: Interval) -> bool:
    start, end = task.scheduled_start, task.scheduled_end
    return start is not None and end is not None and Interval(start, end).overlaps(span)


def _is_on(task: Task, at: datetime) -> bool:
    return task.status is TaskStatus.IN_PROGRESS or (
        task.scheduled_start is not None and task.scheduled_start <= at
    )
