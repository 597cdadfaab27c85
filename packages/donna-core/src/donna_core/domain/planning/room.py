"""Room to breathe around a single task: what a week keeps to holds for each arrival too."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import OWN_SOURCE, Block, BusySet, Occupied
from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.tasks.task import IntentKind, Task
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local_day

FULL_DAY = "as much as a day may hold"
"""What stands in the way on a day that has enough work of Donna's."""

_MOMENT = timedelta(microseconds=1)
Padding = tuple[timedelta, timedelta]


def with_room(
    busy: BusySet,
    task: Task,
    occupied: Sequence[Occupied],
    *,
    rules: PlanRules,
    zone: ZoneInfo,
    padding_of: Callable[[TaskId], Padding],
) -> BusySet:
    """Return what stands in the way of the task with room left around it, and full days closed.

    Between two things stays the buffer, and besides what either of them needs for preparing
    and for the way. A day closes when the task would bring Donna's work on it above the cap;
    not for a task that is longer than any day may hold, nor for one whose time was named.
    """
    before, after = rules.padding(task)
    full = [] if _named(task) else _full_days(task, occupied, rules=rules, zone=zone)
    if not (before or after or rules.buffer or rules.travel or rules.preparation or full):
        return busy
    varies = bool(rules.travel or rules.preparation)
    widened = (
        _widened(block, padding_of(block.task_id) if varies and block.task_id else _NO_PADDING)
        for block in busy.blocks
    )
    needs = (after + rules.buffer, before + rules.buffer)
    return BusySet.of([*(_widened(block, needs) for block in widened), *full])


def _widened(block: Block, room: Padding) -> Block:
    """Return the block with so much room before and after it."""
    before, after = room
    if not before and not after:
        return block
    return evolve(block, when=Interval(block.when.start - before, block.when.end + after))


_NONE = timedelta(0)
_NO_PADDING = (_NONE, _NONE)


def _named(task: Task) -> bool:
    return task.pinned_start is not None or task.time_intent.kind is IntentKind.EXACT


def _full_days(
    task: Task, occupied: Iterable[Occupied], *, rules: PlanRules, zone: ZoneInfo
) -> list[Block]:
    length = task.estimated_duration
    if length > rules.daily_cap:
        return []
    held: dict[date, timedelta] = {}
    for each in (each for each in occupied if each.when.length):
        for day, share in _shares(each, zone):
            held[day] = held.get(day, _NONE) + share
    return [
        Block(when=local_day(day, zone), label=FULL_DAY, source=OWN_SOURCE)
        for day, work in held.items()
        if work + length > rules.daily_cap
    ]


def _shares(each: Occupied, zone: ZoneInfo) -> Iterator[tuple[date, timedelta]]:
    """Yield how much of it lies on each local day."""
    begins, ends = each.when.start, each.when.end
    while (today := begins.astimezone(zone).date()) != (ends - _MOMENT).astimezone(zone).date():
        midnight = local_day(today, zone).end
        yield today, midnight - begins
        begins = midnight
    yield today, ends - begins
