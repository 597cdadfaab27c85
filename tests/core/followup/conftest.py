"""A person in New York with the usual hours, and a task that was to be done this afternoon."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.windows import TimeWindow, Windows


@pytest.fixture(scope="session")
def windows() -> Windows:
    """Return blackout from midnight to six and quiet hours from eight in the evening."""
    return Windows(
        zone=ZoneInfo("America/New_York"),
        blackout=TimeWindow(name="blackout", end=timedelta(hours=6)),
        quiet=TimeWindow(name="quiet_hours", start=timedelta(hours=20), end=timedelta(hours=6)),
        work_life=(),
    )


@pytest.fixture(scope="session")
def task() -> Task:
    """Return a task planned for Monday 3 August 2026, 14:00 to 15:00 in New York."""
    return Task(
        id=TaskId("0198"),
        user_id=UserId("nick"),
        number=12,
        title="API refactor",
        created_at=datetime(2026, 8, 1, 12, tzinfo=UTC),
        status=TaskStatus.SCHEDULED,
        scheduled_start=datetime(2026, 8, 3, 18, tzinfo=UTC),
    )
