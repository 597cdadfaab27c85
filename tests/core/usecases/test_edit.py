"""What a task says is corrected, and its place follows its needs."""

from datetime import timedelta

import pytest

from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import NEEDS_REVIEW, DeadlineType, Domain, TaskStatus
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import CircularDependency, Correction, edit, lock, unlock
from donna_core.usecases.merge import SameTask, merge
from donna_core.usecases.reschedule import ClosedTask, move
from donna_core.usecases.undo import undo


async def test_fields_are_corrected_one_by_one(world: SimulatedWorld) -> None:
    """What is not named stays."""
    await world.say("buy milk")
    await edit(
        world.runtime,
        "1",
        Correction(title=" Buy oat milk ", add_tags=("shop",), note="two", domain=Domain.FAMILY),
    )

    task = await world.task(1)
    assert (task.title, task.tags, task.notes) == ("Buy oat milk", ("shop",), ("two",))
    assert task.domain is Domain.FAMILY
    assert task.estimated_duration == timedelta(minutes=30)


@pytest.mark.parametrize(
    "correction",
    [
        Correction(title="  "),
        Correction(priority=0),
        Correction(priority=6),
        Correction(duration=timedelta(0)),
        Correction(duration=timedelta(days=15)),
    ],
)
async def test_values_out_of_range_are_refused(correction: Correction) -> None:
    """Nothing is changed by half."""
    world = SimulatedWorld()
    await world.say("buy milk")
    before = await world.task(1)
    with pytest.raises(InvalidInput):
        await edit(world.runtime, "1", correction)
    assert await world.task(1) == before


async def test_a_longer_task_moves_to_where_it_fits(world: SimulatedWorld) -> None:
    """A changed need is a changed place, without overlap."""
    await world.say("sew for 1 hour")
    await world.say("paint for 1 hour")
    await edit(world.runtime, "1", Correction(duration=timedelta(hours=2)))

    sew, paint = await world.task(1), await world.task(2)
    assert sew.scheduled_start is not None
    assert paint.scheduled_end is not None
    assert sew.scheduled_start >= paint.scheduled_end


async def test_a_later_deadline_loosens_what_the_sentence_said(world: SimulatedWorld) -> None:
    """The task itself knows its deadline better than the words it came from."""
    await world.say("write the report for 3 hours by today 9am")
    assert (await world.task(1)).status is TaskStatus.NEEDS_SCHEDULING
    await edit(world.runtime, "1", Correction(deadline=world.instant("2026-11-27 17:00")))

    task = await world.task(1)
    assert task.deadline_type is DeadlineType.HARD
    assert task.status is TaskStatus.SCHEDULED

    await edit(world.runtime, "1", Correction(no_deadline=True))
    assert (await world.task(1)).deadline is None


async def test_a_dependent_task_comes_after_what_it_waits_for(world: SimulatedWorld) -> None:
    """Order is kept in time, and freeing takes it away."""
    await world.say("paint the fence for 1 hour")
    await world.say("buy paint for 1 hour")
    await edit(world.runtime, "1", Correction(after=("2",)))

    fence, paint = await world.task(1), await world.task(2)
    assert fence.dependencies == (paint.id,)
    assert fence.scheduled_start is not None
    assert paint.scheduled_end is not None
    assert fence.scheduled_start >= paint.scheduled_end
    await edit(world.runtime, "1", Correction(free=True))
    assert (await world.task(1)).dependencies == ()


async def test_rings_of_dependencies_are_refused(world: SimulatedWorld) -> None:
    """Near and far, and with itself."""
    for text in ("sew", "paint", "bake"):
        await world.say(text)
    await edit(world.runtime, "2", Correction(after=("1",)))
    await edit(world.runtime, "3", Correction(after=("2",)))

    for reference in ("1", "2", "3"):
        with pytest.raises(CircularDependency):
            await edit(world.runtime, "1", Correction(after=(reference,)))


async def test_a_locked_priority_stays(world: SimulatedWorld) -> None:
    """Until it is unlocked, whatever the deadline says."""
    await world.say("send the invoice by tomorrow 5pm")
    assert (await world.task(1)).priority == 5
    await lock(world.runtime, "1", priority=2)
    await world.run_until(world.instant("2026-11-24 07:00"))
    assert (await world.task(1)).priority == 2

    await unlock(world.runtime, "1")
    assert (await world.task(1)).priority == 5


async def test_priorities_do_not_creep(world: SimulatedWorld) -> None:
    """A crowded day lifts a task that keeps moving once, not once a day."""
    for text in ("sew", "knit", "paint", "bake", "tidy", "iron", "cook"):
        await world.say(f"{text} for 15 min")
    for number in (1, 1, 2, 3, 4, 5, 6, 7):
        saturday = world.instant(f"2026-11-28 {8 + number:02}:00")
        await move(world.runtime, str(number), to=saturday - timedelta(hours=1))
        await move(world.runtime, str(number), to=saturday)
    await world.run_until(world.instant("2026-11-24 07:00"))
    assert (await world.task(1)).priority == 3

    await world.run_until(world.instant("2026-11-27 07:00"))
    assert (await world.task(1)).priority == 3


async def test_review_marks_are_taken_off(world: SimulatedWorld) -> None:
    """Once somebody looked."""
    await world.say("pay rent 30 February")
    await edit(world.runtime, "1", Correction(reviewed=True))

    assert NEEDS_REVIEW not in (await world.task(1)).tags


async def test_merging_folds_one_task_into_another(world: SimulatedWorld) -> None:
    """Gaps are filled, waiting tasks follow without alarm, and undo unfolds it."""
    for text in ("buy paint", "get paint by friday 5pm", "paint the fence"):
        await world.say(text)
    await edit(world.runtime, "3", Correction(after=("2",)))
    before = [await world.task(number) for number in (1, 2, 3)]
    await merge(world.runtime, "1", "2")

    kept, folded, waiting = [await world.task(number) for number in (1, 2, 3)]
    assert (kept.title, kept.deadline) == ("Buy paint", folded.deadline)
    assert folded.status is TaskStatus.CANCELLED
    assert waiting.dependencies == (kept.id,)
    assert NEEDS_REVIEW not in waiting.tags
    await undo(world.runtime)
    after = [await world.task(number) for number in (1, 2, 3)]
    assert [(t.status, t.deadline, t.dependencies) for t in after] == [
        (t.status, t.deadline, t.dependencies) for t in before
    ]


async def test_merging_makes_no_ring(world: SimulatedWorld) -> None:
    """A task between the two keeps the order of the first."""
    for text in ("sew", "paint", "bake"):
        await world.say(text)
    await edit(world.runtime, "2", Correction(after=("1",)))
    await edit(world.runtime, "3", Correction(after=("2",)))
    await merge(world.runtime, "3", "1")

    kept, waiting = await world.task(3), await world.task(2)
    assert kept.dependencies == (waiting.id,)
    assert waiting.dependencies == ()


async def test_a_task_merges_with_another_open_one_only(world: SimulatedWorld) -> None:
    """Not with itself, and not into what is over."""
    await world.say("sew")
    await world.say("paint")
    with pytest.raises(SameTask):
        await merge(world.runtime, "1", "1")
    await advance(world.runtime, "1", Verb.DONE)
    with pytest.raises(ClosedTask):
        await merge(world.runtime, "1", "2")


async def test_what_is_typed_later_is_as_clean_as_what_was_captured(
    world: SimulatedWorld,
) -> None:
    """No control, direction or broken characters by the side door."""
    await world.say("buy milk")
    odd = "buy \x1b[31m\u202ebread\ud800"
    await edit(world.runtime, "1", Correction(title=odd, note=odd, add_tags=("a\x00b",)))
    await advance(world.runtime, "1", Verb.START)
    await advance(world.runtime, "1", Verb.BLOCK, reason=odd)
    await world.settle()

    task = await world.task(1)
    assert (task.title, task.tags) == ("buy [31mbread", ("ab",))
    assert task.notes == ("buy [31mbread", "Blocked: buy [31mbread")
