"""Tasks are read as they are, the owner's own and nobody else's."""

from collections.abc import Awaitable, Callable

import pytest

from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolResult
from donna_core.ports.tools import InvalidArguments, ToolFailed
from donna_core.testing.world import SimulatedWorld
from donna_skills.tools.tasks import task_db_read

Call = Callable[..., Awaitable[ToolResult]]


@pytest.fixture
async def world() -> SimulatedWorld:
    """Give a world with two tasks."""
    world = SimulatedWorld()
    await world.say("Call the mechanic friday 3pm for 20 min #boat")
    await world.say("Prepare the board meeting by thursday, it's for work")
    return world


async def test_open_tasks_are_listed(call: Call, world: SimulatedWorld) -> None:
    """By number, private, and by part of life where one is asked for."""
    tool = task_db_read(world.runtime)
    result = await call(tool, {"user_id": world.runtime.user_id})
    work = await call(tool, {"domain": "work", "status": "scheduled"})

    assert [task["number"] for task in result.value["tasks"]] == [1, 2]
    assert [task["number"] for task in work.value["tasks"]] == [2]
    assert result.labels == {Label.PRIVATE}


async def test_one_task_is_told_by_its_id(call: Call, world: SimulatedWorld) -> None:
    """With instants in UTC."""
    known = await world.task(1)
    result = await call(task_db_read(world.runtime), {"task_id": known.id})

    task = result.value["task"]
    assert (task["title"], task["estimated_minutes"]) == (known.title, 20)
    assert task["scheduled_start"] == "2026-11-27T14:00:00+00:00"
    assert task["tags"] == ["boat"]


async def test_nobody_else_is_asked_for(call: Call, world: SimulatedWorld) -> None:
    """A skill that names another user gets nothing, not the owner's instead."""
    with pytest.raises(ToolFailed) as caught:
        await call(task_db_read(world.runtime), {"user_id": "nick"})

    assert (caught.value.error_class, caught.value.retryable) == ("ForeignUser", False)


async def test_a_task_that_is_not_there_is_a_failure(call: Call, world: SimulatedWorld) -> None:
    """None found by its id is not the same as none there."""
    with pytest.raises(ToolFailed) as caught:
        await call(task_db_read(world.runtime), {"task_id": "no-such"})

    assert (caught.value.error_class, caught.value.retryable) == ("TaskNotFound", False)


@pytest.mark.parametrize("args", [{"task_id": "x", "status": "done"}, {"status": "lost"}])
async def test_the_two_ways_to_ask_do_not_mix(
    call: Call, world: SimulatedWorld, args: dict[str, str]
) -> None:
    """Arguments that would be ignored are refused."""
    with pytest.raises(InvalidArguments):
        await call(task_db_read(world.runtime), args)
