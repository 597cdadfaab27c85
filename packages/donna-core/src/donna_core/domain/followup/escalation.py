"""The pursuit of one unanswered task through the channels."""

import hashlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.effects import Channel, Message
from donna_core.domain.followup.nudges import overdue
from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, DeadlineType, Task
from donna_core.domain.timing.windows import Windows
from donna_core.domain.timing.zones import local_day

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no letter that is read or heard as another sign."""

REF_LENGTH = 5
_MISREAD = str.maketrans("OIL", "011")
_SEARCH_STEP = timedelta(minutes=15)
_SEARCH_LIMIT = timedelta(days=2)


class EscalationStatus(StrEnum):
    """Where the pursuit of a task stands."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    BACKED_OFF = "backed_off"
    COMPLETED = "completed"


@frozen(kw_only=True)
class Escalation:
    """One pursuit of one task. ``tier`` counts from 1; at ``next_at`` the next tier is due.

    ``ref`` is the code a reply carries; ``occurrence`` names what is pursued (one planned
    start of the task), so that a later start begins a new pursuit.
    """

    task_id: TaskId
    occurrence: str
    ref: str
    tier: int
    status: EscalationStatus
    next_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether the pursuit goes on."""
        return self.status in {EscalationStatus.PENDING, EscalationStatus.BACKED_OFF}


@frozen(kw_only=True)
class Ladder:
    """The tiers and their patience. ``waits`` is the time each tier waits for an answer.

    A tier beyond the last wait takes the last one. Calls are off unless ``call_enabled``,
    and then only for tasks of ``call_min_priority`` and up; they and text messages that are
    not critical are limited per local day.
    """

    waits: tuple[timedelta, timedelta, timedelta] = (
        timedelta(minutes=30),
        timedelta(minutes=60),
        timedelta(minutes=120),
    )
    busy_backoff: timedelta = timedelta(hours=2)
    call_enabled: bool = False
    call_min_priority: int = HIGHEST_PRIORITY
    calls_per_day: int = 1
    texts_per_day: int = 10
    tiers: tuple[Channel, ...] = (Channel.DISCORD, Channel.SMS, Channel.EMAIL, Channel.PHONE)

    def __attrs_post_init__(self) -> None:
        if not self.tiers or self.tiers[0] is Channel.PHONE:
            raise ValueError("a ladder starts with a channel other than the phone")

    def wait(self, tier: int) -> timedelta:
        """Return how long this tier waits for an answer."""
        return self.waits[min(tier, len(self.waits)) - 1]

    def may_call(self, priority: int) -> bool:
        """Whether a task of this priority is worth a call."""
        return self.call_enabled and priority >= self.call_min_priority


@frozen(kw_only=True)
class Climb:
    """The pursuit after a step, and what it says; silent when it waits or ends."""

    escalation: Escalation
    message: Message | None = None


def begin(
    task: Task,
    *,
    at: datetime,
    ladder: Ladder,
    windows: Windows,
    quiet_until: datetime | None = None,
) -> Climb:
    """Start the pursuit of what the task stands for now, with its first tier."""
    occurrence = occurrence_of(task)
    contact = windows.contact_from(at, priority=task.priority, quiet_until=quiet_until)
    escalation = Escalation(
        task_id=task.id,
        occurrence=occurrence,
        ref=reference(task.id, occurrence),
        tier=1,
        status=EscalationStatus.PENDING,
        next_at=windows.contact_from(
            contact + ladder.wait(1), priority=task.priority, quiet_until=quiet_until
        ),
        created_at=at,
        updated_at=at,
    )
    return Climb(
        escalation=escalation,
        message=_question(escalation, task, ladder, zone=windows.zone, at=contact),
    )


def climb(
    escalation: Escalation,
    task: Task,
    *,
    at: datetime,
    ladder: Ladder,
    windows: Windows,
    calls_today: int,
    quiet_until: datetime | None = None,
) -> Climb:
    """Take the next tier that is due, or end the pursuit after the last one.

    Nothing changes while no tier is due or when the pursuit is over. It ends when the task is
    closed, stands for something else now, or every tier it may use went unanswered: the task
    stays overdue and the next morning's digest names it. A call beyond the day's allowance
    waits for the next local day. When no contact is allowed at ``at``, the present tier's
    wait starts again where contact is: its message may have been held just as long.
    """
    if not escalation.is_active or at < escalation.next_at:
        return Climb(escalation=escalation)
    tier = _tier_after(escalation.tier, task, ladder)
    if not task.is_open or occurrence_of(task) != escalation.occurrence or tier is None:
        return Climb(escalation=_changed(escalation, at=at, status=EscalationStatus.COMPLETED))

    def contact_from(instant: datetime) -> datetime:
        return windows.contact_from(instant, priority=task.priority, quiet_until=quiet_until)

    contact = contact_from(at)
    if contact > at:
        resumed = contact_from(contact + ladder.wait(escalation.tier))
        return Climb(escalation=_changed(escalation, at=at, next_at=resumed))
    if ladder.tiers[tier - 1] is Channel.PHONE and calls_today >= ladder.calls_per_day:
        tomorrow = contact_from(_next_day(at, windows.zone))
        return Climb(escalation=_changed(escalation, at=at, next_at=tomorrow))
    climbed = _changed(
        escalation,
        at=at,
        tier=tier,
        status=EscalationStatus.PENDING,
        next_at=contact_from(at + ladder.wait(tier)),
    )
    return Climb(
        escalation=climbed, message=_question(climbed, task, ladder, zone=windows.zone, at=at)
    )


def acknowledge(escalation: Escalation, *, at: datetime) -> Escalation:
    """Return the pursuit as answered; one that is over stays as it is.

    Only for an answer over an authenticated channel, or one that carries the code.
    """
    if not escalation.is_active:
        return escalation
    return _changed(escalation, at=at, status=EscalationStatus.ACKNOWLEDGED)


def back_off(
    escalation: Escalation,
    task: Task,
    *,
    at: datetime,
    ladder: Ladder,
    windows: Windows,
    quiet_until: datetime | None = None,
) -> Escalation:
    """Return the pursuit resting because the person is busy; the next tier comes afterwards."""
    if not escalation.is_active:
        return escalation
    return _changed(
        escalation,
        at=at,
        status=EscalationStatus.BACKED_OFF,
        next_at=windows.contact_from(
            at + ladder.busy_backoff, priority=task.priority, quiet_until=quiet_until
        ),
    )


def overdue_from(task: Task, *, overdue_after: timedelta, windows: Windows) -> datetime | None:
    """Return when the pursuit of the task's plan begins, or ``None`` without a plan to miss.

    That is ``overdue_after`` past the planned end (past the deadline of a task without a
    start), where contact is allowed. A hard deadline never passes in silence: the pursuit begins
    at the last good instant that is ``overdue_after`` ahead of it, if that comes first, yet not
    before the planned end while that is a good instant too.
    """
    planned = task.scheduled_end or task.deadline
    if planned is None:
        return None
    regular = windows.contact_from(planned + overdue_after, priority=task.priority)
    if task.deadline is None or task.deadline_type is not DeadlineType.HARD:
        return regular
    latest = task.deadline - overdue_after
    ahead = _contact_until(latest, priority=task.priority, windows=windows)
    at_the_end = windows.contact_from(planned, priority=task.priority)
    if ahead < planned == at_the_end <= task.deadline:
        ahead = planned
    return min(regular, ahead)


def occurrence_of(task: Task) -> str:
    """Return the name of what is pursued: the planned start, else the deadline, else the task."""
    return (task.scheduled_start or task.deadline or task.created_at).astimezone(UTC).isoformat()


def reference(task_id: TaskId, occurrence: str) -> str:
    """Return the code that a reply carries: five signs of Crockford's base32, always the same."""
    digest = int.from_bytes(hashlib.sha256(f"{task_id}:{occurrence}".encode()).digest())
    return "".join(CROCKFORD[digest >> 5 * place & 31] for place in range(REF_LENGTH))


def carries_ref(text: str, *, ref: str) -> bool:
    """Whether one of the words is the code, in either case and with O for 0 or I, L for 1."""
    words = "".join(c if c.isalnum() else " " for c in text).upper().split()
    return ref in (word.translate(_MISREAD) for word in words)


def _question(
    escalation: Escalation, task: Task, ladder: Ladder, *, zone: ZoneInfo, at: datetime
) -> Message:
    return overdue(
        task,
        channel=ladder.tiers[escalation.tier - 1],
        tier=escalation.tier,
        occurrence=escalation.occurrence,
        ref=escalation.ref,
        zone=zone,
        at=at,
    )


def _tier_after(tier: int, task: Task, ladder: Ladder) -> int | None:
    """Return the next tier this task may use."""
    for following in range(tier + 1, len(ladder.tiers) + 1):
        if ladder.tiers[following - 1] is not Channel.PHONE or ladder.may_call(task.priority):
            return following
    return None


def _changed(
    escalation: Escalation,
    *,
    at: datetime,
    tier: int | None = None,
    status: EscalationStatus | None = None,
    next_at: datetime | None = None,
) -> Escalation:
    return evolve(
        escalation,
        tier=tier or escalation.tier,
        status=status or escalation.status,
        next_at=next_at or escalation.next_at,
        updated_at=at,
        version=escalation.version + 1,
    )


def _next_day(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the local day after this one begins."""
    return local_day(instant.astimezone(zone).date(), zone).end


def _contact_until(instant: datetime, *, priority: int, windows: Windows) -> datetime:
    """Return the last instant up to this one that leaves a step's time for the message to go.

    Where two whole days hold none, the instant itself: the sender's gate then has the last word.
    """
    candidate = instant
    while instant - candidate <= _SEARCH_LIMIT:
        moments = (candidate, candidate + _SEARCH_STEP)
        if all(windows.contact_from(m, priority=priority) == m for m in moments):
            return candidate
        candidate -= _SEARCH_STEP
    return instant
