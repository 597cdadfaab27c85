"""What was decided reaches the world once, and only while it should."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.effects import CalendarAction, CalendarWrite, Channel, Message, MessageKind
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.tasks.task import DeadlineType
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.local.notifier import InMemoryNotifier
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.messaging import CannotTell, MayHaveArrived, NotDelivered, Sent
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.testing.contracts.stores import task as contract_task
from donna_core.testing.recording_notifier import FailingNotifier
from donna_core.testing.world import SOMEBODY, Received, SimulatedWorld
from donna_core.usecases.answer import pause, resume
from donna_core.usecases.deliver import LEASE, MOST_ATTEMPTS, deliver, deliver_messages


def message(world: SimulatedWorld, key: str, **changes: Any) -> Message:
    """Return a plain message that may go now."""
    plain = Message(
        key=key,
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=key,
        body=key,
        priority=3,
        not_before=world.clock.now(),
    )
    return evolve(plain, **changes)


async def post(world: SimulatedWorld, *messages: Message) -> None:
    """Have the messages waiting."""
    await world.look(lambda stores: stores.outbox.add(messages, at=world.clock.now()))


async def rows(world: SimulatedWorld, lane: Lane | None = None) -> dict[str, OutboxRow]:
    """Return the rows of a lane by key."""
    found = await world.look(lambda stores: stores.outbox.select(lane=lane))
    return {row.delivery.key: row for row in found}


def keys(received: Iterable[Received]) -> list[str]:
    """Return the keys of what arrived, in order."""
    return [each.message.key for each in received]


async def test_a_message_leaves_once_in_order(world: SimulatedWorld) -> None:
    """A second look finds nothing to do."""
    await post(world, *(message(world, key) for key in "abc"))
    first = await deliver_messages(world.runtime)
    again = await deliver_messages(world.runtime)

    assert [row.delivery.key for row in first.sent] == list("abc") == keys(world.received)
    assert not again.sent
    assert not again.failed


async def test_the_gate_holds_what_may_not_go_yet(world: SimulatedWorld) -> None:
    """At night a message waits for the morning, and whatever expires first is dropped."""
    world.clock.advance(to=world.instant("2026-11-23 23:00"))
    soon = world.clock.now() + timedelta(hours=1)
    await post(world, message(world, "keeps"), message(world, "spoils", expires_at=soon))
    await post(world, message(world, "urgent", priority=5))
    await deliver_messages(world.runtime)

    found = await rows(world)
    assert keys(world.received) == ["urgent"]
    assert found["spoils"].state is DeliveryState.CANCELLED
    assert found["keeps"].not_before == world.instant("2026-11-24 06:00")
    await world.run_until(world.instant("2026-11-24 06:00"))
    assert keys(world.received) == ["urgent", "keeps"]


async def test_many_held_messages_keep_none_back(world: SimulatedWorld) -> None:
    """What may go is sent however much before it may not."""
    world.clock.advance(to=world.instant("2026-11-23 23:00"))
    await post(world, *(message(world, f"held-{n}") for n in range(60)))
    await post(world, message(world, "urgent", priority=5))
    await deliver_messages(world.runtime)

    assert keys(world.received) == ["urgent"]


async def test_a_failed_message_is_tried_again_with_growing_pauses() -> None:
    """Until it arrives."""
    world = SimulatedWorld(notifier=FailingNotifier(3))
    await post(world, message(world, "a"))
    start = world.clock.now()
    await world.run_until(start + timedelta(seconds=209))
    assert world.received == []
    await world.run_until(start + timedelta(seconds=210))
    assert keys(world.received) == ["a"]
    assert (await rows(world))["a"].attempts == 4


async def test_hopeless_messages_die_and_are_reported_once() -> None:
    """After the last attempt the person reads what did not get through."""

    class Deaf(InMemoryNotifier):
        async def send(self, message: Message) -> Sent:
            if message.key == "a":
                raise NotDelivered(message.channel, problem="nobody answers")
            return Sent(remote_id=message.key)

    world = SimulatedWorld(notifier=Deaf())
    await post(world, message(world, "a", kind=MessageKind.DIGEST))
    await world.run_until(world.clock.now() + timedelta(days=2))

    found = await rows(world)
    assert found["a"].state is DeliveryState.DEAD
    assert found["a"].attempts == MOST_ATTEMPTS
    assert keys(world.received).count("undelivered:a") == 1


async def test_a_delivery_that_was_cut_off_is_unknown_and_looked_at_again(
    world: SimulatedWorld,
) -> None:
    """A lapsed lease brings it back; the key keeps it from arriving twice."""
    await post(world, message(world, "a"))
    at = world.clock.now()
    await world.look(
        lambda stores: stores.outbox.claim(Lane.DISCORD, now=at, lease_until=at + LEASE, limit=1)
    )
    assert (await deliver_messages(world.runtime)).sent == ()
    world.clock.advance(by=LEASE)
    (sent,) = (await deliver_messages(world.runtime)).sent

    assert (sent.state, sent.attempts) == (DeliveryState.IN_FLIGHT, 3)
    assert (await rows(world))["a"].state is DeliveryState.SENT


async def test_a_call_is_never_tried_twice(world: SimulatedWorld) -> None:
    """Whatever became of the first."""
    await post(world, message(world, "b", channel=Channel.PHONE))
    at = world.clock.now()
    await world.look(
        lambda stores: stores.outbox.claim(Lane.PHONE, now=at, lease_until=at + LEASE, limit=1)
    )
    world.clock.advance(by=LEASE)
    assert (await deliver_messages(world.runtime)).sent == ()
    assert (await rows(world))["b"].state is DeliveryState.DEAD


class Mute(FailingNotifier):
    """Takes messages and does not answer the first times."""

    async def send(self, message: Message) -> Sent:
        self.delivered.append(message)
        if len(self.delivered) == 1:
            raise MayHaveArrived(message.channel, problem="it timed out")
        return self._proof(message)


async def test_a_message_that_arrived_without_an_answer_is_not_sent_again() -> None:
    """The channel is asked first, once the message had time to show up."""
    channel = Mute(0)
    world = SimulatedWorld(notifier=channel)
    await post(world, message(world, "a"))
    await deliver_messages(world.runtime)
    assert (await rows(world))["a"].state is DeliveryState.UNKNOWN
    await world.run_until(world.clock.now() + timedelta(hours=1))

    found = (await rows(world))["a"]
    assert (found.state, found.remote_id) == (DeliveryState.SENT, "kept:a")
    assert len(channel.delivered) == 1


class Silent(Mute):
    """Does not tell either what it took."""

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        raise CannotTell(message.channel, problem=f"it keeps no list since {since}")


@pytest.mark.parametrize(
    ("deadline_type", "times"), [(DeadlineType.SOFT, 1), (DeadlineType.HARD, 2)]
)
async def test_where_nobody_can_tell_only_a_hard_deadline_is_risked_twice(
    deadline_type: DeadlineType, times: int
) -> None:
    """Anything else is given up after some looks, and the person reads that it may have come."""
    channel = Silent(0)
    world = SimulatedWorld(notifier=channel)
    task = contract_task(user_id=SOMEBODY, deadline_type=deadline_type)
    await world.look(lambda stores: stores.tasks.save(task))
    await post(world, message(world, "a", task_id=task.id))
    await world.run_until(world.clock.now() + timedelta(hours=1))

    assert [each.key for each in channel.delivered].count("a") == times
    state = DeliveryState.SENT if times == 2 else DeliveryState.DEAD
    assert (await rows(world))["a"].state is state


async def test_a_channel_that_asks_for_a_pause_gets_it() -> None:
    """However long it is."""
    limit = NotDelivered("discord", problem="slow down", retry_after=timedelta(hours=7))
    world = SimulatedWorld(notifier=FailingNotifier(1, limit))
    await post(world, message(world, "a"))
    at = world.clock.now()
    await world.run_until(at + timedelta(hours=8))

    (received,) = world.received
    assert received.at == at + timedelta(hours=7)


async def test_while_everything_is_paused_nothing_leaves(world: SimulatedWorld) -> None:
    """Calendar writes included; what was said meanwhile is kept, and goes out afterwards."""
    await pause(world.runtime)
    captured = await world.say("call mom today at 3pm")
    await post(world, message(world, "a", priority=5))
    await world.run_until(world.clock.now() + timedelta(minutes=5))
    assert captured.task is not None
    assert world.received == []
    assert {row.state for row in (await rows(world)).values()} == {DeliveryState.PENDING}

    await resume(world.runtime)
    await world.settle()
    assert keys(world.received) == ["a"]
    assert {row.state for row in (await rows(world)).values()} == {DeliveryState.SENT}


async def test_calls_are_at_most_one_a_day_also_of_two_at_once(world: SimulatedWorld) -> None:
    """The first goes, the second waits for tomorrow."""
    policy = world.runtime.policy
    ladder = evolve(policy.ladder, call_enabled=True)
    world.runtime = evolve(world.runtime, policy=evolve(policy, ladder=ladder))
    calls = [message(world, key, channel=Channel.PHONE, priority=5) for key in "abc"]
    await post(world, *calls)
    await deliver_messages(world.runtime)
    assert keys(world.received) == ["a"]

    await world.run_until(world.instant("2026-11-25 07:00"))
    called = [each for each in world.received if each.message.channel is Channel.PHONE]
    days = [each.at.astimezone(policy.zone).date() for each in called]
    assert keys(called) == ["a", "b", "c"]
    assert len(set(days)) == 3


async def test_texts_beyond_the_limit_wait_in_order(world: SimulatedWorld) -> None:
    """Ten a day; the urgent ones do not count against it."""
    await post(world, *(message(world, f"{n:02}", channel=Channel.SMS) for n in range(12)))
    await post(world, message(world, "urgent", channel=Channel.SMS, priority=5))
    await deliver_messages(world.runtime)

    assert keys(world.received) == [*(f"{n:02}" for n in range(10)), "urgent"]


async def test_a_message_that_ends_the_process_cannot_do_so_for_ever() -> None:
    """Attempts count before anything is sent."""

    class Deadly(InMemoryNotifier):
        async def send(self, message: Message) -> Sent:
            if message.key == "a":
                raise RuntimeError("the process ends here")
            return Sent(remote_id=message.key)

    world = SimulatedWorld(notifier=Deadly())
    await post(world, message(world, "a"), message(world, "b"))
    while (await rows(world))["a"].state is not DeliveryState.DEAD:
        with suppress(RuntimeError):
            await deliver_messages(world.runtime)
        world.clock.advance(by=LEASE)
    await deliver_messages(world.runtime)

    found = await rows(world)
    assert found["a"].attempts == MOST_ATTEMPTS + 1
    assert found["b"].state is DeliveryState.SENT


def write(world: SimulatedWorld, version: int, title: str) -> CalendarWrite:
    """Return a write to one and the same event."""
    start = world.clock.now()
    return CalendarWrite(
        key=f"calendar:{version}",
        action=CalendarAction.PUT,
        event_id=EventKey("e" * 26),
        task_id=TaskId("t"),
        title=title,
        start=start,
        end=start + timedelta(hours=1),
    )


async def titles(calendar: InMemoryCalendar, world: SimulatedWorld) -> list[str]:
    """Return the titles in the calendar."""
    now = world.clock.now()
    window = Interval(now - timedelta(days=2), now + timedelta(days=2))
    return [event.title for event in (await calendar.changes(window)).events]


async def test_a_calendar_that_is_away_for_an_evening_loses_nothing() -> None:
    """And what was overtaken in the meantime never arrives late."""
    calendar = InMemoryCalendar("personal")
    world = SimulatedWorld(own_calendar=calendar)
    calendar.break_reading(CalendarUnreadable("personal", problem="half", remedy="Wait."))
    old, new = write(world, 1, "old"), write(world, 2, "new")
    await world.look(lambda s: s.outbox.add([old], at=world.clock.now()))
    await world.run_until(world.clock.now() + timedelta(seconds=10))
    await world.look(lambda s: s.outbox.add([new], at=world.clock.now()))
    await world.run_until(world.clock.now() + timedelta(hours=6))
    calendar.mend()
    await world.run_until(world.clock.now() + timedelta(hours=1))

    assert await titles(calendar, world) == ["new"]
    states = {key: row.state for key, row in (await rows(world, Lane.CALENDAR)).items()}
    assert states == {"calendar:1": "cancelled", "calendar:2": "sent"}


async def test_a_write_comes_after_one_that_may_still_be_arriving(world: SimulatedWorld) -> None:
    """Another process may hold the earlier one; its lease is waited for."""
    old, new = write(world, 1, "old"), write(world, 2, "new")
    at = world.clock.now()
    await world.look(lambda s: s.outbox.add([old], at=at))
    await world.look(
        lambda s: s.outbox.claim(Lane.CALENDAR, now=at, lease_until=at + LEASE, limit=1)
    )
    await world.look(lambda s: s.outbox.add([new], at=at))

    assert (await deliver(world.runtime, Lane.CALENDAR)).sent == ()
    world.clock.advance(by=LEASE)
    (sent,) = (await deliver(world.runtime, Lane.CALENDAR)).sent
    assert sent.delivery == new


async def test_somebody_elses_event_is_left_alone_and_reported() -> None:
    """A refusal is final, and the person hears of it."""
    calendar = InMemoryCalendar("personal")
    world = SimulatedWorld(own_calendar=calendar)
    now = world.clock.now()
    foreign = CalendarEvent(
        event_id=EventKey("e" * 26),
        calendar_id="personal",
        title="theirs",
        when=Interval(now, now + timedelta(hours=1)),
    )
    calendar.replace([foreign])
    await world.look(lambda s: s.outbox.add([write(world, 1, "mine")], at=now))
    await world.settle()

    assert await titles(calendar, world) == ["theirs"]
    assert (await rows(world, Lane.CALENDAR))["calendar:1"].state is DeliveryState.DEAD
    assert keys(world.received) == ["undelivered:calendar:1"]
