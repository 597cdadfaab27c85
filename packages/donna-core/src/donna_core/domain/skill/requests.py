"""What a run of a skill asks for, what it is told, and how it ends."""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.tools import ToolCall, ToolResult

Fits = Callable[[Mapping[str, Any], Any], str]
"""Tells what is wrong with a value by a JSON Schema; nothing is an empty text."""


class RunStatus(StrEnum):
    """How a run ended: done, given up, or handed to a person."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ESCALATED = "escalated"


class StepStatus(StrEnum):
    """What became of a step."""

    VALID = "valid"
    SKIPPED = "skipped"
    CONTINUED = "continued"
    STEP_FAILED = "step_failed"
    SCHEMA_INVALID = "schema_invalid"
    TOOL_FAILED = "tool_failed"
    ESCALATE_SIGNAL = "escalate_signal"
    SKILL_FAILED = "skill_failed"


@frozen(kw_only=True)
class ModelCall:
    """A question to a model; ``labels`` are those of everything in its prompt."""

    call_id: str
    step: str
    task_type: str
    prompt: str
    schema: Mapping[str, Any]
    model: str | None = None
    labels: Labels = NO_LABELS


@frozen(kw_only=True)
class Pause:
    """A wait before the next attempt."""

    length: timedelta


@frozen(kw_only=True)
class StepEnded:
    """A step is over; what was asked for it is answered. The reply is ``None``."""

    step: str
    status: StepStatus
    output: Any
    labels: Labels = NO_LABELS
    error: str = ""


@frozen(kw_only=True)
class ModelAnswer:
    """What the model said, JSON-ready."""

    output: Any


@frozen(kw_only=True)
class Fault:
    """The request brought no result; ``is_refusal`` tells that it was not even tried."""

    error_class: str
    message: str
    retryable: bool = False
    is_refusal: bool = False

    def __str__(self) -> str:
        return f"{self.error_class}: {self.message}"


@frozen(kw_only=True)
class Outcome:
    """How the run ended. ``kept`` is what its automation keeps of the output."""

    status: RunStatus
    output: Any = None
    reason: str = ""
    labels: Labels = NO_LABELS
    kept: Mapping[str, Any] = field(factory=dict)


Request = ModelCall | ToolCall | Pause | StepEnded
Reply = ModelAnswer | ToolResult | Fault | None
Steps = Generator[Request, Reply, Outcome]
