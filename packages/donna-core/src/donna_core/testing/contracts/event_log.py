"""What every event log keeps to."""

from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import CommandId, TaskId
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import ME, NOON, OTHER, StoresContract

PAGE = 3


class EventLogContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def page(self, cursor: int) -> tuple[tuple[int, Event], ...]:
        """Return some events after the cursor."""
        return await self.run(lambda stores: stores.events.since(cursor, limit=PAGE))

    async def test_events_come_back_as_appended(self) -> None:
        """With all they carry, in the order given, over several decisions."""
        full = Event(
            kind=EventKind.TASK_MERGED,
            at=NOON,
            task_id=TaskId("task-1"),
            command_id=CommandId("command-1"),
            data={"into": {"ids": ["a", 2, 0.5, None, True]}},
        )
        await self.run(lambda stores: stores.events.append([full, event(1)]))
        await self.run(lambda stores: stores.events.append(iter([event(2)])))
        await self.run(lambda stores: stores.events.append([]))

        found = await self.run(lambda stores: stores.events.since(0))
        assert [appended for _, appended in found] == [full, event(1), event(2)]

    async def test_positions_rise(self) -> None:
        """A reader goes on from the last position it saw, page by page, and misses nothing."""
        events = [event(number) for number in range(5)]
        for user_id in (ME, OTHER, ME):
            await self.run(lambda stores: stores.events.append(events), user_id=user_id)

        seen, cursor = [], 0
        while page := await self.page(cursor):
            assert len(page) <= PAGE
            assert all(position > cursor for position, _ in page)
            assert [position for position, _ in page] == sorted({position for position, _ in page})
            seen += [appended for _, appended in page]
            cursor = page[-1][0]
        assert seen == events * 2

    async def test_nothing_comes_after_the_last_event(self) -> None:
        """A cursor at the end, or beyond it, finds nothing until something happens."""

        def decide(stores: Stores) -> tuple[int, ...]:
            stores.events.append([event(1)])
            [(last, _)] = stores.events.since(0)
            return last, len(stores.events.since(last)), len(stores.events.since(last + 99))

        assert (await self.run(decide))[1:] == (0, 0)


def event(number: int) -> Event:
    """Return an event with this number in its data."""
    return Event(kind=EventKind.TASK_CHANGED, at=NOON, data={"number": number})
