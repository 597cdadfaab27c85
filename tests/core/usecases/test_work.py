"""Donna keeps her promises at their time, and owns up to those she could not keep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from donna_core.domain.effects import Channel, Job, JobKind, MessageKind
from donna_core.domain.errors import Refused
from donna_core.domain.ids import TaskId
from donna_core.ports.jobs import JobState
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.world import BERLIN, Received, SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.answer import ack
from donna_core.usecases.edit import lock
from donna_core.usecases.work import LEASE, MOST_ATTEMPTS, work

T = TypeVar("T")
REPORT = "finish the report today at 9am for 1 hour"


def timeline(world: SimulatedWorld, *kinds: MessageKind) -> list[tuple[str, str]]:
    """Return when which channel spoke, in local time."""
    zone = world.runtime.policy.zone
    return [
        (f"{each.at.astimezone(zone):%a %H:%M}", each.message.channel)
        for each in world.received
        if each.message.kind in kinds
    ]


PURSUIT = (MessageKind.NUDGE, MessageKind.ESCALATION)


async def test_a_reminder_comes_a_quarter_of_an_hour_before(world: SimulatedWorld) -> None:
    """Or at the start when that is nearer; never for a task that has moved on."""
    await world.say("call mom today at 3pm for 30 min")
    await world.say("call the bank today at 8:10 for 5 min")
    await world.say("send the parcel today at 11am for 5 min")
    await advance(world.runtime, "3", Verb.DROP)
    await world.run_until(world.instant("2026-11-23 15:00"))

    assert timeline(world, MessageKind.REMINDER) == [
        ("Mon 08:10", Channel.DISCORD),
        ("Mon 14:45", Channel.DISCORD),
    ]


async def test_an_unanswered_task_climbs_the_ladder(world: SimulatedWorld) -> None:
    """Half an hour after its end, then after 30 minutes and an hour, and never by phone."""
    await world.say(REPORT)
    await world.run_until(world.instant("2026-11-23 23:00"))

    assert timeline(world, *PURSUIT) == [
        ("Mon 10:30", Channel.DISCORD),
        ("Mon 11:00", Channel.SMS),
        ("Mon 12:00", Channel.EMAIL),
    ]
    assert (await world.task(1)).nudge_count == 3


@pytest.mark.parametrize(("priority", "calls"), [(5, ["Mon 14:00"]), (4, [])])
async def test_calls_are_for_what_is_critical(
    world: SimulatedWorld, priority: int, calls: list[str]
) -> None:
    """And only when their owner turned them on."""
    policy = world.runtime.policy
    ladder = evolve(policy.ladder, call_enabled=True)
    world.runtime = evolve(world.runtime, policy=evolve(policy, ladder=ladder))
    await world.say(REPORT)
    await lock(world.runtime, "1", priority=priority)
    await world.run_until(world.instant("2026-11-23 19:00"))

    made = [when for when, channel in timeline(world, *PURSUIT) if channel is Channel.PHONE]
    assert made == calls


async def test_finishing_ends_the_pursuit(world: SimulatedWorld) -> None:
    """An answer on any channel is the end of asking; so is the end of the task."""
    await world.say(REPORT)
    await world.run_until(world.instant("2026-11-23 10:40"))
    await advance(world.runtime, "1", Verb.DONE)
    await world.run_until(world.instant("2026-11-24 05:00"))

    assert timeline(world, *PURSUIT) == [("Mon 10:30", Channel.DISCORD)]


async def test_a_blocked_task_is_not_asked_about(world: SimulatedWorld) -> None:
    """It waits for something else than the person."""
    await world.say(REPORT)
    await advance(world.runtime, "1", Verb.START)
    await world.run_until(world.instant("2026-11-23 09:45"))
    await advance(world.runtime, "1", Verb.BLOCK)
    await world.run_until(world.instant("2026-11-24 05:00"))

    assert len(timeline(world, *PURSUIT)) == 1
    assert await world.look(lambda stores: stores.escalations.active()) == ()


async def test_nights_are_quiet_and_the_blackout_is_silent(world: SimulatedWorld) -> None:
    """In the evening only the highest priority may speak, after midnight nobody."""
    await world.say("buy milk today at 19:20 for 15 min")
    await world.say("call the hospital today at 22:30 for 15 min")
    await lock(world.runtime, "2", priority=5)
    await world.run_until(world.instant("2026-11-24 09:00"))

    assert timeline(world, *PURSUIT) == [
        ("Mon 23:15", Channel.DISCORD),
        ("Mon 23:45", Channel.SMS),
        ("Tue 06:00", Channel.DISCORD),
        ("Tue 06:00", Channel.EMAIL),
        ("Tue 06:30", Channel.SMS),
        ("Tue 07:30", Channel.EMAIL),
    ]
    windows = world.runtime.policy.windows
    assert all(
        each.message.priority == 5 or not windows.in_quiet(each.at) for each in world.received
    )


async def test_a_missed_reminder_is_owned_up_to_once(world: SimulatedWorld) -> None:
    """After a long silence the person reads what was owed, and about what."""
    await world.say("call mom today at 3pm for 3 hours")
    await world.run_until(world.instant("2026-11-23 14:00"))
    world.clock.advance(to=world.instant("2026-11-23 16:00"))
    await world.run_until(world.instant("2026-11-23 17:00"))

    assert timeline(world, MessageKind.REMINDER) == []
    (notice,) = notices(world)
    assert "Call mom (#1)" in notice.message.body


def notices(world: SimulatedWorld) -> list[Received]:
    """Return the confessions that arrived."""
    return [each for each in world.received if each.message.kind is MessageKind.NOTICE]


async def test_a_reminder_of_what_is_over_is_missed(world: SimulatedWorld) -> None:
    """Even within its grace: nobody is reminded of the past."""
    await world.say("call the bank today at 3pm for 10 min")
    await world.run_until(world.instant("2026-11-23 14:00"))
    world.clock.advance(to=world.instant("2026-11-23 15:20"))
    await world.run_until(world.instant("2026-11-23 15:25"))

    assert timeline(world, MessageKind.REMINDER) == []
    assert len(notices(world)) == 1


async def test_digests_come_twice_a_weekday_once_each(world: SimulatedWorld) -> None:
    """At half past six and half past five; on weekends only in the morning."""
    await world.run_until(world.instant("2026-11-29 23:00"))

    mornings = [f"{day} 06:30" for day in ("Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    evenings = [f"{day} 17:30" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]
    spoken = [when for when, _ in timeline(world, MessageKind.DIGEST)]
    assert sorted(spoken) == sorted(mornings + evenings)


@pytest.mark.parametrize("night", ["2026-10-24", "2027-03-27"])
async def test_digests_come_once_across_a_change_of_the_clocks(night: str) -> None:
    """The day with 25 hours has one morning, and so has the day with 23."""
    world = SimulatedWorld(start=SimulatedWorld().instant(f"{night} 08:00"))
    await world.run_until(world.clock.now() + timedelta(days=2))

    assert [when for when, _ in timeline(world, MessageKind.DIGEST)] == [
        "Sun 06:30",
        "Mon 06:30",
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [0, 5, 7, 12, 18, 23])
async def test_digests_follow_the_traveller_once_per_local_date(zone: str, hour: int) -> None:
    """Wherever the person wakes up, half past six is there, and no date has two."""
    world = SimulatedWorld()
    await world.run_until(world.instant(f"2026-11-24 {hour:02}:10"))
    world.travel(ZoneInfo(zone))
    landed = world.clock.now()
    await world.run_until(landed + timedelta(days=4))

    subjects = [e.message.subject for e in world.received if e.message.kind is MessageKind.DIGEST]
    assert len(subjects) == len(set(subjects))
    home = ZoneInfo(zone)
    settled_in = [e for e in world.received if e.at > landed + timedelta(days=1)]
    for each in settled_in:
        assert f"{each.at.astimezone(home):%H:%M}" in {"06:30", "17:30"}
    assert len(settled_in) >= 3


async def test_after_days_away_the_person_reads_it_once(world: SimulatedWorld) -> None:
    """What is still timely is done; of the rest there is one word of each kind."""
    await world.run_until(world.instant("2026-11-23 18:00"))
    world.clock.advance(to=world.instant("2026-11-27 06:50"))
    await world.run_until(world.instant("2026-11-27 07:00"))

    assert timeline(world, MessageKind.DIGEST)[-1][0] == "Fri 06:50"
    assert [each.message.subject for each in notices(world)] == [
        "Missed: morning digest",
        "Missed: evening digest",
    ]
    missed = await world.look(lambda stores: stores.jobs.select(states={JobState.MISSED}))
    assert len(missed) == 6


class Sabotaged(UnitOfWork):
    """Raises whenever a decision finishes a certain job."""

    def __init__(self, real: UnitOfWork, key: str, error: Exception) -> None:
        self.real, self.key, self.error = real, key, error

    async def run(self, decide: Callable[[Stores], T]) -> T:
        def decided(stores: Stores) -> T:
            jobs = _Tripwire(stores.jobs, self.key, self.error)
            return decide(evolve(stores, jobs=jobs))

        return await self.real.run(decided)


class _Tripwire:
    def __init__(self, jobs: Any, key: str, error: Exception) -> None:
        self._jobs, self._key, self._error = jobs, key, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    def finish(self, key: str, *, state: JobState, **facts: Any) -> Any:
        if key == self._key and state is JobState.DONE:
            raise self._error
        return self._jobs.finish(key, state=state, **facts)


async def poisoned(world: SimulatedWorld, error: Exception) -> str:
    """Put two jobs before the worker, of which the first fails, and return its key."""
    at = world.clock.now()
    bad, good = (
        Job(key=f"reminder:{name}", kind=JobKind.REMINDER, run_at=at + timedelta(seconds=second),
            task_id=TaskId(name), payload={"occurrence": ""})
        for second, name in enumerate(("bad", "good"))
    )  # fmt: skip
    await world.look(lambda stores: stores.jobs.want([bad, good]))
    world.runtime = evolve(
        world.runtime, unit_of_work=Sabotaged(world.runtime.unit_of_work, bad.key, error)
    )
    world.clock.advance(by=timedelta(seconds=5))
    return bad.key


async def states(world: SimulatedWorld) -> dict[str, JobState]:
    """Return how the reminders fared."""
    found = await world.look(lambda stores: stores.jobs.select())
    return {row.job.key: row.state for row in found if row.job.kind is JobKind.REMINDER}


async def test_a_failing_job_pauses_while_the_others_go_on(world: SimulatedWorld) -> None:
    """Its attempts end, and its owner reads about it once."""
    bad = await poisoned(world, Refused("it cannot be done"))
    await world.settle()
    assert await states(world) == {bad: JobState.PENDING, "reminder:good": JobState.DONE}
    await world.run_until(world.clock.now() + timedelta(hours=1))

    assert (await states(world))[bad] is JobState.DEAD
    (notice,) = notices(world)
    assert "it cannot be done" in notice.message.body


async def test_a_job_that_ends_the_process_takes_no_other_along(world: SimulatedWorld) -> None:
    """Whatever is raised reaches the supervisor, and not for ever."""
    bad = await poisoned(world, RuntimeError("the process ends here"))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            await work(world.runtime)
        await work(world.runtime)
        world.clock.advance(by=LEASE)
    await work(world.runtime)

    assert await states(world) == {bad: JobState.DEAD, "reminder:good": JobState.DONE}


async def test_a_worker_that_slept_past_its_lease_changes_nothing(world: SimulatedWorld) -> None:
    """Its successor did the work; what the sleeper decides is taken back."""
    await world.say(REPORT)
    await world.run_until(world.instant("2026-11-23 10:29"))
    real = world.runtime.unit_of_work

    class Sleepy(UnitOfWork):
        slept = False

        async def run(self, decide: Callable[[Stores], T]) -> T:
            claimed = await real.run(lambda s: s.jobs.select(states={JobState.RUNNING}))
            if claimed and not self.slept:
                self.slept = True
                world.clock.advance(by=LEASE)
                await work(evolve(world.runtime, unit_of_work=real))
            return await real.run(decide)

    world.clock.advance(to=world.instant("2026-11-23 10:30"))
    await work(evolve(world.runtime, unit_of_work=Sleepy()))

    assert (await world.task(1)).nudge_count == 1
    assert len(timeline(world, *PURSUIT)) == 1


async def test_an_owner_who_reacts_ends_the_pursuit_at_once() -> None:
    """A reaction may use the world, and the world goes on from there."""
    world = SimulatedWorld()

    async def answer(message: Any) -> None:
        if message.kind is MessageKind.NUDGE:
            await ack(world.runtime, message.ref)

    world.on_message = answer
    await world.say(REPORT)
    await world.run_until(world.instant("2026-11-24 05:00"))
    assert timeline(world, *PURSUIT) == [("Mon 10:30", Channel.DISCORD)]
    assert world.runtime.policy.zone == BERLIN
