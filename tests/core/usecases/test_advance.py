"""Tasks move along their life, and the world follows what they imply."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable, InvalidTransition
from donna_core.domain.events import EventKind
from donna_core.domain.tasks.task import NEEDS_REVIEW, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.outbox import Lane
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.reschedule import plan

Arrange = Callable[[SimulatedWorld], Awaitable[None]]
COMPLETION = "completion_path"


async def events(world: SimulatedWorld) -> tuple[CalendarEvent, ...]:
    """Return what stands in the calendar once all deliveries arrived."""
    await world.settle()
    now = world.clock.now()
    window = Interval(now - timedelta(days=30), now + timedelta(days=60))
    return (await world.runtime.own_calendar.changes(window)).events


async def writes(world: SimulatedWorld) -> list[CalendarWrite]:
    """Return the calendar writes that were decided, in order."""
    rows = await world.look(lambda stores: stores.outbox.select(lane=Lane.CALENDAR))
    return [row.delivery for row in rows if isinstance(row.delivery, CalendarWrite)]


async def test_starting_holds_the_time_from_now_on(world: SimulatedWorld) -> None:
    """A started task is where the person is, not where it was planned."""
    await world.say("buy milk")
    changed = await advance(world.runtime, "1", Verb.START)

    (task,) = changed.tasks
    assert task.status is TaskStatus.IN_PROGRESS
    assert task.actual_start == task.scheduled_start == world.clock.now()
    (event,) = await events(world)
    assert event.when == Interval(world.clock.now(), world.clock.now() + timedelta(minutes=30))


async def backlog(world: SimulatedWorld) -> None:
    """Leave the task without a place."""
    calendar = InMemoryCalendar("work", writable=False)
    calendar.break_reading()
    runtime = world.runtime
    object.__setattr__(runtime, "calendars", (*runtime.calendars, calendar))
    await world.say("buy milk")
    object.__setattr__(runtime, "calendars", runtime.calendars[:-1])


async def scheduled(world: SimulatedWorld) -> None:
    """Give the task a place."""
    await world.say("buy milk")


async def needs_scheduling(world: SimulatedWorld) -> None:
    """Ask for what fits nowhere."""
    await world.say("write the thesis for 6 hours by today 11am, must")


async def in_progress(world: SimulatedWorld) -> None:
    """Have the task started."""
    await scheduled(world)
    await advance(world.runtime, "1", Verb.START)


async def blocked(world: SimulatedWorld) -> None:
    """Have the task held up."""
    await in_progress(world)
    await advance(world.runtime, "1", Verb.BLOCK, reason="no keys")


async def cancelled(world: SimulatedWorld) -> None:
    """Have the task dropped."""
    await scheduled(world)
    await advance(world.runtime, "1", Verb.DROP)


@pytest.mark.parametrize(
    "arrange", [backlog, scheduled, needs_scheduling, in_progress, blocked, cancelled]
)
async def test_anything_can_be_finished_by_recorded_steps(arrange: Arrange) -> None:
    """The path to done is a path of the machine, whatever the task was."""
    world = SimulatedWorld()
    await arrange(world)
    before = await world.task(1)
    changed = await advance(world.runtime, "1", Verb.DONE)

    (task,) = changed.tasks
    assert (task.status, task.completed_at) == (TaskStatus.DONE, world.clock.now())
    steps = changed.command.steps
    assert {step.trigger for step in steps} == {COMPLETION}
    assert [steps[0].origin, steps[-1].target] == [before.status, TaskStatus.DONE]
    assert all(a.target is b.origin for a, b in pairwise(steps))


async def test_finishing_a_backlog_task_never_touches_the_calendar() -> None:
    """What was never planned leaves no trace among the appointments."""
    world = SimulatedWorld()
    await backlog(world)
    await advance(world.runtime, "1", Verb.DONE)

    assert await writes(world) == []
    assert await events(world) == ()


async def test_finishing_ahead_of_time_frees_the_time(world: SimulatedWorld) -> None:
    """An event still to come is deleted."""
    await world.say("buy milk")
    assert len(await events(world)) == 1
    await advance(world.runtime, "1", Verb.DONE)

    assert await events(world) == ()
    assert (await world.task(1)).calendar_event_id is None
    assert [write.action for write in await writes(world)] == ["put", "delete"]


async def test_finishing_early_closes_the_running_event(world: SimulatedWorld) -> None:
    """The time that was used stays, the rest is free."""
    await world.say("paint the fence for 2 hours")
    await advance(world.runtime, "1", Verb.START)
    started = world.clock.now()
    world.clock.advance(by=timedelta(minutes=40))
    await advance(world.runtime, "1", Verb.DONE)

    (event,) = await events(world)
    assert event.when == Interval(started, started + timedelta(minutes=40))
    assert event.title.startswith("✓")


async def test_blocking_frees_the_time_and_keeps_the_reason(world: SimulatedWorld) -> None:
    """A blocked task holds no time and asks nothing until it is unblocked."""
    await blocked(world)

    task = await world.task(1)
    assert task.status is TaskStatus.BLOCKED
    assert "Blocked: no keys" in task.notes
    assert await events(world) == ()

    await advance(world.runtime, "1", Verb.UNBLOCK)
    assert (await world.task(1)).status is TaskStatus.SCHEDULED
    assert len(await events(world)) == 1


async def test_a_blocked_task_is_not_unblocked_blindly() -> None:
    """Unblocking needs a slot, and nobody knows one while a calendar is unreadable."""
    family = InMemoryCalendar("family", writable=False)
    world = SimulatedWorld(foreign_calendars=[family])
    await blocked(world)
    family.break_reading()

    with pytest.raises(CalendarUnreadable):
        await advance(world.runtime, "1", Verb.UNBLOCK)
    assert (await world.task(1)).status is TaskStatus.BLOCKED


async def test_dropping_flags_what_waits_for_it(world: SimulatedWorld) -> None:
    """Whoever depended on a dropped task is looked at, and nobody else."""
    for text in ("buy paint", "paint the fence", "sew a button"):
        await world.say(text)
    await edit(world.runtime, "2", Correction(after=("1",)))
    await advance(world.runtime, "1", Verb.DROP)

    assert (await world.task(1)).status is TaskStatus.CANCELLED
    assert NEEDS_REVIEW in (await world.task(2)).tags
    assert NEEDS_REVIEW not in (await world.task(3)).tags
    kinds = [event.kind for _, event in await world.look(lambda s: s.events.since(0))]
    assert EventKind.DEPENDENTS_FLAGGED in kinds


async def test_reopening_leads_back_by_the_table(world: SimulatedWorld) -> None:
    """A finished task goes on now; a dropped one gets a new time."""
    await world.say("buy milk")
    await world.say("sew a button")
    await advance(world.runtime, "1", Verb.DONE)
    await advance(world.runtime, "2", Verb.DROP)
    await advance(world.runtime, "1-2", Verb.REOPEN)

    milk, button = await world.task(1), await world.task(2)
    assert (milk.status, milk.completed_at) == (TaskStatus.IN_PROGRESS, None)
    assert milk.scheduled_start == world.clock.now()
    assert button.status is TaskStatus.SCHEDULED
    assert len(await events(world)) == 2


async def test_a_recurring_task_is_followed_by_its_next_occurrence(
    world: SimulatedWorld,
) -> None:
    """Finishing late shifts nothing: occurrences count from the rule."""
    await world.say("water the plants every tuesday at 18:00")
    await world.run_until(world.instant("2026-11-25 09:00"))
    changed = await advance(world.runtime, "1", Verb.DONE)

    _, following = changed.tasks
    assert following.number == 2
    assert following.recurrence == (await world.task(1)).recurrence
    assert following.scheduled_start == world.instant("2026-12-01 18:00")
    assert following.status is TaskStatus.SCHEDULED


@pytest.mark.parametrize(
    ("arrange", "verb"),
    [
        (scheduled, Verb.BLOCK),
        (scheduled, Verb.UNBLOCK),
        (scheduled, Verb.REOPEN),
        (cancelled, Verb.START),
        (cancelled, Verb.DROP),
        (blocked, Verb.START),
    ],
)
async def test_an_impossible_step_names_the_possible_ones(arrange: Arrange, verb: Verb) -> None:
    """The refusal tells what could be done, and nothing changed."""
    world = SimulatedWorld()
    await arrange(world)
    before = await world.task(1)

    with pytest.raises(InvalidTransition) as refused:
        await advance(world.runtime, "1", verb)

    assert refused.value.possible
    assert "#1 'Buy milk'" in str(refused.value)
    assert await world.task(1) == before


async def test_several_tasks_move_together_or_not_at_all(world: SimulatedWorld) -> None:
    """One that cannot take the step stops all of them."""
    for text in ("buy milk", "sew a button", "paint the fence"):
        await world.say(text)
    await advance(world.runtime, "2", Verb.DROP)
    before = [await world.task(number) for number in (1, 2, 3)]

    with pytest.raises(InvalidTransition):
        await advance(world.runtime, "1-3", Verb.START)
    assert [await world.task(number) for number in (1, 2, 3)] == before

    changed = await advance(world.runtime, "1,3", Verb.DONE)
    assert [task.number for task in changed.tasks] == [1, 3]


async def test_many_recurring_tasks_are_followed_each_by_its_own(world: SimulatedWorld) -> None:
    """However many are finished at once, no two successors are one."""
    for number in range(10):
        await world.say(f"routine {'abcdefghij'[number] * 5} every day at {7 + number}:00")
    await advance(world.runtime, "1-10", Verb.DONE)

    tasks = await world.open_tasks()
    assert len({task.id for task in tasks}) == len({task.number for task in tasks}) == 10


async def test_a_command_places_several_tasks_apart() -> None:
    """What one command places does not overlap with what it placed before."""
    family = InMemoryCalendar("family", writable=False)
    family.break_reading()
    world = SimulatedWorld(foreign_calendars=[family])
    for what in ("sew", "paint", "bake", "tidy"):
        await world.say(f"{what} for 1 hour")
    family.mend()
    await plan(world.runtime)

    starts = sorted(str(task.scheduled_start) for task in await world.open_tasks())
    assert len(set(starts)) == 4


async def test_every_write_carries_its_action_in_its_key(world: SimulatedWorld) -> None:
    """No two writes ever share a key, so none is taken for a repetition."""
    await world.say("buy milk")
    for verb in (Verb.DONE, Verb.REOPEN, Verb.BLOCK, Verb.UNBLOCK, Verb.DROP):
        await advance(world.runtime, "1", verb)

    keys = [write.key for write in await writes(world)]
    assert len(keys) == len(set(keys))
    assert (await writes(world))[-1].action is CalendarAction.DELETE


async def test_finishing_a_reopened_repetition_again_brings_no_second_successor(
    world: SimulatedWorld,
) -> None:
    """The next occurrence is there already from the first time."""
    await world.say("water the plants every day at 10am")
    await advance(world.runtime, "1", Verb.DONE)
    await advance(world.runtime, "1", Verb.REOPEN)

    await advance(world.runtime, "1", Verb.DONE)

    assert [task.number for task in await world.open_tasks()] == [2]
