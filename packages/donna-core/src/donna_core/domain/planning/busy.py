"""What is taken already: blocks of time and the set of them that a search asks."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from attrs import field, frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

_STRIDE = 64
"""How many gaps one entry of the index sums up; the square root of a busy year's gaps."""


@frozen(kw_only=True)
class Occupied:
    """A stretch of time that a task of Donna's holds."""

    task_id: TaskId
    title: str
    when: Interval
    priority: int


@frozen(kw_only=True)
class Block:
    """A stretch of time that is taken. ``source`` names a calendar, or Donna herself.

    ``movable`` blocks are Donna's to place elsewhere; only those have a task and a priority.
    """

    when: Interval
    label: str
    source: str
    task_id: TaskId | None = None
    movable: bool = False
    priority: int | None = None


OWN_SOURCE = "donna"
"""The source of blocks that stand for tasks."""


@frozen(kw_only=True)
class BusySet:
    """An immutable set of blocks; build it with ``BusySet.of``.

    Blocks that last no time hold none and are left out. ``n`` blocks take O(n log n) to
    build; a question takes O(log n) and a step per gap that it has to look at.
    """

    blocks: tuple[Block, ...] = ()
    _starts: tuple[datetime, ...] = field(default=(), eq=False, repr=False)
    _latest_ends: tuple[datetime, ...] = field(default=(), eq=False, repr=False)
    _run_starts: tuple[datetime, ...] = field(default=(), eq=False, repr=False)
    _run_ends: tuple[datetime, ...] = field(default=(), eq=False, repr=False)
    _widest_gaps: tuple[timedelta, ...] = field(default=(), eq=False, repr=False)
    _movable: tuple[Block, ...] = field(default=(), eq=False, repr=False)
    _tasks: frozenset[TaskId] = field(default=frozenset(), eq=False, repr=False)

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> "BusySet":
        """Return the set of these blocks, which may nest, overlap and come in any order."""
        ordered = tuple(sorted((b for b in blocks if b.when.length), key=_by_time))
        runs = list(_merged(block.when for block in ordered))
        starts, ends = tuple(run.start for run in runs), tuple(run.end for run in runs)
        gaps = [after - end for end, after in zip(ends, starts[1:], strict=False)]
        return cls(
            blocks=ordered,
            starts=tuple(block.when.start for block in ordered),
            latest_ends=tuple(accumulate((block.when.end for block in ordered), max)),
            run_starts=starts,
            run_ends=ends,
            widest_gaps=tuple(max(gaps[i : i + _STRIDE]) for i in range(0, len(gaps), _STRIDE)),
            movable=tuple(block for block in ordered if block.movable),
            tasks=frozenset(block.task_id for block in ordered if block.task_id is not None),
        )

    def __len__(self) -> int:
        return len(self.blocks)

    def first_gap(self, earliest: datetime, latest: datetime, length: timedelta) -> datetime | None:
        """Return the first instant from which ``length`` is free, ending by ``latest``."""
        if latest < earliest:
            return None
        gap = next(self.gaps(Interval(earliest, latest), at_least=length), None)
        return None if gap is None else gap.start

    def free(self, within: Interval) -> tuple[Interval, ...]:
        """Return the free stretches of the interval in order, none of them empty."""
        return tuple(gap for gap in self.gaps(within, at_least=timedelta(0)) if gap.length)

    def overlapping(self, within: Interval) -> tuple[Block, ...]:
        """Return the blocks that share any moment with the interval, by start, then end."""
        if not within.length:
            return ()
        first = bisect_right(self._latest_ends, within.start)
        last = bisect_left(self._starts, within.end)
        return tuple(b for b in self.blocks[first:last] if b.when.end > within.start)

    def movable(self, within: Interval) -> tuple[Block, ...]:
        """Return the movable blocks among the overlapping ones."""
        return tuple(block for block in self._movable if block.when.overlaps(within))

    def gaps(self, within: Interval, *, at_least: timedelta) -> Iterator[Interval]:
        """Yield the free stretches of the interval that are so long, clipped to it, in order."""
        starts, ends, runs = self._run_starts, self._run_ends, len(self._run_starts)
        following = bisect_right(ends, within.start)  # the first run that is not over by then
        opens = within.start
        if following < runs and starts[following] <= opens:
            opens, following = ends[following], following + 1
        while opens <= within.end:
            closes = starts[following] if following < runs else within.end
            if closes >= within.end:
                if within.end - opens >= at_least:
                    yield Interval(opens, within.end)
                return
            if closes - opens >= at_least:
                yield Interval(opens, closes)
            if following % _STRIDE == 0:
                following = self._skip(following, at_least)
            opens, following = ends[following], following + 1

    def union(self, other: "BusySet") -> "BusySet":
        """Return the set of the blocks of both."""
        if not self.blocks or not other.blocks:
            return self if self.blocks else other
        return BusySet.of((*self.blocks, *other.blocks))

    def without(self, task_id: TaskId | None) -> "BusySet":
        """Return the set without the blocks of that task."""
        if task_id is None or task_id not in self._tasks:
            return self
        return BusySet.of(block for block in self.blocks if block.task_id != task_id)

    def _skip(self, run: int, at_least: timedelta) -> int:
        """Return the first run from this one on that a wide enough gap may follow.

        Whole strides of gaps that are all too narrow are passed over at once.
        """
        while run % _STRIDE == 0 and run // _STRIDE < len(self._widest_gaps):
            if self._widest_gaps[run // _STRIDE] >= at_least:
                break
            run = min(run + _STRIDE, len(self._run_starts) - 1)
        return run


def busy_for(
    domain: Domain,
    events: Iterable[CalendarEvent],
    occupied: Iterable[Occupied],
    windows: Windows,
) -> BusySet:
    """Return what is taken for a task of the domain.

    Busy events take their time, except events whose title stands for a window that names the
    domain: baby time is open to family tasks. Donna's own events are left out, because
    ``occupied`` tells where her tasks are now.
    """
    taken = [event for event in events if event.busy and event.task_id is None]
    open_titles = {
        title for title in {event.title for event in taken} if _admits(windows, title, domain)
    }
    calendars = (
        Block(when=event.when, label=event.title, source=event.calendar_id)
        for event in taken
        if event.title not in open_titles
    )
    tasks = (
        Block(
            when=held.when,
            label=held.title,
            source=OWN_SOURCE,
            task_id=held.task_id,
            movable=True,
            priority=held.priority,
        )
        for held in occupied
    )
    return BusySet.of((*calendars, *tasks))


def _admits(windows: Windows, title: str, domain: Domain) -> bool:
    """Return whether an event of that title is time set aside for the domain."""
    window = windows.block(title)
    return window is not None and domain in window.domains


def _by_time(block: Block) -> tuple[datetime, datetime]:
    return block.when.start, block.when.end


def _merged(stretches: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the runs that sorted stretches form; stretches that touch are one run."""
    current: Interval | None = None
    for stretch in stretches:
        if current is None:
            current = stretch
        elif stretch.start > current.end:
            yield current
            current = stretch
        elif stretch.end > current.end:
            current = Interval(current.start, stretch.end)
    if current is not None:
        yield current
