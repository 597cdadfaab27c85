"""The pursuit of a task, tier by tier, never at a forbidden hour."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.escalation import (
    CROCKFORD,
    Climb,
    Escalation,
    EscalationStatus,
    Ladder,
    acknowledge,
    back_off,
    begin,
    carries_ref,
    climb,
    overdue_from,
    reference,
)
from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.windows import Windows

NEW_YORK = ZoneInfo("America/New_York")
LADDER = Ladder()
CALLING = Ladder(call_enabled=True)


def local(hour: int, minute: int = 0, *, day: int = 3) -> datetime:
    """Return an instant of August 2026 by the clocks of New York."""
    return datetime(2026, 8, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def pursue(
    task: Task, windows: Windows, *, at: datetime, ladder: Ladder, calls_today: int = 0
) -> list[Message]:
    """Follow a pursuit nobody answers to its end and return what it said."""
    step = begin(task, at=at, ladder=ladder, windows=windows)
    messages = [step.message] if step.message else []
    for _ in range(20):
        if not step.escalation.is_active:
            return messages
        at = step.escalation.next_at
        step = climb(
            step.escalation, task, at=at, ladder=ladder, windows=windows, calls_today=calls_today
        )
        messages += [step.message] if step.message else []
    raise AssertionError("the pursuit never ends")


def test_an_unanswered_task_is_pursued_through_the_channels(task: Task, windows: Windows) -> None:
    """Discord, a text after 30 minutes, mail after an hour more; then the pursuit ends."""
    messages = pursue(task, windows, at=local(15, 30), ladder=CALLING)

    assert [(m.channel, m.not_before) for m in messages] == [
        (Channel.DISCORD, local(15, 30)),
        (Channel.SMS, local(16, 0)),
        (Channel.EMAIL, local(17, 0)),
    ]
    assert [m.kind for m in messages] == [
        *(MessageKind.NUDGE, MessageKind.ESCALATION, MessageKind.ESCALATION)
    ]


def test_only_the_highest_priority_is_called_about(task: Task, windows: Windows) -> None:
    """Two hours after the mail the phone rings, if calls are on and it is priority 5."""
    critical = evolve(task, priority=5)

    called = pursue(critical, windows, at=local(15, 30), ladder=CALLING)
    silent = pursue(critical, windows, at=local(15, 30), ladder=LADDER)

    assert (called[-1].channel, called[-1].not_before) == (Channel.PHONE, local(19, 0))
    assert Channel.PHONE not in {message.channel for message in silent}


def test_a_second_call_waits_for_the_next_day(task: Task, windows: Windows) -> None:
    """Where today's call is spent, the tier is due again after the night."""
    critical = evolve(task, priority=5)
    step = begin(critical, at=local(15, 30), ladder=CALLING, windows=windows)
    mailed = evolve(step.escalation, tier=3, next_at=local(19))

    held = climb(mailed, critical, at=local(19), ladder=CALLING, windows=windows, calls_today=1)

    assert held.message is None
    assert (held.escalation.tier, held.escalation.next_at) == (3, local(6, day=4))


def test_tiers_wait_out_the_quiet_hours(task: Task, windows: Windows) -> None:
    """A pursuit begun in the evening goes on in the morning; priority 5 stops at midnight only."""
    evening = begin(task, at=local(19, 45), ladder=LADDER, windows=windows).escalation
    late = evolve(task, priority=5)
    critical = begin(late, at=local(23, 45), ladder=LADDER, windows=windows).escalation

    assert evening.next_at == critical.next_at == local(6, day=4)


def test_a_pursuit_that_begins_at_night_speaks_in_the_morning(task: Task, windows: Windows) -> None:
    """The first tier waits for the hour, and the second for its wait after that."""
    step = begin(task, at=local(2), ladder=LADDER, windows=windows)

    assert step.message is not None
    assert step.message.not_before == local(6)
    assert step.escalation.next_at == local(6, 30)


def test_a_climb_at_a_quiet_moment_stays_on_its_tier(task: Task, windows: Windows) -> None:
    """Quiet asked for meanwhile does not count as waiting: the tiers do not pile up behind it."""
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    held = climb(
        started,
        task,
        at=local(16),
        ladder=LADDER,
        windows=windows,
        calls_today=0,
        quiet_until=local(18),
    )

    assert held.message is None
    assert (held.escalation.tier, held.escalation.next_at) == (1, local(18, 30))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": TaskStatus.DONE},
        {"status": TaskStatus.CANCELLED},
        {"scheduled_start": local(10, day=5)},
        {"scheduled_start": None},
    ],
)
def test_a_pursuit_ends_with_what_it_pursues(
    task: Task, windows: Windows, changes: dict[str, Any]
) -> None:
    """Once the task is closed or stands for something else, nothing more is said."""
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    over = climb(
        started,
        evolve(task, **changes),
        at=local(16),
        ladder=LADDER,
        windows=windows,
        calls_today=0,
    )

    assert over.message is None
    assert over.escalation.status is EscalationStatus.COMPLETED


def test_nothing_happens_before_a_tier_is_due(task: Task, windows: Windows) -> None:
    """A job that fires early changes nothing."""
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    early = climb(started, task, at=local(15, 59), ladder=LADDER, windows=windows, calls_today=0)

    assert early == Climb(escalation=started)


def test_an_answer_ends_the_pursuit(task: Task, windows: Windows) -> None:
    """After the acknowledgement no tier follows, and nothing revives it."""
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    answered = acknowledge(started, at=local(15, 40))

    assert answered.status is EscalationStatus.ACKNOWLEDGED
    assert answered.version == started.version + 1
    later = climb(answered, task, at=local(17), ladder=LADDER, windows=windows, calls_today=0)
    assert later == Climb(escalation=answered)
    assert acknowledge(answered, at=local(18)) == answered
    assert back_off(answered, task, at=local(18), ladder=LADDER, windows=windows) == answered


def test_busy_rests_for_two_hours_and_then_the_next_tier_comes(
    task: Task, windows: Windows
) -> None:
    """The person asked for time, not to be forgotten."""
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    resting = back_off(started, task, at=local(15, 50), ladder=LADDER, windows=windows)
    resumed = climb(resting, task, at=local(17, 50), ladder=LADDER, windows=windows, calls_today=0)

    assert (resting.status, resting.next_at) == (EscalationStatus.BACKED_OFF, local(17, 50))
    assert resumed.message is not None
    assert resumed.message.channel is Channel.SMS
    assert resumed.escalation.status is EscalationStatus.PENDING


def test_a_reply_is_known_by_its_code(task: Task, windows: Windows) -> None:
    """The code is found among words, in lower case, and with signs that look alike."""
    ref = "7K01Z"

    assert carries_ref("done, 7k01z.", ref=ref)
    assert carries_ref("7KOIZ busy", ref=ref)
    assert not carries_ref("done", ref=ref)
    assert not carries_ref("7K01ZZ", ref=ref)
    started = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation
    assert started.ref == reference(task.id, started.occurrence)


@given(first=st.text(min_size=1), second=st.text(min_size=1))
def test_codes_are_short_and_repeatable(first: str, second: str) -> None:
    """A code depends on task and occurrence alone and is written in Crockford's alphabet."""
    code = reference(TaskId(first), second)

    assert code == reference(TaskId(first), second)
    assert len(code) == 5
    assert set(code) <= set(CROCKFORD)
    assert carries_ref(f"ok {code.lower()}!", ref=code)


@given(
    minutes=st.integers(min_value=0, max_value=60 * 24 * 400),
    priority=st.integers(min_value=1, max_value=5),
    calls_today=st.integers(min_value=0, max_value=1),
    quiet=st.none() | st.integers(min_value=0, max_value=2000),
)
def test_every_tier_is_due_when_contact_is_allowed(
    task: Task,
    windows: Windows,
    minutes: int,
    priority: int,
    calls_today: int,
    quiet: int | None,
) -> None:
    """Over a year with both clock changes, no tier and no message falls into a closed hour."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    quiet_until = None if quiet is None else at + timedelta(minutes=quiet)
    pursued = evolve(task, priority=priority, scheduled_start=at - timedelta(hours=2))
    step = begin(pursued, at=at, ladder=CALLING, windows=windows, quiet_until=quiet_until)
    tiers = [step.escalation.tier]
    for _ in range(8):
        following = step.escalation.next_at
        assert following == windows.contact_from(
            following, priority=priority, quiet_until=quiet_until
        )
        if step.message is not None:
            assert not windows.in_blackout(step.message.not_before)
            assert priority == 5 or not windows.in_quiet(step.message.not_before)
        step = climb(
            step.escalation,
            pursued,
            at=following,
            ladder=CALLING,
            windows=windows,
            calls_today=calls_today,
            quiet_until=quiet_until,
        )
        tiers.append(step.escalation.tier)
    assert tiers == sorted(tiers)
    assert (tiers[-1] == 4) is (priority == 5 and calls_today == 0)


def test_a_plan_is_overdue_half_an_hour_after_its_end(task: Task, windows: Windows) -> None:
    """At night that means in the morning; a task with neither plan nor deadline is never late."""
    half = timedelta(minutes=30)
    late = evolve(task, scheduled_start=local(19, 30))

    assert overdue_from(task, overdue_after=half, windows=windows) == local(15, 30)
    assert overdue_from(late, overdue_after=half, windows=windows) == local(6, day=4)
    unplanned = evolve(task, scheduled_start=None)
    assert overdue_from(unplanned, overdue_after=half, windows=windows) is None


@pytest.mark.parametrize(
    ("priority", "begins"), [(3, local(19, 30)), (5, local(23, 30))], ids=["quiet", "blackout"]
)
def test_a_hard_deadline_at_night_is_pursued_before_the_night(
    task: Task, windows: Windows, priority: int, begins: datetime
) -> None:
    """No hard deadline passes in silence, and nobody is woken for it."""
    nightly = evolve(
        task,
        priority=priority,
        scheduled_start=local(22, 30),
        deadline=local(5, 30, day=4),
        deadline_type=DeadlineType.HARD,
    )

    start = overdue_from(nightly, overdue_after=timedelta(minutes=30), windows=windows)

    assert start is not None
    assert begins <= start < begins + timedelta(minutes=30)


@given(minutes=st.integers(0, 60 * 24 * 400), priority=st.integers(1, 5))
def test_a_hard_deadline_is_always_preceded_by_an_allowed_instant(
    task: Task, windows: Windows, minutes: int, priority: int
) -> None:
    """Whatever hour the deadline falls on, the pursuit starts by then, when contact is allowed."""
    deadline = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    pressing = evolve(
        task,
        priority=priority,
        scheduled_start=deadline - timedelta(hours=1),
        deadline=deadline,
        deadline_type=DeadlineType.HARD,
    )

    start = overdue_from(pressing, overdue_after=timedelta(minutes=30), windows=windows)

    assert start is not None
    assert start <= deadline
    assert windows.contact_from(start, priority=priority) == start


def test_a_ladder_does_not_start_with_the_phone() -> None:
    """The first word about a task is never a call."""
    with pytest.raises(ValueError, match="phone"):
        Ladder(tiers=(Channel.PHONE, Channel.SMS))


def test_an_escalation_is_active_until_answered_or_over(task: Task, windows: Windows) -> None:
    """Pending and resting pursuits go on."""
    started: Escalation = begin(task, at=local(15, 30), ladder=LADDER, windows=windows).escalation

    active = {s for s in EscalationStatus if evolve(started, status=s).is_active}

    assert active == {EscalationStatus.PENDING, EscalationStatus.BACKED_OFF}
