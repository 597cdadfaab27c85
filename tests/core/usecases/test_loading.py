"""Time for what is due: the outlook of a task, and a warning of too much."""

from datetime import timedelta

from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.history import Topic
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases import overview
from donna_core.usecases.advance import Verb, advance


async def test_too_much_for_a_deadline_is_said_when_it_comes_in() -> None:
    """Nine hours are open today; the task that makes it ten says so."""
    world = SimulatedWorld()
    first = await world.say("Write the report 6h for work by today 5pm")
    second = await world.say("Prepare the slides 4h for work by today 5pm")

    def warned(captured: object) -> bool:
        explanations = captured.command.explanations  # type: ignore[attr-defined]  # a capture
        return any(each.topic is Topic.LOAD for each in explanations)

    assert not warned(first)
    assert warned(second)
    [load] = [e for e in second.command.explanations if e.topic is Topic.LOAD]  # type: ignore[union-attr]  # it was kept
    assert load.reasons[0].code is ReasonCode.OVERLOADED


async def test_the_outlook_counts_the_time_until_the_deadline() -> None:
    """Plenty of time is a high chance, little is a low one."""
    world = SimulatedWorld()
    await world.say("Write the report 2h for work by friday")
    await world.say("Prepare the slides 3h for work by today 12:00")

    easy = (await overview.show(world.runtime, "1")).outlook
    hard = (await overview.show(world.runtime, "2")).outlook

    assert easy is not None
    assert hard is not None
    assert easy.chance is not None
    assert hard.chance is not None
    assert easy.chance > hard.chance


async def test_what_such_work_took_is_planned_where_nothing_else_is_said() -> None:
    """After five calls of half an hour a call gets half an hour, and says why."""
    world = SimulatedWorld()
    for name in ("Anna", "Ben", "Carla", "Dirk", "Eva"):
        captured = await world.say(f"Call {name}")
        assert captured.task is not None
        assert captured.task.estimated_duration != timedelta(minutes=30)
        number = str(captured.task.number)
        await advance(world.runtime, number, Verb.START)
        world.clock.advance(by=timedelta(minutes=28))
        await advance(world.runtime, number, Verb.DONE)

    learned = await world.say("Call Frida")
    told = await world.say("Call Gustav for 2 hours")

    assert learned.task is not None
    assert learned.task.estimated_duration == timedelta(minutes=30)
    assert learned.command is not None
    [length] = [e for e in learned.command.explanations if e.topic is Topic.LENGTH]
    assert length.reasons[0].code is ReasonCode.USUAL_LENGTH
    assert told.task is not None
    assert told.task.estimated_duration == timedelta(hours=2)
