"""What the rules read while the model was away is read again once it is back."""

from datetime import timedelta

from attrs import evolve

from donna_core.domain.codec import to_plain
from donna_core.domain.tasks.history import Actor
from donna_core.domain.tasks.task import NEEDS_REVIEW, Domain
from donna_core.ports.jobs import JobState
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.reread import GIVE_UP_AFTER
from donna_core.usecases.understand import STAND_IN
from donna_core.usecases.undo import undo

HOUR = timedelta(hours=1)


class Away(LanguageModel):
    """A model that lets the rules stand in until it is back, and then reads a little better."""

    def __init__(self, rules: LanguageModel) -> None:
        self._rules = rules
        self.is_back = False
        self.says: dict[str, object] = {"title": "Call Ada Lovelace", "domain": "work"}

    async def complete(self, request: ModelRequest) -> ModelReply:
        reply = await self._rules.complete(request)
        if request.task_type != "parse_task":
            return reply
        if not self.is_back:
            return reply.as_stand_in("nobody listens")
        return evolve(reply, output={**reply.output, "confidence": 0.95, **self.says})


def away(world: SimulatedWorld) -> Away:
    """Let the world's model be away."""
    model = Away(world.runtime.language_model)
    world.runtime = evolve(world.runtime, language_model=model)
    return model


async def later(world: SimulatedWorld, passes: timedelta = HOUR) -> None:
    """Let time pass."""
    await world.run_until(world.clock.now() + passes)


async def test_a_message_is_read_again_when_the_model_is_back(world: SimulatedWorld) -> None:
    """The task is kept at once, says who read it, and becomes what the model reads."""
    model = away(world)
    captured = await world.say("call ada tomorrow 3pm")
    assert STAND_IN in captured.reading.remarks
    before = await world.task(1)
    assert STAND_IN in before.notes

    await later(world)
    assert (await world.task(1)).title == "Call ada"
    model.is_back = True
    await later(world)

    after = await world.task(1)
    assert (after.title, after.domain) == ("Call Ada Lovelace", Domain.WORK)
    assert after.scheduled_start == before.scheduled_start
    assert STAND_IN not in after.notes
    [command] = await world.look(lambda stores: stores.history.recent(1))
    assert (command.verb, command.actor) == ("reread", Actor.DONNA)
    jobs = await world.look(lambda stores: stores.jobs.select(states={JobState.PENDING}))
    assert not [row for row in jobs if row.job.key.startswith("reread")]


async def test_what_the_person_changed_stands(world: SimulatedWorld) -> None:
    """A second reading corrects the first, not the person."""
    model = away(world)
    await world.say("call ada tomorrow 3pm")
    await edit(world.runtime, "1", Correction(title="Ring Ada up"))
    model.is_back = True

    await later(world)

    task = await world.task(1)
    assert (task.title, task.domain) == ("Ring Ada up", Domain.WORK)


async def test_another_time_means_another_place(world: SimulatedWorld) -> None:
    """A task whose time was misread is moved to where it belongs."""
    model = away(world)
    await world.say("call ada tomorrow 3pm")
    start = world.instant("2026-11-25 10:00")
    model.says = {"start": to_plain(start)}
    model.is_back = True

    await later(world)

    assert (await world.task(1)).scheduled_start == start


async def test_another_number_of_tasks_is_for_a_person(world: SimulatedWorld) -> None:
    """Where the model reads something else altogether, nothing is changed behind one's back."""
    model = away(world)
    await world.say("call ada tomorrow 3pm")
    model.says = {"is_task": False, "intent": "chat"}
    model.is_back = True

    await later(world)

    task = await world.task(1)
    assert task.title == "Call ada"
    assert NEEDS_REVIEW in task.tags


async def test_several_tasks_of_a_message_are_read_again_together(world: SimulatedWorld) -> None:
    """Each task gets its own part of the second reading."""
    model = away(world)
    await world.say("buy milk tomorrow\ncall ada tomorrow")
    rules = model._rules
    again = await rules.complete(_asking(world, "buy oat milk tomorrow\ncall ada tomorrow"))
    model.says = {"tasks": again.output["tasks"]}
    model.is_back = True

    await later(world)

    assert {task.title for task in await world.open_tasks()} == {"Buy oat milk", "Call ada"}


async def test_what_is_gone_is_left_alone(world: SimulatedWorld) -> None:
    """A capture that was taken back is not read again."""
    model = away(world)
    await world.say("call ada tomorrow 3pm")
    await undo(world.runtime)
    model.is_back = True

    await later(world)

    assert await world.open_tasks() == ()


async def test_after_a_week_the_first_reading_stands(world: SimulatedWorld) -> None:
    """A model that never comes back is not waited for, and nothing is lost."""
    away(world)
    await world.say("call ada in three weeks")

    await later(world, GIVE_UP_AFTER + 3 * HOUR)

    [row] = [
        row
        for row in await world.look(lambda stores: stores.jobs.select())
        if row.job.key.startswith("reread")
    ]
    assert row.state is JobState.DONE
    assert "stands" in row.note


def _asking(world: SimulatedWorld, text: str) -> ModelRequest:
    inputs = {"text": text, "at": world.clock.now().isoformat(), "zone": "Europe/Berlin"}
    return ModelRequest(task_type="parse_task", inputs=inputs)
