"""Moving and deleting Donna's events in the calendar, and what becomes of their tasks."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from attrs import evolve

from donna_core.domain.events import EventKind
from donna_core.domain.ids import EventKey
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import Calendar
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.undo import undo

T = TypeVar("T")
HOUR = timedelta(hours=1)


@pytest.fixture
def calendar() -> InMemoryCalendar:
    """Give Donna's own calendar."""
    return InMemoryCalendar("personal")


@pytest.fixture
def world(calendar: InMemoryCalendar) -> SimulatedWorld:
    """Give a world in which a person can change that calendar."""
    return SimulatedWorld(own_calendar=calendar)


async def events(calendar: Calendar, world: SimulatedWorld) -> list[CalendarEvent]:
    """Return what the calendar shows."""
    return list((await calendar.changes(world.view())).events)


async def test_a_moved_event_moves_its_task(
    calendar: InMemoryCalendar, world: SimulatedWorld
) -> None:
    """It counts as a reschedule, is noted as a correction, and one undo takes it back."""
    await world.say("call mom today at 3pm for 30 min")
    await world.settle()
    before = await world.task(1)
    (event,) = await events(calendar, world)
    moved = Interval(event.when.start + HOUR, event.when.end + 2 * HOUR)
    calendar.replace([evolve(event, when=moved)])
    await world.settle()

    task = await world.task(1)
    assert (task.scheduled_start, task.scheduled_end) == (moved.start, moved.end)
    assert task.reschedule_count == before.reschedule_count + 1
    corrected = await world.look(
        lambda stores: [
            event.data["field"]
            for _, event in stores.events.since(0)
            if event.kind is EventKind.TASK_CORRECTED
        ]
    )
    assert sorted(corrected) == ["estimated_duration", "scheduled_start"]
    await world.settle()
    assert (await world.task(1)).version == task.version  # it is done once

    await undo(world.runtime)
    await world.settle()
    assert (await world.task(1)).scheduled_start == before.scheduled_start
    assert [event.when for event in await events(calendar, world)] == [event.when]


async def test_a_deleted_event_takes_its_task_out_of_the_plan_and_asks(
    calendar: InMemoryCalendar, world: SimulatedWorld
) -> None:
    """The task is in the backlog, and stays there."""
    await world.say("call mom today at 3pm for 30 min")
    await world.settle()
    calendar.replace([])
    for _ in range(2):
        await world.settle()

    task = await world.task(1)
    assert (task.status, task.scheduled_start) == (TaskStatus.BACKLOG, None)
    asked = [each for each in world.received if "Taken out" in each.message.subject]
    assert len(asked) == 1
    assert await events(calendar, world) == []


async def test_an_emptied_calendar_is_doubted(
    calendar: InMemoryCalendar, world: SimulatedWorld
) -> None:
    """The plan stays and the person is told; what is put back is as it was."""
    for hour in range(9, 14):
        await world.say(f"call person {hour} tomorrow at {hour}:00 for 20 min")
    await world.settle()
    kept = await events(calendar, world)
    calendar.replace([])
    await world.settle()

    assert {task.status for task in await world.open_tasks()} == {TaskStatus.SCHEDULED}
    assert any("is empty" in each.message.subject for each in world.received)
    calendar.replace(kept)
    await world.settle()
    assert {task.reschedule_count for task in await world.open_tasks()} == {0}


async def test_what_is_not_written_yet_was_not_deleted(
    calendar: InMemoryCalendar, world: SimulatedWorld
) -> None:
    """While the calendar cannot be written, or read, the plan stands."""
    await world.say("call mom today at 3pm for 30 min")
    calendar.break_reading()
    await world.settle()
    calendar.mend()
    await world.settle()
    await world.run_until(world.clock.now() + HOUR)

    assert (await world.task(1)).status is TaskStatus.SCHEDULED
    assert len(await events(calendar, world)) == 1


async def test_a_calendar_far_away_is_given_time_to_show_what_was_written() -> None:
    """And it is asked when its turn has come, for news only."""
    remote = InMemoryCalendar("personal", is_remote=True)
    world = SimulatedWorld(own_calendar=remote)
    await world.say("call mom today at 3pm for 30 min")
    await world.settle()
    asked = remote.requests
    stored, missing = await events(remote, world), EventKey("")
    assert stored[0].event_id != missing
    remote.replace([])
    await world.settle()
    assert remote.requests == asked + 1  # the one of this test
    assert (await world.task(1)).status is TaskStatus.SCHEDULED

    world.clock.advance(by=2 * HOUR)
    await world.settle()
    assert (await world.task(1)).status is TaskStatus.BACKLOG


async def test_a_calendar_that_stays_away_is_asked_calmly_and_told_once_a_day() -> None:
    """Each hour, not each round; what is known of it stays, and reminders go on."""
    remote = InMemoryCalendar("personal", is_remote=True)
    world = SimulatedWorld(own_calendar=remote)
    await world.say("call mom today at 3pm for 30 min")
    await world.settle()
    remote.break_reading()
    begins = world.clock.now() + 2 * HOUR
    world.clock.advance(to=begins)
    for _ in range(5):
        done = await world.settle()
        assert [error.calendar for error in done.mirrored.unreadable] == ["personal"]
    assert remote.failures == 1
    for hours in range(1, 9):
        world.clock.advance(to=begins + hours * HOUR)
        await world.settle()

    assert remote.failures == 9
    subjects = [each.message.subject for each in world.received]
    assert sum("cannot be read" in subject for subject in subjects) == 1
    assert any(each.message.kind == "reminder" for each in world.received)
    remote.mend()
    world.clock.advance(by=HOUR)
    assert (await world.settle()).mirrored.unreadable == ()


async def test_no_news_costs_one_request_and_one_decision() -> None:
    """And news one decision more, which keeps it."""
    remote = InMemoryCalendar("personal", is_remote=True)
    world = SimulatedWorld(own_calendar=remote)
    counted = Counting(world.runtime.unit_of_work)
    runtime = evolve(world.runtime, unit_of_work=counted, calendar_age=timedelta(0))
    await mirror_calendars(runtime)
    counted.decisions, asked = 0, remote.requests

    assert (await mirror_calendars(runtime)).answers == ()
    assert (counted.decisions, remote.requests - asked) == (1, 1)

    when = Interval(world.clock.now(), world.clock.now() + HOUR)
    remote.add(
        CalendarEvent(
            event_id=EventKey("meeting"), calendar_id="personal", title="Meeting", when=when
        )
    )
    assert len((await mirror_calendars(runtime)).answers) == 1
    assert (counted.decisions, remote.requests - asked) == (3, 2)


class Counting(UnitOfWork):
    """Counts the decisions."""

    def __init__(self, behind: UnitOfWork) -> None:
        self._behind, self.decisions = behind, 0

    async def run(self, decide: Callable[[Stores], T]) -> T:
        self.decisions += 1
        return await self._behind.run(decide)
