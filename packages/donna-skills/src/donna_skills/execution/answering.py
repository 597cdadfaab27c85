"""Getting a skill what it asks for: answers of models and results of tools, or the reason why not.

Nothing is raised for what can go wrong with a question or a call: the skill says what follows.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen
from jsonschema import Draft202012Validator

from donna_core.domain.errors import DonnaError, StorageUnavailable
from donna_core.domain.skill.requests import Fault, ModelAnswer, ModelCall
from donna_core.domain.skill.runs import Answered
from donna_core.domain.tools import ToolCall, ToolResult, ToolSpec
from donna_core.ports.clock import Clock
from donna_core.ports.language_model import LanguageModel, ModelRequest
from donna_core.ports.tools import (
    ApprovalMissing,
    ToolFailed,
    ToolNotAllowed,
    ToolNotFound,
    Tools,
)
from donna_core.usecases.patience import within
from donna_skills.tools.schemas import problem_of

CALLER = "skills"
TIMEOUT = "TimeoutError"
"""The class of the fault that stands for an answer which did not come in time."""


class Fitting:
    """Holds values to JSON Schemas; each schema is made ready once."""

    def __init__(self) -> None:
        self._ready: dict[int, tuple[Mapping[str, Any], Draft202012Validator]] = {}

    def __call__(self, schema: Mapping[str, Any], value: Any) -> str:
        """Return what is wrong with the value; nothing is an empty text."""
        # The schema is kept with its validator, so that nothing else can take its identity.
        known = self._ready.get(id(schema))
        if known is None:
            known = self._ready[id(schema)] = (schema, Draft202012Validator(schema))
        return problem_of(known[1], value)


@frozen(kw_only=True)
class Asker:
    """Puts the requests of runs to the model and the tools of one user."""

    model: LanguageModel
    tools: Tools
    clock: Clock

    @property
    def specs(self) -> Mapping[str, ToolSpec]:
        """What each tool says of itself, by name."""
        return {spec.name: spec for spec in self.tools.specs()}

    async def ask(
        self, call: ModelCall, *, skill: str, until: datetime, sources: tuple[str, ...] = ()
    ) -> Answered:
        """Return what the model says, at the latest at this instant.

        ``sources`` are the texts that may be in the question.
        """
        request = ModelRequest(
            task_type=call.task_type,
            prompt=call.prompt,
            schema=call.schema,
            model_alias=call.model,
            caller=CALLER,
            tags={"skill_id": skill},
            labels=call.labels,
            sources=sources,
        )
        began = self.clock.now()
        cost, invocation = Decimal(0), None
        reply: ModelAnswer | Fault
        try:
            found = await within(self.clock, self.model.complete(request), until=until)
        except TimeoutError as error:
            reply = Fault(error_class=TIMEOUT, message=str(error))
        except StorageUnavailable:
            raise
        except DonnaError as error:
            reply = Fault(error_class=type(error).__name__, message=str(error).rstrip("."))
        else:
            reply = ModelAnswer(output=found.output)
            cost, invocation = found.metadata.cost_usd, found.metadata.invocation_id
        return Answered(
            call_id=call.call_id,
            reply=reply,
            latency_ms=self._since(began),
            cost_usd=cost,
            invocation_id=invocation,
        )

    async def call(self, call: ToolCall, *, allowed: AbstractSet[str], until: datetime) -> Answered:
        """Return what the tool returns, at the latest at this instant."""
        spec = self.specs.get(call.tool)
        began = self.clock.now()
        try:
            work = self.tools.call(call, allowed=allowed)
            reply: ToolResult | Fault = await within(self.clock, work, until=until)
        except TimeoutError as error:
            reply = Fault(error_class=TIMEOUT, message=str(error), retryable=True)
        except StorageUnavailable:
            raise
        except DonnaError as error:
            reply = _fault(error)
        return Answered(
            call_id=call.call_id,
            attempt=call.attempt,
            reply=reply,
            tool=call.tool,
            fingerprint="" if spec is None else spec.fingerprint(call.args),
            latency_ms=self._since(began),
        )

    def _since(self, began: datetime) -> int:
        return round((self.clock.now() - began).total_seconds() * 1000)


def _fault(error: DonnaError) -> Fault:
    if isinstance(error, ToolFailed):
        return Fault(
            error_class=error.error_class, message=error.message, retryable=error.retryable
        )
    refused = isinstance(error, ApprovalMissing | ToolNotAllowed | ToolNotFound)
    return Fault(error_class=type(error).__name__, message=str(error), is_refusal=refused)
