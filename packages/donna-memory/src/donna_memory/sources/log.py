"""The event log, read along page by page by those who remember something of it."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import frozen

from donna_core.domain.events import Event
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores, UnitOfWork

Events = Sequence[tuple[int, Event]]
"""Events in order, each with its position in the log."""

_PAGE = 500
T = TypeVar("T")


@frozen(kw_only=True)
class LogReader:
    """Reads the log under a name, by which it is known how far that was."""

    name: str
    unit_of_work: UnitOfWork

    async def stopped_at(self) -> int:
        """Return the position up to which this reader has read."""
        return await self.unit_of_work.run(lambda stores: stores.cursors.get(self.name))

    async def pages(
        self, look: Callable[[Stores, Events], T], *, since: int, advance: bool
    ) -> AsyncIterator[T]:
        """Yield what ``look`` finds in each page of events after the position ``since``.

        With ``advance`` the cursor moves when the next page is asked for, so after what was made
        of this one is kept: a crash in between reads it again, which changes nothing.
        """
        position = since
        while (page := await self._page(look, position)) is not None:
            position, found = page
            yield found
            if advance:
                await self._advance(position)

    async def _page(
        self, look: Callable[[Stores, Events], T], position: int
    ) -> tuple[int, T] | None:
        def read(stores: Stores) -> tuple[int, T] | None:
            events = stores.events.since(position, limit=_PAGE)
            return (events[-1][0], look(stores, events)) if events else None

        return await self.unit_of_work.run(read)

    async def _advance(self, position: int) -> None:
        await self.unit_of_work.run(lambda stores: stores.cursors.advance(self.name, position))


def events_within(stores: Stores, span: Interval) -> Iterator[tuple[int, Event]]:
    """Yield the events of a time in order."""
    position = _before(stores, span.start)
    while page := stores.events.since(position, limit=_PAGE):
        for position, event in page:
            if event.at >= span.end:
                return
            if event.at >= span.start:
                yield position, event


def _before(stores: Stores, instant: datetime) -> int:
    """Return a position in the log before which nothing happened at the instant or later."""
    low, high = 0, 1
    while _is_before(stores, high, instant):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if _is_before(stores, middle, instant):
            low = middle + 1
        else:
            high = middle
    return low


def _is_before(stores: Stores, position: int, instant: datetime) -> bool:
    """Whether the event that follows the position happened before the instant."""
    found = stores.events.since(position, limit=1)
    return bool(found) and found[0][1].at < instant
