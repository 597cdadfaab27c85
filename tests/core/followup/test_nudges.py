"""The words of reminders and questions: exact, local, and short where they must be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.nudges import closing_notice, overdue, reminder
from donna_core.domain.followup.phrasing import GSM_BASIC
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus

NEW_YORK, KATHMANDU = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")
START = datetime(2026, 8, 3, 18, tzinfo=UTC)
LEAD = timedelta(minutes=15)
TIERS = list(enumerate(Channel, start=1))


def question(task: Task, channel: Channel, *, zone: ZoneInfo = NEW_YORK) -> Message:
    """Return what the channel asks about the task half an hour after its planned end."""
    return overdue(
        task,
        channel=channel,
        tier=list(Channel).index(channel) + 1,
        occurrence="2026-08-03T18:00:00+00:00",
        ref="7K2QX",
        zone=zone,
        at=START + timedelta(minutes=90),
    )


def test_a_reminder_names_task_time_and_duration(task: Task) -> None:
    """Its facts are local, with the zone; its life ends with the plan."""
    message = reminder(task, zone=NEW_YORK, at=START - LEAD, lead=LEAD)

    assert message.body.startswith("Next up: API refactor (#12), Mon 3 Aug 14:00–15:00 EDT.")
    assert "1 h" in message.body
    assert message.key == "reminder:0198:2026-08-03T18:00:00+00:00"
    assert (message.channel, message.kind) == (Channel.DISCORD, MessageKind.REMINDER)
    assert (message.not_before, message.expires_at) == (
        *(START - LEAD, START + timedelta(hours=1)),
    )


def test_a_reminder_brings_deadline_and_preparation(task: Task) -> None:
    """What the person needs to begin stands in the reminder."""
    message = reminder(
        evolve(
            task,
            deadline=datetime(2027, 1, 4, 22, tzinfo=UTC),
            deadline_type=DeadlineType.HARD,
            prep_work_flag=True,
            prep_work_instructions="Read the review comments.",
        ),
        zone=NEW_YORK,
        at=START,
        lead=LEAD,
    )

    assert "Deadline: Mon 4 Jan 2027 17:00 EST, and that one is hard." in message.body
    assert "To prepare: Read the review comments." in message.body
    assert message.not_before == START


def test_an_unplanned_task_has_no_reminder(task: Task) -> None:
    """There is no start to remind of."""
    with pytest.raises(ValueError, match="#12"):
        reminder(evolve(task, scheduled_start=None), zone=NEW_YORK, at=START, lead=LEAD)


@pytest.mark.parametrize(("tier", "channel"), TIERS)
def test_every_tier_names_the_task_and_expires(task: Task, tier: int, channel: Channel) -> None:
    """The key names task, occurrence and tier; the code travels with each message."""
    message = question(task, channel)

    assert message.key == f"escalation:0198:2026-08-03T18:00:00+00:00:{tier}"
    assert message.channel is channel
    assert "API refactor" in message.body
    assert message.ref == "7K2QX"
    assert ("7K2QX" in message.body) is (channel is not Channel.PHONE)
    assert message.expires_at == message.not_before + timedelta(hours=24)


def test_the_first_question_is_direct(task: Task) -> None:
    """On Discord she asks to finish or to move, and says what was planned."""
    body = question(task, Channel.DISCORD).body

    assert "API refactor (#12), planned for Mon 3 Aug 14:00–15:00 EDT, is still open." in body
    assert "Did you finish it, or should I find it a new time?" in body


def test_remarks_vary_and_moves_are_counted(task: Task) -> None:
    """The same nudge does not come twice in a row, and repeated moves are called out."""
    bodies = {question(evolve(task, nudge_count=count), Channel.DISCORD).body for count in range(3)}
    moved = question(evolve(task, reschedule_count=3), Channel.DISCORD).body

    assert len(bodies) == 3
    assert "You moved it 3 times" in moved


def test_a_mail_asks_for_action(task: Task) -> None:
    """Subject and facts tell everything; each fact has its line."""
    message = question(evolve(task, priority=4, reschedule_count=2), Channel.EMAIL)

    assert message.subject == "ACTION REQUIRED: API refactor (#12)"
    lines = message.body.splitlines()
    assert "Planned: Mon 3 Aug 14:00–15:00 EDT" in lines
    assert "Priority: 4 of 5" in lines
    assert "Moved so far: 2 times" in lines


def test_a_call_is_brief_and_speakable(task: Task) -> None:
    """What is read aloud has whole words and no signs."""
    body = question(evolve(task, priority=5), Channel.PHONE).body

    assert "planned for Monday 3 August, 14:00 EDT" in body
    assert "#" not in body
    assert len(body.split()) < 50


def test_a_deadline_stands_in_for_a_missing_plan(task: Task) -> None:
    """A task that was only due is asked about by its deadline."""
    due = evolve(task, scheduled_start=None, deadline=START, status=TaskStatus.BACKLOG)

    assert "due Mon 3 Aug 14:00 EDT" in question(due, Channel.SMS).body
    assert "due Monday 3 August, 14:00 EDT" in question(due, Channel.PHONE).body
    assert "Deadline: Mon 3 Aug 14:00 EDT" in question(due, Channel.DISCORD).body


def test_a_text_message_keeps_its_question_and_cuts_the_title(task: Task) -> None:
    """However long the title, handle, time and code arrive; offsets without a name have UTC."""
    body = question(evolve(task, title="Refactor " * 40), Channel.SMS, zone=KATHMANDU).body

    assert len(body) == 160 or len(body) == 159
    assert "#12, planned Mon 3 Aug 23:45 UTC+0545" in body
    assert body.endswith("Answer 7K2QX done/move/busy")


@given(
    title=st.text(min_size=1, max_size=300),
    number=st.integers(1, 10**6),
    start=st.none() | st.integers(0, 10**6),
    deadline=st.none() | st.integers(0, 10**6),
    zone=st.sampled_from([NEW_YORK, KATHMANDU, ZoneInfo("Pacific/Apia"), ZoneInfo("UTC")]),
)
def test_any_text_message_fits_one_message(
    task: Task,
    title: str,
    number: int,
    start: int | None,
    deadline: int | None,
    zone: ZoneInfo,
) -> None:
    """At most 160 characters of the basic GSM alphabet, with handle and code always in it."""
    asked = evolve(
        task,
        title=title,
        number=number,
        scheduled_start=None if start is None else START + timedelta(minutes=start),
        deadline=None if deadline is None else START - timedelta(minutes=deadline),
    )

    body = question(asked, Channel.SMS, zone=zone).body

    assert len(body) <= 160
    assert set(body) <= GSM_BASIC
    assert f"#{number}" in body
    assert "7K2QX" in body


@given(title=st.text(min_size=1, max_size=300))
def test_subjects_are_one_line(task: Task, title: str) -> None:
    """No title can add a header to a mail or a line to a subject."""
    for channel in Channel:
        assert len(question(evolve(task, title=title), channel).subject.splitlines()) == 1


def test_a_closed_task_is_told_once(task: Task) -> None:
    """The notice is named after the version that closed the task."""
    message = closing_notice(evolve(task, version=7), at=START)

    assert message.key == "notice:0198:7"
    assert message.kind is MessageKind.NOTICE
    assert "API refactor (#12)" in message.body
