"""Finding a task its place: as soon as possible, with reasons, or what could be done instead."""

from collections.abc import Iterator

from attrs import evolve, frozen

from donna_core.domain.planning.alternatives import Alternative, alternatives
from donna_core.domain.planning.busy import BusySet
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import (
    InvalidDuration,
    Search,
    SlotRequest,
    SlotRules,
    block_reason,
    is_open,
    outside_blackout,
)
from donna_core.domain.planning.wishes import acceptable, is_wish, wish_facts
from donna_core.domain.tasks.task import Strictness
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

__all__ = [
    "Alternative",
    "InvalidDuration",
    "NoSlot",
    "Placement",
    "SlotRequest",
    "SlotRules",
    "find_slot",
]


@frozen(kw_only=True)
class Placement:
    """Where the task goes and why there; ``meets_deadline`` is true where there is none."""

    when: Interval
    reasons: tuple[Reason, ...]
    meets_deadline: bool


@frozen(kw_only=True)
class NoSlot:
    """Why there is no place as asked, and the best places that would each give up one thing."""

    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]


def find_slot(
    request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
) -> Placement | NoSlot:
    """Return the earliest place for the task, or what stands against every one.

    A pinned start is kept exactly, also outside the usual windows and over other blocks, because
    the person asked; only blackout and the past refuse it. Otherwise the task goes whole into
    the first stretch that is open to its domain, free, and within what the person asked for. A
    hard deadline must be met; for a soft one, and for a soft time intent, the task gives way in
    this order: the part of the day, the days, the deadline.
    """
    busy = busy.without(request.task_id)
    if request.pinned_start is not None:
        found = _pinned(request, windows=windows, busy=busy, rules=rules)
    else:
        found = _earliest(request, windows=windows, busy=busy, rules=rules)
    if not isinstance(found, Reason):
        return found
    return NoSlot(
        reasons=(found,),
        alternatives=alternatives(request, windows=windows, busy=busy, rules=rules),
    )


def _pinned(
    request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
) -> Placement | Reason:
    start = request.pinned_start or request.earliest
    when = Interval(start, start + request.duration)
    if start + rules.step <= request.earliest:
        return Reason.of(ReasonCode.PIN_PASSED, start=start, earliest=request.earliest)
    if not is_open(outside_blackout(windows), request.domain, priority=1, when=when):
        return Reason.of(ReasonCode.BLACKOUT, start=start)
    reasons = [Reason.of(ReasonCode.PINNED, start=start)]
    reasons.extend(_deadline(request, when))
    if not is_open(windows, request.domain, priority=request.priority, when=when):
        reasons.append(Reason.of(ReasonCode.OUTSIDE_WINDOWS, domain=request.domain))
    for label, until in request.after:
        if until > start:
            reasons.append(Reason.of(ReasonCode.DEPENDENCY_OPEN, label=label, until=until))
    reasons.extend(block_reason(ReasonCode.CONFLICT, each) for each in busy.overlapping(when))
    return _placement(request, when, reasons)


def _earliest(
    request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
) -> Placement | Reason:
    searches = [
        Search.of(evolve(request, intent=intent), windows=windows, busy=busy, rules=rules)
        for intent in acceptable(request.intent)
    ]
    limits = [request.due] if request.due == request.must_end_by else [request.due, None]
    for limit in limits:
        for search in searches:
            when = search.first(by=limit)
            if when is not None:
                return _explained(request, search, when)
    return _against_all(request, searches[0])


def _explained(request: SlotRequest, search: Search, when: Interval) -> Placement:
    reasons = [
        Reason.of(ReasonCode.EARLIEST_FREE, start=when.start, duration=when.length),
        *search.why_not_sooner(when),
        *_deadline(request, when),
    ]
    if search.request.intent != request.intent:
        reasons.append(Reason.of(ReasonCode.INTENT_RELAXED, wish=wish_facts(request.intent)))
    return _placement(request, when, reasons)


def _against_all(request: SlotRequest, search: Search) -> Reason:
    """Return why the whole search found nothing."""
    due = request.must_end_by
    if due is not None and due <= search.limit:
        return Reason.of(
            ReasonCode.NO_TIME_BEFORE_DEADLINE, duration=request.duration, deadline=due
        )
    if request.intent.strictness is Strictness.HARD and is_wish(request.intent):
        return Reason.of(ReasonCode.INTENT_UNMET, wish=wish_facts(request.intent))
    return Reason.of(ReasonCode.NO_TIME_IN_HORIZON, duration=request.duration, until=search.limit)


def _deadline(request: SlotRequest, when: Interval) -> Iterator[Reason]:
    if request.due is not None:
        met = when.end <= request.due
        yield Reason.of(
            ReasonCode.DEADLINE if met else ReasonCode.DEADLINE_MISSED,
            deadline=request.due,
            deadline_type=request.deadline_type,
        )


def _placement(request: SlotRequest, when: Interval, reasons: list[Reason]) -> Placement:
    return Placement(
        when=when,
        reasons=tuple(reasons),
        meets_deadline=request.due is None or when.end <= request.due,
    )
