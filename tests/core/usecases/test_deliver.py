"""What was decided reaches the world once, and only while it should."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.effects import CalendarAction, CalendarWrite, Channel, Message, MessageKind
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.messaging import NotDelivered, Notifier, Sent
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.testing.recording_notifier import FailingNotifier
from donna_core.testing.world import Received, SimulatedWorld
from donna_core.usecases.deliver import LEASE, MOST_ATTEMPTS, deliver


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


async def rows(world: SimulatedWorld, lane: Lane = Lane.MESSAGES) -> dict[str, OutboxRow]:
    """Return the rows of a lane by key."""
    found = await world.look(lambda stores: stores.outbox.select(lane=lane))
    return {row.delivery.key: row for row in found}


def keys(received: Iterable[Received]) -> list[str]:
    """Return the keys of what arrived, in order."""
    return [each.message.key for each in received]


async def test_a_message_leaves_once_in_order(world: SimulatedWorld) -> None:
    """A second look finds nothing to do."""
    await post(world, *(message(world, key) for key in "abc"))
    first = await deliver(world.runtime, Lane.MESSAGES)
    again = await deliver(world.runtime, Lane.MESSAGES)

    assert [row.delivery.key for row in first.sent] == list("abc") == keys(world.received)
    assert not again.sent
    assert not again.failed


async def test_the_gate_holds_what_may_not_go_yet(world: SimulatedWorld) -> None:
    """At night a message waits for the morning, and whatever expires first is dropped."""
    world.clock.advance(to=world.instant("2026-11-23 23:00"))
    soon = world.clock.now() + timedelta(hours=1)
    await post(world, message(world, "keeps"), message(world, "spoils", expires_at=soon))
    await post(world, message(world, "urgent", priority=5))
    await deliver(world.runtime, Lane.MESSAGES)

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
    await deliver(world.runtime, Lane.MESSAGES)

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

    class Deaf(Notifier):
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
    await post(world, message(world, "a"), message(world, "b", channel=Channel.PHONE))
    at = world.clock.now()
    await world.look(
        lambda stores: stores.outbox.claim(Lane.MESSAGES, now=at, lease_until=at + LEASE, limit=2)
    )
    assert (await deliver(world.runtime, Lane.MESSAGES)).sent == ()
    world.clock.advance(by=LEASE)
    (sent,) = (await deliver(world.runtime, Lane.MESSAGES)).sent

    assert (sent.state, sent.delivery.key) == (DeliveryState.UNKNOWN, "a")
    found = await rows(world)
    assert found["a"].state is DeliveryState.SENT
    assert found["b"].state is DeliveryState.DEAD  # a call is never tried twice


async def test_calls_are_at_most_one_a_day_also_of_two_at_once(world: SimulatedWorld) -> None:
    """The first goes, the second waits for tomorrow."""
    policy = world.runtime.policy
    ladder = evolve(policy.ladder, call_enabled=True)
    world.runtime = evolve(world.runtime, policy=evolve(policy, ladder=ladder))
    calls = [message(world, key, channel=Channel.PHONE, priority=5) for key in "abc"]
    await post(world, *calls)
    await deliver(world.runtime, Lane.MESSAGES)
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
    await deliver(world.runtime, Lane.MESSAGES)

    assert keys(world.received) == [*(f"{n:02}" for n in range(10)), "urgent"]


async def test_a_message_that_ends_the_process_cannot_do_so_for_ever() -> None:
    """Attempts count before anything is sent."""

    class Deadly(Notifier):
        async def send(self, message: Message) -> Sent:
            if message.key == "a":
                raise RuntimeError("the process ends here")
            return Sent(remote_id=message.key)

    world = SimulatedWorld(notifier=Deadly())
    await post(world, message(world, "a"), message(world, "b"))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            await deliver(world.runtime, Lane.MESSAGES)
        await deliver(world.runtime, Lane.MESSAGES)
        world.clock.advance(by=LEASE)
    await deliver(world.runtime, Lane.MESSAGES)

    found = await rows(world)
    assert found["a"].state is DeliveryState.DEAD
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
    return [event.title for event in (await calendar.read(window)).events]


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
