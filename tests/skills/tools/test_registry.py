"""The registry keeps the contract of the port, and never offers a tool it cannot check."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.errors import TaskNotFound
from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolCall, ToolResult, ToolSpec
from donna_core.ports.tools import ToolFailed, ToolNotAllowed
from donna_core.testing.contracts.failures import failure
from donna_core.testing.contracts.tools import ECHO, ToolsContract
from donna_core.testing.in_memory_tools import ToolFunction
from donna_skills.tools.registry import Tool, ToolRegistry, UnusableTool, granted

NAMES = st.sets(st.sampled_from(["echo", "page", "post", "mute", "no_such_tool"]))


class TestToolRegistry(ToolsContract):
    def tools(
        self,
        offered: Sequence[tuple[ToolSpec, ToolFunction]],
    ) -> ToolRegistry:
        made = (Tool(spec=spec, run=function) for spec, function in offered)
        return ToolRegistry(made)

    @given(step=NAMES, capability=st.none() | NAMES, agent=st.none() | NAMES, asked=NAMES)
    async def test_nothing_beyond_the_three_grants_is_reached(
        self,
        step: set[str],
        capability: set[str] | None,
        agent: set[str] | None,
        asked: set[str],
    ) -> None:
        """Whatever is asked for, only what step, capability and agent all grant is called."""
        allowed = granted(step=step, capability=capability, agent=agent)
        tools = self.five()
        for name in sorted(asked - allowed):
            problem = await failure(tools.call(self.calling(name), allowed=allowed))
            assert isinstance(problem, ToolNotAllowed)

        assert self.reached == []
        assert allowed <= step & (capability or set()) & (agent or set())


async def nothing(_args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do nothing."""
    return {}


def test_a_name_is_given_once() -> None:
    """Two tools of one name would make a grant mean either."""
    echo = Tool(spec=ECHO, run=nothing)
    with pytest.raises(UnusableTool, match="another of this name"):
        ToolRegistry([echo, echo])


def test_a_broken_schema_is_refused_at_once() -> None:
    """A schema that cannot be checked would check nothing."""
    spec = ToolSpec(name="odd", description="Odd.", arguments={"type": "objekt"})
    with pytest.raises(UnusableTool, match="schema is wrong"):
        ToolRegistry([Tool(spec=spec, run=nothing)])


async def test_a_result_may_carry_labels_of_its_own() -> None:
    """What only this result holds is minded beside what the tool always returns."""

    async def run(_args: Mapping[str, Any]) -> ToolResult:
        return ToolResult(value={"text": "kept"}, labels=frozenset({Label.LOCAL_ONLY}))

    call = ToolCall(
        call_id="one",
        tool="echo",
        args={"text": "x"},
        step="step",
        labels=frozenset({Label.PRIVATE}),
    )
    result = await ToolRegistry([Tool(spec=ECHO, run=run)]).call(call, allowed={"echo"})

    assert result.labels == {Label.LOCAL_ONLY, Label.PRIVATE}


async def test_what_is_not_there_is_a_failure_of_the_tool() -> None:
    """Any error of Donna's own reaches the skill as one it can name, and no repetition mends."""

    async def run(_args: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TaskNotFound("12")

    call = ToolCall(call_id="one", tool="echo", args={"text": "x"}, step="step")
    with pytest.raises(ToolFailed) as caught:
        await ToolRegistry([Tool(spec=ECHO, run=run)]).call(call, allowed={"echo"})

    assert (caught.value.error_class, caught.value.retryable) == ("TaskNotFound", False)
