"""The set of what is taken, against a grid of minutes that cannot be wrong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.planning.busy import (
    OWN_SOURCE,
    Block,
    BusySet,
    Occupied,
    busy_for,
)
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LAST = 1000

spans = st.tuples(st.integers(0, LAST), st.integers(0, 60) | st.integers(0, LAST)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], LAST))
)
worlds = st.lists(spans, max_size=40)
# Hundreds of narrow gaps and a few wide ones: more than the index sums up in one entry.
dense_worlds = st.builds(
    lambda length, left_out: [(m, m + length) for m in range(0, LAST - 4, 4) if m not in left_out],
    st.integers(1, 3),
    st.sets(st.integers(0, LAST // 4).map(lambda number: 4 * number), max_size=4),
)


def at(minute: int) -> datetime:
    """Return the instant so many minutes into the day."""
    return DAY + timedelta(minutes=minute)


def span(start: int, end: int) -> Interval:
    """Return the interval between two minutes."""
    return Interval(at(start), at(end))


def blocks(world: list[tuple[int, int]]) -> list[Block]:
    """Return one block per span, named after its place in the list."""
    return [
        Block(when=span(*each), label=str(number), source="test")
        for number, each in enumerate(world)
    ]


def taken(world: list[tuple[int, int]]) -> set[int]:
    """Return the minutes that some span holds."""
    return {minute for start, end in world for minute in range(start, end)}


@given(world=worlds | dense_worlds, within=spans, length=st.integers(1, 45))
def test_first_gap_is_the_first_of_the_minutes(
    world: list[tuple[int, int]], within: tuple[int, int], length: int
) -> None:
    """The gap found is the first run of free minutes that is long enough."""
    busy, minutes = BusySet.of(blocks(world)), taken(world)
    first, last = within
    expected = next(
        (
            at(start)
            for start in range(first, last - length + 1)
            if minutes.isdisjoint(range(start, start + length))
        ),
        None,
    )

    assert busy.first_gap(at(first), at(last), timedelta(minutes=length)) == expected


def test_the_only_wide_gap_is_found_wherever_it_is() -> None:
    """Passing over narrow gaps never passes over the one that fits, nor over the end."""
    minutes = range(0, LAST, 4)
    for number, left_out in enumerate(minutes[1:], start=1):
        busy = BusySet.of(blocks([(m, m + 2) for m in minutes if m != left_out]))

        found = busy.first_gap(at(0), at(2 * LAST), timedelta(minutes=6))

        assert found == at(4 * number - 2)


@given(world=worlds | dense_worlds, within=spans)
def test_free_time_is_what_no_block_holds(
    world: list[tuple[int, int]], within: tuple[int, int]
) -> None:
    """Free stretches hold the free minutes exactly, in order and apart from each other."""
    free = BusySet.of(blocks(world)).free(span(*within))

    minutes = {m for m in range(*within) if any(gap.contains(at(m)) for gap in free)}
    assert minutes == set(range(*within)) - taken(world)
    assert all(gap.length for gap in free)
    assert all(one.end < other.start for one, other in pairwise(free))


@given(world=worlds, within=spans)
def test_overlapping_blocks_are_those_that_share_a_minute(
    world: list[tuple[int, int]], within: tuple[int, int]
) -> None:
    """Blocks are named when they hold a minute of the interval, and no others."""
    found = BusySet.of(blocks(world)).overlapping(span(*within))

    wanted = set(range(*within))
    assert sorted(int(block.label) for block in found) == [
        number for number, each in enumerate(world) if wanted & taken([each])
    ]


@given(some=worlds, others=worlds)
def test_union_holds_the_blocks_of_both(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    """A union is the set of all blocks, in whichever order they came."""
    union = BusySet.of(blocks(some)).union(BusySet.of(blocks(others)))

    assert union.free(span(0, LAST)) == BusySet.of(blocks(others + some)).free(span(0, LAST))
    assert len(union) == sum(1 for start, end in some + others if end > start)


def test_without_a_task_only_its_blocks_are_gone() -> None:
    """Taking a task out frees its time and nothing else; a stranger changes nothing."""
    own = Block(when=span(10, 20), label="own", source="donna", task_id=TaskId("a"))
    foreign = Block(when=span(15, 30), label="foreign", source="work")
    busy = BusySet.of([own, foreign])

    assert busy.without(TaskId("a")).blocks == (foreign,)
    assert busy.without(TaskId("b")) is busy


def test_a_gap_that_ends_before_it_begins_is_none() -> None:
    """A latest end before the earliest start leaves no gap, not even in an empty set."""
    assert BusySet.of([]).first_gap(at(10), at(5), timedelta(0)) is None


def event(title: str, *, busy: bool = True, task: str | None = None) -> CalendarEvent:
    """Return an event of ten minutes."""
    return CalendarEvent(
        event_id=EventKey(title),
        calendar_id="family",
        title=title,
        when=span(0, 10),
        busy=busy,
        task_id=None if task is None else TaskId(task),
    )


def test_blocks_admit_the_domains_they_name(windows: Windows) -> None:
    """Baby time is open to family tasks and taken for others; food is taken for everybody."""
    events = [event("Baby time"), event("Lunch with Ana")]

    for domain, labels in (
        (Domain.FAMILY, {"Lunch with Ana"}),
        (Domain.WORK, {"Baby time", "Lunch with Ana"}),
    ):
        found = busy_for(domain, events, [], windows)
        assert {block.label for block in found.blocks} == labels


def test_own_events_give_way_to_the_places_of_tasks(windows: Windows) -> None:
    """An event of Donna's and a free event take no time; a task's place does and can move."""
    events = [event("old place", task="a"), event("holiday", busy=False)]
    held = Occupied(task_id=TaskId("a"), title="task", when=span(40, 50), priority=3)

    found = busy_for(Domain.WORK, events, [held], windows)

    assert found.blocks == (
        Block(
            when=span(40, 50),
            label="task",
            source=OWN_SOURCE,
            task_id=TaskId("a"),
            movable=True,
            priority=3,
        ),
    )
