"""Every row of the table of conflicts: who gives way, and who hears of it."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from donna_core.domain.ids import EventKey
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases import overview, reschedule
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.undo import undo

UNASKED = "negotiation: {auto_apply: true}\n"
OVERRUN = "negotiation: {overrun: {enabled: true}}\n"


class House(SimulatedWorld):
    """A world with a calendar of somebody else's."""

    def __init__(self, config: Path | None = None) -> None:
        self.office = InMemoryCalendar("office", writable=False)
        super().__init__(config=config, foreign_calendars=[self.office])

    def meeting(self, title: str, start: str, hours: float = 1) -> None:
        """Let somebody send an invitation."""
        begins = self.instant(start)
        self.office.add(
            CalendarEvent(
                event_id=EventKey(f"event-{title}"),
                calendar_id="office",
                title=title,
                when=Interval(begins, begins + timedelta(hours=hours)),
            )
        )

    def told(self, subject: str) -> list[str]:
        """Return the texts of the messages of that subject so far."""
        return [each.message.body for each in self.received if subject in each.message.subject]


@pytest.fixture
def house() -> House:
    """Give a house with the usual rules, on a Monday at eight."""
    return House()


def configured(folder: Path, text: str) -> House:
    """Give a house with other rules."""
    (folder / "calendar.yaml").write_text(text)
    return House(config=folder)


async def at_ten(house: House, sentence: str, *, priority: int) -> Task:
    """Return a task that Donna placed by herself at ten today."""
    house.meeting("Opening", "2026-11-23 08:00", 2)
    await house.say(f"{sentence} 1h for work !{priority}")
    task = await house.task(1)
    assert task.scheduled_start == house.instant("2026-11-23 10:00")
    return task


async def test_a_new_meeting_moves_what_it_came_in_over(house: House) -> None:
    """To the next free place, without a word below priority 4."""
    await at_ten(house, "Sort the receipts", priority=2)
    house.meeting("Review", "2026-11-23 10:00")

    await house.settle()

    assert (await house.task(1)).scheduled_start == house.instant("2026-11-23 11:00")
    assert house.told("Moved") == []


async def test_what_moved_without_a_word_stands_in_the_digest(house: House) -> None:
    """Of the evening, once, with where it was and where it is; not what was told when it moved."""
    await at_ten(house, "Sort the receipts", priority=2)
    house.meeting("Review", "2026-11-23 10:00")
    await house.run_until(house.instant("2026-11-23 21:00"))

    evening = house.told("evening")
    assert evening
    lines = [line for line in evening[-1].splitlines() if "Sort the receipts" in line]
    moved = [line for line in lines if "from" in line]
    assert len(moved) == 1
    assert "10:00" in moved[0]
    assert "Moved to make room" in evening[-1]


async def test_of_a_task_that_matters_the_person_hears(house: House) -> None:
    """From priority 4 on, with both times."""
    await at_ten(house, "Finish the offer", priority=4)
    house.meeting("Review", "2026-11-23 10:00")

    await house.settle()
    await house.settle()

    [told] = house.told("Moved: Finish the offer")
    assert "10:00" in told
    assert "11:00" in told


async def test_a_pinned_task_stays_under_a_meeting(house: House) -> None:
    """The person fixed it; no plan moves it."""
    await at_ten(house, "Finish the offer", priority=4)
    await reschedule.pin(house.runtime, "1", to=None)
    house.meeting("Review", "2026-11-23 10:00")

    await house.settle()

    assert (await house.task(1)).scheduled_start == house.instant("2026-11-23 10:00")


async def test_two_meetings_at_once_are_flagged_with_options(house: House) -> None:
    """At once, and only once."""
    house.meeting("Board", "2026-11-23 14:00", 2)
    house.meeting("Dentist", "2026-11-23 15:00")

    await house.settle()
    await house.settle()

    [told] = house.told("Two meetings at once")
    assert "keep 'Board' and decline 'Dentist'" in told
    assert "move 'Dentist'" in told


async def test_low_priority_is_asked_to_make_way(house: House) -> None:
    """High over low in the same slot is a proposal; its acceptance moves the low one."""
    low = await at_ten(house, "Sort the receipts", priority=1)
    await house.say("Prepare the pitch 1h for work !5")
    await reschedule.move(house.runtime, "2", to=house.instant("2026-11-23 10:00"))
    assert await house.task(1) == low

    await reschedule.accept(house.runtime, "1")

    assert (await house.task(2)).scheduled_start == house.instant("2026-11-23 10:00")
    assert (await house.task(1)).scheduled_start == house.instant("2026-11-23 11:00")


async def test_where_it_is_allowed_low_priority_makes_way_unasked(tmp_path: Path) -> None:
    """In the same command, with the reason, and one undo takes both back."""
    house = configured(tmp_path, UNASKED)
    low = await at_ten(house, "Sort the receipts", priority=1)
    await house.say("Prepare the pitch 1h for work !5")

    await reschedule.move(house.runtime, "2", to=house.instant("2026-11-23 10:00"))

    moved = await house.task(1)
    assert moved.scheduled_start is not None
    assert moved.scheduled_start >= house.instant("2026-11-23 11:00")
    view = await overview.show(house.runtime, "1")
    codes = [r.code for e in view.explanations for r in e.reasons]
    assert ReasonCode.MADE_WAY in codes
    await undo(house.runtime)
    assert (await house.task(1)).scheduled_start == low.scheduled_start


async def test_a_full_day_before_a_hard_deadline_makes_room(tmp_path: Path) -> None:
    """An arrival that fits nowhere takes the place of the cheapest lower one, which moves on."""
    house = configured(tmp_path, UNASKED)
    for number in range(9):
        await house.say(f"Chore {'abcdefghi'[number]} 1h for work !1")
    await house.say("Send the contract 1h for work by today 5pm !4")

    contract = next(t for t in await house.open_tasks() if "contract" in t.title)
    assert contract.status is TaskStatus.SCHEDULED
    assert contract.scheduled_end is not None
    assert contract.scheduled_end <= house.instant("2026-11-23 17:00")
    assert not overlaps(await house.open_tasks())


async def test_long_work_is_extended_and_pushes_what_follows(tmp_path: Path) -> None:
    """By a quarter of an hour at a time, up to an hour; a hard deadline in danger is told."""
    house = configured(tmp_path, OVERRUN)
    await house.say("Write the minutes 1h for work !3")
    await house.say("Send the offer 1h for work by today 10:15 !2")
    await advance(house.runtime, "1", Verb.START)

    await house.run_until(house.instant("2026-11-23 09:01"))

    assert (await house.task(1)).estimated_duration == timedelta(minutes=75)
    assert (await house.task(2)).scheduled_start == house.instant("2026-11-23 09:15")
    await house.run_until(house.instant("2026-11-23 12:00"))
    assert (await house.task(1)).estimated_duration == timedelta(hours=2)
    assert house.told("Moved: Send the offer")


async def test_who_cannot_do_it_gets_the_next_place(house: House) -> None:
    """A move without a time finds it and confirms it on the way it was asked."""
    task = await at_ten(house, "Sort the receipts", priority=2)

    done = await reschedule.move(house.runtime, "1")

    [moved] = done.tasks
    assert moved.scheduled_start is not None
    assert task.scheduled_start is not None
    assert moved.scheduled_start > task.scheduled_start


async def test_monday_brings_a_proposal_and_moves_nothing(house: House) -> None:
    """What was left over from last week would get a place; the person decides."""
    await house.say("Write the report 3h for work !4")
    house.clock.advance(to=house.instant("2026-11-29 20:00"))
    before = await house.task(1)

    await house.run_until(house.instant("2026-11-30 07:05"))

    [told] = house.told("The week ahead")
    assert "- Mon 30 Nov 08:00 CET: Write the report for work (#1), now Mon 23 Nov 08:00" in told
    assert "donna plan week" in told
    assert (await house.task(1)).scheduled_start == before.scheduled_start


def overlaps(tasks: Iterable[Task]) -> bool:
    """Say whether two of the planned tasks share time."""
    spans = sorted(
        (t.scheduled_start, t.scheduled_end)
        for t in tasks
        if t.scheduled_start is not None and t.scheduled_end is not None
    )
    return any(one[1] > two[0] for one, two in pairwise(spans))
