"""Priorities rise with time, load and duty, never fall, and say why."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.planning.priority import Priority, PriorityRules, assess, waiting_on
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import DeadlineType, Domain, Task, TaskStatus

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)  # 06:00 on a Monday
DAY = timedelta(days=1)
RULES = PriorityRules()


def task(name: str = "t", **fields: Any) -> Task:
    """Return an open task."""
    return Task(
        id=TaskId(name), user_id=UserId("u"), number=1, title=name, created_at=NOW, **fields
    )


def assessed(subject: Task, **fields: Any) -> Priority:
    """Return the assessment on an ordinary morning."""
    circumstances: dict[str, Any] = {
        "base": subject.priority,
        "tasks_on_day": 0,
        "at": NOW,
    } | fields
    return assess(subject, zone=NEW_YORK, rules=RULES, **circumstances)


def codes(priority: Priority) -> list[ReasonCode]:
    """Return the codes of the reasons."""
    return [reason.code for reason in priority.reasons]


@pytest.mark.parametrize(
    ("kind", "days", "value"),
    [
        (DeadlineType.HARD, 4, 2),
        (DeadlineType.HARD, 3, 4),
        (DeadlineType.HARD, 1, 5),
        (DeadlineType.HARD, -2, 5),
        (DeadlineType.SOFT, 20, 2),
        (DeadlineType.SOFT, 14, 3),
        (DeadlineType.SOFT, 7, 4),
        (DeadlineType.SOFT, -1, 4),
        (DeadlineType.NONE, 0, 2),
    ],
)
def test_a_deadline_lifts_as_it_comes_near(kind: DeadlineType, days: int, value: int) -> None:
    """Hard deadlines lift to 4 and 5 in their last days, soft ones to 3 and 4 in their weeks."""
    found = assessed(task(deadline=NOW + days * DAY, deadline_type=kind))

    assert found.value == value
    assert (ReasonCode.DEADLINE_NEAR in codes(found)) == (value > 2)


def test_days_are_counted_on_the_local_calendar() -> None:
    """A deadline late tomorrow evening is tomorrow's, though it is two days off in UTC."""
    late = datetime(2026, 5, 6, 3, 30, tzinfo=UTC)

    assert assessed(task(deadline=late, deadline_type=DeadlineType.HARD)).value == 5


def test_a_crowded_day_lifts_what_was_moved_again_and_again() -> None:
    """One more than given, for more than five tasks that day and more than one reschedule."""
    moved = task(reschedule_count=2)

    assert assessed(moved, tasks_on_day=6).value == 3
    assert assessed(moved, tasks_on_day=5).value == 2
    assert assessed(task(reschedule_count=1), tasks_on_day=6).value == 2


def test_a_crowded_day_counts_on_top_of_a_deadline() -> None:
    """What the deadline lifted to 3 the crowd lifts to 4, and never above 5."""
    soft = task(deadline=NOW + 14 * DAY, deadline_type=DeadlineType.SOFT, reschedule_count=2)
    hard = evolve(soft, deadline=NOW, deadline_type=DeadlineType.HARD)

    assert assessed(soft, tasks_on_day=6).value == 4
    assert assessed(hard, tasks_on_day=6).value == 5


def test_without_a_known_base_the_crowd_does_not_count() -> None:
    """Assessing a raised priority anew must not raise it again."""
    found = assessed(task(priority=3, reschedule_count=2), base=None, tasks_on_day=9)

    assert found.value == 3


def test_the_third_reschedule_raises_a_flag() -> None:
    """From three reschedules on the task is flagged, locked or not."""
    assert not assessed(task(reschedule_count=2)).flagged
    assert assessed(task(reschedule_count=3)).flagged
    assert assessed(task(reschedule_count=3, priority_locked=True)).flagged


def test_a_task_is_never_below_an_open_one_that_waits_on_it() -> None:
    """The highest open waiter lifts it; finished ones ask for nothing."""
    waiters = [
        task("a", priority=4),
        task("b", priority=5, status=TaskStatus.DONE),
        task("c", priority=3),
    ]

    found = assessed(task(), waiting_on_it=waiters)

    assert found.value == 4
    assert found.reasons[-1].facts["label"] == "a"


def test_family_tasks_keep_what_they_have() -> None:
    """A family task that was raised stays there; another one falls back to its base."""
    assert assessed(task(priority=4, domain=Domain.FAMILY), base=3).value == 4
    assert assessed(task(priority=4, domain=Domain.WORK), base=3).value == 3


def test_a_locked_priority_stays_and_says_so() -> None:
    """Nothing moves a priority that the person fixed."""
    locked = task(priority=2, priority_locked=True, deadline=NOW, deadline_type=DeadlineType.HARD)

    found = assessed(locked, waiting_on_it=[task("a", priority=5)])

    assert (found.value, codes(found)) == (2, [ReasonCode.LOCKED])


def test_waiting_reaches_through_open_tasks_only_and_survives_rings() -> None:
    """Who waits on a waiter waits too; a closed task in between cuts the chain."""
    chain = [
        task("b", dependencies=(TaskId("a"),)),
        task("c", dependencies=(TaskId("b"),)),
        task("a", dependencies=(TaskId("c"),)),
        task("d", dependencies=(TaskId("a"),), status=TaskStatus.CANCELLED),
        task("e", dependencies=(TaskId("d"),)),
    ]

    assert [each.id for each in waiting_on(TaskId("a"), chain)] == ["b", "c"]


tasks = st.builds(
    task,
    priority=st.integers(1, 5),
    domain=st.sampled_from(Domain),
    deadline=st.integers(-5, 30).map(lambda days: NOW + days * DAY),
    deadline_type=st.sampled_from(DeadlineType),
    reschedule_count=st.integers(0, 5),
)


@given(
    subject=tasks,
    base=st.integers(1, 5),
    crowd=st.integers(0, 9),
    waiters=st.lists(tasks, max_size=3),
)
def test_assessing_twice_says_the_same_and_never_goes_below_the_base(
    subject: Task, base: int, crowd: int, waiters: list[Task]
) -> None:
    """From the same base the same comes out, whatever was stored in between."""
    facts: dict[str, Any] = {"base": base, "tasks_on_day": crowd, "waiting_on_it": waiters}
    first = assessed(subject, **facts)

    again = assessed(evolve(subject, priority=first.value), **facts)

    assert again.value == first.value
    assert base <= first.value <= 5


@given(subject=tasks, base=st.integers(1, 5), later=st.integers(0, 20))
def test_time_only_lifts(subject: Task, base: int, later: int) -> None:
    """A later look never finds less, everything else being equal."""
    now, then = assessed(subject, base=base), assessed(subject, base=base, at=NOW + later * DAY)

    assert then.value >= now.value
