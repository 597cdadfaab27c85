"""What if: consequences without side effects, and an application that is the preview."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donna_core.domain.tasks.history import Command
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.plan_week import PlanOutdated, apply_week, propose_week
from donna_core.usecases.scenarios import NoSuchEvent
from donna_core.usecases.undo import undo
from donna_core.usecases.what_if import apply_what_if, what_if

SENTENCES = (
    "Write the report 3h for work !4",
    "Prepare slides 2h for work by friday",
    "Buy milk",
    "Call mum tomorrow evening",
    "Read the contract 90 min for work",
)
SUPPOSED = (
    "off tomorrow",
    "off wed to thu",
    "off friday afternoon",
    "drop 1",
    "move 2 thu 10:00",
    "3 due tomorrow",
    "plan the offsite 4h for work !5",
    "call the bank 30 min for work",
)


def everything(stores: Stores) -> tuple[tuple[Task, ...], tuple[Command, ...]]:
    """Return all tasks and all commands."""
    return stores.tasks.select(), stores.history.recent(100)


async def lived_in() -> SimulatedWorld:
    """Return a world with five tasks in their places."""
    world = SimulatedWorld()
    for sentence in SENTENCES:
        await world.say(sentence)
    return world


@pytest.mark.parametrize("words", SUPPOSED)
async def test_supposing_changes_nothing(words: str) -> None:
    """No task, no command, no message, not even a number is used up."""
    world = await lived_in()
    before = await world.look(everything)

    await what_if(world.runtime, words)

    assert await world.look(everything) == before
    assert await world.look(lambda stores: stores.tasks.next_number()) == len(SENTENCES) + 1


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(SUPPOSED).map(lambda several: several[:2]))
async def test_applying_is_the_preview(several: list[str]) -> None:
    """Whatever was done before: the tasks become what the branch showed, byte for byte."""
    world = await lived_in()
    for words in several:
        branch = await what_if(world.runtime, words)
        if not branch.changes:
            continue

        done = await apply_what_if(world.runtime, branch)

        assert done.command.tasks == branch.changes
        for change in branch.changes:
            assert change.after is not None
            assert await world.task(change.after.number) == change.after


async def test_a_branch_is_taken_back_as_one() -> None:
    """Undo brings every place back."""
    world = await lived_in()
    before = {task.id: task.scheduled_start for task in await world.open_tasks()}
    branch = await what_if(world.runtime, "off tomorrow")
    await apply_what_if(world.runtime, branch)

    await undo(world.runtime)

    assert {task.id: task.scheduled_start for task in await world.open_tasks()} == before


async def test_a_day_off_moves_what_is_planned_for_it_and_nothing_else() -> None:
    """Everything on other days stays."""
    world = await lived_in()
    day = world.instant("2026-11-24 00:00"), world.instant("2026-11-25 00:00")

    branch = await what_if(world.runtime, "off tomorrow")

    assert branch.changes
    for change in branch.changes:
        assert change.before is not None
        assert change.after is not None
        assert change.before.scheduled_start is not None
        assert day[0] <= change.before.scheduled_start < day[1]
        assert change.after.scheduled_start is not None
        assert not day[0] <= change.after.scheduled_start < day[1]


async def test_time_off_holds_until_it_is_taken_back() -> None:
    """Nothing that comes in later, and no plan of the week, takes it; undo opens it again."""
    world = await lived_in()
    day = world.instant("2026-11-24 00:00"), world.instant("2026-11-25 00:00")

    async def on_that_day() -> list[int]:
        """Return what is planned for the day off."""
        starts = {task.number: task.scheduled_start for task in await world.open_tasks()}
        return [number for number, at in starts.items() if at and day[0] <= at < day[1]]

    await apply_what_if(world.runtime, await what_if(world.runtime, "off tomorrow"))
    for number in range(8):
        await world.say(f"sort pile {number} 90 min for work")
    proposal = await propose_week(world.runtime)
    assert await on_that_day() == []
    assert not any(day[0] <= each.when.start < day[1] for each in proposal.proposal.placements)

    await undo_all(world, back_to=len(SENTENCES))
    await world.say("sort the files 90 min for work")
    await world.say("sort the boxes 7h for work by wednesday")
    assert await on_that_day() != []


async def undo_all(world: SimulatedWorld, *, back_to: int) -> None:
    """Take back commands until so many tasks are left and no time off."""
    while len(await world.open_tasks()) > back_to or (await off(world)):
        await undo(world.runtime)


async def off(world: SimulatedWorld) -> bool:
    """Tell whether any time is off."""
    return bool(await world.look(lambda stores: stores.attention.get().off))


async def test_a_branch_of_a_world_that_moved_on_is_refused() -> None:
    """What it showed is no longer what would happen."""
    world = await lived_in()
    branch = await what_if(world.runtime, "off tomorrow")
    await edit(world.runtime, "4", Correction(duration=timedelta(hours=2)))
    before = await world.look(everything)

    with pytest.raises(PlanOutdated, match="Nothing was moved"):
        await apply_what_if(world.runtime, branch)

    assert await world.look(everything) == before


async def test_an_event_nobody_knows_is_named() -> None:
    """With where to look."""
    world = await lived_in()

    with pytest.raises(NoSuchEvent, match="standup"):
        await what_if(world.runtime, "meeting standup to friday 10:00")


async def test_a_week_that_moved_on_is_refused() -> None:
    """A proposal applies to what it was made from."""
    world = await lived_in()
    plan = await propose_week(world.runtime)
    await world.say("Water the plants")

    with pytest.raises(PlanOutdated, match="#6"):
        await apply_week(world.runtime, plan)


async def test_long_work_becomes_tasks_of_its_pieces() -> None:
    """Each waits for the one before, what waited for the whole waits for the last, undo joins."""
    world = SimulatedWorld()
    await world.say("Write the thesis for work by next friday")
    await edit(world.runtime, "1", Correction(duration=timedelta(hours=40)))
    before = await world.look(lambda stores: stores.tasks.select())

    await apply_week(world.runtime, await propose_week(world.runtime, days=12))

    pieces = sorted(await world.open_tasks(), key=lambda task: task.title)
    assert len(pieces) > 1
    assert sum((task.estimated_duration for task in pieces), timedelta(0)) == timedelta(hours=40)
    assert all("thesis" in task.title for task in pieces)
    await undo(world.runtime)
    now = await world.look(lambda stores: stores.tasks.select())
    assert [task.estimated_duration for task in now] == [task.estimated_duration for task in before]
