"""The tools of one user, behind the checks that stand before every call."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from attrs import evolve, frozen
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from donna_core.domain.errors import Degraded, DonnaError, InvalidInput
from donna_core.domain.labels import joined
from donna_core.domain.tools import ToolCall, ToolResult, ToolSpec
from donna_core.ports.tools import (
    ApprovalMissing,
    InvalidArguments,
    ToolFailed,
    ToolNotAllowed,
    ToolNotFound,
    Tools,
)
from donna_skills.tools.schemas import problem_of


class UnusableTool(InvalidInput):
    """The tool cannot be offered: its name is taken, or its own account of itself is wrong."""

    def __init__(self, tool: str, *, problem: str) -> None:
        self.tool, self.problem = tool, problem
        super().__init__(f"The tool '{tool}' cannot be offered: {problem}.")


@frozen(kw_only=True)
class Tool:
    """What a tool says of itself and what it does.

    ``run`` gets arguments that meet the schema. It returns the value alone, or a ``ToolResult``
    where just this one needs labels beyond those of the spec. What it raises of Donna's own
    errors, and ``OSError`` or ``TimeoutError``, reaches the caller as ``ToolFailed``; anything
    else is a mistake in the tool.
    """

    spec: ToolSpec
    run: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | ToolResult]]


@frozen
class _Registered:
    tool: Tool
    arguments: Draft202012Validator
    result: Draft202012Validator


def granted(
    *, step: Iterable[str], capability: Iterable[str] | None, agent: Iterable[str] | None
) -> frozenset[str]:
    """Return what step, capability and agent grant together.

    ``None`` is a grant nobody gave: then nothing is allowed.
    """
    if capability is None or agent is None:
        return frozenset()
    return frozenset(step) & frozenset(capability) & frozenset(agent)


class ToolRegistry(Tools):
    """Offers tools and lets through only what is granted, fits and is approved.

    Raise ``UnusableTool`` for a name that is given twice and for a broken schema.
    """

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, _Registered] = {}
        for tool in tools:
            if tool.spec.name in self._tools:
                raise UnusableTool(tool.spec.name, problem="there is another of this name")
            self._tools[tool.spec.name] = _Registered(
                tool,
                _validator(tool.spec, tool.spec.arguments),
                _validator(tool.spec, tool.spec.result),
            )

    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(self._tools[name].tool.spec for name in sorted(self._tools))

    async def call(self, call: ToolCall, *, allowed: AbstractSet[str]) -> ToolResult:
        if call.tool not in allowed:
            raise ToolNotAllowed(call.tool, step=call.step, allowed=allowed)
        if call.tool not in self._tools:
            raise ToolNotFound(call.tool, known=self._tools)
        registered = self._tools[call.tool]
        spec = registered.tool.spec
        problem = problem_of(registered.arguments, call.args)
        if problem:
            raise InvalidArguments(call.tool, step=call.step, problem=problem)
        if call.needs_approval(spec) and call.approval != call.argument_hash:
            raise ApprovalMissing(call.tool, step=call.step, argument_hash=call.argument_hash)
        found = await _run(registered.tool, call.args)
        problem = problem_of(registered.result, found.value)
        if problem:
            raise ToolFailed(
                call.tool, error_class="InvalidResult", message=problem, retryable=False
            )
        labels = joined([spec.labels, call.labels, found.labels])
        return evolve(found, labels=labels)


async def _run(tool: Tool, args: Mapping[str, Any]) -> ToolResult:
    name = tool.spec.name
    try:
        found = await tool.run(args)
    except ToolFailed:
        raise
    except Degraded as error:
        raise _failed(name, error, retryable=bool(getattr(error, "retryable", True))) from error
    except DonnaError as error:
        raise _failed(name, error, retryable=False) from error
    except OSError as error:  # TimeoutError is one
        raise _failed(name, error, retryable=True) from error
    return found if isinstance(found, ToolResult) else ToolResult(value=found)


def _failed(tool: str, error: Exception, *, retryable: bool) -> ToolFailed:
    kind = str(getattr(error, "kind", type(error).__name__))
    said = str(error).rstrip(".") or kind
    return ToolFailed(tool, error_class=kind, message=said, retryable=retryable)


def _validator(spec: ToolSpec, schema: Mapping[str, Any]) -> Draft202012Validator:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise UnusableTool(spec.name, problem=f"its schema is wrong: {error.message}") from error
    return Draft202012Validator(schema)
