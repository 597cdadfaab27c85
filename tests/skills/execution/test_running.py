"""Runs of skills: on record, within their limits, resumed without doing anything twice."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.skills.execution.conftest import (
    GRANT,
    Counting,
    Crash,
    House,
    a_call,
    a_question,
    a_skill,
    ended,
    failing,
    latest,
)

from donna_core.domain.errors import BudgetPausedError, ModelUnavailable
from donna_core.domain.labels import Label
from donna_core.domain.skill.document import OnFailure
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.domain.skill.requests import RunStatus, StepStatus
from donna_core.domain.skill.runs import (
    RunChanged,
    RunNotFound,
    SkillRun,
    results_of,
)
from donna_core.domain.tools import ToolResult
from donna_core.ports.language_model import ModelMetadata, ModelReply
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.scripted_model import Answer, ScriptedLanguageModel
from donna_core.testing.world import SimulatedWorld
from donna_skills.execution.running import RunLimits

T = TypeVar("T")
SAY = "skill_step::news_check::say"


def took(run: SkillRun) -> timedelta:
    """Return how long the run took."""
    assert run.ended_at is not None
    return run.ended_at - run.started_at


async def test_a_run_is_on_record_with_everything_it_was_told(house: House) -> None:
    """Inputs, steps, results by fingerprint, costs and the row of the model's log are kept."""
    cost = ModelMetadata(model_actual="m", cost_usd=Decimal("0.01"), invocation_id="call-1")
    house.model = ScriptedLanguageModel({SAY: [ModelReply(output={"text": "tea"}, metadata=cost)]})
    house.does["look"] = lambda _: {"page": "tea"}

    run = await house.run(a_call("look"), a_question())

    assert ended(run).status is RunStatus.SUCCEEDED
    assert ended(run).output == {"text": "tea", "success": True}
    kept = await house.unit_of_work.run(lambda stores: stores.skill_runs.get(run.run_id))
    assert kept == run
    look, say = await house.steps(run.run_id)
    assert results_of([look, say]) == {"look:{}": {"page": "tea"}}
    assert (say.cost_usd, say.answers[0].invocation_id) == (Decimal("0.01"), "call-1")


async def test_a_step_costs_one_decision_and_an_effect_one_more() -> None:
    """The end of the run is kept with its last step."""
    counting = Counting()
    house = House(counting)
    await house.stands(SkillState.TRUSTED)
    counting.count = 0

    await house.run(a_call("look"), a_call("read_mail"))
    assert counting.count == 1 + 2
    counting.count = 0
    await house.run(a_call("write"))
    assert counting.count == 1 + 2


@pytest.mark.parametrize("crash_at", range(2, 6))
async def test_whatever_is_on_record_is_not_done_again(crash_at: int) -> None:
    """Wherever a run is cut off, it goes on behind the last step on record."""
    counting = Counting()
    house = House(counting)
    await house.stands(SkillState.TRUSTED)
    house.model = ScriptedLanguageModel({SAY: lambda _: {"text": "tea"}})
    skill = a_skill(a_call("look", attempts=2), a_question(), a_call("read_mail"), a_call("look"))
    failures = [failing()]
    house.does["look"] = lambda _: failures.pop() if failures else {"n": len(house.calls)}
    counting.count, counting.crash_at = 0, crash_at
    with pytest.raises(Crash):
        await house.driven(house.runner.run(skill, {}, name="news", grant=GRANT))
    run_id = await latest(house)
    recorded = await house.steps(run_id)
    before = len(house.calls)

    run = await house.driven(house.runner.resume(run_id, skill, grant=GRANT))

    assert ended(run).status is RunStatus.SUCCEEDED
    assert (await house.steps(run_id))[: len(recorded)] == recorded
    expected = ["look", "say", "read_mail", "look"]
    assert [step.ended.step for step in await house.steps(run_id)] == expected
    assert house.calls[before:] == [tool for tool in expected[len(recorded) :] if tool != "say"]
    assert await house.runner.resume(run_id, skill, grant=GRANT) == run


async def test_only_what_is_granted_is_called(house: House) -> None:
    """A step that names a tool its capability does not grant is refused at the call."""
    run = await house.run(a_call("look"), grant=frozenset({"read_mail"}))

    assert ended(run).status is RunStatus.FAILED
    assert house.calls == []


async def test_a_step_and_a_run_take_no_longer_than_they_may(house: House) -> None:
    """What is under way is cancelled; what would come after the end of the run is not begun."""

    async def slow(seconds: int) -> dict[str, Any]:
        await house.clock.sleep_until(house.clock.now() + timedelta(seconds=seconds))
        return {}

    house.limits = RunLimits(step=timedelta(seconds=60), run=timedelta(seconds=90))
    house.does["look"] = lambda _: slow(3600)

    run = await house.run(
        a_call("look", attempts=3, on_failure=OnFailure.CONTINUE),
        a_call("read_mail", on_failure=OnFailure.CONTINUE),
        a_call("look", on_failure=OnFailure.CONTINUE),
        a_call("read_mail"),
    )

    assert took(run) == timedelta(seconds=90)
    assert ended(run).status is RunStatus.ESCALATED
    assert "the time is up" in ended(run).reason
    first, second, third, _ = await house.steps(run.run_id)
    assert [step.ended.status for step in (first, second, third)] == [StepStatus.VALID] * 3
    assert first.ended.output["found"]["tool_error"].startswith("TimeoutError")
    assert second.ended.output["found"] == {"ok": True}


async def test_between_attempts_it_waits_as_it_is_told(house: House) -> None:
    """A failure that may pass is tried again after the pause; any other is not."""
    failures = [failing(), failing()]
    house.does["look"] = lambda _: failures.pop() if failures else {"ok": True}
    run = await house.run(a_call("look", attempts=3))
    assert took(run) == timedelta(seconds=4)
    assert ended(run).status is RunStatus.SUCCEEDED

    house.does["look"] = lambda _: failing(retryable=False)
    run = await house.run(a_call("look", attempts=3))
    assert ended(run).reason == "tool_exhausted: look: OSError: no line"
    assert house.calls == ["look"] * 4


async def test_no_model_is_asked_once_the_money_is_spent(house: House) -> None:
    """The limit of a run holds over its steps, and over its resumption."""
    dear = ModelReply(output={}, metadata=ModelMetadata(model_actual="m", cost_usd=Decimal("0.30")))
    model = house.model = ScriptedLanguageModel({f"{SAY}{n}": [dear] for n in range(4)})

    run = await house.run(*(a_question(f"say{n}") for n in range(4)))

    assert len(model.requests) == 2
    assert ended(run).status is RunStatus.ESCALATED
    assert "OverBudget: $0.50 for one run are spent" in ended(run).reason


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailable(SAY, problem="nobody listens"),
        BudgetPausedError(
            "day",
            limit=Decimal(20),
            spent=Decimal(20),
            reserved=Decimal(0),
            asked=Decimal(1),
            left=Decimal(0),
            remedy="Wait until tomorrow.",
        ),
    ],
)
async def test_a_model_that_does_not_answer_ends_the_run_in_good_order(
    house: House, error: Answer
) -> None:
    """It is handed to a person with the reason."""
    house.model = ScriptedLanguageModel({SAY: [error]})

    run = await house.run(a_question())

    assert ended(run).status is RunStatus.ESCALATED
    assert type(error).__name__ in ended(run).reason


async def test_what_must_stay_here_is_marked_for_the_model(house: House) -> None:
    """The labels of everything in a prompt go with it, and the skill's name is on the bill."""
    model = house.model = ScriptedLanguageModel({SAY: lambda _: {}})
    question = a_question(prompt="About {{ state.read_mail.found.body }} and {{ inputs.x }}")
    house.does["read_mail"] = lambda _: {"body": "tea"}
    skill = a_skill(a_call("read_mail"), question)
    labels = frozenset({Label.LOCAL_ONLY})

    await house.runner.run(skill, {"x": 1}, name="news", grant=GRANT, labels=labels)

    [request] = model.requests
    assert request.labels == {Label.UNTRUSTED, Label.LOCAL_ONLY}
    assert (request.tags["skill_id"], request.caller) == ("news", "skills")
    assert request.prompt == "About tea and 1"


async def test_the_texts_that_were_read_are_named_to_the_model(house: House) -> None:
    """Each once, in the order in which tools gave them; none before one did."""
    before_it = SAY.replace("::say", "::ask")
    model = house.model = ScriptedLanguageModel({SAY: lambda _: {}, before_it: lambda _: {}})
    house.does["read_mail"] = lambda _: ToolResult(
        value={"body": "tea"}, sources=("vault:Tea.md", "task:4")
    )
    steps = (a_question(name="ask"), a_call("read_mail"), a_question())

    await house.run(*steps)

    before, after = model.requests
    assert before.sources == ()
    assert after.sources == ("vault:Tea.md", "task:4")


async def test_a_run_is_evidence_of_its_version_where_it_counts(house: House) -> None:
    """Twenty whole runs lead out of the sandbox; drafts and other versions prove nothing."""
    await house.stands(SkillState.DRAFT)
    await house.run(a_call("look"))
    await house.stands(SkillState.SANDBOX, version="v0")
    await house.run(a_call("look"))
    assert (await house.lifecycles.account("news")).evidence[0].count == 0

    await house.stands(SkillState.SANDBOX)
    for n in range(20):
        house.does["look"] = (lambda _: failing()) if n == 3 else (lambda _: {})
        await house.run(a_call("look", on_failure=OnFailure.FAIL_STEP))

    account = await house.lifecycles.account("news")
    assert account.standing.state is SkillState.SHADOW
    assert account.steps[-1].evidence is not None
    assert account.steps[-1].evidence.value("valid_rate") == 0.95


async def test_a_run_goes_on_in_its_own_version_only(house: House) -> None:
    """Another version, or no such run, is refused by name."""
    with pytest.raises(RunNotFound, match="nothing"):
        await house.runner.resume("nothing", a_skill(a_call("look")), grant=GRANT)
    counting = Counting()
    house = House(counting)
    counting.crash_at = 2
    with pytest.raises(Crash):
        await house.run(a_call("look"))
    run_id = await latest(house)
    with pytest.raises(RunChanged, match="version v1"):
        await house.runner.resume(run_id, a_skill(a_call("look"), version="v2"), grant=GRANT)


async def test_two_who_go_on_with_one_run_do_nothing_twice() -> None:
    """The second is stopped at the first step the other one put on record."""
    counting = Counting()
    house = House(counting)
    counting.crash_at = 2
    skill = a_skill(a_call("look"), a_call("read_mail"))
    with pytest.raises(Crash):
        await house.runner.run(skill, {}, name="news", grant=GRANT)
    run_id = await latest(house)

    both = await asyncio.gather(
        *(house.runner.resume(run_id, skill, grant=GRANT) for _ in range(2)),
        return_exceptions=True,
    )

    assert [type(each) for each in both] in ([SkillRun, RunChanged], [RunChanged, SkillRun])
    assert len(await house.steps(run_id)) == 2


async def test_two_hundred_runs_side_by_side_keep_their_order_and_money(house: House) -> None:
    """Each has its own steps in its own order, and its own limit."""
    reply = ModelReply(
        output={}, metadata=ModelMetadata(model_actual="m", cost_usd=Decimal("0.26"))
    )
    house.model = ScriptedLanguageModel(
        {f"skill_step::news_check::{name}": lambda _: reply for name in ("a", "b", "c")}
    )
    steps = [a_question("a"), a_call("look"), a_question("b"), a_question("c")]

    runner, skill = house.runner, a_skill(*steps)
    done = await house.driven(
        asyncio.gather(*(runner.run(skill, {"n": n}, name="news", grant=GRANT) for n in range(200)))
    )

    assert len({run.run_id for run in done}) == 200
    for run in done:
        record = await house.steps(run.run_id)
        assert [step.ended.step for step in record] == ["a", "look", "b", "c"]
        assert sum(step.cost_usd for step in record) == Decimal("0.52")
        assert "OverBudget" in ended(run).reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(
    said=st.dictionaries(st.text(max_size=4) | st.just("escalate"), JSON, max_size=3),
    found=st.dictionaries(st.text(max_size=4), JSON, max_size=3) | st.just(failing()),
    on_failure=st.sampled_from(OnFailure),
)
async def test_whatever_comes_back_the_run_ends_and_is_on_record(
    said: dict[str, Any], found: Any, on_failure: OnFailure
) -> None:
    """Neither a tool nor a model can leave a run without an end."""
    house = House()
    house.model = ScriptedLanguageModel({SAY: lambda _: said})
    house.does["look"] = lambda _: found
    question = a_question(prompt="{{ state.look.found.a.b }}")

    run = await house.run(a_call("look", on_failure=on_failure), question)

    assert ended(run).status in RunStatus
    assert await house.unit_of_work.run(lambda s: s.skill_runs.get(run.run_id)) == run


async def test_what_was_read_in_runs_is_not_kept_for_ever() -> None:
    """Every night what is older than the texts of models are kept goes, and no more."""
    world = SimulatedWorld()
    now = world.clock.now()
    for name, age in (("old", 91), ("new", 89)):
        run = SkillRun(
            run_id=name,
            skill="news",
            capability="news_check",
            version="v1",
            started_at=now - timedelta(days=age),
        )
        await world.runtime.unit_of_work.run(partial(_saved, run=run))

    await world.run_until(now + timedelta(days=1))

    kept = await world.look(lambda stores: stores.skill_runs.recent(limit=9))
    assert [run.run_id for run in kept] == ["new"]


def _saved(stores: Stores, *, run: SkillRun) -> None:
    stores.skill_runs.save(run)
