"""What was asked for is taken back and brought back, exactly."""

from datetime import timedelta

import pytest
from attrs import evolve

from donna_core.domain.effects import CalendarWrite
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.outbox import Lane
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.capture import capture
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.rehearse import rehearsed
from donna_core.usecases.reschedule import move
from donna_core.usecases.undo import NothingToRedo, NothingToUndo, redo, undo


def same(one: Task, other: Task) -> bool:
    """Whether two states of a task differ in nothing but the version."""
    return evolve(one, version=0) == evolve(other, version=0)


async def titles_in_calendar(world: SimulatedWorld) -> list[str]:
    """Return what stands in the calendar once all deliveries arrived."""
    await world.settle()
    now = world.clock.now()
    window = Interval(now - timedelta(days=30), now + timedelta(days=30))
    return [event.title for event in (await world.runtime.own_calendar.changes(window)).events]


async def test_undo_and_redo_walk_the_history(world: SimulatedWorld) -> None:
    """Back to the beginning, forward to the end, each state as it was."""
    states = []
    await world.say("buy milk")
    states.append(await world.task(1))
    await advance(world.runtime, "1", Verb.START)
    states.append(await world.task(1))
    await advance(world.runtime, "1", Verb.DONE)
    states.append(await world.task(1))

    for state in reversed(states):
        assert same(await world.task(1), state)
        await undo(world.runtime)
    assert await world.look(lambda stores: stores.tasks.select()) == ()
    with pytest.raises(NothingToUndo):
        await undo(world.runtime)
    for state in states:
        await redo(world.runtime)
        assert same(await world.task(1), state)
    with pytest.raises(NothingToRedo):
        await redo(world.runtime)


async def test_the_calendar_follows_however_often(world: SimulatedWorld) -> None:
    """Every return of a task brings its event back, under a version never seen before."""
    await world.say("buy milk")
    versions = [(await world.task(1)).version]
    for _ in range(3):
        assert await titles_in_calendar(world) == ["Buy milk"]
        await undo(world.runtime)
        assert await titles_in_calendar(world) == []
        await redo(world.runtime)
        versions.append((await world.task(1)).version)

    assert await titles_in_calendar(world) == ["Buy milk"]
    assert versions == sorted(set(versions))
    rows = await world.look(lambda stores: stores.outbox.select(lane=Lane.CALENDAR))
    assert all(isinstance(row.delivery, CalendarWrite) for row in rows)


async def test_a_new_request_ends_what_could_be_redone(world: SimulatedWorld) -> None:
    """Redo never brings back what work went past."""
    await world.say("buy milk")
    await undo(world.runtime)
    await world.say("sew a button")

    with pytest.raises(NothingToRedo):
        await redo(world.runtime)


async def test_what_donna_did_by_herself_is_kept(world: SimulatedWorld) -> None:
    """An undo takes back the request, not the nudges that came since."""
    await world.say("finish the report today at 9am for 1 hour")
    await edit(world.runtime, "1", Correction(title="Finish the essay"))
    await world.run_until(world.instant("2026-11-23 10:31"))
    await undo(world.runtime)

    task = await world.task(1)
    assert task.title == "Finish the report"
    assert task.nudge_count == 1


async def test_every_change_of_status_is_a_step(world: SimulatedWorld) -> None:
    """Also those of undo and redo: the history of a task has no gap."""
    await world.say("buy milk")
    await advance(world.runtime, "1", Verb.DONE)
    await undo(world.runtime)
    await redo(world.runtime)

    task = await world.task(1)
    steps = await world.look(lambda stores: stores.history.steps(task.id))
    walked = [TaskStatus.BACKLOG, *(step.target for step in steps)]
    assert [step.origin for step in steps] == walked[:-1]
    assert walked[-1] is task.status
    assert [step.trigger for step in steps[-2:]] == ["undo", "redo"]


async def test_a_rehearsal_leaves_no_trace(world: SimulatedWorld) -> None:
    """Its result is the real one; nothing remains, and the real thing then does the same."""
    await world.say("buy milk")
    rehearsal = rehearsed(world.runtime)

    async def everything() -> object:
        return await world.look(
            lambda stores: (
                stores.tasks.select(),
                stores.history.recent(10),
                stores.jobs.select(),
                stores.outbox.select(),
                stores.events.since(0),
            )
        )

    before = await everything()
    shown = await capture(rehearsal, "sew a button")
    further = await move(rehearsal, "2", to=None)
    assert await everything() == before

    real = await world.say("sew a button")
    assert shown.task is not None
    assert real.task is not None
    assert shown.task.scheduled_start == real.task.scheduled_start
    assert further.tasks[0].title == "Sew a button"
    assert further.tasks[0].scheduled_start != real.task.scheduled_start
