"""The words of reminders and of every tier of the ladder, in Donna's voice.

The words hold no matter when they are read: planned times and deadlines stand in them as
local times with their zone, never as "now" or "in ten minutes".
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from donna_core.domain.effects import CalendarWrite, Channel, Delivery, Message, MessageKind
from donna_core.domain.followup.phrasing import clipped, gsm, length, moment, one_line, span, spoken
from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, DeadlineType, Task
from donna_core.domain.workflow.errand import Errand, session_of

SMS_LENGTH = 160
"""Characters of one text message in the basic GSM alphabet (3GPP TS 23.038)."""

ESCALATION_LIFE = timedelta(hours=24)
"""How long a question about an open task is worth delivering; after that a digest names it."""

_TITLE_LENGTH = 120
_OFTEN_MOVED = 2
_REMARKS = (
    "It will not finish itself.",
    "I notice these things.",
    "I am good, but this one needs you.",
)


def reminder(task: Task, *, zone: ZoneInfo, at: datetime, lead: timedelta) -> Message:
    """Return the reminder of a planned start, for ``lead`` before it or for now if that is past.

    It expires at the planned end. Raise ``ValueError`` for a task without a planned start.
    """
    start, end = task.scheduled_start, task.scheduled_end
    if start is None or end is None:
        raise ValueError(f"{task.handle} has no planned start to remind of")
    title = one_line(task.title, limit=_TITLE_LENGTH)
    when = span(start, end, zone=zone, at=at)
    lines = [f"Next up: {title} ({task.handle}), {when}. That is {length(end - start)} of you."]
    if task.deadline is not None:
        lines.append(_deadline(task.deadline, task, zone=zone, at=at))
    if task.prep_work_instructions:
        lines.append(f"To prepare: {task.prep_work_instructions.strip()}")
    return Message(
        key=reminder_key(task.id, start),
        channel=Channel.DISCORD,
        kind=MessageKind.REMINDER,
        subject=f"Reminder: {title}",
        body="\n".join(lines),
        priority=task.priority,
        not_before=max(at, start - lead),
        expires_at=end,
        task_id=task.id,
    )


def overdue(
    task: Task,
    *,
    channel: Channel,
    tier: int,
    occurrence: str,
    ref: str,
    zone: ZoneInfo,
    at: datetime,
) -> Message:
    """Return the question about an open task as the tier's channel asks it, to go out at ``at``.

    A text message has at most 160 basic GSM characters. Text, mail and Discord show ``ref``.
    """
    return Message(
        key=escalation_key(task.id, occurrence, tier),
        channel=channel,
        kind=MessageKind.NUDGE if tier == 1 else MessageKind.ESCALATION,
        subject=_subject(task, channel),
        body=_body(task, channel, ref, zone=zone, at=at),
        priority=task.priority,
        not_before=at,
        expires_at=at + ESCALATION_LIFE,
        task_id=task.id,
        ref=ref,
    )


def closing_notice(task: Task, *, at: datetime) -> Message:
    """Return the word that a task was closed because no answer came."""
    title = one_line(task.title, limit=_TITLE_LENGTH)
    return Message(
        key=f"notice:{task.id}:{task.version}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Closed: {title}",
        body=f"{title} ({task.handle}) waited for an answer and got none, so it is off the list. "
        "Nothing is lost: reopen it and we go on.",
        priority=task.priority,
        not_before=at,
        task_id=task.id,
    )


def unanswered(task: Task, errand: Errand, *, zone: ZoneInfo, at: datetime) -> Message:
    """Return the word that the workflow of a task waits for an answer.

    Raise ``ValueError`` where it waits for none.
    """
    if errand.request is None or errand.asked_at is None:
        raise ValueError(f"the workflow of {task.handle} waits for no answer")
    title = one_line(task.title, limit=_TITLE_LENGTH)
    since = moment(errand.asked_at, zone=zone, at=at)
    show = f"`donna sessions details --session {session_of(task)}`"
    return Message(
        key=f"request:{task.id}:{errand.request}:{errand.asked_at.isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.NUDGE,
        subject=f"Waiting: {title}",
        body=(
            f"{title} ({task.handle}): its workflow {errand.workflow} has waited since {since} "
            f"for an answer to {errand.request} ({errand.about}). "
            f"{show} in {errand.project} shows what it asks."
        ),
        priority=task.priority,
        not_before=at,
        task_id=task.id,
    )


def undelivered(delivery: Delivery, *, at: datetime, why: str) -> Message | None:
    """Return the word that something could not be delivered, or ``None`` if it was such a word."""
    if isinstance(delivery, CalendarWrite):
        what, priority = f"The calendar entry '{one_line(delivery.title, limit=_TITLE_LENGTH)}'", 3
    elif delivery.kind is MessageKind.NOTICE:
        return None
    else:
        title = one_line(delivery.subject, limit=_TITLE_LENGTH)
        what, priority = f"My message '{title}' by {delivery.channel}", delivery.priority
    return Message(
        key=f"undelivered:{delivery.key}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject="Not delivered",
        body=f"{what} did not get through, and I have stopped trying: {why}",
        priority=priority,
        not_before=at,
        task_id=delivery.task_id,
    )


def reminder_key(task_id: TaskId, start: datetime) -> str:
    """Return the key under which the reminder of this planned start goes out once."""
    return f"reminder:{task_id}:{start.astimezone(UTC).isoformat()}"


def escalation_key(task_id: TaskId, occurrence: str, tier: int) -> str:
    """Return the key under which this tier of this pursuit goes out once."""
    return f"escalation:{task_id}:{occurrence}:{tier}"


def _subject(task: Task, channel: Channel) -> str:
    title = one_line(task.title, limit=_TITLE_LENGTH)
    opening = "ACTION REQUIRED" if channel is Channel.EMAIL else "Still open"
    return f"{opening}: {title} ({task.handle})"


def _body(task: Task, channel: Channel, ref: str, *, zone: ZoneInfo, at: datetime) -> str:
    match channel:
        case Channel.DISCORD:
            return _discord(task, ref, zone=zone, at=at)
        case Channel.SMS:
            return _sms(task, ref, zone=zone, at=at)
        case Channel.EMAIL:
            return _email(task, ref, zone=zone, at=at)
        case Channel.PHONE:
            return _call(task, zone=zone)


def _discord(task: Task, ref: str, *, zone: ZoneInfo, at: datetime) -> str:
    title = one_line(task.title, limit=_TITLE_LENGTH)
    name = f"{title} ({task.handle})"
    lines = [f"{name}{_planned(task, zone=zone, at=at)}, is still open. {_remark(task)}"]
    if task.deadline is not None:
        lines.append(_deadline(task.deadline, task, zone=zone, at=at))
    lines.append(f"Did you finish it, or should I find it a new time? (code {ref})")
    return "\n".join(lines)


def _sms(task: Task, ref: str, *, zone: ZoneInfo, at: datetime) -> str:
    what = gsm(_when(task, zone=zone, at=at))
    rest = f"{task.handle}{what}: still open. Finished, or a new time? Answer {ref} done/move/busy"
    room = SMS_LENGTH - len(rest) - 1
    title = clipped(gsm(task.title), limit=room, mark="..")
    return f"{title} {rest}" if title else rest


def _email(task: Task, ref: str, *, zone: ZoneInfo, at: datetime) -> str:
    title = one_line(task.title, limit=_TITLE_LENGTH)
    lines = ["No answer from you yet, so here it is in writing.", ""]
    lines.append(f"Task: {title} ({task.handle})")
    if task.scheduled_start is not None and task.scheduled_end is not None:
        planned = span(task.scheduled_start, task.scheduled_end, zone=zone, at=at)
        lines.append(f"Planned: {planned}")
    if task.deadline is not None:
        lines.append(_deadline(task.deadline, task, zone=zone, at=at))
    lines.append(f"Priority: {task.priority} of {HIGHEST_PRIORITY}")
    if task.reschedule_count >= _OFTEN_MOVED:
        lines.append(f"Moved so far: {task.reschedule_count} times")
    lines += [
        "",
        f"Answer with the code {ref} and one word: done, move or busy. I take it from there.",
    ]
    return "\n".join(lines)


def _call(task: Task, *, zone: ZoneInfo) -> str:
    title = one_line(task.title, limit=_TITLE_LENGTH)
    if task.scheduled_start is not None:
        when = f", planned for {spoken(task.scheduled_start, zone=zone)}"
    elif task.deadline is not None:
        when = f", due {spoken(task.deadline, zone=zone)}"
    else:
        when = ""
    return (
        f"Hello, this is Donna. {title}, number {task.number}{when}, is still open, "
        f"and it is priority {task.priority}. I would not call for less. "
        "Please answer on any of my other channels."
    )


def _planned(task: Task, *, zone: ZoneInfo, at: datetime) -> str:
    start, end = task.scheduled_start, task.scheduled_end
    if start is None or end is None:
        return ""
    return f", planned for {span(start, end, zone=zone, at=at)}"


def _when(task: Task, *, zone: ZoneInfo, at: datetime) -> str:
    """Return the one time that matters most where there is room for one only."""
    if task.scheduled_start is not None:
        return f", planned {moment(task.scheduled_start, zone=zone, at=at)}"
    if task.deadline is not None:
        return f", due {moment(task.deadline, zone=zone, at=at)}"
    return ""


def _deadline(deadline: datetime, task: Task, *, zone: ZoneInfo, at: datetime) -> str:
    firmness = ", and that one is hard" if task.deadline_type is DeadlineType.HARD else ""
    return f"Deadline: {moment(deadline, zone=zone, at=at)}{firmness}."


def _remark(task: Task) -> str:
    """Return a remark that varies from nudge to nudge, or the number of moves if it is telling."""
    if task.reschedule_count >= _OFTEN_MOVED:
        return f"You moved it {task.reschedule_count} times; I keep count so you need not."
    return _REMARKS[task.nudge_count % len(_REMARKS)]
