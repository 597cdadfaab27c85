"""Tasks that carry a workflow: what it did, and what happens when nobody answers it."""

import pytest

from donna_core.domain.effects import MessageKind
from donna_core.domain.tasks.task import AgentStatus
from donna_core.domain.workflow.errand import Errand, errand_of
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.follow_workflow import NoWorkflow, Progress, follow_workflow
from donna_core.usecases.undo import undo

RELEASE = Errand(workflow="project:release", project="somewhere")
ASKED = Progress(steps=("Build", "Ask"), request="AR-4-e", about="project:release:ask")


@pytest.fixture
async def carrying(world: SimulatedWorld) -> SimulatedWorld:
    """Give a world whose first task carries a workflow."""
    await world.say("Ship the release next week")
    await edit(world.runtime, "1", Correction(workflow=RELEASE))
    return world


async def said(world: SimulatedWorld, until: str) -> list[str]:
    """Let time pass, and return the nudges about a workflow that came."""
    await world.run_until(world.instant(until))
    messages = [each.message for each in world.received]
    return [m.body for m in messages if m.kind is MessageKind.NUDGE and "workflow" in m.body]


async def test_steps_stand_in_the_history(carrying: SimulatedWorld) -> None:
    """Each command of the workflow is one entry, with what ran and what waits."""
    await follow_workflow(carrying.runtime, "1", ASKED)
    await follow_workflow(carrying.runtime, "1", Progress(steps=("Ship",), ended=True))
    task = await carrying.task(1)
    commands = await carrying.look(lambda stores: stores.history.recent(2, task_id=task.id))

    assert [command.text for command in commands] == [
        "Ship; ended",
        "Build, then Ask; waits for AR-4-e (project:release:ask)",
    ]
    assert task.agent_status is AgentStatus.COMPLETE
    assert (errand_of(task) or RELEASE).steps == 3


async def test_a_request_that_waits_too_long_becomes_one_nudge(carrying: SimulatedWorld) -> None:
    """After two hours somebody is told once, and further steps elsewhere do not put it off."""
    await follow_workflow(carrying.runtime, "1", ASKED)
    await carrying.run_until(carrying.instant("2026-11-23 09:00"))
    await follow_workflow(carrying.runtime, "1", Progress(request="AR-4-e", about=ASKED.about))

    assert await said(carrying, "2026-11-23 09:59") == []
    [body] = await said(carrying, "2026-11-23 23:00")
    assert "AR-4-e" in body
    assert "--session task_1" in body


async def test_an_answer_in_time_needs_no_nudge(carrying: SimulatedWorld) -> None:
    """Who answers, or closes the task, is not asked."""
    await follow_workflow(carrying.runtime, "1", ASKED)
    await follow_workflow(carrying.runtime, "1", Progress(steps=("Ship",), ended=True))

    assert await said(carrying, "2026-11-23 23:00") == []


async def test_a_closed_task_asks_for_nothing(carrying: SimulatedWorld) -> None:
    """Whatever its workflow waits for, a finished task is left alone."""
    await follow_workflow(carrying.runtime, "1", ASKED)
    await advance(carrying.runtime, "1", Verb.DONE)

    assert await said(carrying, "2026-11-23 23:00") == []


async def test_undo_takes_the_workflow_from_the_task(carrying: SimulatedWorld) -> None:
    """It is part of the task like everything else that was said about it."""
    await undo(carrying.runtime)

    assert errand_of(await carrying.task(1)) is None


async def test_a_task_without_a_workflow_is_named(world: SimulatedWorld) -> None:
    """The message says how to give it one."""
    await world.say("Buy milk")

    with pytest.raises(NoWorkflow, match="donna edit 1 --workflow"):
        await follow_workflow(world.runtime, "1", ASKED)
