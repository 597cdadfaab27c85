"""A slot within fourteen days of ten thousand blocks, beside a scan of every step."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.planning.busy import Block, BusySet
from donna_core.domain.planning.slots import Placement, SlotRequest, SlotRules, find_slot
from donna_core.domain.tasks.task import DeadlineType, Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow, Windows

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
MINUTE, STEP = timedelta(minutes=1), timedelta(minutes=15)
RULES = SlotRules()
T = TypeVar("T")


def window(name: str, start: int, end: int, *domains: Domain) -> TimeWindow:
    """Return a window between two full hours."""
    return TimeWindow(
        name=name,
        start=timedelta(hours=start),
        end=timedelta(hours=end),
        domains=frozenset(domains),
    )


WINDOWS = Windows(
    zone=ZoneInfo("Europe/Berlin"),
    blackout=window("blackout", 0, 6),
    quiet=window("quiet", 20, 6),
    work_life=(window("day", 6, 20, Domain.WORK),),
)


@pytest.mark.parametrize(
    ("kind", "days"), [("spread over two years", 730), ("all in fourteen days", 14)]
)
@pytest.mark.parametrize("hours", [1, 6])
def test_one_slot_among_ten_thousand_blocks(kind: str, days: int, hours: int) -> None:
    """The place equals that of a scan of every step; the ratio of their times is printed."""
    dice = random.Random(days)
    busy = BusySet.of(
        block(dice.randrange(days * 24 * 60), 1 if days < 100 else dice.randrange(60))
        for _ in range(10_000)
    )
    request = SlotRequest(
        domain=Domain.WORK, priority=2, duration=timedelta(hours=hours), earliest=NOW
    )

    found, seconds = best_of(
        20, lambda: find_slot(request, windows=WINDOWS, busy=busy, rules=RULES)
    )
    start, naive_seconds = best_of(3, lambda: scan(request, busy))
    _, bare_seconds = best_of(20, lambda: bare_bisect(request, busy))

    assert (found.when.start if isinstance(found, Placement) else None) == start
    outcome = "found" if isinstance(found, Placement) else "none, alternatives weighed"
    print(
        f"\n10 000 blocks {kind}, {hours} h ({outcome}): {seconds * 1e3:.3f} ms; "
        f"1 : {naive_seconds / seconds:.1f} against a scan of every step, "
        f"{seconds / bare_seconds:.1f} : 1 against a bare bisect of the same stretches"
    )


def test_a_refusal_among_ten_thousand_blocks() -> None:
    """A hard deadline that nothing can meet is refused with offers; its time is printed."""
    busy = BusySet.of(block(2 * number, 1) for number in range(10_000))
    request = SlotRequest(
        domain=Domain.WORK,
        priority=2,
        duration=timedelta(hours=1),
        earliest=NOW,
        deadline=NOW + timedelta(days=10),
        deadline_type=DeadlineType.HARD,
    )

    found, seconds = best_of(
        10, lambda: find_slot(request, windows=WINDOWS, busy=busy, rules=RULES)
    )
    _, naive_seconds = best_of(3, lambda: scan(request, busy))

    assert not isinstance(found, Placement)
    print(
        f"\nrefusal with {len(found.alternatives)} offers: {seconds * 1e3:.3f} ms; "
        f"1 : {naive_seconds / seconds:.1f} against one scan of every step"
    )


def block(start: int, length: int) -> Block:
    """Return a block so many minutes from now."""
    begins = NOW + start * MINUTE
    return Block(when=Interval(begins, begins + length * MINUTE), label="x", source="test")


def scan(request: SlotRequest, busy: BusySet) -> datetime | None:
    """Try every step of every open stretch against the blocks that could reach it."""
    starts = [each.when.start for each in busy.blocks]
    for stretch in open_stretches():
        start = stretch.start
        while start + request.duration <= stretch.end:
            first = bisect_left(starts, start - timedelta(hours=1))
            last = bisect_left(starts, start + request.duration)
            if all(each.when.end <= start for each in busy.blocks[first:last]):
                return start
            start += STEP
    return None


def bare_bisect(request: SlotRequest, busy: BusySet) -> int:
    """Look up the ends of every open stretch and nothing else."""
    starts = [each.when.start for each in busy.blocks[:1]]
    return sum(
        bisect_right(starts, each.start) + bisect_left(starts, each.end + request.duration)
        for each in open_stretches()
    )


def open_stretches() -> tuple[Interval, ...]:
    """Return where work may be placed."""
    within = Interval(NOW, NOW + RULES.horizon)
    return WINDOWS.open_for(Domain.WORK, priority=2, within=within)


def best_of(times: int, act: Callable[[], T]) -> tuple[T, float]:
    """Return the result and the shortest of several runs in seconds."""
    result, spent = act(), []
    for _ in range(times):
        begun = perf_counter()
        result = act()
        spent.append(perf_counter() - begun)
    return result, min(spent)
