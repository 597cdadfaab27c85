"""What every unit of work keeps to."""

import asyncio
from contextlib import suppress
from typing import NoReturn

from attrs import evolve

from donna_core.domain.errors import Refused
from donna_core.domain.ids import TaskId
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.everything import contents, fill
from donna_core.testing.contracts.stores import (
    DAY,
    HOUR,
    ME,
    NOON,
    OTHER,
    StoresContract,
    raised,
    task,
)


class UnitOfWorkContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def test_the_result_of_a_decision_comes_back(self) -> None:
        """What the decision returns is what the caller gets."""
        assert await self.run(lambda stores: stores.tasks.next_number()) == 1

    async def test_what_is_written_can_be_read_within_the_decision(self) -> None:
        """A decision sees its own writes."""

        def decide(stores: Stores) -> tuple[int, ...]:
            fill(stores)
            return tuple(found.number for found in stores.tasks.select())

        assert await self.run(decide) == (1,)

    async def test_what_is_written_is_there_for_the_next_decision(self) -> None:
        """Another unit of work of the same user reads everything that was written."""

        def decide(stores: Stores) -> dict[str, object]:
            fill(stores)
            return contents(stores)

        written = await self.run(decide)
        assert await self.run(contents) == written
        empty = {"tasks.occupied", "work.latest"}  # the one task is neither scheduled nor done
        assert {name for name, value in written.items() if not value} == empty

    async def test_raising_undoes_every_write(self) -> None:
        """A decision that raises leaves all stores as they were, filled or empty."""

        def decide(stores: Stores) -> NoReturn:
            first = task(1)
            stores.tasks.remove(first.id)
            fill_again(stores)
            raise Refused("no, after all")

        for _ in range(2):
            before = await self.run(contents)
            error = await raised(self.unit_of_work(ME).run(decide), Refused)
            assert str(error) == "no, after all"
            assert await self.run(contents) == before
            await self.run(fill_if_empty)

    async def test_raising_gives_a_number_back(self) -> None:
        """A number drawn by a decision that was undone was never given."""

        def decide(stores: Stores) -> NoReturn:
            raise Refused(str(stores.tasks.next_number()))

        assert str(await raised(self.unit_of_work(ME).run(decide), Refused)) == "1"
        assert await self.run(lambda stores: stores.tasks.next_number()) == 1

    async def test_an_interrupt_undoes_every_write(self) -> None:
        """Even what is no ``Exception`` takes the writes back and reaches the caller."""

        class Interrupt(BaseException):
            pass

        def decide(stores: Stores) -> NoReturn:
            fill(stores)
            raise Interrupt

        before = await self.run(contents)
        reached = False
        try:
            await self.unit_of_work(ME).run(decide)
        except Interrupt:
            reached = True
        assert reached
        assert await self.run(contents) == before

    async def test_a_cancelled_caller_leaves_the_decision_running(self) -> None:
        """Whoever stops waiting does not stop the writes."""
        decision = asyncio.ensure_future(self.unit_of_work(ME).run(fill))
        await asyncio.sleep(0)
        decision.cancel()
        with suppress(asyncio.CancelledError):
            await decision

        assert await self.run(lambda stores: len(stores.tasks.select())) == 1

    async def test_decisions_do_not_interleave(self) -> None:
        """Of many callers at once, each decides on what the one before left."""

        def decide(stores: Stores) -> int:
            attention = stores.attention.get()
            stores.attention.save(evolve(attention, version=attention.version + 1))
            return attention.version

        found = await asyncio.gather(*(self.unit_of_work(ME).run(decide) for _ in range(30)))
        assert sorted(found) == list(range(30))

    async def test_no_store_shows_another_users_rows(self) -> None:
        """What one user wrote changes nothing another can read, claim or take away."""
        before = await self.run(contents, user_id=OTHER)
        await self.run(fill)
        mine = await self.run(contents)
        assert await self.run(contents, user_id=OTHER) == before

        await self.run(meddle, user_id=OTHER)
        assert await self.run(contents) == mine

    async def test_users_may_use_the_same_keys(self) -> None:
        """Numbers, ids and keys are unique for one user only."""
        await self.run(fill)
        await self.run(lambda stores: fill(stores, user_id=OTHER), user_id=OTHER)

        [found] = await self.run(lambda stores: stores.tasks.select(), user_id=OTHER)
        assert (found.user_id, found.number, found.id) == (OTHER, 1, "task-1")


def fill_if_empty(stores: Stores) -> None:
    """Write one of everything unless that was done."""
    if not stores.tasks.select():
        fill(stores)


def fill_again(stores: Stores) -> None:
    """Write over and beside what ``fill`` wrote, and take some of it away."""
    captured = task(stores.tasks.next_number() + 10, scheduled_start=NOON)
    stores.tasks.save(captured)
    if (recorded := stores.history.recent(1)) == ():
        fill(stores)
    for command in recorded:
        stores.history.mark(command.id, undone=True)
    stores.escalations.remove(TaskId("task-1"))
    stores.jobs.claim(now=NOON, lease_until=NOON + HOUR, limit=9)
    for lane in Lane:
        stores.outbox.claim(lane, now=NOON, lease_until=NOON + HOUR, limit=9)
    stores.mirror.forget("work")


def meddle(stores: Stores) -> None:
    """Call every method that changes something, with the keys of somebody else's rows."""
    one = TaskId("task-1")
    assert stores.jobs.claim(now=NOON, lease_until=NOON + HOUR, limit=9) == ()
    assert not stores.jobs.finish("job-1", fence=0, state=JobState.DONE, at=NOON)
    stores.jobs.retract(one)
    for lane in Lane:
        assert stores.outbox.claim(lane, now=NOON, lease_until=NOON + HOUR, limit=9) == ()
    assert not stores.outbox.settle("message-1", fence=0, state=DeliveryState.SENT, at=NOON)
    assert stores.outbox.quarantine(before=NOON + HOUR, note="old") == 0
    for command in stores.history.recent(9):
        raise AssertionError(f"{command.id} belongs to somebody else")
    stores.escalations.remove(one)
    stores.mirror.forget("work")
    stores.tasks.remove(one)
    assert stores.tasks.occupied(DAY) == ()
    assert stores.tasks.next_number() == 1
