"""A task gets another time: the one that was asked for, or the next that is free."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from donna_core.domain.effects import CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.outbox import Lane
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.reschedule import (
    ClosedTask,
    InBlackout,
    InThePast,
    NothingOffered,
    TooFarAhead,
    accept,
    move,
    offers_for,
    pin,
    plan,
    snooze,
    unpin,
)
from donna_core.usecases.undo import undo


async def test_a_move_is_a_reschedule_and_no_transition(world: SimulatedWorld) -> None:
    """The event follows under its own id, and the count rises."""
    await world.say("buy milk")
    await world.settle()
    before = await world.task(1)
    changed = await move(world.runtime, "1", to=world.instant("2026-11-24 19:00"))
    await world.settle()

    (task,) = changed.tasks
    assert changed.command.steps == ()
    assert (task.status, task.reschedule_count) == (TaskStatus.SCHEDULED, 1)
    assert task.calendar_event_id == before.calendar_event_id
    rows = await world.look(lambda stores: stores.outbox.select(lane=Lane.CALENDAR))
    writes = [row.delivery for row in rows if isinstance(row.delivery, CalendarWrite)]
    assert [write.action for write in writes] == ["put", "put"]


async def test_a_named_time_counts_even_outside_the_usual_hours(world: SimulatedWorld) -> None:
    """The person asked, so the windows do not."""
    await world.say("buy milk")
    await move(world.runtime, "1", to=world.instant("2026-11-24 10:00"))
    assert (await world.task(1)).scheduled_start == world.instant("2026-11-24 10:00")

    await pin(world.runtime, "1", to=world.instant("2026-11-25 21:00"))
    task = await world.task(1)
    assert task.pinned_start == task.scheduled_start == world.instant("2026-11-25 21:00")


async def test_the_past_the_blackout_and_the_far_future_are_refused(world: SimulatedWorld) -> None:
    """Each refusal leaves everything as it was."""
    await world.say("buy milk")
    before = await world.task(1)
    now = world.clock.now()

    for change in (move, pin):
        with pytest.raises(InBlackout):
            await change(world.runtime, "1", to=world.instant("2026-11-24 03:00"))
        with pytest.raises(InThePast):
            await change(world.runtime, "1", to=now - timedelta(minutes=1))
        with pytest.raises(TooFarAhead):
            await change(world.runtime, "1", to=now + timedelta(days=100_000))
    with pytest.raises(TooFarAhead):
        await snooze(world.runtime, "1", until=now + timedelta(days=100_000))
    assert await world.task(1) == before


async def test_without_a_time_a_task_moves_to_the_next_free_place(world: SimulatedWorld) -> None:
    """Not where it stands, and not on top of anything."""
    first, second = await world.say("sew for 1 hour"), await world.say("paint for 1 hour")
    assert first.task is not None
    assert second.task is not None
    await move(world.runtime, "1", to=None)

    moved = await world.task(1)
    assert moved.scheduled_start == second.task.scheduled_end


async def test_an_appointment_can_be_moved_and_snoozed(world: SimulatedWorld) -> None:
    """What fixed its time once does not hold it back for ever."""
    await world.say("call mom tomorrow 3pm for 30 min")
    until = world.instant("2026-11-27 17:30")
    await snooze(world.runtime, "1", until=until)

    task = await world.task(1)
    assert task.scheduled_start == until
    assert task.snoozed_until == until
    await move(world.runtime, "1", to=None)
    later = (await world.task(1)).scheduled_start
    assert later is not None
    assert later > until


async def test_what_is_snoozed_for_long_is_placed_beyond_the_usual_horizon(
    world: SimulatedWorld,
) -> None:
    """Two tasks that sleep until the same far day do not wake on top of each other."""
    until = world.instant("2027-03-01 18:00")
    await world.say("sew for 1 hour")
    await world.say("paint for 1 hour")
    await snooze(world.runtime, "1,2", until=until)

    starts = [(await world.task(number)).scheduled_start for number in (1, 2)]
    assert starts == [until, until + timedelta(hours=1)]


async def test_a_pin_holds_until_it_is_taken_out(world: SimulatedWorld) -> None:
    """Edits that would move a task leave a pinned one alone."""
    await world.say("buy milk")
    pinned = world.instant("2026-11-26 19:00")
    await pin(world.runtime, "1", to=pinned)
    await edit(world.runtime, "1", Correction(duration=timedelta(minutes=45)))
    assert (await world.task(1)).scheduled_start == pinned

    await unpin(world.runtime, "1")
    task = await world.task(1)
    assert (task.pinned_start, task.scheduled_start) == (None, pinned)


async def test_a_finished_task_takes_no_time(world: SimulatedWorld) -> None:
    """It has to be reopened first."""
    await world.say("buy milk")
    await advance(world.runtime, "1", Verb.DONE)

    with pytest.raises(ClosedTask):
        await move(world.runtime, "1", to=None)


async def test_offers_run_out_and_grow_stale(world: SimulatedWorld) -> None:
    """An offer whose time has come and gone is taken by nobody."""
    captured = await world.say("write the report for 3 hours by today 9am")
    task = captured.task
    assert task is not None
    offers = await world.look(lambda stores: offers_for(stores, task))

    with pytest.raises(NothingOffered):
        await accept(world.runtime, "1", offer=len(offers) + 1)
    world.clock.advance(to=offers[0].when.end)
    with pytest.raises(InThePast):
        await accept(world.runtime, "1", offer=1)


async def test_a_plan_takes_the_most_pressing_first() -> None:
    """By priority, then deadline, then age; and what others wait for before them."""
    family = InMemoryCalendar("family", writable=False)
    family.break_reading()
    world = SimulatedWorld(foreign_calendars=[family])
    for text in ("sew for 1 hour", "paint for 1 hour by saturday 8pm", "bake for 1 hour"):
        await world.say(text)
    await edit(world.runtime, "2", Correction(after=("3",)))
    family.mend()
    await plan(world.runtime)

    tasks = await world.open_tasks()
    assert sorted(tasks, key=start_of) == [tasks[2], tasks[1], tasks[0]]


def start_of(task: Task) -> str:
    """Return the start as text, which sorts as it does."""
    return str(task.scheduled_start)


async def test_a_plan_finds_missed_tasks_a_new_time(world: SimulatedWorld) -> None:
    """Also for an appointment that has passed; what is still ahead stays."""
    await world.say("call mom today 3pm for 30 min")
    await world.say("buy milk tomorrow evening")
    ahead = await world.task(2)
    world.clock.advance(to=world.instant("2026-11-23 16:00"))
    await plan(world.runtime)

    missed = await world.task(1)
    assert missed.scheduled_start == world.instant("2026-11-23 17:00")
    assert missed.reschedule_count == 1
    assert await world.task(2) == ahead


@pytest.mark.parametrize("blind", [move, snooze])
async def test_nothing_moves_while_nobody_knows_what_is_free(
    blind: Callable[..., Awaitable[object]],
) -> None:
    """A calendar that cannot be read stops the search and says so."""
    family = InMemoryCalendar("family", writable=False)
    world = SimulatedWorld(foreign_calendars=[family])
    await world.say("buy milk")
    before = await world.task(1)
    family.break_reading()

    later = world.clock.now() + timedelta(days=1)
    argument = {"until": later} if blind is snooze else {"to": None}
    with pytest.raises(CalendarUnreadable):
        await blind(world.runtime, "1", **argument)
    assert await world.task(1) == before


async def test_a_wish_explains_itself(world: SimulatedWorld) -> None:
    """Why it is there now: because the person said so."""
    await world.say("buy milk")
    changed = await move(world.runtime, "1", to=world.instant("2026-11-24 10:00"))

    (explanation,) = changed.command.explanations
    assert [reason.code for reason in explanation.reasons] == [ReasonCode.ASKED_FOR]


async def test_snoozing_never_brings_a_task_forward(world: SimulatedWorld) -> None:
    """What is planned for later than the snooze stays where it is."""
    await world.say("call mom on friday at 3pm")
    before = await world.task(1)

    await snooze(world.runtime, "1", until=world.clock.now() + timedelta(hours=2))

    after = await world.task(1)
    assert after.scheduled_start == before.scheduled_start
    assert after.reschedule_count == before.reschedule_count


async def test_a_plan_that_changes_nothing_is_nothing_to_take_back(world: SimulatedWorld) -> None:
    """The next undo takes back what was really done."""
    await world.say("call mom on friday at 3pm")
    await plan(world.runtime)

    undone, _ = await undo(world.runtime)

    assert undone.verb == "capture"
