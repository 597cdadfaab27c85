"""A run on record is compared with what a model makes of the same, later, as evidence."""

import json
from pathlib import Path

import pytest
from attrs import evolve
from tests.skills.execution.conftest import LOOK, STRANGE

from donna_core.domain.effects import JobKind
from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.labels import Label
from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.gates import Divergence
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.language_model import LanguageModel
from donna_core.testing.in_memory_tools import InMemoryTools
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import work
from donna_skills.execution.answering import Asker
from donna_skills.execution.running import SkillRunner
from donna_skills.execution.shadowing import Comparison
from donna_skills.execution.shelf import SkillShelf
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.lifecycle.shadow import SHADOW

SKILL = """\
capability_name: news_check
description: Says what is new.
inputs: {schema: {type: object, properties: {about: {type: string}}}}
steps:
  - name: get
    kind: tool
    tools: [read_mail]
    tool_invocations: [{tool: read_mail, args: {about: "{{ inputs.about }}"}, store_as: page}]
final_output: "{{ {'text': state.get.page.body} }}"
"""
FIXTURE = {
    "case_name": "one",
    "input": {"about": "tea"},
    "expected_output_shape": {"type": "object", "required": ["text"]},
    "tool_mocks": {'read_mail:{"about":"tea"}': {"body": "Tea is hot."}},
}


class Practice:
    """A skill that is shadowed, in a world of its own."""

    def __init__(self, folder: Path) -> None:
        self.world = SimulatedWorld()
        runtime = self.world.runtime
        self.model = ScriptedLanguageModel({})

        async def read(_: object) -> dict[str, str]:
            return {"body": "Tea is hot."}

        tools = InMemoryTools([(LOOK, read), (STRANGE, read)])
        self.asker = Asker(model=self.model, tools=tools, clock=runtime.clock)
        self.lifecycles = Lifecycles(runtime.unit_of_work, clock=runtime.clock)
        capability = Capability(
            name="news_check", description="News.", tools=frozenset({"read_mail"})
        )
        self.shelf = SkillShelf(
            unit_of_work=runtime.unit_of_work,
            lifecycles=self.lifecycles,
            specs=self.asker.specs,
            configured={"news_check": capability},
        )
        self.folder = folder / "news"
        (self.folder / "fixtures").mkdir(parents=True)
        (self.folder / "skill.yaml").write_text(SKILL)
        (self.folder / "fixtures" / "one.json").write_text(json.dumps(FIXTURE))

    def runtime(self, model: LanguageModel) -> Runtime:
        """Return the runtime with this model."""
        return evolve(self.world.runtime, language_model=model)

    async def job(self) -> JobRow:
        """Bring the skill into the shadow, run it once, and return the job that is due then."""
        await self.shelf.add(await self.shelf.read(self.folder))
        for _ in range(2):
            await self.lifecycles.promote("news")
        shelved = await self.shelf.get("news")
        runtime = self.world.runtime
        runner = SkillRunner(
            unit_of_work=runtime.unit_of_work,
            ids=runtime.ids,
            asker=self.asker,
            lifecycles=self.lifecycles,
        )
        await runner.run(shelved.skill, {"about": "tea"}, name="news", grant=shelved.grant)
        return await self.due()

    async def due(self) -> JobRow:
        """Return the comparison that is due."""
        [row] = (await work(self.world.runtime)).to_assess
        assert row.job.kind is JobKind.SKILL_SHADOW
        return row

    async def seen(self) -> tuple[Divergence, ...]:
        """Return what was observed of the version that counts."""
        shelved = await self.shelf.get("news")
        return await self.world.runtime.unit_of_work.run(
            lambda stores: stores.lifecycles.divergences(
                "news", version=shelved.skill.version, limit=9
            )
        )

    async def does(self, row: JobRow, model: LanguageModel) -> JobState:
        """Do the job and return where it then stands."""
        comparison = Comparison(shelf=self.shelf, lifecycles=self.lifecycles)
        await comparison.do(self.runtime(model), row)
        rows = await self.world.look(lambda stores: stores.jobs.select())
        return next(each.state for each in rows if each.job.key == row.job.key)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """Return a practice."""
    return Practice(tmp_path)


async def test_the_same_answer_counts_as_agreement(practice: Practice) -> None:
    """The model gets the same inputs and results, the shape, and labels of all of it."""
    row = await practice.job()
    model = ScriptedLanguageModel({SHADOW: [{"text": "tea is  hot."}]})

    assert await practice.does(row, model) is JobState.DONE

    [request] = model.requests
    assert request.prompt is not None
    assert "Tea is hot." in request.prompt
    assert "Says what is new." in request.prompt
    assert request.schema == FIXTURE["expected_output_shape"]
    assert request.labels == {Label.UNTRUSTED}
    [seen] = await practice.seen()
    assert (seen.agreement, seen.judged_by, seen.native_right) == (1.0, "comparator", True)


async def test_where_no_model_answers_it_is_asked_again_later(practice: Practice) -> None:
    """Nothing is observed meanwhile: nobody could tell."""
    row = await practice.job()
    away = ScriptedLanguageModel({SHADOW: lambda _: ModelUnavailable("x", problem="away")})

    assert await practice.does(row, away) is JobState.PENDING

    assert await practice.seen() == ()


async def test_a_version_that_is_gone_is_compared_no_more(practice: Practice) -> None:
    """What is observed of it would be evidence of another."""
    row = await practice.job()
    (practice.folder / "skill.yaml").write_text(SKILL.replace("what is new", "news"))
    await practice.shelf.add(await practice.shelf.read(practice.folder))
    model = ScriptedLanguageModel({})

    assert await practice.does(row, model) is JobState.DONE

    assert model.requests == []
    account = await practice.lifecycles.account("news")
    assert account.standing.state is SkillState.SANDBOX
    await practice.lifecycles.rollback("news")
    assert (await practice.shelf.get("news")).skill.description == "Says what is new."
