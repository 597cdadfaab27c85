"""What to do now, and the picture of the days."""

from datetime import timedelta

from donna_core.domain.planning.advice import advise
from donna_core.domain.planning.picture import Mark, Standing, drawn, marks_of, standing_of, svg
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import DeadlineType, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.testing.weeks import HOUR, MONDAY, WINDOWS, event, task

ZONE = WINDOWS.zone
PLANNED = TaskStatus.SCHEDULED


def test_the_most_pressing_comes_first() -> None:
    """Under way, over, due within a day, planned next, without a place."""
    due = MONDAY + 6 * HOUR
    several = [
        task(1, priority=5),
        task(2, status=PLANNED, scheduled_start=MONDAY + 30 * HOUR),
        task(3, deadline=due, deadline_type=DeadlineType.HARD),
        task(4, status=PLANNED, scheduled_start=MONDAY - 3 * HOUR),
        task(5, status=TaskStatus.IN_PROGRESS, scheduled_start=MONDAY),
    ]

    found = advise(several, at=MONDAY)

    assert [each.task.number for each in found] == [5, 4, 3, 2, 1]
    assert [each.reasons[0].code for each in found] == [
        ReasonCode.STARTED,
        ReasonCode.TIME_OVER,
        ReasonCode.NO_PLACE,
        ReasonCode.PLANNED_FOR,
        ReasonCode.NO_PLACE,
    ]


def test_what_cannot_be_done_is_no_advice() -> None:
    """Waiting for another, asleep, blocked or done."""
    first = task(1)
    several = [
        first,
        task(2, dependencies=(first.id,)),
        task(3, snoozed_until=MONDAY + HOUR),
        task(4, status=TaskStatus.BLOCKED),
        task(5, status=TaskStatus.DONE),
    ]

    found = advise(several, at=MONDAY)

    assert [each.task.number for each in found] == [1]
    assert ReasonCode.WAITED_ON in {reason.code for reason in found[0].reasons}


def test_time_turns_from_free_to_busy_when_slack_runs_out() -> None:
    """A day of slack is free, less is busy, none is a risk; a pin is a pin."""
    when = Interval(MONDAY, MONDAY + HOUR)

    def standing(hours: float, **rest: object) -> Standing:
        due = when.end + timedelta(hours=hours)
        return standing_of(task(1, deadline=due, deadline_type=DeadlineType.HARD, **rest), when)

    assert [standing(hours) for hours in (48, 24, 23, 0, -1)] == [
        Standing.FREE,
        Standing.FREE,
        Standing.BUSY,
        Standing.BUSY,
        Standing.AT_RISK,
    ]
    assert standing(1, pinned_start=MONDAY) is Standing.PINNED
    assert standing_of(task(1), when) is Standing.FREE


def test_the_week_is_drawn_hour_by_hour() -> None:
    """Each sign where its time is; free hours stay empty."""
    planned = task(1, status=PLANNED, scheduled_start=MONDAY + HOUR)
    marks = marks_of([planned], [event("Lesson", MONDAY + 24 * HOUR, HOUR)])

    lines = list(drawn(marks, first=MONDAY.date(), days=2, zone=ZONE))

    assert lines[0].split() == ["Mon", "23", "Tue", "24"]
    assert lines[1] == "08:00 ·         █████████"
    assert lines[2] == "09:00 ░░░░░░░░░ ·"


def test_the_drawing_holds_nothing_that_others_wrote_as_markup() -> None:
    """A title is text."""
    when = Interval(MONDAY, MONDAY + HOUR)
    mark = Mark(when=when, title="<script>alert(1)</script>", standing=Standing.BUSY)

    drawing = svg([mark], first=MONDAY.date(), days=1, zone=ZONE)

    assert "<script>" not in drawing
    assert "&lt;script&gt;" in drawing
