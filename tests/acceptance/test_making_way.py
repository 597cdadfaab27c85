"""Arrivals that make others move: whatever comes in, the places agree and every rule is kept."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from donna_core.domain.followup.consequences import HOLDS_TIME
from donna_core.domain.ids import EventKey
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.history import Topic
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases import overview, reschedule
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.edit import Correction, edit, lock

RULES = """negotiation:
  auto_apply: true
  max_displacements_per_placement: {together}
  max_cascade_depth: {depth}
  overrun: {{enabled: true}}
"""
_NO_PLACE = {ReasonCode.NO_TIME_BEFORE_DEADLINE, ReasonCode.NO_TIME_IN_HORIZON}


class House(SimulatedWorld):
    """A world in which Donna moves tasks by herself, with a calendar of somebody else's."""

    def __init__(self, folder: Path, *, together: int = 1, depth: int = 3) -> None:
        rules = RULES.format(together=together, depth=depth)
        (folder / "calendar.yaml").write_text(rules)
        self.office, self.meetings = InMemoryCalendar("office", writable=False), list[Interval]()
        super().__init__(config=folder, foreign_calendars=[self.office])

    def meeting(self, title: str, start: str, hours: float) -> None:
        """Let somebody send an invitation."""
        begins = self.instant(start)
        when = Interval(begins, begins + timedelta(hours=hours))
        key = EventKey(f"event-{title}")
        self.office.add(CalendarEvent(event_id=key, calendar_id="office", title=title, when=when))
        self.meetings.append(when)

    async def planned(self) -> Sequence[tuple[Interval, Task]]:
        """Return what has a place, in the order of time."""
        tasks = await self.open_tasks()
        held = [
            (Interval(task.scheduled_start, task.scheduled_end), task)
            for task in tasks
            if task.status in HOLDS_TIME and task.scheduled_start and task.scheduled_end
        ]
        return sorted(held, key=lambda each: (each[0].start, each[1].number))

    async def says_why(self, task: Task) -> bool:
        """Say whether the task tells that it found no other place than the one it keeps."""
        view = await overview.show(self.runtime, str(task.number))
        placed = [each for each in view.explanations if each.topic is Topic.PLACEMENT]
        return placed[0].reasons[0].code in _NO_PLACE

    async def check(self) -> None:
        """Nothing overlaps, every deadline that must be met is, what waits comes after."""
        held = await self.planned()
        for (one, first), (other, second) in pairwise(held):
            assert one.end <= other.start, f"{first.title} and {second.title} overlap"
        ends = {task.id: when.end for when, task in held}
        for when, task in held:
            if task.deadline is not None and task.deadline_type is DeadlineType.HARD:
                assert when.end <= task.deadline, f"{task.title} is late"
            early = any(ends.get(each, when.start) > when.start for each in task.dependencies)
            assert not early or await self.says_why(task)
            assert not any(when.overlaps(each) for each in self.meetings)


async def offer_and_draft(house: House) -> None:
    """Let an offer due tomorrow take all that is free today, and a draft what is tomorrow."""
    house.meeting("Opening", "2026-11-23 08:00", 2)
    house.meeting("Lunch", "2026-11-23 12:00", 5)
    await house.say("Write the offer 2h for work by tomorrow 5pm")
    await lock(house.runtime, "1", priority=3)
    house.meeting("Retreat", "2026-11-24 10:00", 7)
    await house.say("Write the draft 2h for work !1")


async def test_two_that_make_way_do_not_go_to_the_same_place(tmp_path: Path) -> None:
    """Each place that was found counts when the next is sought."""
    house = House(tmp_path, together=2, depth=1)
    house.meeting("Opening", "2026-11-23 08:00", 3)
    house.meeting("Workshop", "2026-11-23 14:00", 960)
    await house.say("Wash alpha 1h for work !1")
    await house.say("Paint bravo 1h for work !1")

    await house.say("Send the contract 2h for work !5")

    await house.check()


async def test_a_chain_of_three_each_takes_the_place_of_the_next(tmp_path: Path) -> None:
    """The contract takes the offer's place, the offer the draft's, and the draft waits longest."""
    house = House(tmp_path)
    await offer_and_draft(house)
    before = {task.number: task for task in await house.open_tasks()}

    await house.say("Send the contract 2h for work by today 5pm !5")

    after = {task.number: task for task in await house.open_tasks()}
    assert after[3].scheduled_start == before[1].scheduled_start
    assert after[1].scheduled_start == before[2].scheduled_start
    assert before[2].scheduled_start is not None
    assert after[2].scheduled_start is not None
    assert after[2].scheduled_start > before[2].scheduled_start
    for number in ("1", "2"):
        view = await overview.show(house.runtime, number)
        codes = [reason.code for each in view.explanations for reason in each.reasons]
        assert ReasonCode.MADE_WAY in codes
    await house.check()


async def test_no_chain_is_longer_than_the_rules_allow(tmp_path: Path) -> None:
    """With a depth of one only a task that finds a free place makes way."""
    house = House(tmp_path, depth=1)
    await offer_and_draft(house)
    before = [task.scheduled_start for task in await house.open_tasks()]

    await house.say("Send the contract 2h for work by today 5pm !5")

    *others, contract = await house.open_tasks()
    assert [task.scheduled_start for task in others] == before
    assert contract.status is TaskStatus.NEEDS_SCHEDULING


async def test_what_waits_for_a_task_moves_with_it_link_by_link(tmp_path: Path) -> None:
    """In the same command: the draft first, then the review, then the sending."""
    house = House(tmp_path)
    for title in ("Write the draft", "Review it", "Send it"):
        await house.say(f"{title} 1h for work !3")
    await edit(house.runtime, "2", Correction(after=("1",)))
    await edit(house.runtime, "3", Correction(after=("2",)))

    await reschedule.move(house.runtime, "1", to=house.instant("2026-11-24 09:00"))

    assert [task.number for _, task in await house.planned()] == [1, 2, 3]
    await house.check()


async def test_work_that_takes_longer_pushes_all_that_it_reaches(tmp_path: Path) -> None:
    """However many short tasks follow, none stays under the longer work."""
    house = House(tmp_path, depth=1)
    await house.say("Write the minutes 1h for work !3")
    for name in "abcde":
        await house.say(f"Call {name * 4} 3min for work !2")
    await advance(house.runtime, "1", Verb.START)

    await house.run_until(house.instant("2026-11-23 09:01"))

    await house.check()


ARRIVALS = st.lists(
    st.tuples(
        st.sampled_from([15, 30, 60, 120, 180]),
        st.integers(min_value=1, max_value=5),
        st.sampled_from(["", " by today 5pm", " by tomorrow noon", " by friday"]),
        st.booleans(),
    ),
    min_size=3,
    max_size=12,
)


@settings(deadline=None)
@given(
    arrivals=ARRIVALS,
    together=st.integers(min_value=1, max_value=3),
    depth=st.integers(min_value=1, max_value=3),
    full=st.integers(min_value=0, max_value=7),
)
async def test_arrivals_never_leave_a_plan_that_breaks_a_rule(
    arrivals: list[tuple[int, int, str, bool]], together: int, depth: int, full: int
) -> None:
    """Hours are short, so that most arrivals have to take the place of another."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder), together=together, depth=depth)
        house.meeting("Opening", "2026-11-23 08:00", 1 + full)
        house.meeting("Workshop", "2026-11-24 10:00", 24 * 20)
        for number, (minutes, priority, due, waits) in enumerate(arrivals, start=1):
            name = "abcdefghijkl"[number - 1] * 5
            await house.say(f"Handle {name} {minutes}min for work{due} !{priority}")
            await house.check()
            if waits and number > 1:
                await edit(house.runtime, str(number), Correction(after=(str(number - 1),)))
                await house.check()
