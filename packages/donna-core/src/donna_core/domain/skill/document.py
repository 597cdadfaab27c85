"""A skill as it is written: its inputs, its steps and what it returns; read and not yet run."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.skill.expressions import Read, Template

MOST_STEPS = 20

TOOL_RESULTS = "_tool_results"
"""Behind a mixed step's name: where its state holds what the tools returned."""


class StepKind(StrEnum):
    """What a step does: ask a model, call tools, or call tools and ask about their results."""

    LLM = "llm"
    TOOL = "tool"
    MIXED = "mixed"


class OnFailure(StrEnum):
    """What follows when a tool failed for good.

    The run is handed to a person, goes on with ``{tool_error}`` in place of the result, goes on
    without the step, or fails.
    """

    ESCALATE = "escalate"
    CONTINUE = "continue"
    FAIL_STEP = "fail_step"
    FAIL_SKILL = "fail_skill"


@frozen(kw_only=True)
class Retry:
    """How often a call is tried, and how long is waited in between; the last wait is used again."""

    max_attempts: int = 1
    backoff: tuple[timedelta, ...] = (timedelta(0),)

    def wait_after(self, attempt: int) -> timedelta:
        """Return the time to wait after this attempt, counted from 1."""
        return self.backoff[min(attempt, len(self.backoff)) - 1] if self.backoff else timedelta(0)


@frozen(kw_only=True)
class Repeat:
    """A call made once for each item of a list, under a name in its scope."""

    items: Template
    name: str


@frozen(kw_only=True)
class Invocation:
    """One call of a tool as it is written; ``args`` is JSON whose texts are templates.

    Of a repeated call with one fixed name under ``store_as`` the results are kept as a list.
    """

    tool: str
    args: Mapping[str, Any] = field(factory=dict)
    store_as: Template
    repeat: Repeat | None = None
    retry: Retry = Retry()
    on_failure: OnFailure = OnFailure.ESCALATE


@frozen(kw_only=True)
class Step:
    """One step; ``goes_on`` tells that the run goes on where its model fails."""

    name: str
    kind: StepKind
    prompt: Template | None = None
    schema: Mapping[str, Any] | None = None
    tools: frozenset[str] = frozenset()
    invocations: tuple[Invocation, ...] = ()
    condition: Template | None = None
    model: str | None = None
    goes_on: bool = False


@frozen(kw_only=True)
class Skill:
    """A skill; ``version`` is the SHA-256 (hex) of all its files.

    Without a ``final_output`` it returns what its last step did. ``state_write`` are the keys of
    the output that its automation keeps until the next run.
    """

    capability: str
    version: str
    description: str = ""
    input_schema: Mapping[str, Any] = field(factory=lambda: {"type": "object"})
    steps: tuple[Step, ...]
    final_output: Template | None = None
    state_write: tuple[str, ...] = ()

    @property
    def tools(self) -> frozenset[str]:
        """All tools that any step may use."""
        return frozenset(tool for step in self.steps for tool in step.tools)


def templates_of(value: Any) -> Iterator[Template]:
    """Yield every template in an argument."""
    if isinstance(value, Template):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from templates_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from templates_of(each)


def filled(value: Any, scope: Mapping[str, Any]) -> Any:
    """Return an argument with every template in place of its value; raise ``ExpressionError``."""
    if isinstance(value, Template):
        return value.value(scope)
    if isinstance(value, Mapping):
        return {key: filled(each, scope) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, scope) for each in value]
    return value


def reads_of(value: Any) -> frozenset[Read]:
    """Return the parts of the scope that an argument can look at."""
    return frozenset(read for each in templates_of(value) for read in each.reads)
