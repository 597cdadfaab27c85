"""Asking a model, or the rules that stand in for one."""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from attrs import field, frozen


@frozen(kw_only=True)
class ModelRequest:
    """One question. ``inputs`` are the task type's structured inputs, JSON-ready.

    ``schema`` is the JSON Schema the output has to meet, where one is declared.
    """

    task_type: str
    inputs: Mapping[str, Any]
    schema: Mapping[str, Any] | None = None
    model_alias: str | None = None
    caller: str = "donna"
    priority: str = "normal"


@frozen(kw_only=True)
class ModelMetadata:
    """What the answer took: milliseconds, tokens, dollars, and who really answered."""

    model_actual: str
    latency_ms: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    is_shadow: bool = False
    queue_wait_ms: int = 0


@frozen(kw_only=True)
class ModelReply:
    """The structured answer and what it took."""

    output: Mapping[str, Any]
    metadata: ModelMetadata = field()


class LanguageModel(Protocol):
    """Answers a task type with structured output."""

    @abstractmethod
    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the answer to ``request``.

        The output is JSON-ready and carries a ``confidence`` in [0, 1] where the task type
        declares one. Raise ``ModelUnavailable`` when nobody can answer this task type; the
        same request may be asked again.
        """
