"""Whether a message may leave, asked at the moment it would."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import (
    Escalation,
    Ladder,
    acknowledge,
    back_off,
    begin,
    climb,
)
from donna_core.domain.followup.gate import Drop, Go, Hold, Verdict, admit
from donna_core.domain.followup.nudges import closing_notice, reminder
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.windows import Windows

NEW_YORK = ZoneInfo("America/New_York")
CALLING = Ladder(call_enabled=True)


def local(hour: int, minute: int = 0, *, day: int = 3) -> datetime:
    """Return an instant of August 2026 by the clocks of New York."""
    return datetime(2026, 8, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def asked(message: Message, windows: Windows, *, at: datetime, **given: Any) -> Verdict:
    """Ask the gate on an ordinary day, but for what is given."""
    usual: dict[str, Any] = {
        "attention": Attention(),
        "task": None,
        "escalation": None,
        "calls_today": 0,
        "texts_today": 0,
        "ladder": CALLING,
    }
    return admit(message, at=at, windows=windows, **{**usual, **given})


def notice(channel: Channel = Channel.DISCORD, **changes: Any) -> Message:
    """Return a message about nothing in particular."""
    usual: dict[str, Any] = {
        "key": "notice:1",
        "channel": channel,
        "kind": MessageKind.NOTICE,
        "subject": "",
        "body": "words",
        "priority": 2,
        "not_before": local(0, day=1),
    }
    return Message(**{**usual, **changes})


def pursuit(task: Task, windows: Windows) -> tuple[Escalation, Message]:
    """Return a pursuit at its second tier and the text message it sends at 16:00."""
    first = begin(task, at=local(15, 30), ladder=CALLING, windows=windows).escalation
    step = climb(first, task, at=local(16), ladder=CALLING, windows=windows, calls_today=0)
    assert step.message is not None
    return step.escalation, step.message


def test_a_message_in_its_time_goes(task: Task, windows: Windows) -> None:
    """Nothing stands against a reminder of a planned task in the afternoon."""
    message = reminder(task, zone=NEW_YORK, at=local(13, 45), lead=timedelta(minutes=15))

    assert asked(message, windows, at=local(13, 45), task=task) == Go()


def test_blackout_holds_everything(windows: Windows) -> None:
    """At three in the night even priority 5 waits until six."""
    verdict = asked(notice(priority=5), windows, at=local(3))

    assert verdict == Hold(until=local(6), why="blackout")


def test_quiet_hours_let_only_the_highest_priority_through(windows: Windows) -> None:
    """In the evening an ordinary message waits for the morning."""
    assert asked(notice(priority=5), windows, at=local(21)) == Go()
    assert asked(notice(priority=4), windows, at=local(21)) == Hold(
        until=local(6, day=4), why="quiet hours"
    )


def test_a_wish_for_quiet_is_kept(windows: Windows) -> None:
    """Quiet until five means five, but not for what is critical."""
    attention = Attention(quiet_until=local(17))

    held = asked(notice(), windows, at=local(14), attention=attention)

    assert held == Hold(until=local(17), why="quiet until Mon 3 Aug 17:00 EDT")
    assert asked(notice(priority=5), windows, at=local(14), attention=attention) == Go()


def test_a_message_waits_for_its_time(windows: Windows) -> None:
    """Asked too early, the gate names the moment."""
    early = notice(not_before=local(12))

    assert asked(early, windows, at=local(11)) == Hold(until=local(12), why="its time has not come")


def test_expired_words_are_dropped_even_at_night(windows: Windows) -> None:
    """What is of no use is not held first."""
    assert asked(notice(expires_at=local(2)), windows, at=local(3)) == Drop(why="expired")


def test_words_that_would_expire_in_waiting_are_dropped(windows: Windows) -> None:
    """Holding until after the end of its use is the same as dropping, said at once."""
    verdict = asked(notice(expires_at=local(23)), windows, at=local(21))

    assert verdict == Drop(why="quiet hours, longer than it is of use")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": TaskStatus.DONE}, "the task is done"),
        ({"status": TaskStatus.CANCELLED}, "the task is cancelled"),
        ({"status": TaskStatus.IN_PROGRESS}, "the task is in_progress"),
        ({"scheduled_start": local(18)}, "the task was moved"),
        ({"scheduled_start": None}, "the task has no planned start any more"),
    ],
)
def test_a_reminder_of_what_is_no_longer_planned_is_dropped(
    task: Task, windows: Windows, changes: dict[str, Any], why: str
) -> None:
    """A reminder belongs to one planned start of a task that has not begun."""
    message = reminder(task, zone=NEW_YORK, at=local(13, 45), lead=timedelta(minutes=15))

    verdict = asked(message, windows, at=local(13, 45), task=evolve(task, **changes))

    assert verdict == Drop(why=why)


def test_words_about_a_removed_task_are_dropped(task: Task, windows: Windows) -> None:
    """Once the task is gone there is nothing to remind of."""
    message = reminder(task, zone=NEW_YORK, at=local(13, 45), lead=timedelta(minutes=15))

    assert asked(message, windows, at=local(13, 45)) == Drop(why="the task is gone")


def test_a_notice_about_a_closed_task_goes(task: Task, windows: Windows) -> None:
    """That a task was closed is told, closed as it is."""
    closed = evolve(task, status=TaskStatus.CANCELLED)

    verdict = asked(closing_notice(closed, at=local(12)), windows, at=local(12), task=closed)

    assert verdict == Go()


def test_a_question_goes_while_it_is_open(task: Task, windows: Windows) -> None:
    """The text of the second tier leaves, also when the task has been started meanwhile."""
    escalation, message = pursuit(task, windows)
    started = evolve(task, status=TaskStatus.IN_PROGRESS)

    for current in (task, started):
        verdict = asked(message, windows, at=local(16), task=current, escalation=escalation)
        assert verdict == Go()


def test_an_answered_question_is_not_asked_again(task: Task, windows: Windows) -> None:
    """An answer drops what the pursuit still had on its way."""
    escalation, message = pursuit(task, windows)
    answered = acknowledge(escalation, at=local(16))

    verdict = asked(message, windows, at=local(16), task=task, escalation=answered)

    assert verdict == Drop(why="you answered already")


def test_a_question_about_an_earlier_plan_is_dropped(task: Task, windows: Windows) -> None:
    """Moving the task, or a new pursuit for its new time, ends the old question."""
    escalation, message = pursuit(task, windows)
    moved = evolve(task, scheduled_start=local(9, day=4))
    anew = begin(moved, at=local(10, 30, day=4), ladder=CALLING, windows=windows).escalation

    for current in (escalation, anew):
        verdict = asked(message, windows, at=local(16), task=moved, escalation=current)
        assert verdict == Drop(why="the task was moved")


def test_of_questions_that_waited_only_the_last_is_asked(task: Task, windows: Windows) -> None:
    """Held over a night or a pause, those of the earlier tiers have nothing to add."""
    begun = begin(task, at=local(15, 30), ladder=CALLING, windows=windows)
    climbed, _ = pursuit(task, windows)

    assert begun.message is not None
    verdict = asked(begun.message, windows, at=local(16), task=task, escalation=climbed)
    assert verdict == Drop(why="it was asked again since")


def test_a_question_without_a_pursuit_is_dropped(task: Task, windows: Windows) -> None:
    """An undone escalation leaves no question behind."""
    _, message = pursuit(task, windows)

    verdict = asked(message, windows, at=local(16), task=task)

    assert verdict == Drop(why="the pursuit was dropped")


def test_a_busy_person_is_left_alone(task: Task, windows: Windows) -> None:
    """A question that is still on its way waits as long as the pursuit rests."""
    escalation, message = pursuit(task, windows)
    resting = back_off(escalation, task, at=local(16), ladder=CALLING, windows=windows)

    verdict = asked(message, windows, at=local(16, 5), task=task, escalation=resting)

    assert verdict == Hold(until=local(18), why="you are busy")


def test_one_call_a_day(windows: Windows) -> None:
    """The second call waits for the next local day and its first allowed hour."""
    call = notice(Channel.PHONE, priority=5)

    assert asked(call, windows, at=local(19)) == Go()
    assert asked(call, windows, at=local(19), calls_today=1) == Hold(
        until=local(6, day=4), why="enough calls for one day"
    )


def test_calls_can_be_off(windows: Windows) -> None:
    """A call decided before calls were switched off, or for too little, is dropped."""
    off = asked(notice(Channel.PHONE, priority=5), windows, at=local(12), ladder=Ladder())
    minor = asked(notice(Channel.PHONE, priority=4), windows, at=local(12))

    assert off == minor == Drop(why="calls are off for this priority")


def test_texts_have_a_daily_limit_unless_critical(windows: Windows) -> None:
    """The eleventh text of a day waits, a critical one does not."""
    held = asked(notice(Channel.SMS), windows, at=local(12), texts_today=10)

    assert held == Hold(until=local(6, day=4), why="enough texts for one day")
    assert asked(notice(Channel.SMS), windows, at=local(12), texts_today=9) == Go()
    critical = notice(Channel.SMS, priority=5)
    assert asked(critical, windows, at=local(12), texts_today=10) == Go()


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    priority=st.integers(1, 5),
    channel=st.sampled_from(Channel),
    quiet=st.none() | st.integers(0, 3000),
    counts=st.tuples(st.integers(0, 2), st.integers(8, 12)),
    life=st.none() | st.integers(-100, 3000),
)
def test_what_leaves_leaves_at_an_allowed_moment(
    windows: Windows,
    minutes: int,
    priority: int,
    channel: Channel,
    quiet: int | None,
    counts: tuple[int, int],
    life: int | None,
) -> None:
    """Go means an allowed instant within the limits; Hold is always for later and for use."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    expires_at = None if life is None else at + timedelta(minutes=life)
    quiet_until = None if quiet is None else at + timedelta(minutes=quiet)
    message = notice(channel, priority=priority, not_before=at, expires_at=expires_at)

    verdict = asked(
        message,
        windows,
        at=at,
        attention=Attention(quiet_until=quiet_until),
        calls_today=counts[0],
        texts_today=counts[1],
    )

    critical = priority == 5
    match verdict:
        case Go():
            assert not windows.in_blackout(at)
            assert critical or not windows.in_quiet(at)
            assert critical or quiet_until is None or at >= quiet_until
            assert expires_at is None or at < expires_at
            assert channel is not Channel.PHONE or (critical and counts[0] == 0)
            assert channel is not Channel.SMS or critical or counts[1] < 10
        case Hold(until=until):
            assert until > at
            assert not windows.in_blackout(until)
            assert expires_at is None or until < expires_at
        case Drop(why=why):
            assert expires_at is not None or (channel is Channel.PHONE and not critical), why
