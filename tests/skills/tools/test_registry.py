"""The registry keeps the contract of the port, and never offers a tool it cannot check."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.tools import ToolSpec
from donna_core.ports.tools import ToolNotAllowed
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
