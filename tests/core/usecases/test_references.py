"""What a person types finds the task they mean, or says why not."""

from functools import partial

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.errors import AmbiguousReference, DonnaError, TaskNotFound
from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.world import SOMEBODY, SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.references import RangeTooLong, resolve, resolve_one

TITLES = ("Call mom about the party", "Call the plumber", "Buy milk", "Pay the rent")
IDS = ("a1b2c3d4-0000", "a1b2c3d5-0000", "beefbeef-0000", "cafe0123-0000")


def keep(task: Task, stores: Stores) -> None:
    """Have the task there."""
    stores.tasks.save(task)


async def arranged() -> SimulatedWorld:
    """Return a world with four tasks."""
    world = SimulatedWorld()
    for number, (title, name) in enumerate(zip(TITLES, IDS, strict=True), start=1):
        task = Task(
            id=TaskId(name),
            user_id=SOMEBODY,
            number=number,
            title=title,
            created_at=world.clock.now(),
        )
        await world.look(partial(keep, task))
    return world


async def named(world: SimulatedWorld, reference: str) -> list[int]:
    """Return the numbers of the tasks a reference names."""
    found = await world.look(lambda stores: resolve(stores, reference))
    return [task.number for task in found]


@pytest.mark.parametrize(
    ("reference", "numbers"),
    [
        ("2", [2]),
        ("#2", [2]),
        (" 1,3 ", [1, 3]),
        ("1-3", [1, 2, 3]),
        ("3-1", [1, 2, 3]),
        ("#4, #1-2", [1, 2, 4]),
        ("1,1", [1]),
        ("beefbe", [3]),
        ("a1b2c3d4", [1]),
        ("CAFE01", [4]),
        ("buy milk", [3]),
        ("milk", [3]),
        ("plumber", [2]),
        ("pay rent", [4]),
        ("byu milk", [3]),
    ],
)
async def test_references_are_understood(reference: str, numbers: list[int]) -> None:
    """Numbers, ranges, beginnings of ids, and titles with some tolerance."""
    assert await named(await arranged(), reference) == numbers


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        ("9", TaskNotFound),
        ("1,9", TaskNotFound),
        ("99999999999999999999999", TaskNotFound),
        ("1-5000", RangeTooLong),
        ("a1b2c3", AmbiguousReference),
        ("call", AmbiguousReference),
        ("zebra", TaskNotFound),
        ("", TaskNotFound),
    ],
)
async def test_a_miss_says_what_is_there(reference: str, error: type[DonnaError]) -> None:
    """A reference that names nothing, or too much, is an error with a hint."""
    world = await arranged()
    with pytest.raises(error):
        await named(world, reference)


async def test_a_near_miss_is_suggested() -> None:
    """The message names what may have been meant."""
    world = await arranged()
    with pytest.raises(TaskNotFound) as missed:
        await named(world, "plumbing call")
    assert any("Call the plumber" in near for near in missed.value.near)


async def test_open_tasks_come_before_closed_ones(world: SimulatedWorld) -> None:
    """A title finds what is still to do; reopening looks among what is over."""
    await world.say("buy milk")
    await advance(world.runtime, "1", Verb.DONE)
    await world.say("buy milk")

    (found,) = await world.look(lambda stores: resolve(stores, "milk"))
    assert found.number == 2
    changed = await advance(world.runtime, "milk", Verb.REOPEN)
    assert [task.number for task in changed.tasks] == [1]


async def test_where_one_is_needed_several_are_ambiguous() -> None:
    """A command for one task does not guess."""
    world = await arranged()
    with pytest.raises(AmbiguousReference):
        await world.look(lambda stores: resolve_one(stores, "1-2"))


async def test_numbers_beyond_every_store_are_just_not_found(world: SimulatedWorld) -> None:
    """However large a number is, the answer is that nothing has it."""
    with pytest.raises(TaskNotFound):
        await world.look(lambda stores: resolve(stores, str(2**70)))


@given(reference=st.text(max_size=40))
async def test_no_reference_is_a_crash(reference: str) -> None:
    """Whatever is typed, the answer is tasks or one of Donna's own errors."""
    world = await arranged()
    try:
        found = await world.look(lambda stores: resolve(stores, reference))
    except DonnaError:
        return
    assert found
    assert all(evolve(task) in found for task in found)
