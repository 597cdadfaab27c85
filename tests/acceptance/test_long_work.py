"""Work longer than a block is planned in pieces as soon as it arrives."""

from datetime import timedelta
from itertools import pairwise

import pytest

from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.capture import OnDuplicate
from donna_core.usecases.undo import undo


@pytest.fixture
def house() -> SimulatedWorld:
    """Give a world with the shipped rules (blocks of three hours), on a Monday at eight."""
    return SimulatedWorld()


async def in_order(house: SimulatedWorld) -> list[Task]:
    """Return the open tasks by their planned start."""
    tasks = [task for task in await house.open_tasks() if task.scheduled_start is not None]
    return sorted(tasks, key=lambda task: (task.scheduled_start, task.number))


async def test_ten_hours_become_four_pieces_in_a_row(house: SimulatedWorld) -> None:
    """None longer than a block, none on the top of another, each after the one before."""
    await house.say("Write the thesis 10h for work")

    pieces = await in_order(house)
    assert [task.title for task in pieces] == [
        f"Write the thesis for work ({number}/4)" for number in (1, 2, 3, 4)
    ]
    assert sum((task.estimated_duration for task in pieces), timedelta(0)) == timedelta(hours=10)
    for one, other in pairwise(pieces):
        assert other.dependencies == (one.id,)
        assert one.scheduled_end is not None
        assert other.scheduled_start is not None
        assert one.scheduled_end <= other.scheduled_start
    assert max(task.estimated_duration for task in pieces) <= timedelta(hours=3)


async def test_one_undo_takes_all_pieces_back(house: SimulatedWorld) -> None:
    """They came with one command."""
    await house.say("Write the thesis 10h for work")
    await undo(house.runtime)
    assert await house.open_tasks() == ()


async def test_the_pieces_that_fit_before_a_deadline_are_planned(house: SimulatedWorld) -> None:
    """What does not fit asks for a decision, with what could be done instead."""
    await house.say("Write the thesis 12h for work by tomorrow noon !5")

    states = {task.title[-5:]: task.status for task in await house.open_tasks()}
    assert states["(1/4)"] is TaskStatus.SCHEDULED
    assert states["(4/4)"] is TaskStatus.NEEDS_SCHEDULING


@pytest.mark.parametrize(
    "sentence",
    [
        "Write the thesis 3h for work",
        "Sail to the island 5h on saturday at 9am",
        "Clean the house 4h every saturday",
    ],
)
async def test_what_is_short_has_its_time_or_repeats_stays_whole(
    house: SimulatedWorld, sentence: str
) -> None:
    """Only a wish without an hour may be cut."""
    await house.say(sentence)
    assert len(await house.open_tasks()) == 1


async def test_the_same_work_said_again_is_recognised(house: SimulatedWorld) -> None:
    """By its first piece, whose title stands for the whole."""
    await house.say("Write the thesis 10h for work")
    again = await house.say("Write the thesis 10h for work", on_duplicate=OnDuplicate.MERGE)

    assert again.duplicate_of is not None
    assert len(await house.open_tasks()) == 4
