"""Every set of tools keeps the contract of the port."""

from collections.abc import Sequence

from donna_core.domain.tools import ToolSpec
from donna_core.testing.contracts.tools import ToolsContract
from donna_core.testing.in_memory_tools import InMemoryTools, ToolFunction


class TestInMemoryTools(ToolsContract):
    def tools(
        self,
        offered: Sequence[tuple[ToolSpec, ToolFunction]],
    ) -> InMemoryTools:
        return InMemoryTools(offered)
