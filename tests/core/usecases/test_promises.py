"""Donna gives account of what she owes and of what became of it."""

from datetime import timedelta

from donna_core.domain.effects import JobKind
from donna_core.domain.tasks.task import Task
from donna_core.ports.messaging import NotDelivered
from donna_core.testing.recording_notifier import FailingNotifier
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.promises import Promise, Standing, account


async def about(world: SimulatedWorld, task: Task, kind: JobKind = JobKind.REMINDER) -> Promise:
    """Return the one promise of that kind about the task."""
    found = (await account(world.runtime)).promises
    [promise] = [p for p in found if p.task == task and p.job.job.kind is kind]
    return promise


async def test_a_promise_is_owed_then_kept_with_a_receipt(world: SimulatedWorld) -> None:
    """The receipt is the message that went out, when and under which name."""
    await world.say("call mom today at 3pm for 30 min")
    owed = await about(world, await world.task(1))
    await world.run_until(world.instant("2026-11-23 14:50"))
    kept = await about(world, await world.task(1))

    assert (owed.standing, owed.receipts) == (Standing.OWED, ())
    assert kept.standing is Standing.KEPT
    [receipt] = kept.receipts
    assert receipt.sent_at == kept.job.job.run_at == kept.job.finished_at
    assert receipt.remote_id


async def test_what_nobody_did_in_time_is_late_then_broken(world: SimulatedWorld) -> None:
    """It says why, and what is not as promised can be listed alone."""
    await world.say("call mom today at 3pm for 30 min")
    await world.run_until(world.instant("2026-11-23 14:00"))
    world.clock.advance(to=world.instant("2026-11-23 16:00"))
    late = await about(world, await world.task(1))
    await world.settle()
    missed = await about(world, await world.task(1))

    assert late.standing is Standing.LATE
    assert (missed.standing, missed.why) == (Standing.BROKEN, "I was not there in time")
    broken = (await account(world.runtime, broken=True)).promises
    assert missed in broken
    assert {each.standing for each in broken} == {Standing.BROKEN}


async def test_a_message_nobody_took_breaks_its_promise() -> None:
    """While it is tried again it is still owed."""
    error = NotDelivered("discord", problem="nobody answers")
    world = SimulatedWorld(notifier=FailingNotifier(10_000, error))
    await world.say("call mom today at 3pm for 30 min")
    await world.run_until(world.instant("2026-11-23 14:46"))
    trying = await about(world, await world.task(1))
    await world.run_until(world.clock.now() + timedelta(days=2))

    assert (trying.standing, trying.why) == (Standing.OWED, str(error))
    nudge = await about(world, await world.task(1), JobKind.OVERDUE_NUDGE)
    assert nudge.standing in {Standing.BROKEN, Standing.DROPPED}
    assert nudge.why


async def test_what_is_of_no_use_any_more_is_not_owed(world: SimulatedWorld) -> None:
    """The jobs of a task that is done are no promises."""
    await world.say("call mom today at 3pm for 30 min")
    await advance(world.runtime, "1", Verb.DONE)

    assert [p for p in (await account(world.runtime)).promises if p.task] == []
