"""An arrival keeps to what a week keeps to: buffers, ways, preparations and full days."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.tasks.task import Task
from donna_core.testing.world import SimulatedWorld

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)


def house(**rules: Any) -> SimulatedWorld:
    """Return a world whose weeks are planned by these rules."""
    world = SimulatedWorld()
    policy = evolve(world.runtime.policy, planning=PlanRules(**rules))
    world.runtime = evolve(world.runtime, policy=policy)
    return world


async def kept(world: SimulatedWorld, *texts: str) -> list[Task]:
    """Say these things and return the tasks by their start."""
    for text in texts:
        await world.say(text)
    tasks = await world.open_tasks()
    assert all(task.scheduled_start for task in tasks)
    return sorted(tasks, key=start_of)


def start_of(task: Task) -> datetime:
    """Return where the task begins."""
    assert task.scheduled_start is not None
    return task.scheduled_start


def gap(before: Task, after: Task) -> timedelta:
    """Return what lies between two tasks."""
    return start_of(after) - (start_of(before) + before.estimated_duration)


async def test_a_buffer_stays_between_tasks() -> None:
    """Whoever comes first."""
    one, other, third = await kept(
        house(buffer=QUARTER),
        "write the report for 1 hour for work",
        "review the budget for 1 hour for work",
        "call the bank for 30 min for work",
    )
    assert gap(one, other) >= QUARTER
    assert gap(other, third) >= QUARTER


@pytest.mark.parametrize("order", [1, -1])
async def test_the_way_stays_free_on_both_sides(order: int) -> None:
    """Of the task that needs it, whether it was there first or comes second."""
    said = ["fetch the parcel for 1 hour for work @town", "write the report for 1 hour for work"]
    one, other = await kept(house(travel={"@town": 2 * QUARTER}), *said[::order])
    assert gap(one, other) >= 2 * QUARTER


async def test_a_day_holds_no_more_than_its_cap() -> None:
    """The next task goes to another day, and says why; a time that was named is kept."""
    world = house(daily_cap=3 * HOUR, longest_block=2 * HOUR)
    tasks = await kept(
        world,
        "write the report for 2 hours for work",
        "review the budget for 2 hours for work",
        "sort the files for 1 hour for work",
    )
    days = [start_of(task).date() for task in tasks]
    assert [days.count(day) for day in sorted(set(days))] == [2, 1]
    assert days[0] == world.clock.now().date()

    captured = await world.say("meet the auditor today at 4pm for 1 hour for work")
    assert captured.task is not None
    assert start_of(captured.task).date() == days[0]


async def test_an_arrival_touches_nothing_else() -> None:
    """Every task that was there is where it was, and as it was."""
    world = house(buffer=QUARTER)
    before = await kept(world, *(f"sort pile {n} for 45 min for work" for n in range(12)))
    captured = await world.say("call the bank for 30 min for work !5")
    assert captured.task is not None
    after = {task.id: task for task in await world.open_tasks()}
    assert [after[task.id] for task in before] == before
