"""Work that hangs on something else: tied at capture, kept open, tied when the event appears."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from donna_core.domain.ids import EventKey
from donna_core.domain.tasks.history import Actor, Topic
from donna_core.domain.tasks.task import DeadlineType, IntentKind, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.wording import Scene
from donna_core.local.calendar import InMemoryCalendar
from donna_core.local.views import MethodCalls
from donna_core.ports.calendar import CalendarEvent
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.explain import why
from donna_core.usecases.overview import show
from donna_core.usecases.plan_week import propose_week
from donna_core.usecases.receipt import lines, receipt_of
from donna_core.usecases.reschedule import plan
from donna_core.usecases.undo import undo


@pytest.fixture
def meetings(world: SimulatedWorld) -> InMemoryCalendar:
    """Return a second calendar of the person's, empty so far."""
    calendar = InMemoryCalendar("work", writable=False)
    world.runtime = evolve(world.runtime, calendars=(*world.runtime.calendars, calendar))
    return calendar


def meeting(world: SimulatedWorld, title: str, start: str, *, key: str = "m1") -> CalendarEvent:
    """Return an event of an hour."""
    begins = world.instant(start)
    return CalendarEvent(
        event_id=EventKey(key),
        calendar_id="work",
        title=title,
        when=Interval(begins, begins + timedelta(hours=1)),
    )


async def receipt_for(world: SimulatedWorld, text: str) -> str:
    """Return the receipt of a capture as text."""
    captured = await world.say(text)
    scene = scene_of(world)
    receipt = await receipt_of(world.runtime, captured, scene=scene)
    return "\n".join(line.text for line in lines(receipt))


async def why_of(world: SimulatedWorld, number: int) -> str:
    """Return what is told about why a task is what it is."""
    view = await show(world.runtime, str(number))
    return "\n".join(line.text for line in why(view, scene_of(world)))


def scene_of(world: SimulatedWorld) -> Scene:
    """Return the person's surroundings."""
    return Scene(zone=world.runtime.policy.zone, at=world.clock.now(), spelling=MethodCalls())


def place(task: Task, zone: ZoneInfo) -> str:
    """Return when the task is planned, on the clocks of the zone."""
    assert task.scheduled_start is not None
    return f"{task.scheduled_start.astimezone(zone):%Y-%m-%d %H:%M}"


async def test_before_an_event_is_a_deadline_at_its_start(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """The next event with the person's words in its title is the one, however it is put."""
    meetings.replace(
        [
            meeting(world, "Weekly team sync meeting", "2026-11-25 10:00"),
            meeting(world, "Team meeting", "2026-12-02 10:00", key="m2"),
        ]
    )

    told = await receipt_for(world, "prepare slides a day before the team meeting")

    task = await world.task(1)
    assert task.title == "Prepare slides"
    assert (task.deadline, task.deadline_type) == (
        world.instant("2026-11-24 10:00"),
        DeadlineType.HARD,
    )
    assert task.time_intent.kind is IntentKind.CONSTRAINED
    assert "1 day before team meeting" in told
    assert "it belongs before 'Weekly team sync meeting' (Wed 25 Nov 10:00" in told


async def test_days_after_an_event_are_meant_for_that_day(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """The work is planned on the local day so far from the end, never before."""
    meetings.add(meeting(world, "Workshop with Jo", "2026-11-24 13:00"))

    await world.say("send the photos 2 days after the workshop")

    task = await world.task(1)
    assert place(task, world.runtime.policy.zone).startswith("2026-11-26")
    assert task.deadline == world.instant("2026-11-26 23:59")


async def test_an_event_not_in_sight_leaves_the_task_open_and_says_so(
    world: SimulatedWorld,
) -> None:
    """Before it the work is planned at once, after it there is no place yet."""
    before = await receipt_for(world, "prepare slides before the team meeting")
    after = await receipt_for(world, "send the minutes after the board meeting")

    assert "although no 'team meeting' is in sight yet" in before
    assert "because it waits for 'board meeting', which is not in sight yet" in after
    first, second = await world.task(1), await world.task(2)
    assert (first.status, first.deadline) == (TaskStatus.SCHEDULED, None)
    assert (second.status, second.scheduled_start) == (TaskStatus.BACKLOG, None)
    assert "What it hangs on: although no 'team meeting'" in await why_of(world, 1)


async def test_the_event_that_appears_ties_the_task(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """The next round finds it, plans the work after it, explains and tells."""
    await world.say("send the minutes after the board meeting")
    await world.settle()
    meetings.add(meeting(world, "Board meeting", "2026-11-25 10:00"))

    await world.settle()

    task = await world.task(1)
    assert place(task, world.runtime.policy.zone) == "2026-11-25 11:00"
    told = await why_of(world, 1)
    assert "because it belongs after 'Board meeting' (Wed 25 Nov 10:00" in told
    assert "Donna: tie" in told
    (notice,) = [each.message for each in world.received]
    assert "'Board meeting' is" in notice.body
    assert "Send the minutes (#1) is now planned for" in notice.body


async def test_plans_leave_what_waits_for_an_event_alone(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """Neither the plan of what has no place nor that of the week guesses when it will be."""
    await world.say("send the minutes after the board meeting")

    await plan(world.runtime)
    week = await propose_week(world.runtime)
    assert (await world.task(1)).scheduled_start is None
    assert (week.proposal.changes, week.proposal.unplaced) == ((), ())

    meetings.add(meeting(world, "Board meeting", "2026-11-25 10:00"))
    await plan(world.runtime)
    assert place(await world.task(1), world.runtime.policy.zone) == "2026-11-25 11:00"


async def test_nothing_is_decided_or_told_twice(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """Rounds in which no event moved leave history and person alone."""
    meetings.add(meeting(world, "Team meeting", "2026-11-25 10:00"))
    await world.say("prepare slides before the team meeting")
    await world.say("call the venue after the party")

    for _ in range(3):
        await world.settle()

    recent = await world.look(lambda stores: stores.history.recent(10))
    assert [command.verb for command in recent if command.actor is Actor.DONNA] == []
    assert world.received == []


async def test_an_event_that_moves_takes_the_task_along(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """It is the same event, also past another one of that name."""
    meetings.replace(
        [
            meeting(world, "Team meeting", "2026-11-25 10:00"),
            meeting(world, "Team meeting", "2026-11-30 10:00", key="m2"),
        ]
    )
    await world.say("prepare slides before the team meeting")
    meetings.replace(
        [
            meeting(world, "Team meeting", "2026-12-01 15:00"),
            meeting(world, "Team meeting", "2026-11-30 10:00", key="m2"),
        ]
    )

    await world.settle()

    assert (await world.task(1)).deadline == world.instant("2026-12-01 15:00")


async def test_an_event_that_goes_opens_the_anchor_again(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """The task keeps its place and loses the deadline; a calendar that fails is no loss."""
    meetings.add(meeting(world, "Team meeting", "2026-11-25 10:00"))
    await world.say("prepare slides before the team meeting")
    placed = (await world.task(1)).scheduled_start
    meetings.break_reading()
    await world.settle()
    assert (await world.task(1)).deadline == world.instant("2026-11-25 10:00")
    meetings.mend()
    meetings.replace([])

    await world.settle()

    task = await world.task(1)
    assert (task.deadline, task.scheduled_start) == (None, placed)
    assert "no longer in the calendar" in world.received[-1].message.body


async def test_an_event_that_began_holds_what_hangs_on_it(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """Once the meeting is over, the next one of its name does not move the deadline."""
    meetings.replace(
        [
            meeting(world, "Team meeting", "2026-11-23 10:00"),
            meeting(world, "Team meeting", "2026-11-30 10:00", key="m2"),
        ]
    )
    await world.say("prepare slides before the team meeting")
    deadline = (await world.task(1)).deadline
    world.clock.advance(to=world.instant("2026-11-23 12:00"))

    await world.settle()

    assert deadline == world.instant("2026-11-23 10:00")
    assert (await world.task(1)).deadline == deadline


async def test_words_for_the_day_choose_among_events(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """Before Thursday's review means that of Thursday; a stated hour needs no event at all."""
    meetings.replace(
        [
            meeting(world, "Sprint review", "2026-11-24 10:00"),
            meeting(world, "Design review", "2026-11-26 14:00", key="m2"),
        ]
    )

    await world.say("pull the figures before Thursday's review")
    await world.say("buy biscuits before my 3pm meeting")

    assert (await world.task(1)).deadline == world.instant("2026-11-26 14:00")
    assert (await world.task(2)).deadline == world.instant("2026-11-23 15:00")


async def test_a_planned_task_can_be_what_work_hangs_on(world: SimulatedWorld) -> None:
    """Donna's own plans are looked through like the calendars."""
    await world.say("dentist appointment on Wednesday at 16:00")
    await world.say("buy floss before the dentist appointment")

    assert (await world.task(2)).deadline == world.instant("2026-11-25 16:00")


async def test_a_deadline_of_the_persons_own_unties(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """Who sets the deadline by hand keeps it, whatever the calendar does."""
    meetings.add(meeting(world, "Team meeting", "2026-11-25 10:00"))
    await world.say("prepare slides before the team meeting")
    own = world.instant("2026-11-27 12:00")
    await edit(world.runtime, "1", Correction(deadline=own))
    meetings.replace([meeting(world, "Team meeting", "2026-11-26 10:00")])

    await world.settle()

    assert (await world.task(1)).deadline == own


async def test_a_task_comes_back_so_long_after_it_was_done(world: SimulatedWorld) -> None:
    """The next one is meant for the day that far from the completion, and undo takes it back."""
    told = await receipt_for(world, "change the water filter 3 weeks after it's done")
    assert "comes back 3 weeks after it is done" in told
    world.clock.advance(to=world.instant("2026-11-27 09:00"))

    await advance(world.runtime, "1", Verb.DONE)

    task = await world.task(2)
    assert task.deadline == world.instant("2026-12-18 23:59")
    assert place(task, world.runtime.policy.zone).startswith("2026-12-18")
    await undo(world.runtime)
    assert [each.number for each in await world.open_tasks()] == [1]


async def test_a_task_that_comes_back_keeps_its_hour(world: SimulatedWorld) -> None:
    """Done at any time of the day, the next one starts when this one did."""
    await world.say("stretch every 3 days after completion at 9am")
    first = (await world.task(1)).pinned_start
    world.clock.advance(to=world.instant("2026-11-24 22:00"))

    await advance(world.runtime, "1", Verb.DONE)

    assert first == world.instant("2026-11-23 09:00")
    assert (await world.task(2)).pinned_start == world.instant("2026-11-27 09:00")


async def test_a_rest_of_months_ends_on_the_same_day_of_the_month(world: SimulatedWorld) -> None:
    """Half a year after 30 August is the last day of February."""
    world.clock.advance(to=world.instant("2027-08-30 09:00"))
    await world.say("descale the kettle every 6 months after completion")

    await advance(world.runtime, "1", Verb.DONE)

    assert (await world.task(2)).deadline == world.instant("2028-02-29 23:59")


async def test_explanations_of_the_anchor_have_their_own_topic(
    world: SimulatedWorld, meetings: InMemoryCalendar
) -> None:
    """A program finds what the time hangs on beside the place and the priority."""
    meetings.add(meeting(world, "Team meeting", "2026-11-25 10:00"))
    captured = await world.say("prepare slides before the team meeting")

    assert captured.command is not None
    topics = [each.topic for each in captured.command.explanations]
    assert topics.count(Topic.ANCHOR) == 1
