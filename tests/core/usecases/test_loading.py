"""Time for what is due: the outlook of a task, and a warning of too much."""

from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.history import Topic
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases import overview


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
