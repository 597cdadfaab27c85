"""What could be done when a task fits nowhere as asked: each offer gives up one thing."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from attrs import evolve, frozen

from donna_core.domain.planning.busy import Block, BusySet
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import (
    Search,
    SlotRequest,
    SlotRules,
    block_reason,
    waking,
)
from donna_core.domain.planning.wishes import concessions, wish_facts
from donna_core.domain.tasks.task import LOWEST_PRIORITY, DeadlineType
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

BLOCKS_WEIGHED = 200
"""How many movable blocks are tried before double-booking is given up."""


@frozen(kw_only=True)
class Alternative:
    """A place the task could have if the person gave up what the reason names."""

    when: Interval
    gives_up: Reason


def alternatives(
    request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
) -> tuple[Alternative, ...]:
    """Return the best place of each kind there is, no place twice.

    In order: another start than the pinned one, other hours than the wished ones, outside the
    usual windows (never in blackout or quiet hours). Where the task fits nowhere in its windows
    also: over a movable block of no higher priority, in a shorter piece, after the deadline.
    """
    free = request
    if request.pinned_start is not None:
        asked = max(request.earliest, request.pinned_start)
        free = evolve(request, pinned_start=None, earliest=asked)
    search = Search.of(free, windows=windows, busy=busy, rules=rules)
    outside = Search.of(
        evolve(free, priority=LOWEST_PRIORITY), windows=waking(windows), busy=busy, rules=rules
    )
    found = [
        *_unpinned(request, search),
        *_other_hours(free, windows=windows, busy=busy, rules=rules),
        *_outside_windows(outside),
    ]
    if search.first(by=request.must_end_by) is None:
        found += [*_double_booked(search), *_shorter(search), *_late(search)]
    return tuple(_distinct(found))


def _unpinned(request: SlotRequest, search: Search) -> Iterator[Alternative]:
    if request.pinned_start is not None:
        reason = Reason.of(ReasonCode.PINNED, start=request.pinned_start)
        yield from _offer(search.first(by=request.must_end_by), reason)


def _other_hours(
    request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
) -> Iterator[Alternative]:
    reason = Reason.of(ReasonCode.INTENT_RELAXED, wish=wish_facts(request.intent))
    for intent in concessions(request.intent):
        search = Search.of(evolve(request, intent=intent), windows=windows, busy=busy, rules=rules)
        when = search.first(by=request.must_end_by)
        if when is not None:
            yield Alternative(when=when, gives_up=reason)
            return


def _outside_windows(outside: Search) -> Iterator[Alternative]:
    request = outside.request
    reason = Reason.of(ReasonCode.OUTSIDE_WINDOWS, domain=request.domain)
    yield from _offer(outside.first(by=request.must_end_by), reason)


def _double_booked(search: Search) -> Iterator[Alternative]:
    """Yield the first place over the movable block of the lowest priority that gives one."""
    request, limit = search.request, search.request.must_end_by or search.limit
    if limit <= search.lower:
        return
    movable = (
        block
        for block in search.busy.movable(Interval(search.lower, limit))
        if _rank(block) <= request.priority
    )
    by_weight = sorted(movable, key=lambda block: (_rank(block), block.when.start))
    for block in islice(by_weight, BLOCKS_WEIGHED):
        when = _over(block, search)
        if when is not None and when.end <= limit:
            reason = block_reason(ReasonCode.DOUBLE_BOOKED, block, priority=_rank(block))
            yield Alternative(when=when, gives_up=reason)
            return


def _over(block: Block, search: Search) -> Interval | None:
    """Return the first place that meets this block and no other."""
    length = search.request.duration
    around = Interval(block.when.start - length, block.when.end + length)
    others = BusySet.of(each for each in search.busy.overlapping(around) if each is not block)
    near = evolve(
        search,
        busy=others,
        stretches=tuple(
            Interval(max(s.start, around.start), min(s.end, around.end))
            for s in search.stretches
            if s.overlaps(around)
        ),
    )
    return near.first()


def _shorter(search: Search) -> Iterator[Alternative]:
    """Yield the longest piece in whole steps that fits, found by halving."""
    request, rules, by = search.request, search.rules, search.request.must_end_by
    fits = (rules.smallest_piece - timedelta.resolution) // rules.step
    too_long = -(-request.duration // rules.step)
    best: Interval | None = None
    while too_long - fits > 1:
        steps = (fits + too_long) // 2
        when = search.first(by=by, duration=steps * rules.step)
        if when is None:
            too_long = steps
        else:
            best, fits = when, steps
    if best is not None:
        reason = Reason.of(ReasonCode.SHORTER, duration=best.length, wanted=request.duration)
        yield Alternative(when=best, gives_up=reason)


def _late(search: Search) -> Iterator[Alternative]:
    request = search.request
    if request.deadline_type is DeadlineType.HARD and request.deadline is not None:
        reason = Reason.of(
            ReasonCode.DEADLINE_MISSED,
            deadline=request.deadline,
            deadline_type=request.deadline_type,
        )
        yield from _offer(search.first(), reason)


def _offer(when: Interval | None, gives_up: Reason) -> Iterator[Alternative]:
    if when is not None:
        yield Alternative(when=when, gives_up=gives_up)


def _rank(block: Block) -> int:
    return LOWEST_PRIORITY if block.priority is None else block.priority


def _distinct(found: Iterable[Alternative]) -> Iterator[Alternative]:
    seen: set[Interval] = set()
    for each in found:
        if each.when not in seen:
            seen.add(each.when)
            yield each
