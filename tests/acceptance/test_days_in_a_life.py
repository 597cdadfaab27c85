"""Two days of somebody who talks to Donna and does not always answer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.tasks.task import TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarEvent
from donna_core.testing.invariants import violations
from donna_core.testing.world import BERLIN, SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.answer import ack
from donna_core.usecases.reschedule import move
from donna_core.usecases.undo import undo

MORNING = (
    "Buy milk",
    "Get oil change before end of month",
    "Finish the report today at 9am for 1 hour",
    "Call mom tomorrow 3pm for 30 min",
    "Water the plants every day at 18:00",
    "Send the invoice by tomorrow 5pm",
    "Pick up the kids from school today at 4pm for 30 min",
    "buy milk",
)
TOMORROW = (
    "Pay the rent by friday",
    "Prepare the slides for 2 hours",
    "Sew a button on saturday",
    "Pay the dentist 30 February",
)
MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Office//EN
BEGIN:VEVENT
UID:meeting@office
DTSTART:20261123T100000Z
DTEND:20261123T150000Z
SUMMARY:Board meeting
END:VEVENT
END:VCALENDAR
"""


async def events(world: SimulatedWorld) -> tuple[CalendarEvent, ...]:
    """Return what stands in the calendar that Donna writes."""
    now = world.clock.now()
    window = Interval(now - timedelta(days=10), now + timedelta(days=60))
    return (await world.runtime.own_calendar.changes(window)).events


async def live(world: SimulatedWorld) -> None:
    """Talk, act and sleep through two days."""
    for text in MORNING:
        assert (await world.say(text)).task is not None
    await world.run_until(world.instant("2026-11-23 17:20"))
    await advance(world.runtime, "1", Verb.DONE)
    await advance(world.runtime, "8", Verb.DROP)
    await world.run_until(world.instant("2026-11-23 18:05"))
    await advance(world.runtime, "water", Verb.DONE)
    await world.run_until(world.instant("2026-11-24 08:00"))
    for text in TOMORROW:
        assert (await world.say(text)).task is not None
    await move(world.runtime, "slides", to=world.instant("2026-11-25 09:00"))
    await undo(world.runtime)
    await world.run_until(world.instant("2026-11-25 08:00"))


async def test_two_days(household: Callable[..., SimulatedWorld], tmp_path: Path) -> None:
    """Everything said gets its place, its reminder and its end, and nothing happens twice."""
    office_file = tmp_path / "office.ics"
    office_file.write_text(MEETING)
    office = IcsCalendar("work", office_file, zone=BERLIN, writable=False)
    world = household(foreign_calendars=[office])
    answered: list[Message] = []

    async def answer(message: Message) -> None:
        if message.channel is Channel.EMAIL and "report" in message.subject:
            answered.append(message)
            await ack(world.runtime, f"ok {message.ref}")

    world.on_message = answer
    await live(world)

    assert len(answered) == 1
    about_it = [e.at for e in world.received if e.message.task_id == answered[0].task_id]
    assert max(about_it) == world.instant("2026-11-23 12:00")
    assert {each.message.kind for each in world.received} == set(MessageKind) - {MessageKind.NOTICE}
    watered = await world.look(lambda s: [t for t in s.tasks.select() if "plants" in t.title])
    assert [task.status for task in watered] == [TaskStatus.DONE, TaskStatus.SCHEDULED]
    assert office_file.read_text() == MEETING
    await assert_all_is_well(world)


async def assert_all_is_well(world: SimulatedWorld) -> None:
    """Nothing lies over the meeting, and every invariant holds."""
    shown = await events(world)
    meeting = Interval(world.instant("2026-11-23 11:00"), world.instant("2026-11-23 16:00"))
    assert shown
    assert not any(event.when.overlaps(meeting) for event in shown)
    assert not await world.look(
        lambda stores: violations(
            stores,
            policy=world.runtime.policy,
            said=(*MORNING, *TOMORROW),
            received=world.received,
            calendar=shown,
        )
    )


async def test_the_same_days_are_the_same(household: Callable[..., SimulatedWorld]) -> None:
    """Nothing depends on the moment the test runs in: memory and disk agree to the minute."""
    timelines = []
    for world in (household(), SimulatedWorld()):
        for text in (*MORNING, *TOMORROW):
            await world.say(text)
        await world.run_until(world.instant("2026-11-24 20:00"))
        # Channels do not wait for each other: only within one of them there is an order.
        arrived = sorted(world.received, key=lambda e: (e.at, e.message.channel))
        timelines.append([(e.at, e.message) for e in arrived])

    assert timelines[0] == timelines[1]
    assert len(timelines[0]) > 20
