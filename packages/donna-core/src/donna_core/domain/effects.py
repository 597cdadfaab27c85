"""What a decision asks of the world: jobs, messages and calendar writes, all plain values.

Effects leave the core only through the outbox and the job table, in the transaction that
changed the state they follow from. Each carries the key under which it may happen once.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.ids import EventKey, TaskId


class JobKind(StrEnum):
    """The acts that wait for an instant."""

    REMINDER = "reminder"
    OVERDUE_NUDGE = "overdue_nudge"
    ESCALATION = "escalation"
    MORNING_DIGEST = "morning_digest"
    EVENING_DIGEST = "evening_digest"
    PRIORITY_RECALCULATION = "priority_recalculation"
    WEEK_PLAN = "week_plan"
    OVERRUN = "overrun"
    BUSY = "busy"
    REREAD = "reread"
    FORGETTING = "forgetting"
    REQUEST_NUDGE = "request_nudge"
    SPOT_CHECK = "spot_check"
    SHADOW = "shadow"
    SKILL_SHADOW = "skill_shadow"
    MEMORY_REVIEW = "memory_review"


ASIDE = frozenset(
    {
        JobKind.REREAD,
        JobKind.SPOT_CHECK,
        JobKind.SHADOW,
        JobKind.SKILL_SHADOW,
        JobKind.MEMORY_REVIEW,
    }
)
"""The kinds that take longer than a round may: whoever runs it has them done beside it."""


class Channel(StrEnum):
    """The ways Donna can reach a person, in the order of the escalation ladder."""

    DISCORD = "discord"
    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"


class MessageKind(StrEnum):
    """What a message is for; the sender's gate and its rate limits go by it."""

    REMINDER = "reminder"
    NUDGE = "nudge"
    ESCALATION = "escalation"
    DIGEST = "digest"
    NOTICE = "notice"


@frozen(kw_only=True)
class Job:
    """An act due at ``run_at``; ``key`` names the occurrence and is unique for its user."""

    key: str
    kind: JobKind
    run_at: datetime
    task_id: TaskId | None = None
    payload: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Message:
    """Words for a person. ``key`` is its idempotency key, ``ref`` the code that acknowledges it.

    It is not sent before ``not_before`` and not at all after ``expires_at``.
    """

    key: str
    channel: Channel
    kind: MessageKind
    subject: str
    body: str
    priority: int
    not_before: datetime
    expires_at: datetime | None = None
    task_id: TaskId | None = None
    ref: str | None = None


class CalendarAction(StrEnum):
    """What is to become of a calendar event."""

    PUT = "put"
    DELETE = "delete"


@frozen(kw_only=True)
class CalendarWrite:
    """A write to the calendar Donna manages. A delete needs no more than the event's id.

    An event that is not ``busy`` leaves its time free to others who look at the calendar.
    """

    key: str
    action: CalendarAction
    event_id: EventKey
    task_id: TaskId
    title: str
    start: datetime
    end: datetime
    description: str = ""
    busy: bool = True


Delivery = Message | CalendarWrite
