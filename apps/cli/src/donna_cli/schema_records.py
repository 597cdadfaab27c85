"""What ``--json`` prints of single records: a task, a command, a step, a delivery."""

from typing import Literal

from pydantic import Field

from donna_cli.schema_reading import AnchorObject
from donna_cli.wire_object import Instant, Wire


class TaskObject(Wire):
    """One task. ``start`` and ``end`` are its place in the calendar.

    ``priority`` is what it is worth today, ``base_priority`` what it was given.
    """

    id: str
    number: int
    title: str
    description: str | None
    domain: Literal["personal", "work", "family"]
    priority: int = Field(ge=1, le=5)
    base_priority: int = Field(ge=1, le=5)
    priority_locked: bool
    status: str
    duration_minutes: float
    start: Instant | None
    end: Instant | None
    deadline: Instant | None
    deadline_type: Literal["hard", "soft", "none"]
    pinned_start: Instant | None
    snoozed_until: Instant | None
    actual_start: Instant | None
    completed_at: Instant | None
    recurrence: str | None
    recurrence_words: str | None
    anchor: AnchorObject | None
    dependencies: list[str]
    parent_task: str | None
    tags: list[str]
    notes: list[str]
    prep_work: str | None
    agent_eligible: bool
    reschedule_count: int
    nudge_count: int
    created_at: Instant
    created_via: str
    version: int


class StepObject(Wire):
    """One transition of a task."""

    origin: str
    target: str
    trigger: str
    at: Instant


class CommandObject(Wire):
    """One thing that was asked for, by a person or by Donna herself."""

    id: str
    verb: str
    text: str
    at: Instant
    actor: Literal["person", "donna"]
    channel: str
    undone: bool


class DeliveryObject(Wire):
    """A message or a calendar write and how far it has come."""

    kind: str
    state: str
    subject: str
    not_before: Instant
    sent_at: Instant | None
    note: str
