"""What happened, for those who read along later: learning, memory, replicas, audits."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.ids import CommandId, TaskId


class EventKind(StrEnum):
    """The kinds of domain events, named ``subject.past``."""

    TASK_CAPTURED = "task.captured"
    TASK_CHANGED = "task.changed"
    TASK_CORRECTED = "task.corrected"
    TASK_REMOVED = "task.removed"
    TASK_MERGED = "task.merged"
    TASK_COMPLETED = "task.completed"
    DEPENDENTS_FLAGGED = "task.dependents_flagged"
    MESSAGE_SENT = "message.sent"
    MESSAGE_HELD = "message.held"
    DELIVERY_FAILED = "delivery.failed"
    ACKNOWLEDGED = "escalation.acknowledged"
    ESCALATED = "escalation.climbed"
    JOB_MISSED = "job.missed"
    SPEND_KEPT = "spend.kept"
    BUDGET_PAUSED = "budget.paused"
    BUDGET_RAISED = "budget.raised"
    BREAKER_TURNED = "model.breaker_turned"
    MODEL_STOOD_IN = "model.stood_in"
    NOTE_WRITTEN = "note.written"
    MEMORY_REVIEWED = "memory.reviewed"
    TALK_HEARD = "talk.heard"
    TALK_TAKEN_BACK = "talk.taken_back"
    MODEL_SETTINGS_CHANGED = "model.settings_changed"


@frozen(kw_only=True)
class Event:
    """One fact of the past; ``data`` holds JSON-ready values only."""

    kind: EventKind
    at: datetime
    task_id: TaskId | None = None
    command_id: CommandId | None = None
    data: Mapping[str, Any] = field(factory=dict)
