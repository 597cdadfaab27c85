"""What every store of tasks keeps to."""

from attrs import evolve

from donna_core.domain.errors import VersionConflict
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Occupied
from donna_core.domain.tasks.dedup import normal_form
from donna_core.domain.tasks.task import CLOSED, Domain, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER,
    StoresContract,
    full_task,
    raised,
    task,
)


class TaskStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def keep(self, *tasks: Task) -> None:
        """Save the tasks in a decision of their own."""

        def decide(stores: Stores) -> None:
            for kept in tasks:
                stores.tasks.save(kept)

        await self.run(decide)

    async def places(self, window: Interval = DAY) -> tuple[Occupied, ...]:
        """Return what tasks hold within the window."""
        return await self.run(lambda stores: stores.tasks.occupied(window))

    async def test_a_task_comes_back_as_saved(self) -> None:
        """Every field survives, those at their defaults and those that are not."""
        plain, full = task(1), full_task()
        await self.keep(plain, full)

        assert await self.run(lambda stores: stores.tasks.get(plain.id)) == plain
        assert await self.run(lambda stores: stores.tasks.get(full.id)) == full

    async def test_an_unknown_task_is_none(self) -> None:
        """Asking for what is not there is no error."""
        assert await self.run(lambda stores: stores.tasks.get(TaskId("nobody"))) is None

    async def test_the_next_version_replaces_the_stored_one(self) -> None:
        """A version one higher is saved in place of the former."""
        later = evolve(task(), title="Another", version=2)
        await self.keep(task())
        await self.keep(later, evolve(later, version=3))

        assert await self.run(lambda stores: stores.tasks.select()) == (evolve(later, version=3),)

    async def test_any_other_version_conflicts(self) -> None:
        """The same version, an older one and one too far ahead are refused, and say why."""
        stored = task(version=5)
        await self.keep(stored)

        for version in (1, 4, 5, 7):
            stale = evolve(stored, title="Stale", version=version)
            error = await raised(self.keep(stale), VersionConflict)
            assert (error.task_id, error.expected, error.found) == (stored.id, version - 1, 5)
        assert await self.run(lambda stores: stores.tasks.get(stored.id)) == stored

    async def test_a_task_of_somebody_else_is_refused(self) -> None:
        """The stores of one user take no task of another."""
        await raised(self.keep(task(user_id=OTHER)), ValueError)
        assert await self.run(lambda stores: stores.tasks.select()) == ()

    async def test_a_removed_task_is_gone(self) -> None:
        """It is neither found nor listed, and removing it again is harmless."""

        def decide(stores: Stores) -> tuple[object, ...]:
            for _ in range(2):
                stores.tasks.remove(TaskId("task-1"))
            return stores.tasks.get(TaskId("task-1")), stores.tasks.select(), stores.tasks.titles()

        await self.keep(task())
        assert await self.run(decide) == (None, (), ())

    async def test_a_removed_task_can_come_back(self) -> None:
        """An undo may save it again under any version."""
        await self.keep(task(version=3))
        await self.run(lambda stores: stores.tasks.remove(TaskId("task-1")))
        await self.keep(task(version=5))

        assert await self.run(lambda stores: stores.tasks.select()) == (task(version=5),)

    async def test_numbers_count_from_one(self) -> None:
        """Two numbers drawn in one decision differ, as do those of two decisions."""

        def decide(stores: Stores) -> list[int]:
            return [stores.tasks.next_number() for _ in range(3)]

        assert await self.run(decide) == [1, 2, 3]
        assert await self.run(decide) == [4, 5, 6]

    async def test_no_number_is_given_twice(self) -> None:
        """Neither one that a task came with, nor one of a task that is gone."""
        await self.keep(task(41), task(7))
        assert await self.run(lambda stores: stores.tasks.next_number()) == 42

        await self.keep(task(50, version=3))
        await self.run(lambda stores: stores.tasks.remove(TaskId("task-50")))
        assert await self.run(lambda stores: stores.tasks.next_number()) == 51

    async def test_tasks_come_by_number(self) -> None:
        """The order of saving does not matter."""
        await self.keep(task(10), task(2), task(1))
        found = await self.run(lambda stores: stores.tasks.select())
        assert [kept.number for kept in found] == [1, 2, 10]

    async def test_every_filter_given_must_be_met(self) -> None:
        """Filters add up; one that allows nothing finds nothing."""
        done, paused = TaskStatus.DONE, TaskStatus.PAUSED
        waits = task(3, status=paused, dependencies=(TaskId("task-1"), TaskId('o"d_%')))
        await self.keep(task(1, status=done), task(2, status=paused), waits)

        def numbers(stores: Stores) -> list[list[int]]:
            found = [
                stores.tasks.select(statuses={done, paused}),
                stores.tasks.select(statuses=[paused]),
                stores.tasks.select(ids={TaskId("task-3"), TaskId("task-1"), TaskId("none")}),
                stores.tasks.select(numbers=(2, 9)),
                stores.tasks.select(statuses={paused}, ids={TaskId("task-1"), TaskId("task-2")}),
                stores.tasks.select(statuses={paused}, numbers=[2, 3], ids=[TaskId("task-3")]),
                stores.tasks.select(statuses=()),
                stores.tasks.select(ids=()),
                stores.tasks.select(numbers=()),
                stores.tasks.select(waiting_for=TaskId('o"d_%'), statuses={paused}),
                stores.tasks.select(waiting_for=TaskId("task-1"), statuses={done}),
                stores.tasks.select(waiting_for=TaskId("task-_")),
                stores.tasks.select(waiting_for=TaskId("task")),
            ]
            return [[kept.number for kept in tasks] for tasks in found]

        expected = [[1, 2, 3], [2, 3], [1, 3], [2], [2], [3], [], [], [], [3], [], [], []]
        assert await self.run(numbers) == expected

    async def test_work_is_that_of_finished_tasks(self) -> None:
        """Those with a start and an end, the highest number first, at most so many."""
        begun = {"status": TaskStatus.DONE, "actual_start": NOON}
        await self.keep(
            task(1, **begun, completed_at=NOON + HOUR, estimated_duration=2 * HOUR),
            task(2, **begun),
            task(3, status=TaskStatus.SCHEDULED, actual_start=NOON, completed_at=NOON + HOUR),
            task(4, **begun, completed_at=NOON + 3 * HOUR, domain=Domain.FAMILY),
            task(5, status=TaskStatus.DONE, completed_at=NOON + HOUR),
        )

        newest, oldest = await self.run(lambda stores: stores.work.latest(9))
        assert (newest.title, newest.domain) == ("Errand 4", Domain.FAMILY)
        assert (oldest.estimated, oldest.begun, oldest.ended) == (2 * HOUR, NOON, NOON + HOUR)
        assert await self.run(lambda stores: stores.work.latest(1)) == (newest,)

    async def test_titles_are_those_of_open_tasks(self) -> None:
        """Each open task's present title comes in its normal form, ordered by number."""
        statuses = [status for status in TaskStatus if status not in CLOSED]
        await self.keep(*(task(9 - i, status=status) for i, status in enumerate(statuses)))
        await self.keep(*(task(20 + i, status=status) for i, status in enumerate(CLOSED)))
        await self.keep(task(9, title="  Something ELSE! ", version=2))

        entries = await self.run(lambda stores: stores.tasks.titles())
        assert [entry.task_id for entry in entries] == [f"task-{n}" for n in range(3, 10)]
        assert entries[0].normal_form == normal_form("Errand 3")
        assert entries[-1].normal_form == normal_form("  Something ELSE! ")

    async def test_scheduled_and_started_tasks_hold_their_places(self) -> None:
        """No other status does, nor does a task without a planned start."""
        for number, status in enumerate(TaskStatus, start=1):
            await self.keep(task(number, status=status, scheduled_start=NOON))
        await self.keep(task(30, status=TaskStatus.SCHEDULED))

        places = await self.places()
        held = {TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS}
        numbers = [n for n, status in enumerate(TaskStatus, start=1) if status in held]
        assert [place.task_id for place in places] == [f"task-{n}" for n in numbers]

    async def test_places_overlap_the_window(self) -> None:
        """One that ends when the window starts, or starts when it ends, is left out."""
        kept = task(
            status=TaskStatus.SCHEDULED,
            scheduled_start=NOON,
            estimated_duration=30 * MINUTE,
            priority=4,
        )
        place = Occupied(
            task_id=kept.id,
            title=kept.title,
            when=Interval(NOON, NOON + 30 * MINUTE),
            priority=4,
        )
        await self.keep(kept)

        for window, seen in [
            (Interval(NOON - HOUR, NOON), ()),
            (Interval(NOON + 30 * MINUTE, NOON + HOUR), ()),
            (Interval(NOON - HOUR, NOON + MINUTE), (place,)),
            (Interval(NOON + 10 * MINUTE, NOON + 20 * MINUTE), (place,)),
        ]:
            found = await self.places(window)
            assert found == seen, window

    async def test_places_follow_the_task(self) -> None:
        """A later version's place counts, and the places come by start, then task id."""
        scheduled = TaskStatus.SCHEDULED
        starts = [(1, 3), (3, 1), (2, 1), (4, 2)]
        for number, hours in starts:
            start = NOON + hours * HOUR
            await self.keep(task(number, status=scheduled, scheduled_start=start))
        moved = task(4, status=scheduled, scheduled_start=NOON, version=2)
        await self.keep(moved)

        places = await self.places()
        assert [place.task_id for place in places] == ["task-4", "task-2", "task-3", "task-1"]
        assert places[0].when.start == NOON
