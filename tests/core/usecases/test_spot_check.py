"""A few of many answers are judged at night, and the poor ones become one task."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from donna_core.domain.errors import BudgetPausedError, ModelUnavailable
from donna_core.domain.ids import CallId
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.domain.spending.spot_checks import JUDGE_TASK, REVIEW_TAG, SpotCheckRules
from donna_core.domain.tasks.task import Domain
from donna_core.local.settings import load_settings
from donna_core.ports.jobs import JobState
from donna_core.ports.language_model import ModelLane, ModelRequest, Urgency
from donna_core.testing.contracts.spending import invocation
from donna_core.testing.scripted_model import Answer, ScriptedLanguageModel
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance

CONFIG = "quality_monitoring: {enabled: true, judge_batch_schedule: daily}\n"
PAUSED = BudgetPausedError(
    "day",
    limit=Decimal(20),
    spent=Decimal(20),
    reserved=Decimal(0),
    asked=Decimal(1),
    left=Decimal(0),
    remedy="Wait.",
)


class Judge(ScriptedLanguageModel):
    """Gives each answer the score that stands in it."""

    def __init__(self) -> None:
        super().__init__({JUDGE_TASK: self.judge})
        self.away: Exception | None = None

    def judge(self, request: ModelRequest) -> Answer:
        if self.away is not None:
            return self.away
        return {"score": request.inputs["answer"]["worth"], "why": "it says so"}


@pytest.fixture
def judge() -> Judge:
    """Give the judge of the world."""
    return Judge()


@pytest.fixture
def world(tmp_path: Path, judge: Judge) -> SimulatedWorld:
    """Give a Monday morning in a house whose answers are judged each night."""
    (tmp_path / "donna_models.yaml").write_text(CONFIG)
    return SimulatedWorld(config=tmp_path, language_model=judge)


async def queued(world: SimulatedWorld, name: str, worth: float, **fields: Any) -> CallId:
    """Write down an answer of that worth that waits for a judge."""
    kept: dict[str, Any] = {"prompt": f"What about {name}?", "output": {"worth": worth}, **fields}
    row = invocation(name, at=world.clock.now(), spot_check_queued=True, **kept)
    await world.look(lambda stores: stores.invocations.record([row]))
    return row.id


async def found(world: SimulatedWorld, call_id: CallId) -> Invocation:
    """Return the call as it is in the log."""
    row = await world.look(lambda stores: stores.invocations.get(call_id))
    assert row is not None
    return row


async def one_night(world: SimulatedWorld) -> None:
    """Let a day pass."""
    await world.run_until(world.clock.now() + timedelta(days=1))


async def test_answers_are_judged_at_night(world: SimulatedWorld, judge: Judge) -> None:
    """By the configured model, as work for nobody; the score goes to the call."""
    call = await queued(world, "call-1", 0.9)
    await one_night(world)

    row = await found(world, call)
    assert (row.quality_score, row.spot_check_queued) == (0.9, False)
    [request] = judge.requests
    assert (request.model_alias, request.caller) == ("reasoner", "spot_check")
    assert (request.lane, request.priority) == (ModelLane.INTERNAL, Urgency.BACKGROUND)
    assert request.inputs["prompt"] == "What about call-1?"
    assert await world.open_tasks() == ()


async def test_poor_answers_become_one_task(world: SimulatedWorld) -> None:
    """It counts them and names the calls; a second night adds to the same task."""
    for number in range(3):
        await queued(world, f"call-{number}", 0.1 * number)
    await queued(world, "call-9", 0.7)
    await one_night(world)
    await queued(world, "call-4", 0.2)
    await one_night(world)

    [task] = await world.open_tasks()
    assert task.title == "Review 4 poor answers of models and correct what came of them"
    assert (task.domain, task.base_priority, task.tags) == (Domain.WORK, 2, (REVIEW_TAG,))
    assert len(task.notes) == 4
    assert any("scored 0.20: it says so (donna llm calls call-2)" in each for each in task.notes)


async def test_a_reviewed_task_is_not_filled_again(world: SimulatedWorld) -> None:
    """Once it is done the next poor answer begins a new one."""
    await queued(world, "call-1", 0.1)
    await one_night(world)
    await advance(world.runtime, "1", Verb.DONE)
    await queued(world, "call-2", 0.1)
    await one_night(world)

    [task] = await world.open_tasks()
    assert (task.number, task.title[:20]) == (2, "Review 1 poor answer")


@pytest.mark.parametrize("why", [PAUSED, ModelUnavailable(JUDGE_TASK, problem="it is away")])
async def test_a_judge_that_does_not_answer_is_asked_later(
    world: SimulatedWorld, judge: Judge, why: Exception
) -> None:
    """Nothing is lost while it is away or may not be paid."""
    judge.away = why
    call = await queued(world, "call-1", 0.9)
    await one_night(world)
    assert (await found(world, call)).spot_check_queued

    judge.away = None
    await world.run_until(world.clock.now() + timedelta(hours=2))
    assert (await found(world, call)).quality_score == 0.9


async def test_a_judge_that_never_answers_is_given_up_for_this_time(
    world: SimulatedWorld, judge: Judge
) -> None:
    """The list stays for the next time; no job is tried for ever."""
    judge.away = PAUSED
    call = await queued(world, "call-1", 0.9)
    await world.run_until(world.clock.now() + timedelta(days=4))

    done = await world.look(lambda stores: stores.jobs.select(states={JobState.DONE}))
    assert any("left until next time" in row.note for row in done)
    assert (await found(world, call)).spot_check_queued


async def test_what_has_no_text_any_more_is_not_judged(world: SimulatedWorld, judge: Judge) -> None:
    """It leaves the list without a score."""
    call = await queued(world, "call-1", 0.9, prompt=None)
    await one_night(world)

    row = await found(world, call)
    assert (row.quality_score, row.spot_check_queued) == (None, False)
    assert judge.requests == []


def rules(rate: float = 1, *, enabled: bool = True) -> SpotCheckRules:
    """Return rules under which the reasoner judges that share."""
    return SpotCheckRules(enabled=enabled, rate=rate, judge="reasoner", flag_below=0.7)


def test_only_real_answers_of_others_are_picked() -> None:
    """No failure, shadow, stand-in or evaluation, and nothing of the judge's own."""
    assert rules().wants(invocation())
    for fields in (
        {"outcome": Outcome.FAILED},
        {"is_shadow": True},
        {"degraded": True},
        {"eval_session_id": "session-1"},
        {"model_alias": "reasoner"},
    ):
        assert not rules().wants(invocation(**fields))
    assert not rules(enabled=False).wants(invocation())


def test_about_as_many_are_picked_as_asked_for() -> None:
    """A twentieth of ten thousand, and the same ones each time."""
    picked = [n for n in range(10_000) if rules(0.05).picks(CallId(f"call-{n}"))]

    assert 400 <= len(picked) <= 600
    assert picked == [n for n in range(10_000) if rules(0.05).picks(CallId(f"call-{n}"))]


def test_nothing_is_judged_unless_it_is_wanted() -> None:
    """The routine is there only where the configuration has it."""
    assert not load_settings().donna_models.quality_monitoring.enabled
    kinds = {routine.kind for routine in SimulatedWorld().runtime.policy.routines}
    assert "spot_check" not in kinds
