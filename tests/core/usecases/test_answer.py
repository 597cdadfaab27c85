"""A person answers: it is done, not now, or leave me alone."""

from datetime import timedelta

import pytest

from donna_core.domain.effects import Channel, MessageKind
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.answer import NothingPursued, ack, busy, quiet
from donna_core.usecases.undo import undo


async def pursued(world: SimulatedWorld) -> Escalation:
    """Let a task go unanswered until its first question has been asked."""
    await world.say("finish the report today at 9am for 1 hour")
    await world.run_until(world.instant("2026-11-23 10:31"))
    (pursuit,) = await world.look(lambda stores: stores.escalations.active())
    return pursuit


def channels(world: SimulatedWorld) -> list[Channel]:
    """Return the channels that asked, in order."""
    kinds = {MessageKind.NUDGE, MessageKind.ESCALATION}
    return [each.message.channel for each in world.received if each.message.kind in kinds]


@pytest.mark.parametrize("how", ["code", "number", "title", "all"])
async def test_an_answer_stops_the_ladder(world: SimulatedWorld, how: str) -> None:
    """By the code of the message, by the task, or all at once."""
    pursuit = await pursued(world)
    reply = f"got it, {pursuit.ref.lower()}"
    reference = {"code": reply, "number": "1", "title": "report", "all": None}[how]
    await ack(world.runtime, reference)
    await world.run_until(world.instant("2026-11-24 05:00"))

    assert channels(world) == [Channel.DISCORD]
    assert await world.look(lambda stores: stores.escalations.active()) == ()


async def test_a_busy_person_is_asked_again_after_two_hours(world: SimulatedWorld) -> None:
    """The next tier waits, and then the ladder goes on."""
    await pursued(world)
    await busy(world.runtime)
    await world.run_until(world.instant("2026-11-23 12:30"))
    assert channels(world) == [Channel.DISCORD]
    await world.run_until(world.instant("2026-11-23 12:32"))
    assert channels(world) == [Channel.DISCORD, Channel.SMS]


async def test_nothing_pursued_is_nothing_answered(world: SimulatedWorld) -> None:
    """An answer to no question is an error with a hint."""
    await world.say("buy milk")
    for reference in (None, "1"):
        for answer in (ack, busy):
            with pytest.raises(NothingPursued):
                await answer(world.runtime, reference)


async def test_quiet_holds_all_but_the_most_urgent(world: SimulatedWorld) -> None:
    """Held messages come when the quiet ends, unless they are of no use any more."""
    await world.say("finish the report today at 9am for 1 hour")
    await world.say("send the contract today at 9am for 30 min by today 11am")
    await quiet(world.runtime, until=world.instant("2026-11-23 12:00"))
    await world.run_until(world.instant("2026-11-23 11:59"))
    assert {each.message.priority for each in world.received} == {5}

    await quiet(world.runtime, until=None)
    await world.run_until(world.instant("2026-11-23 12:05"))
    assert 2 in {each.message.priority for each in world.received}


async def test_an_answer_can_be_taken_back(world: SimulatedWorld) -> None:
    """Undo of an ack asks on, undo of quiet speaks again."""
    await pursued(world)
    await ack(world.runtime)
    await undo(world.runtime)
    (pursuit,) = await world.look(lambda stores: stores.escalations.active())
    assert pursuit.status is EscalationStatus.PENDING

    await quiet(world.runtime, until=world.clock.now() + timedelta(hours=3))
    await undo(world.runtime)
    attention = await world.look(lambda stores: stores.attention.get())
    assert attention.quiet_until is None
    assert attention.version == 2
