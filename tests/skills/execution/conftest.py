"""A house in which skills run: stores, a clock that jumps, a model and tools that do as told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from donna_core.domain.ids import UserId
from donna_core.domain.labels import Label
from donna_core.domain.skill.document import (
    Invocation,
    OnFailure,
    Retry,
    Skill,
    Step,
    StepKind,
)
from donna_core.domain.skill.expressions import template
from donna_core.domain.skill.lifecycle import SkillState, Standing
from donna_core.domain.skill.requests import Outcome
from donna_core.domain.skill.runs import SkillRun, StepRecord
from donna_core.domain.tools import ToolResult, ToolSpec
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.language_model import LanguageModel
from donna_core.ports.tools import ToolFailed
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.contracts.stores import NOON
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.in_memory_tools import InMemoryTools
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_skills.execution.answering import Asker
from donna_skills.execution.running import RunLimits, SkillRunner
from donna_skills.lifecycle.keeping import Lifecycles

T = TypeVar("T")

LOOK = ToolSpec(name="look", description="Looks.", arguments={"type": "object"})
WRITE = ToolSpec(
    name="write",
    description="Writes.",
    arguments={"type": "object"},
    writes=frozenset({"notes"}),
)
STRANGE = ToolSpec(
    name="read_mail",
    description="Reads mail.",
    arguments={"type": "object"},
    labels=frozenset({Label.UNTRUSTED}),
)
GRANT = frozenset({"look", "write", "read_mail"})


def a_call(
    tool: str,
    *,
    attempts: int = 1,
    on_failure: OnFailure = OnFailure.ESCALATE,
    args: Mapping[str, Any] | None = None,
) -> Step:
    """Return a step that calls one tool under the tool's name, with two seconds between."""
    return Step(
        name=tool,
        kind=StepKind.TOOL,
        tools=frozenset({tool}),
        invocations=(
            Invocation(
                tool=tool,
                args=args or {},
                store_as=template("found"),
                retry=Retry(max_attempts=attempts, backoff=(timedelta(seconds=2),)),
                on_failure=on_failure,
            ),
        ),
    )


def a_question(name: str = "say", prompt: str = "Say something.") -> Step:
    """Return a step that asks a model for an object."""
    return Step(name=name, kind=StepKind.LLM, prompt=template(prompt), schema={"type": "object"})


def a_skill(*steps: Step, version: str = "v1") -> Skill:
    """Return a skill of these steps."""
    return Skill(capability="news_check", version=version, steps=steps)


class House:
    """Everything a runner stands on; ``calls`` are the calls that reached a tool."""

    def __init__(self, unit_of_work: UnitOfWork | None = None) -> None:
        self.clock = FakeClock(NOON)
        self.unit_of_work = unit_of_work or InMemoryUnitOfWork(UserId("me"))
        self.lifecycles = Lifecycles(self.unit_of_work, clock=self.clock)
        self.model: LanguageModel = ScriptedLanguageModel({})
        self.does: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
        self.ids = SequentialIds()
        self.tools = InMemoryTools(
            [(spec, self._doing(spec.name)) for spec in (LOOK, WRITE, STRANGE)]
        )
        self.limits = RunLimits()

    def _doing(self, name: str) -> Any:
        async def do(args: Mapping[str, Any]) -> Mapping[str, Any] | ToolResult:
            doing = self.does.get(name)
            found = {"ok": True} if doing is None else doing(args)
            found = await found if asyncio.iscoroutine(found) else found
            if isinstance(found, BaseException):
                raise found
            return found if isinstance(found, ToolResult) else dict(found)

        return do

    @property
    def runner(self) -> SkillRunner:
        """Return a runner on this house."""
        return SkillRunner(
            unit_of_work=self.unit_of_work,
            ids=self.ids,
            asker=Asker(model=self.model, tools=self.tools, clock=self.clock),
            lifecycles=self.lifecycles,
            limits=self.limits,
        )

    @property
    def calls(self) -> list[str]:
        """Return the names of the tools that were called, in order."""
        return [call.tool for call in self.tools.calls]

    async def stands(self, state: SkillState, *, version: str = "v1") -> None:
        """Let the skill stand in this state."""
        standing = Standing(
            skill="news", capability="news_check", version=version, since=NOON, state=state
        )
        await self.unit_of_work.run(lambda stores: stores.lifecycles.save(standing))

    async def run(self, *steps: Step, grant: frozenset[str] = GRANT, **inputs: Any) -> SkillRun:
        """Run a skill of these steps."""
        skill = a_skill(*steps)
        return await self.driven(self.runner.run(skill, inputs, name="news", grant=grant))

    async def driven(self, work: Awaitable[T]) -> T:
        """Let time pass wherever everything waits for it, and return what the work returns."""
        doing = asyncio.ensure_future(work)
        await self.clock.settle()
        while not doing.done() and (deadline := self.clock.next_deadline()) is not None:
            await self.clock.run_until(deadline)
        return await doing

    async def steps(self, run_id: str) -> tuple[StepRecord, ...]:
        """Return what is on record of the steps of a run."""
        return await self.unit_of_work.run(lambda stores: stores.skill_runs.steps(run_id))


class Crash(BaseException):
    """The process ends here."""


class Counting(UnitOfWork):
    """Counts the decisions, and crashes in place of one where it is told to."""

    def __init__(self) -> None:
        self.inner = InMemoryUnitOfWork(UserId("me"))
        self.count, self.crash_at = 0, -1

    async def run(self, decide: Callable[[Stores], T]) -> T:
        self.count += 1
        if self.count == self.crash_at:
            raise Crash
        return await self.inner.run(decide)


def ended(run: SkillRun) -> Outcome:
    """Return how the run ended."""
    assert run.outcome is not None
    return run.outcome


async def latest(house: House) -> str:
    """Return the id of the run that was begun last."""
    [run] = await house.unit_of_work.run(lambda stores: stores.skill_runs.recent(limit=1))
    return run.run_id


def failing(*, retryable: bool = True) -> ToolFailed:
    """Return the failure of a tool."""
    return ToolFailed("look", error_class="OSError", message="no line", retryable=retryable)


@pytest.fixture
def house() -> House:
    """Return a house with a model that answers nothing and tools that are content."""
    return House()
