"""The digests: composed without a model, exact in every count and time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.digests import evening_digest, morning_digest
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local_day

NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 8, 3)


def local(hour: int, minute: int = 0, *, day: int = 3) -> datetime:
    """Return an instant of August 2026 by the clocks of New York."""
    return datetime(2026, 8, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def event(title: str, start: datetime, end: datetime, **changes: Any) -> CalendarEvent:
    """Return an event of the work calendar."""
    return CalendarEvent(
        event_id=EventKey(title),
        calendar_id="work",
        title=title,
        when=Interval(start, end),
        **changes,
    )


def morning(*tasks: Task, events: tuple[CalendarEvent, ...] = (), **changes: Any) -> Message:
    """Return the digest of Monday 3 August, at half past six."""
    usual: dict[str, Any] = {"day": DAY, "zone": NEW_YORK, "at": local(6, 30)}
    return morning_digest(tasks=tasks, events=events, **{**usual, **changes})


def evening(*tasks: Task, events: tuple[CalendarEvent, ...] = (), **changes: Any) -> Message:
    """Return the balance of Monday 3 August, at half past five."""
    usual: dict[str, Any] = {"day": DAY, "zone": NEW_YORK, "at": local(17, 30)}
    return evening_digest(tasks=tasks, events=events, **{**usual, **changes})


def section(message: Message, heading: str) -> list[str]:
    """Return the lines below a heading; none where the section is left out."""
    for part in message.body.split("\n\n"):
        first, *lines = part.splitlines()
        if first == f"{heading}:":
            return lines
    return []


def other(task: Task, number: int, **changes: Any) -> Task:
    """Return a second task."""
    return evolve(task, id=TaskId(f"t{number}"), number=number, title=f"Task {number}", **changes)


def test_a_digest_is_one_per_local_day(task: Task) -> None:
    """Its key is the local date; it is of no use on the next."""
    message = morning(task)

    assert message.key == "morning_digest:2026-08-03"
    assert evening(task).key == "evening_digest:2026-08-03"
    assert (message.kind, message.channel) == (MessageKind.DIGEST, Channel.DISCORD)
    assert (message.not_before, message.expires_at) == (local(6, 30), local(0, day=4))
    assert message.subject == "Your day: Monday 3 August 2026"


def test_the_schedule_merges_events_and_tasks_in_order(task: Task) -> None:
    """Events and planned tasks stand together by their start, in local time."""
    events = (
        event("Review", local(15), local(16)),
        event("Standup", local(9), local(9, 15)),
        event("Holiday", local(0), local(0, day=4)),
        event("Tomorrow", local(9, day=4), local(10, day=4)),
    )

    message = morning(task, other(task, 3, scheduled_start=local(9, day=4)), events=events)

    assert section(message, "Schedule") == [
        "- all day Holiday",
        "- 09:00–09:15 Standup",
        "- 14:00–15:00 #12 API refactor (priority 2)",
        "- 15:00–16:00 Review",
    ]
    assert "You have 1 task and 3 events today." in message.body


def test_a_task_and_its_event_are_one_entry(task: Task) -> None:
    """Donna's own event does not show twice what the task shows."""
    own = event("API refactor", local(14), local(15), task_id=task.id)

    assert len(section(morning(task, events=(own,)), "Schedule")) == 1


def test_what_reaches_over_midnight_shows_todays_part() -> None:
    """An end on another day is left open."""
    events = (
        event("Night train", local(22, day=2), local(7)),
        event("Party", local(21), local(1, day=4)),
    )

    assert section(morning(events=events), "Schedule") == [
        "- until 07:00 Night train",
        "- from 21:00 Party",
    ]


def test_deadlines_of_today_and_before_are_told_apart(task: Task) -> None:
    """Due later today, passed in the night, and passed last year."""
    due = other(task, 1, deadline=local(17), deadline_type=DeadlineType.HARD)
    passed = other(task, 2, deadline=local(5, 30))
    ancient = other(task, 3, deadline=datetime(2025, 12, 31, 22, tzinfo=UTC))
    later = other(task, 4, deadline=local(9, day=4))

    message = morning(due, passed, ancient, later)

    assert section(message, "Due today") == ["- by 17:00 #1 Task 1 (hard)"]
    assert section(message, "Past the deadline") == [
        "- #3 Task 3, due Wed 31 Dec 2025 17:00 EST",
        "- #2 Task 2, due Mon 3 Aug 05:30 EDT",
    ]
    assert "Then there are 2 tasks past the deadline. I did not forget them." in message.body


def test_carry_overs_are_what_was_planned_before_today(task: Task) -> None:
    """Planned, over, and still open; a task in progress belongs to them, a blocked one does not."""
    yesterday = local(14, day=2)
    open_one = other(task, 1, scheduled_start=yesterday, reschedule_count=2)
    begun = other(task, 2, scheduled_start=yesterday, status=TaskStatus.IN_PROGRESS)
    blocked = other(task, 3, scheduled_start=yesterday, status=TaskStatus.BLOCKED)

    message = morning(open_one, begun, blocked)

    assert section(message, "Carried over") == [
        "- #1 Task 1, planned Sun 2 Aug 14:00 EDT, moved 2 times so far",
        "- #2 Task 2, planned Sun 2 Aug 14:00 EDT",
    ]
    assert "Then there are 2 carry-overs." in message.body


def test_a_task_is_left_over_in_one_way_only(task: Task) -> None:
    """A carry-over past its deadline counts as past its deadline."""
    both = other(task, 1, scheduled_start=local(14, day=2), deadline=local(17, day=2))

    message = morning(both)

    assert section(message, "Carried over") == []
    assert len(section(message, "Past the deadline")) == 1
    assert "Then there is 1 task past the deadline. I did not forget it." in message.body


def test_what_waits_is_named(task: Task) -> None:
    """Tasks without room and tasks without an answer, the most important first."""
    unplanned = {"status": TaskStatus.NEEDS_SCHEDULING, "scheduled_start": None}

    message = morning(
        other(task, 1, **unplanned),
        other(task, 2, priority=4, **unplanned),
        other(task, 3, status=TaskStatus.WAITING_INPUT, scheduled_start=None),
    )

    assert section(message, "No room found yet") == [
        "- #2 Task 2 (priority 4)",
        "- #1 Task 1 (priority 2)",
    ]
    assert section(message, "Waiting for your answer") == ["- #3 Task 3 (priority 2)"]


@pytest.mark.parametrize(
    ("finished", "in_morning", "in_evening"),
    [
        (local(23, 59, day=2), True, False),
        (local(0), False, True),
        (local(12), False, True),
        (local(12, day=1), False, False),
    ],
)
def test_finished_tasks_belong_to_their_local_day(
    task: Task, finished: datetime, *, in_morning: bool, in_evening: bool
) -> None:
    """The morning tells of yesterday, the evening of today, by the clocks of the person."""
    done = evolve(task, status=TaskStatus.DONE, completed_at=finished)
    lines = ["- #12 API refactor"]

    assert (section(morning(done), "Done yesterday") == lines) is in_morning
    assert (section(evening(done), "Done today") == lines) is in_evening


def test_an_empty_day_is_said_to_be_empty() -> None:
    """Nothing is made up, and no heading stands without lines."""
    body = morning().body

    assert body.startswith("Good morning. Nothing is planned today.")
    assert body.endswith("All times are America/New_York time.")
    assert body.count("\n\n") == 1
    assert "Nothing was ticked off today." in evening().body


def test_an_unreadable_calendar_is_never_an_empty_one() -> None:
    """What could not be read is named, and the day is not called free."""
    body = morning(unreadable=("work", "family")).body

    assert "their events are missing: work, family." in body
    assert "Nothing is planned today." not in body
    assert "their events are missing: work." in evening(unreadable=("work",)).body


def test_a_late_digest_does_not_wish_good_morning() -> None:
    """After noon the greeting changes."""
    assert morning(at=local(13)).body.startswith("Your day, later than usual.")


def test_the_evening_sorts_done_left_and_to_come(task: Task) -> None:
    """What was planned for earlier today is left over; the rest of today and tomorrow follow."""
    later = other(task, 1, scheduled_start=local(19))
    tomorrow = other(task, 2, scheduled_start=local(9, day=4))
    older = other(task, 3, scheduled_start=local(9, day=2))
    events = (
        event("Standup", local(9), local(10)),
        event("Flight", local(7, day=4), local(8, day=4)),
    )

    message = evening(task, later, tomorrow, older, events=events)

    assert section(message, "Left over") == ["- #12 API refactor, planned Mon 3 Aug 14:00 EDT"]
    assert section(message, "Still to come") == ["- 19:00–20:00 #1 Task 1 (priority 2)"]
    assert section(message, "Tomorrow") == [
        "- 07:00–08:00 Flight",
        "- 09:00–10:00 #2 Task 2 (priority 2)",
    ]


def test_an_evening_digest_may_come_after_its_day(task: Task) -> None:
    """Composed late, it has nothing left to come and still holds the balance."""
    message = evening(task, at=local(1, day=4))

    assert section(message, "Still to come") == []
    assert len(section(message, "Left over")) == 1


def test_clocks_that_change_are_named() -> None:
    """On the day of the clock change both half past ones can be told apart."""
    day = date(2026, 11, 1)
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    events = (event("Maintenance", first, first + timedelta(hours=1)),)

    message = morning(events=events, day=day, at=datetime(2026, 11, 1, 11, 30, tzinfo=UTC))

    assert section(message, "Schedule") == ["- 01:30 EDT–01:30 EST Maintenance"]


@given(
    starts=st.lists(st.none() | st.integers(-3000, 3000), max_size=30),
    statuses=st.lists(st.sampled_from(TaskStatus), min_size=30, max_size=30),
    deadlines=st.lists(st.none() | st.integers(-3000, 3000), min_size=30, max_size=30),
)
def test_counts_are_those_of_the_facts(
    task: Task,
    starts: list[int | None],
    statuses: list[TaskStatus],
    deadlines: list[int | None],
) -> None:
    """However many tasks there are, the opening counts them and long sections say how many more."""
    at = local(6, 30)
    tasks = [
        other(
            task,
            number,
            status=statuses[number],
            scheduled_start=None if start is None else at + timedelta(minutes=start),
            deadline=None if deadline is None else at + timedelta(minutes=deadline),
        )
        for number, (start, deadline) in enumerate(zip(starts, deadlines, strict=False))
    ]
    held = {TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS}
    today = [
        t
        for t in tasks
        if t.status in held
        and t.scheduled_start
        and t.scheduled_end
        and Interval(t.scheduled_start, t.scheduled_end).overlaps(local_day(DAY, NEW_YORK))
    ]
    late = [t for t in tasks if t.is_open and t.deadline and t.deadline < at]

    message = morning(*tasks)

    words = "1 task" if len(today) == 1 else f"{len(today)} tasks"
    assert (f"You have {words} today." in message.body) is bool(today)
    lines = section(message, "Past the deadline")
    hidden = int(lines[-1].split()[2]) - 1 if lines and lines[-1].endswith("more") else 0
    assert len(lines) + hidden == len(late)
    assert len(lines) <= 12
