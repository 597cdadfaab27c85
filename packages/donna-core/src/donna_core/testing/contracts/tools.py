"""What every set of tools keeps to."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from donna_core.domain.labels import NO_LABELS, Label, Labels
from donna_core.domain.tools import Reach, ToolCall, ToolSpec
from donna_core.ports.tools import (
    ApprovalMissing,
    InvalidArguments,
    ToolFailed,
    ToolNotAllowed,
    ToolNotFound,
    Tools,
)
from donna_core.testing.contracts.failures import failure
from donna_core.testing.in_memory_tools import ToolFunction

TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
ECHO = ToolSpec(name="echo", description="Says it again.", arguments=TEXT, result=TEXT)
PAGE = ToolSpec(
    name="page",
    description="Reads a page.",
    arguments=TEXT,
    result=TEXT,
    reads=frozenset({"web"}),
    reach=Reach.ANY,
    labels=frozenset({Label.UNTRUSTED}),
)
POST = ToolSpec(
    name="post",
    description="Tells somebody.",
    arguments=TEXT,
    result=TEXT,
    writes=frozenset({"messages"}),
)
MUTE = ToolSpec(name="mute", description="Says nothing.", arguments=TEXT, result=TEXT)
BROKEN = ToolSpec(name="broken", description="Never works.", arguments=TEXT, result=TEXT)
EVERY_NAME = frozenset({"echo", "page", "post", "mute", "broken"})


class ToolsContract(ABC):
    """Subclass this in a test module, say which tools, and every promise is tested on them."""

    @abstractmethod
    def tools(self, offered: Sequence[tuple[ToolSpec, ToolFunction]]) -> Tools:
        """Return tools that offer exactly these."""

    def five(self) -> Tools:
        """Return the five tools of this contract; each call that gets through is kept."""
        self.reached: list[str] = []

        def saying(name: str) -> ToolFunction:
            async def say(args: Mapping[str, Any]) -> Mapping[str, Any]:
                self.reached.append(name)
                return {"text": args["text"]}

            return say

        async def say_nothing(_args: Mapping[str, Any]) -> Mapping[str, Any]:
            return {}

        async def fail(_args: Mapping[str, Any]) -> Mapping[str, Any]:
            raise ToolFailed("broken", error_class="TimeoutError", message="late", retryable=True)

        spoken = [(spec, saying(spec.name)) for spec in (POST, ECHO, PAGE)]
        return self.tools([*spoken, (MUTE, say_nothing), (BROKEN, fail)])

    def calling(self, tool: str, *, labels: Labels = NO_LABELS, **args: Any) -> ToolCall:
        """Return a call of the tool with these arguments, or with a text where there are none."""
        given = args or {"text": "hello"}
        return ToolCall(call_id="call-1", tool=tool, args=given, step="speak", labels=labels)

    def test_the_tools_are_listed_by_name(self) -> None:
        """What can be called is known before anything is called."""
        assert [spec.name for spec in self.five().specs()] == sorted(EVERY_NAME)

    async def test_an_allowed_tool_returns_its_result(self) -> None:
        """A call that is granted and fits gives the tool's value."""
        result = await self.five().call(self.calling("echo"), allowed={"echo"})

        assert result.value == {"text": "hello"}
        assert result.labels == NO_LABELS

    async def test_what_is_not_granted_is_not_called(self) -> None:
        """No grant, no call; whether the tool exists is nobody's business then."""
        tools = self.five()
        problems = [
            await failure(tools.call(self.calling(name), allowed={"echo"}))
            for name in ("post", "no_such_tool")
        ]
        problems.append(await failure(tools.call(self.calling("echo"), allowed=set())))

        assert all(isinstance(problem, ToolNotAllowed) for problem in problems)
        assert self.reached == []

    async def test_a_granted_tool_that_does_not_exist_is_not_found(self) -> None:
        """The error names the tools there are."""
        problem = await failure(self.five().call(self.calling("eko"), allowed={"eko"}))

        assert isinstance(problem, ToolNotFound)
        assert problem.known == tuple(sorted(EVERY_NAME))

    async def test_arguments_that_do_not_fit_reach_no_tool(self) -> None:
        """A missing and an unknown argument are refused before the call."""
        tools = self.five()
        short = await failure(tools.call(self.calling("echo", words="x"), allowed={"echo"}))
        long = await failure(
            tools.call(self.calling("echo", text="x", loud=True), allowed={"echo"})
        )

        assert isinstance(short, InvalidArguments)
        assert isinstance(long, InvalidArguments)
        assert "loud" in long.problem
        assert self.reached == []

    async def test_labels_of_tool_and_arguments_join(self) -> None:
        """A result is as untrusted as its tool and as private as its arguments."""
        call = self.calling("page", labels=frozenset({Label.PRIVATE}))
        result = await self.five().call(call, allowed=EVERY_NAME)

        assert result.labels == {Label.UNTRUSTED, Label.PRIVATE}

    async def test_an_effect_with_untrusted_arguments_needs_approval(self) -> None:
        """The effect does not happen, and the error says what would have to be approved."""
        call = self.calling("post", labels=frozenset({Label.UNTRUSTED}))
        problem = await failure(self.five().call(call, allowed=EVERY_NAME))

        assert isinstance(problem, ApprovalMissing)
        assert problem.argument_hash == call.argument_hash
        assert self.reached == []

    async def test_an_approval_holds_for_exactly_its_arguments(self) -> None:
        """One changed letter needs a new approval."""
        call = self.calling("post", labels=frozenset({Label.UNTRUSTED}))
        changed = self.calling("post", labels=frozenset({Label.UNTRUSTED}), text="hello!")
        approval, tools = call.argument_hash, self.five()

        await tools.call(evolve(call, approval=approval), allowed=EVERY_NAME)
        problem = await failure(tools.call(evolve(changed, approval=approval), allowed=EVERY_NAME))

        assert isinstance(problem, ApprovalMissing)
        assert self.reached == ["post"]

    async def test_a_result_that_does_not_fit_is_a_failure(self) -> None:
        """A tool that breaks its own promise gave no result."""
        problem = await failure(self.five().call(self.calling("mute"), allowed={"mute"}))

        assert isinstance(problem, ToolFailed)
        assert problem.error_class == "InvalidResult"
        assert not problem.retryable

    async def test_a_failure_keeps_its_kind(self) -> None:
        """Whoever retries has to know whether that may help."""
        problem = await failure(self.five().call(self.calling("broken"), allowed={"broken"}))

        assert isinstance(problem, ToolFailed)
        assert (problem.error_class, problem.retryable) == ("TimeoutError", True)
