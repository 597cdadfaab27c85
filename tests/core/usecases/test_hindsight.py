"""A model's confidence is held against what became of the tasks it read."""

from decimal import Decimal

import pytest
from attrs import evolve

from donna_core.domain.errors import BudgetPausedError
from donna_core.domain.ids import CallId
from donna_core.domain.tasks.task import NEEDS_REVIEW, Domain
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.contracts.spending import invocation
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.reschedule import snooze
from donna_core.usecases.undo import undo

CALL = CallId("call-1")


class LoggedModel(LanguageModel):
    """Reads as the rules do, and writes each reading down under the next id."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world, self._rules = world, world.runtime.language_model
        self.calls = 0
        self.refusal: Exception | None = None

    async def complete(self, request: ModelRequest) -> ModelReply:
        if request.task_type != "parse_task":
            if self.refusal is not None:
                raise self.refusal
            return await self._rules.complete(request)
        reply = await self._rules.complete(request)
        self.calls += 1
        row = invocation(f"call-{self.calls}", confidence=0.9)
        await self._world.look(lambda stores: stores.invocations.record([row]))
        return evolve(reply, metadata=evolve(reply.metadata, invocation_id=row.id))


@pytest.fixture
def model(world: SimulatedWorld) -> LoggedModel:
    """Give the model that reads for the world from now on."""
    model = LoggedModel(world)
    world.runtime = evolve(world.runtime, language_model=model)
    return model


async def truth(world: SimulatedWorld, call_id: CallId = CALL) -> bool | None:
    """Return what is known of a reading."""
    row = await world.look(lambda stores: stores.invocations.get(call_id))
    assert row is not None
    return row.was_right


@pytest.mark.usefixtures("model")
async def test_a_corrected_reading_was_wrong(world: SimulatedWorld) -> None:
    """It stays so, even when the task is done later."""
    await world.say("call ada tomorrow 3pm")
    assert await truth(world) is None
    await edit(world.runtime, "1", Correction(domain=Domain.FAMILY))
    await advance(world.runtime, "1", Verb.DONE)

    assert await truth(world) is False


@pytest.mark.usefixtures("model")
async def test_a_task_that_is_done_as_read_was_read_right(world: SimulatedWorld) -> None:
    """Putting it off, noting something or tagging it says nothing about how it was read."""
    await world.say("call ada tomorrow 3pm")
    await snooze(world.runtime, "1", until=world.instant("2026-11-25 10:00"))
    await edit(world.runtime, "1", Correction(note="bring cake", add_tags=("phone",)))
    assert await truth(world) is None
    await advance(world.runtime, "1", Verb.DONE)

    assert await truth(world) is True


@pytest.mark.usefixtures("model")
async def test_a_task_that_was_looked_at_was_read_right(world: SimulatedWorld) -> None:
    """Taking the review mark off, and changing nothing else, says so."""
    for _ in range(2):
        await world.say("call ada tomorrow 3pm")
    assert NEEDS_REVIEW in (await world.task(2)).tags
    await edit(world.runtime, "2", Correction(reviewed=True))

    assert await truth(world, CallId("call-2")) is True
    assert await truth(world) is None


@pytest.mark.usefixtures("model")
async def test_one_wrong_task_makes_the_answer_wrong(world: SimulatedWorld) -> None:
    """Of several tasks in one message, whatever is done first."""
    await world.say("call ada tomorrow 3pm; buy milk friday")
    await advance(world.runtime, "1", Verb.DONE)
    await edit(world.runtime, "2", Correction(title="Buy oat milk"))

    assert await truth(world) is False


@pytest.mark.usefixtures("model")
async def test_taking_something_back_says_nothing(world: SimulatedWorld) -> None:
    """Nor does what Donna does by herself."""
    await world.say("call ada tomorrow 3pm")
    await undo(world.runtime)
    await world.run_until(world.instant("2026-11-26 09:00"))

    assert await truth(world) is None


async def test_a_spent_budget_costs_no_task(world: SimulatedWorld, model: LoggedModel) -> None:
    """Where nobody may be asked whether two tasks are one, both are kept."""
    model.refusal = BudgetPausedError(
        "day",
        limit=Decimal(20),
        spent=Decimal(20),
        reserved=Decimal(0),
        asked=Decimal(1),
        left=Decimal(0),
        remedy="Wait.",
    )
    await world.say("call the mechanic about the car tomorrow")
    await world.say("call the mechanic about a car on friday")

    assert len(await world.open_tasks()) == 2
