"""Proving a skill on its fixtures, by the runner that production uses, on stores of its own.

Nothing real is reached: tools answer from mocks, behind the checks they always have, and so do
models unless one is given. A call that no mock answers fails its case, whatever the skill makes
of it.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from jsonschema import Draft202012Validator

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.ids import UserId
from donna_core.domain.skill.document import Skill
from donna_core.domain.skill.lifecycle import SkillState, Standing
from donna_core.domain.skill.requests import RunStatus
from donna_core.domain.skill.runs import SkillRun
from donna_core.domain.tools import ToolSpec
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import (
    LanguageModel,
    ModelMetadata,
    ModelReply,
    ModelRequest,
)
from donna_core.ports.tools import ToolFailed
from donna_skills.execution.answering import Asker
from donna_skills.execution.fixtures import ERROR, ERRORS, MESSAGE, RETRYABLE, Fixture
from donna_skills.execution.running import RunLimits, SkillRunner
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.tools.registry import Tool, ToolRegistry
from donna_skills.tools.schemas import problem_of

UNMOCKED = "UnmockedToolError"
NOBODY = UserId("nobody")
IMPATIENT = RunLimits(longest_pause=timedelta(0))


@frozen(kw_only=True)
class CaseResult:
    """How one fixture went; ``problem`` is empty where it passed."""

    name: str
    run: SkillRun
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether the skill did what the fixture expects."""
        return not self.problem


@frozen(kw_only=True)
class Validator:
    """Runs skills on fixtures. With a ``model`` it is asked what no mock answers."""

    specs: Mapping[str, ToolSpec]
    clock: Clock
    ids: IdSource
    model: LanguageModel | None = None

    async def check(
        self, skill: Skill, fixtures: Iterable[Fixture], *, grant: frozenset[str]
    ) -> tuple[CaseResult, ...]:
        """Return how each fixture went, in their order."""
        return tuple([await self._case(skill, each, grant=grant) for each in fixtures])

    async def _case(self, skill: Skill, fixture: Fixture, *, grant: frozenset[str]) -> CaseResult:
        unmocked: list[str] = []
        unit_of_work = InMemoryUnitOfWork(NOBODY)
        # Its effects are mocks: only here may they be tried before it is trusted.
        acting = Standing(
            skill=skill.capability,
            capability=skill.capability,
            version=skill.version,
            since=self.clock.now(),
            state=SkillState.SHADOW,
        )
        await unit_of_work.run(lambda stores: stores.lifecycles.save(acting))
        tools = ToolRegistry(
            [
                Tool(spec=spec, run=_mocked(spec, fixture.tool_mocks, unmocked))
                for spec in self.specs.values()
            ]
        )
        runner = SkillRunner(
            unit_of_work=unit_of_work,
            ids=self.ids,
            asker=Asker(
                model=_MockedModel(fixture, self.model, unmocked), tools=tools, clock=self.clock
            ),
            lifecycles=Lifecycles(unit_of_work, clock=self.clock),
            limits=IMPATIENT,
        )
        run = await runner.run(skill, fixture.inputs, name=skill.capability, grant=grant)
        while run.waits_for is not None:  # nothing that is approved here reaches the world
            await runner.approve(run.run_id)
            run = await runner.resume(run.run_id, skill, grant=grant)
        return CaseResult(name=fixture.name, run=run, problem=_problem(run, fixture, unmocked))


def _problem(run: SkillRun, fixture: Fixture, unmocked: list[str]) -> str:
    if unmocked:
        return f"no mock answers {unmocked[0]}"
    outcome = run.outcome
    if outcome is None or outcome.status is not fixture.status:
        reason = outcome.reason if outcome else "it did not end"
        return f"it is {run.status}, not {fixture.status}: {reason}"
    if outcome.status is not RunStatus.SUCCEEDED:
        return ""
    wrong = problem_of(Draft202012Validator(fixture.shape), outcome.output)
    return f"its output has another shape: {wrong}" if wrong else ""


def _mocked(
    spec: ToolSpec, mocks: Mapping[str, Mapping[str, Any]], unmocked: list[str]
) -> Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]:
    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        name = spec.fingerprint(args)
        found = mocks.get(name)
        if found is None:
            unmocked.append(name)
            raise _failed(spec.name, UNMOCKED, f"no mock answers {name}")
        if ERROR in found:
            raise _failed(spec.name, str(found[ERROR]), str(found.get(MESSAGE, "mocked")))
        return found

    return run


def _failed(tool: str, kind: str, message: str) -> ToolFailed:
    named = kind if kind in ERRORS or kind == UNMOCKED else "RuntimeError"
    said = message if named == kind else f"{kind}: {message}"
    return ToolFailed(tool, error_class=named, message=said, retryable=named in RETRYABLE)


class _MockedModel(LanguageModel):
    def __init__(self, fixture: Fixture, model: LanguageModel | None, unmocked: list[str]) -> None:
        self._left = {step: deque(said) for step, said in fixture.model_mocks.items()}
        self._model, self._unmocked = model, unmocked

    async def complete(self, request: ModelRequest) -> ModelReply:
        step = request.task_type.rpartition("::")[2]
        left = self._left.get(step)
        if left:
            said = left.popleft()
            if ERROR in said:
                problem = f"{said[ERROR]}: {said.get(MESSAGE, 'mocked')}"
                raise ModelUnavailable(request.task_type, problem=problem)
            return ModelReply(output=said, metadata=ModelMetadata(model_actual="mock"))
        if self._model is None:
            self._unmocked.append(f"the model in step '{step}'")
            raise ModelUnavailable(request.task_type, problem="the fixture has no answer for it")
        kind = request.task_type.replace("skill_step", "skill_validation", 1)
        return await self._model.complete(evolve(request, task_type=kind))
