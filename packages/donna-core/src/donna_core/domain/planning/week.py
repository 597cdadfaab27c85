"""A week as it stands: what lies on each local day, for rendering and digests."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local_day

DAYS = 7


class EntryKind(StrEnum):
    """What an entry stands for."""

    TASK = "task"
    EVENT = "event"


@frozen(kw_only=True)
class Entry:
    """One task or event; ``when`` is whole even where it reaches into another day."""

    when: Interval
    title: str
    kind: EntryKind
    task_id: TaskId | None = None
    priority: int | None = None
    status: TaskStatus | None = None


@frozen(kw_only=True)
class Day:
    """A local day and what lies on it, by start, then end, then title."""

    date: date
    entries: tuple[Entry, ...]


@frozen(kw_only=True)
class Week:
    """Seven local days from Monday on."""

    days: tuple[Day, ...]

    @property
    def monday(self) -> date:
        """The first day."""
        return self.days[0].date


def week_of(
    day: date, *, tasks: Iterable[Task], events: Iterable[CalendarEvent], zone: ZoneInfo
) -> Week:
    """Return the week that holds the day, with every planned task and every event in it.

    Cancelled tasks are left out, and so are events that stand for Donna's own tasks. What
    reaches over midnight is an entry of each day it touches.
    """
    entries = sorted((*_tasks(tasks), *_events(events)), key=_order)
    monday = day - timedelta(days=day.weekday())
    return Week(
        days=tuple(
            _day(monday + timedelta(days=offset), entries, zone=zone) for offset in range(DAYS)
        )
    )


def _tasks(tasks: Iterable[Task]) -> Iterator[Entry]:
    for task in tasks:
        start, end = task.scheduled_start, task.scheduled_end
        if start is None or end is None or task.status is TaskStatus.CANCELLED:
            continue
        yield Entry(
            when=Interval(start, end),
            title=task.title,
            kind=EntryKind.TASK,
            task_id=task.id,
            priority=task.priority,
            status=task.status,
        )


def _events(events: Iterable[CalendarEvent]) -> Iterator[Entry]:
    for event in events:
        if event.task_id is None:
            yield Entry(when=event.when, title=event.title, kind=EntryKind.EVENT)


def _day(day: date, entries: Iterable[Entry], *, zone: ZoneInfo) -> Day:
    whole = local_day(day, zone)
    touching = (e for e in entries if whole.contains(e.when.start) or whole.overlaps(e.when))
    return Day(date=day, entries=tuple(touching))


def _order(entry: Entry) -> tuple[datetime, datetime, str]:
    return entry.when.start, entry.when.end, entry.title
