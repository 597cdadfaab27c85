"""The one gate in front of every sender, asked when a message is about to leave.

What was true when a message was decided may not be true any more: the task is done or moved,
the night has begun, somebody asked for quiet. A message passes only if it is right now.
"""

from datetime import datetime

from attrs import frozen

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import (
    Escalation,
    EscalationStatus,
    Ladder,
    occurrence_of,
)
from donna_core.domain.followup.nudges import escalation_key, reminder_key
from donna_core.domain.followup.phrasing import moment
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, Task, TaskStatus
from donna_core.domain.timing.windows import Windows
from donna_core.domain.timing.zones import local_day

_PURSUING = frozenset({MessageKind.NUDGE, MessageKind.ESCALATION})


@frozen(kw_only=True)
class Go:
    """The message may leave now."""


@frozen(kw_only=True)
class Hold:
    """The message has to wait; it is asked about again at ``until``, which is later than now."""

    until: datetime
    why: str


@frozen(kw_only=True)
class Drop:
    """The message is of no use any more and never leaves."""

    why: str


Verdict = Go | Hold | Drop


def admit(
    message: Message,
    *,
    at: datetime,
    windows: Windows,
    attention: Attention,
    task: Task | None,
    escalation: Escalation | None,
    calls_today: int,
    texts_today: int,
    ladder: Ladder,
) -> Verdict:
    """Decide whether the message may leave at the instant ``at``.

    ``task`` and ``escalation`` are those the message is about as they stand now; ``calls_today``
    and ``texts_today`` count what left on the local day of ``at``. What is useless is dropped
    before anything is held: expired words, then words about a task that is gone, closed, moved
    or answered. The rest waits for its time: blackout always; quiet hours and a wish for quiet
    below the highest priority; a busy person's rest; the day's limits of calls and texts. A
    wait that outlasts the message drops it.
    """
    useless = _useless(message, task, escalation, at=at, ladder=ladder)
    if useless is not None:
        return Drop(why=useless)
    hold = (
        _not_yet(message, escalation, at=at)
        or _no_contact(message, at=at, windows=windows, attention=attention)
        or _spent(
            message,
            at=at,
            windows=windows,
            attention=attention,
            calls_today=calls_today,
            texts_today=texts_today,
            ladder=ladder,
        )
    )
    if hold is None:
        return Go()
    if message.expires_at is not None and hold.until >= message.expires_at:
        return Drop(why=f"{hold.why}, longer than it is of use")
    return hold


def _useless(
    message: Message,
    task: Task | None,
    escalation: Escalation | None,
    *,
    at: datetime,
    ladder: Ladder,
) -> str | None:
    """Return why the message is of no use any more, or ``None``."""
    if message.expires_at is not None and at >= message.expires_at:
        return "expired"
    if message.channel is Channel.PHONE and not ladder.may_call(message.priority):
        return "calls are off for this priority"
    if message.kind is MessageKind.REMINDER:
        return _gone(task) or _reminder_stale(message, task)
    if message.kind in _PURSUING:
        return _gone(task) or _question_stale(message, task, escalation)
    return None


def _gone(task: Task | None) -> str | None:
    if task is None:
        return "the task is gone"
    return None if task.is_open else f"the task is {task.status}"


def _reminder_stale(message: Message, task: Task | None) -> str | None:
    if task is None or task.scheduled_start is None:
        return "the task has no planned start any more"
    if message.key != reminder_key(task.id, task.scheduled_start):
        return "the task was moved"
    return None if task.status is TaskStatus.SCHEDULED else f"the task is {task.status}"


def _question_stale(
    message: Message, task: Task | None, escalation: Escalation | None
) -> str | None:
    if message.ref is None:
        return None
    if task is None or escalation is None:
        return "the pursuit was dropped"
    pursued = occurrence_of(task)
    asked = [escalation_key(task.id, pursued, tier) for tier in range(1, escalation.tier + 1)]
    if escalation.occurrence != pursued or message.key not in asked:
        return "the task was moved"
    if message.key != asked[-1]:
        return "it was asked again since"
    answered = escalation.status is EscalationStatus.ACKNOWLEDGED
    return "you answered already" if answered else None


def _not_yet(message: Message, escalation: Escalation | None, *, at: datetime) -> Hold | None:
    if message.not_before > at:
        return Hold(until=message.not_before, why="its time has not come")
    if (
        message.kind in _PURSUING
        and escalation is not None
        and escalation.status is EscalationStatus.BACKED_OFF
        and escalation.next_at > at
    ):
        return Hold(until=escalation.next_at, why="you are busy")
    return None


def _no_contact(
    message: Message, *, at: datetime, windows: Windows, attention: Attention
) -> Hold | None:
    until = windows.contact_from(at, priority=message.priority, quiet_until=attention.quiet_until)
    if until <= at:
        return None
    if windows.in_blackout(at):
        return Hold(until=until, why="blackout")
    if windows.in_quiet(at):
        return Hold(until=until, why="quiet hours")
    wished = attention.quiet_until or until
    return Hold(until=until, why=f"quiet until {moment(wished, zone=windows.zone, at=at)}")


def _spent(
    message: Message,
    *,
    at: datetime,
    windows: Windows,
    attention: Attention,
    calls_today: int,
    texts_today: int,
    ladder: Ladder,
) -> Hold | None:
    """Hold what is beyond the day's limit until the next local day; critical texts have none."""
    if message.channel is Channel.PHONE:
        why = "enough calls for one day" if calls_today >= ladder.calls_per_day else None
    elif message.channel is Channel.SMS and message.priority < HIGHEST_PRIORITY:
        why = "enough texts for one day" if texts_today >= ladder.texts_per_day else None
    else:
        why = None
    if why is None:
        return None
    tomorrow = local_day(at.astimezone(windows.zone).date(), windows.zone).end
    until = windows.contact_from(
        tomorrow, priority=message.priority, quiet_until=attention.quiet_until
    )
    return Hold(until=until, why=why)
