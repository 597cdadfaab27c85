"""What follows from the state of a task: its event in the calendar and the acts it is due.

Both are functions of the task alone. A command therefore needs no list of compensations:
whatever changed a task (a transition, a move, an edit, an undo), the difference between what
the task implied before and what it implies after is all that has to reach the world.
"""

import hashlib
from base64 import b32hexencode
from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve, frozen

from donna_core.domain.effects import CalendarAction, CalendarWrite, Job, JobKind
from donna_core.domain.followup.escalation import Escalation, occurrence_of, overdue_from
from donna_core.domain.ids import EventKey
from donna_core.domain.policy import FollowThrough
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows
from donna_core.domain.workflow.errand import errand_of

HOLDS_TIME = frozenset({TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS})
_DONE_MARK = "✓ "


@frozen(kw_only=True)
class EventImage:
    """How the event of a task ought to look."""

    title: str
    when: Interval
    description: str = ""
    busy: bool = True


def event_image(task: Task) -> EventImage | None:
    """Return how the task's event ought to look, or ``None`` where it ought to have none.

    A planned or started task holds its time. A finished one that has an event keeps it, closed
    at the moment of completion, when any of the planned time was used; else the time is free.
    """
    start, end = task.scheduled_start, task.scheduled_end
    if start is None or end is None:
        return None
    if task.status in HOLDS_TIME:
        return EventImage(
            title=task.title, when=Interval(start, end), description=task.description or ""
        )
    if task.status is TaskStatus.DONE and task.calendar_event_id is not None:
        finished = task.completed_at
        if finished is not None and finished > start:
            when = Interval(start, min(end, finished))
            return EventImage(
                title=_DONE_MARK + task.title, when=when, description=task.description or ""
            )
    return None


def busy_from(task: Task, *, slack: timedelta) -> datetime | None:
    """Return from when on the time of a planned task is shown as busy; ``None`` means always.

    It is free to others while the task could move by the ``slack`` and more: so long before its
    start, or before the last start that meets its deadline. What is pinned cannot move.
    """
    start = task.scheduled_start
    if start is None or task.status is not TaskStatus.SCHEDULED or task.pinned_start is not None:
        return None
    if task.deadline is None or task.deadline_type is DeadlineType.NONE:
        return start - slack
    return min(start, task.deadline - task.estimated_duration) - slack


def settled(task: Task) -> Task:
    """Return the task with an event id exactly when it ought to have an event."""
    if event_image(task) is None:
        if task.calendar_event_id is None:
            return task
        return evolve(task, calendar_event_id=None, donna_managed=False)
    if task.calendar_event_id is not None:
        return task
    return evolve(task, calendar_event_id=event_key(task), donna_managed=True)


def event_key(task: Task) -> EventKey:
    """Return the id of a new event: base32hex, as Google Calendar asks of ids chosen by clients."""
    digest = hashlib.sha256(f"{task.id}:{task.version}".encode()).digest()
    return EventKey(b32hexencode(digest).decode().lower()[:26])


def is_free(task: Task, *, at: datetime, slack: timedelta) -> bool:
    """Say whether the time of the task is shown as free to others at this instant."""
    firm = busy_from(task, slack=slack)
    return bool(slack) and firm is not None and at < firm


def calendar_writes(
    before: Task | None, after: Task | None, *, at: datetime, slack: timedelta
) -> tuple[CalendarWrite, ...]:
    """Return the writes that lead from the calendar before to the calendar after.

    Both are as they ought to look ``at`` this instant, with time shown as free that has
    ``slack`` enough.
    """
    old = _event_of(before, at=at, slack=slack)
    new = _event_of(after, at=at, slack=slack)
    if old == new:
        return ()
    writes = []
    if old is not None and before is not None and (new is None or new[0] != old[0]):
        writes.append(_write(CalendarAction.DELETE, before, old, after or before))
    if new is not None and after is not None:
        writes.append(_write(CalendarAction.PUT, after, new, after))
    return tuple(writes)


def busy_job(task: Task, *, slack: timedelta) -> Job | None:
    """Return the act of showing the task's time as busy, where it is shown as free before."""
    firm = busy_from(task, slack=slack)
    if firm is None or not slack:
        return None
    occurrence = occurrence_of(task)
    return Job(
        key=f"{JobKind.BUSY}:{task.id}:{occurrence}:{firm.isoformat()}",
        kind=JobKind.BUSY,
        run_at=firm,
        task_id=task.id,
        payload={"occurrence": occurrence},
    )


def busy_write(task: Task) -> CalendarWrite | None:
    """Return the write that shows the task's time as busy, where the task has an event."""
    event = _event_of(task)
    if event is None:
        return None
    write = _write(CalendarAction.PUT, task, event, task)
    return evolve(write, key=f"{write.key}:busy")


def due_jobs(
    task: Task,
    pursuit: Escalation | None,
    *,
    at: datetime,
    rules: FollowThrough,
    windows: Windows,
    slack: timedelta = timedelta(0),
    extends: bool = False,
) -> tuple[Job, ...]:
    """Return the acts a task and its pursuit imply.

    A reminder comes ``reminder_lead`` before the planned start, or at the start when that is
    nearer; a nudge comes ``overdue_after`` after the planned end, or in time for a hard
    deadline; a pursuit climbs when its next tier is due. Where the workflow of an open task
    waits for an answer, somebody is asked ``request_after`` later. Where work that takes longer
    is given more time (``extends``), that is looked at when its time is over. Time that is shown
    as free becomes busy when its ``slack`` runs out.
    """
    jobs = list(_request_jobs(task, rules))
    start, end = task.scheduled_start, task.scheduled_end
    if task.status not in HOLDS_TIME or start is None or end is None:
        return tuple(jobs)
    occurrence = occurrence_of(task)
    if pursuit is not None and pursuit.is_active:
        jobs.append(
            Job(
                key=f"{JobKind.ESCALATION}:{task.id}:{pursuit.next_at.isoformat()}",
                kind=JobKind.ESCALATION,
                run_at=pursuit.next_at,
                task_id=task.id,
                payload={"occurrence": pursuit.occurrence},
            )
        )
    if task.status is TaskStatus.SCHEDULED and start > at:
        lead = start - rules.reminder_lead
        jobs.append(
            Job(
                key=f"{JobKind.REMINDER}:{task.id}:{occurrence}",
                kind=JobKind.REMINDER,
                run_at=lead if lead > at else start,
                task_id=task.id,
                payload={"occurrence": occurrence},
            )
        )
    if extends and task.status is TaskStatus.IN_PROGRESS and end >= at:
        jobs.append(
            Job(
                key=f"{JobKind.OVERRUN}:{task.id}:{end.isoformat()}",
                kind=JobKind.OVERRUN,
                run_at=end,
                task_id=task.id,
                payload={"occurrence": occurrence},
            )
        )
    firm = busy_job(task, slack=slack)
    if firm is not None and at < firm.run_at:
        jobs.append(firm)
    overdue = overdue_from(task, overdue_after=rules.overdue_after, windows=windows)
    jobs.append(
        Job(
            key=f"{JobKind.OVERDUE_NUDGE}:{task.id}:{occurrence}",
            kind=JobKind.OVERDUE_NUDGE,
            run_at=overdue or end,
            task_id=task.id,
            payload={"occurrence": occurrence},
        )
    )
    return tuple(jobs)


def _request_jobs(task: Task, rules: FollowThrough) -> Iterator[Job]:
    errand = errand_of(task)
    if errand is None or errand.request is None or errand.asked_at is None or not task.is_open:
        return
    asked_at = errand.asked_at.isoformat()
    yield Job(
        key=f"{JobKind.REQUEST_NUDGE}:{task.id}:{errand.request}:{asked_at}",
        kind=JobKind.REQUEST_NUDGE,
        run_at=errand.asked_at + rules.request_after,
        task_id=task.id,
        payload={"request": errand.request, "asked_at": asked_at},
    )


def _event_of(
    task: Task | None, *, at: datetime | None = None, slack: timedelta = timedelta(0)
) -> tuple[EventKey, EventImage] | None:
    """Return the event as it ought to look at the instant, or busy where none is given."""
    if task is None or task.calendar_event_id is None:
        return None
    image = event_image(task)
    if image is None:
        return None
    free = at is not None and is_free(task, at=at, slack=slack)
    return task.calendar_event_id, evolve(image, busy=not free)


def _write(
    action: CalendarAction, task: Task, event: tuple[EventKey, EventImage], cause: Task
) -> CalendarWrite:
    event_id, image = event
    return CalendarWrite(
        key=f"calendar:{event_id}:{cause.version}:{action}",
        action=action,
        event_id=event_id,
        task_id=task.id,
        title=image.title,
        start=image.when.start,
        end=image.when.end,
        description=image.description,
        busy=image.busy,
    )
