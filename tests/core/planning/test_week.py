"""A week by local days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import EventKey, TaskId, UserId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.week import Entry, EntryKind, week_of
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def task(start: datetime | None, status: TaskStatus = TaskStatus.SCHEDULED) -> Task:
    """Return a task of an hour."""
    return Task(
        id=TaskId("t"),
        user_id=UserId("u"),
        number=1,
        title="Task",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        status=status,
        scheduled_start=start,
        priority=4,
    )


def event(start: datetime, end: datetime, task_id: str | None = None) -> CalendarEvent:
    """Return an event."""
    return CalendarEvent(
        event_id=EventKey("e"),
        calendar_id="c",
        title="Event",
        when=Interval(start, end),
        task_id=None if task_id is None else TaskId(task_id),
    )


@given(st.dates(date(2000, 1, 10), date(2100, 1, 1)))
def test_a_week_runs_from_monday_over_seven_days(day: date) -> None:
    """The week of any day begins on a Monday, holds the day and skips none."""
    week = week_of(day, tasks=[], events=[], zone=BERLIN)

    assert week.monday.weekday() == 0
    assert [each.date - week.monday for each in week.days] == [timedelta(n) for n in range(7)]
    assert day in [each.date for each in week.days]


def test_tasks_and_events_stand_on_their_local_day_in_order() -> None:
    """A task late on a Sunday in UTC is one of Monday's; its event is not told twice."""
    start = datetime(2026, 6, 7, 22, 30, tzinfo=UTC)
    events = [event(start + HOUR, start + 2 * HOUR), event(start, start + HOUR, task_id="t")]

    monday = week_of(date(2026, 6, 8), tasks=[task(start)], events=events, zone=BERLIN).days[0]

    assert monday.entries == (
        Entry(
            when=Interval(start, start + HOUR),
            title="Task",
            kind=EntryKind.TASK,
            task_id=TaskId("t"),
            priority=4,
            status=TaskStatus.SCHEDULED,
        ),
        Entry(when=Interval(start + HOUR, start + 2 * HOUR), title="Event", kind=EntryKind.EVENT),
    )


def test_what_reaches_over_midnight_stands_on_both_days() -> None:
    """An overnight event is an entry of the day it starts on and of the next."""
    night = event(datetime(2026, 6, 9, 20, tzinfo=UTC), datetime(2026, 6, 10, 4, tzinfo=UTC))

    days = week_of(date(2026, 6, 8), tasks=[], events=[night], zone=BERLIN).days

    assert [len(day.entries) for day in days] == [0, 1, 1, 0, 0, 0, 0]


def test_an_event_that_ends_at_midnight_is_not_of_the_next_day() -> None:
    """An end at local midnight belongs to the day before; a moment without length counts once."""
    midnight = datetime(2026, 6, 9, 22, tzinfo=UTC)
    events = [event(midnight - HOUR, midnight), event(midnight, midnight)]

    days = week_of(date(2026, 6, 8), tasks=[], events=events, zone=BERLIN).days

    assert [len(day.entries) for day in days] == [0, 1, 1, 0, 0, 0, 0]


def test_unplanned_and_cancelled_tasks_are_left_out() -> None:
    """Only a task with a place that is still meant stands in the week."""
    start = datetime(2026, 6, 9, 9, tzinfo=UTC)
    tasks = [task(None), task(start, TaskStatus.CANCELLED), task(start, TaskStatus.DONE)]

    week = week_of(date(2026, 6, 8), tasks=tasks, events=[], zone=BERLIN)

    assert [entry.status for day in week.days for entry in day.entries] == [TaskStatus.DONE]
