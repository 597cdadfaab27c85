"""A second model is asked the same, for comparison only; a few answers wait for a judge."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.errors import ConfigError
from donna_core.domain.spending.ledger import ModelLane
from donna_core.local.household import policy_from
from donna_core.local.settings import load_settings
from donna_core.ports.jobs import JobRow, JobState
from donna_core.testing.world import BERLIN, SimulatedWorld
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.work import LEASE
from donna_llm.gateway import Gateway
from donna_llm.testing.house import MODELS, SURE, House, parse

SHADOWED = MODELS.replace("confidence_threshold: 0.7}", "shadow: big}") + (
    "shadow: {enabled: true}\n"
)
JUDGED = MODELS + "quality_monitoring: {enabled: true, spot_check_rate: 1.0, judge_model: big}\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a house in which the big model is the shadow of the small one."""
    house = House(tmp_path)
    house.write(donna_models=SHADOWED)
    return house


async def claimed(house: House) -> tuple[JobRow, ...]:
    """Claim the jobs that are due."""
    now = house.clock.now()
    return await house.unit_of_work.run(
        lambda stores: stores.jobs.claim(now=now, lease_until=now + LEASE, limit=9)
    )


async def assess(house: House, gateway: Gateway) -> None:
    """Do what waits for a model, as a running Donna does."""
    world = SimulatedWorld(unit_of_work=house.unit_of_work, language_model=gateway)
    policy = policy_from(load_settings(house.folder), zone=BERLIN)
    runtime = evolve(world.runtime, clock=house.clock, ids=house.ids, policy=policy)
    for job in await claimed(house):
        await assess_models(runtime, job)


async def test_a_shadow_is_asked_the_same_and_changes_nothing(house: House) -> None:
    """The first answer is the one that counts; the second stands in the log beside it."""
    house.says("ollama", [SURE])
    big = house.says("anthropic", [{**SURE, "confidence": 0.5}])
    gateway = house.gateway()
    reply = await gateway.complete(parse())
    assert big.calls == []

    await assess(house, gateway)
    first, second = await house.rows()
    assert reply.metadata.invocation_id == first.id
    assert (second.is_shadow, second.shadow_of) == (True, first.id)
    assert (second.caller, second.lane) == ("shadow", ModelLane.INTERNAL)
    assert second.prompt == first.prompt
    assert second.output == {**SURE, "confidence": 0.5}
    assert (await house.today()).spent == second.cost
    assert await claimed(house) == ()


async def test_a_shadow_that_may_not_be_paid_waits(house: House) -> None:
    """It spends from the same budget, and is tried later."""
    house.write(donna_models=SHADOWED + "cost: {per_request_usd: 0.0}\n")
    house.says("ollama", [SURE])
    big = house.says("anthropic", [])
    gateway = house.gateway()
    await gateway.complete(parse())
    await assess(house, gateway)

    assert big.calls == []
    [job] = await house.unit_of_work.run(lambda stores: stores.jobs.select())
    assert job.state is JobState.PENDING
    assert "budget per request" in job.note


@pytest.mark.parametrize("question", [{"model_alias": "small"}, {"tags": {"eval_session_id": "s"}}])
async def test_what_was_asked_of_one_model_casts_no_shadow(
    house: House, question: dict[str, Any]
) -> None:
    """Nor does an evaluation, whose answers are compared anyway."""
    house.says("ollama", [SURE])
    await house.gateway().complete(parse(**question))

    assert await claimed(house) == ()


async def test_no_shadow_is_cast_while_they_are_off(house: House) -> None:
    """The alias may stand in the configuration all the time."""
    house.write(donna_models=SHADOWED.replace("enabled: true", "enabled: false"))
    house.says("ollama", [SURE])
    await house.gateway().complete(parse())

    assert await claimed(house) == ()


async def test_answers_are_picked_for_the_judge(house: House) -> None:
    """Those of the judge itself are not."""
    house.write(donna_models=JUDGED)
    house.says("ollama", [SURE])
    house.says("anthropic", [{"verdict": "same", "confidence": 0.9}])
    gateway = house.gateway()
    await gateway.complete(parse())
    await gateway.ask("Hello?", model_alias="big")

    small, big = await house.rows()
    assert (small.spot_check_queued, big.spot_check_queued) == (True, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SHADOWED.replace("shadow: big}", "shadow: bgi}"), "the shadow of 'parse_task' is 'bgi'"),
        (JUDGED.replace("judge_model: big", "judge_model: bgi"), "the judge is 'bgi'"),
    ],
)
def test_an_unknown_alias_is_named(house: House, text: str, told: str) -> None:
    """With the line it stands on."""
    house.write(donna_models=text)
    with pytest.raises(ConfigError, match=told) as refusal:
        house.gateway()

    assert "donna_models.yaml:" in refusal.value.where
