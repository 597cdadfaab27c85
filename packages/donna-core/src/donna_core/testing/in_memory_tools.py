"""Tools made of functions, for tests and simulations."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from attrs import evolve

from donna_core.domain.tools import ToolCall, ToolResult, ToolSpec
from donna_core.ports.tools import (
    ApprovalMissing,
    InvalidArguments,
    ToolFailed,
    ToolNotAllowed,
    ToolNotFound,
    Tools,
)

ToolFunction = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | ToolResult]]
"""What a tool does with its arguments, the value alone or with more; raises ``ToolFailed``."""


class InMemoryTools(Tools):
    """Calls plain functions and keeps every call it let through.

    Of the schemas it checks the names only: required ones are there, and no unknown ones where
    ``additionalProperties`` is false.
    """

    def __init__(self, tools: Iterable[tuple[ToolSpec, ToolFunction]]) -> None:
        self.calls: list[ToolCall] = []
        self._tools = {spec.name: (spec, function) for spec, function in tools}

    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(spec for _, (spec, _) in sorted(self._tools.items()))

    async def call(self, call: ToolCall, *, allowed: AbstractSet[str]) -> ToolResult:
        if call.tool not in allowed:
            raise ToolNotAllowed(call.tool, step=call.step, allowed=allowed)
        if call.tool not in self._tools:
            raise ToolNotFound(call.tool, known=self._tools)
        spec, function = self._tools[call.tool]
        problem = _misnamed(spec, call.args)
        if problem:
            raise InvalidArguments(call.tool, step=call.step, problem=problem)
        if call.needs_approval(spec) and call.approval != call.argument_hash:
            raise ApprovalMissing(call.tool, step=call.step, argument_hash=call.argument_hash)
        self.calls.append(call)
        found = await function(call.args)
        result = found if isinstance(found, ToolResult) else ToolResult(value=found)
        missing = set(spec.result.get("required", ())) - result.value.keys()
        if missing:
            raise ToolFailed(
                call.tool,
                error_class="InvalidResult",
                message=f"the result lacks {', '.join(sorted(missing))}",
                retryable=False,
            )
        return evolve(result, labels=result.labels | spec.labels | call.labels)


def _misnamed(spec: ToolSpec, args: Mapping[str, Any]) -> str:
    missing = set(spec.arguments.get("required", ())) - args.keys()
    if missing:
        return f"it lacks {', '.join(sorted(missing))}"
    if spec.arguments.get("additionalProperties", True):
        return ""
    unknown = args.keys() - spec.arguments.get("properties", {}).keys()
    return f"it knows no {', '.join(sorted(unknown))}" if unknown else ""
