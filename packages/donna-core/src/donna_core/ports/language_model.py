"""Asking a model, or the rules that stand in for one."""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from attrs import evolve, field, frozen

from donna_core.domain.errors import DonnaError
from donna_core.domain.ids import TaskId
from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.spending.ledger import ModelLane

__all__ = [
    "PROMPT_TASK",
    "LanguageModel",
    "ModelHealth",
    "ModelLane",
    "ModelMetadata",
    "ModelReply",
    "ModelRequest",
    "Urgency",
]

PROMPT_TASK = "prompt"
"""The task type of a question that brings its own prompt."""


class Urgency(StrEnum):
    """How soon a question is to be asked; who waits for ``background`` is nobody."""

    CRITICAL = "critical"
    NORMAL = "normal"
    BACKGROUND = "background"


@frozen(kw_only=True)
class ModelRequest:
    """One question. ``inputs`` are the task type's structured inputs, JSON-ready.

    ``schema`` is the JSON Schema the output has to meet; without one it is that of the task
    type. ``prompt`` stands in for the task type's own, ``model_alias`` for its route: the named
    model answers, or nobody does. ``priority`` is that of the task type unless it is given.
    ``caller`` is who asks, for limits and accounts; ``task_id`` is the task the question is
    about; ``tags`` name what else the money goes to (``skill_id``, ``chain_id``,
    ``eval_session_id``). ``labels`` are those of everything in it: what is local-only is put
    to no model on another machine. ``sources`` are the URIs of the texts in it, for the log.
    """

    task_type: str
    inputs: Mapping[str, Any] = field(factory=dict)
    schema: Mapping[str, Any] | None = None
    prompt: str | None = None
    model_alias: str | None = None
    caller: str = "donna"
    lane: ModelLane = ModelLane.INTERNAL
    priority: Urgency | None = None
    task_id: TaskId | None = None
    tags: Mapping[str, str] = field(factory=dict)
    labels: Labels = NO_LABELS
    sources: tuple[str, ...] = ()


@frozen(kw_only=True)
class ModelMetadata:
    """What the answer took: milliseconds, tokens, dollars, and who really answered.

    ``model_actual`` is ``provider/model``. ``queue_wait_ms`` is the part of the time spent on
    waiting for a turn. ``degraded`` tells that who should have answered did not, and ``note``
    why. ``invocation_id`` names the row of the invocation log, where one was written.
    """

    model_actual: str
    latency_ms: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    is_shadow: bool = False
    queue_wait_ms: int = 0
    degraded: bool = False
    note: str = ""
    invocation_id: str | None = None


@frozen(kw_only=True)
class ModelReply:
    """The structured answer and what it took."""

    output: Mapping[str, Any]
    metadata: ModelMetadata = field()

    def as_stand_in(self, note: str) -> "ModelReply":
        """Return the reply marked as one that stands in for a better one, and why."""
        return evolve(self, metadata=evolve(self.metadata, degraded=True, note=note))


@frozen(kw_only=True)
class ModelHealth:
    """Whether a configured model could answer; ``problem`` is what keeps it from it."""

    alias: str
    model_actual: str
    problem: DonnaError | None


class LanguageModel(Protocol):
    """Answers a task type with structured output."""

    @abstractmethod
    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the answer to ``request``.

        The output is JSON-ready and carries a ``confidence`` in [0, 1] where the task type
        declares one. Raise ``ModelUnavailable`` when nobody can answer this task type now; the
        same request may be asked again. A cancelled caller ends the call behind it.
        """
