"""Reaching the tools a skill may use."""

from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from typing import Protocol

from donna_core.domain.errors import Degraded, InvalidInput, NotFound, Refused
from donna_core.domain.tools import Reach, ToolCall, ToolResult, ToolSpec

__all__ = [
    "ApprovalMissing",
    "InvalidArguments",
    "Reach",
    "ToolCall",
    "ToolFailed",
    "ToolNotAllowed",
    "ToolNotFound",
    "ToolResult",
    "ToolSpec",
    "Tools",
]


class ToolNotFound(NotFound):
    """No tool of this name is registered."""

    def __init__(self, tool: str, *, known: Collection[str]) -> None:
        self.tool, self.known = tool, tuple(sorted(known))
        listed = ", ".join(self.known) or "none"
        super().__init__(f"There is no tool '{tool}'. Registered: {listed}.")


class ToolNotAllowed(Refused):
    """The step, its capability or the agent does not grant this tool; it was not called."""

    def __init__(self, tool: str, *, step: str, allowed: Collection[str]) -> None:
        self.tool, self.step, self.allowed = tool, step, tuple(sorted(allowed))
        listed = ", ".join(self.allowed) or "no tool"
        super().__init__(
            f"Step '{step}' may not use the tool '{tool}'; it may use {listed}. "
            "Grant it in the step and in its capability."
        )


class InvalidArguments(InvalidInput):
    """The arguments do not meet the tool's schema; it was not called."""

    def __init__(self, tool: str, *, step: str, problem: str) -> None:
        self.tool, self.step, self.problem = tool, step, problem
        super().__init__(f"Step '{step}' calls the tool '{tool}' wrongly: {problem}.")


class ApprovalMissing(Refused):
    """The effect takes arguments from a stranger and its owner has not approved exactly these."""

    def __init__(self, tool: str, *, step: str, argument_hash: str) -> None:
        self.tool, self.step, self.argument_hash = tool, step, argument_hash
        super().__init__(
            f"Step '{step}' would use the tool '{tool}' with arguments from an untrusted source. "
            f"Approve exactly these arguments ({argument_hash[:12]}) first."
        )


class ToolFailed(Degraded):
    """The tool was called and gave no result.

    ``error_class`` is the kind of failure in one word (``TimeoutError``, ``HttpError``), and
    ``retryable`` whether the same call may succeed later.
    """

    def __init__(self, tool: str, *, error_class: str, message: str, retryable: bool) -> None:
        self.tool, self.error_class, self.message = tool, error_class, message
        self.retryable = retryable
        super().__init__(f"The tool '{tool}' failed ({error_class}): {message}.")


class Tools(Protocol):
    """The tools of one user."""

    @abstractmethod
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what each tool says of itself, by name; no two share a name."""

    @abstractmethod
    async def call(self, call: ToolCall, *, allowed: AbstractSet[str]) -> ToolResult:
        """Call the tool and return its result with the labels of tool and arguments joined.

        ``allowed`` is all that may be called: what the step, its capability and the agent grant
        together. Nothing is retried here. In this order raise ``ToolNotAllowed`` when the name
        is not in it (whether the tool exists or not), ``ToolNotFound``, ``InvalidArguments``,
        ``ApprovalMissing`` for an effect with untrusted arguments, and ``ToolFailed`` when the
        tool gave no result that meets its schema. A cancelled caller ends the call.
        """
