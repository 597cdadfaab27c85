"""From tasks to the model of the days ahead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from donna_core.domain.followup.consequences import HOLDS_TIME
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Occupied
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.grounds import MINUTE, Grid, Ground, Stretch, holds
from donna_core.domain.planning.model import Bound, Model, Piece
from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.planning.problem import Job, Problem
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import SlotRules
from donna_core.domain.planning.wishes import is_wish, wish_facts, wish_of
from donna_core.domain.tasks.task import MAY_BE_PLACED, DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

SHARE = 12
"""Costs are kept in twelfths, so that the pieces of a task weigh their part of it."""


def model_of(
    tasks: Iterable[Task],
    *,
    events: Sequence[CalendarEvent],
    at: datetime,
    windows: Windows,
    slots: SlotRules,
    rules: PlanRules,
    lenient: bool = False,
) -> Model:
    """Return the model of the days ahead, the same for any order of tasks and events.

    A ``lenient`` one lets a day that is too full already stay as full as it is.

    Up for planning is every open task that has no place yet, whose place is over, or whose place
    lies in these days and is not fixed; what comes after an event that is not in sight yet stays
    out. A place is fixed by a pin, by work under way, and where
    somebody put the task off the grid or outside its usual hours.
    """
    ordered = sorted(tasks, key=lambda task: task.number)
    seen = tuple(sorted(events, key=lambda each: (each.when, each.title, each.event_id)))
    grid = Grid.of(at=at, days=rules.days, step=slots.step, zone=windows.zone)
    fixed = [task for task in ordered if _is_fixed(task, at=at, grid=grid, windows=windows)]
    ground = Ground(
        grid=grid,
        windows=windows,
        slots=slots,
        rules=rules,
        events=seen,
        held=tuple(map(_place, fixed)),
    )
    known = {task.id for task in fixed}
    free = [task for task in ordered if _is_free(task) and task.id not in known]
    builder = _Builder(ground=ground, at=at, fixed={task.id: task for task in fixed})
    pieces = builder.pieces(free)
    jobs = builder.jobs(pieces)
    return Model(
        problem=Problem.of(
            jobs, day_of=grid.day_of_ticks(), room=builder.room(pieces if lenient else ())
        ),
        ground=ground,
        pieces={piece.key: piece for piece in pieces},
        fixed=tuple(fixed),
    )


def _place(task: Task) -> Occupied:
    start = task.pinned_start if task.status not in HOLDS_TIME else task.scheduled_start
    begin = start or task.created_at
    return Occupied(
        task_id=task.id,
        title=task.title,
        when=Interval(begin, begin + task.estimated_duration),
        priority=task.priority,
    )


def _is_free(task: Task) -> bool:
    """Say whether a plan may place the task: not while it waits for an event not in sight."""
    return task.status in MAY_BE_PLACED and not task.time_intent.waits


def _is_fixed(task: Task, *, at: datetime, grid: Grid, windows: Windows) -> bool:
    """Say whether the task holds a place that no plan moves."""
    if task.status is TaskStatus.IN_PROGRESS:
        return task.scheduled_start is not None
    if task.status not in MAY_BE_PLACED:
        return False
    if task.pinned_start is not None and task.pinned_start >= at:
        return True
    start, end = task.scheduled_start, task.scheduled_end
    if task.status is not TaskStatus.SCHEDULED or start is None or end is None or end <= at:
        return False
    away = start < grid.origin or start >= grid.end or grid.tick_at(start) is None
    if away or task.time_intent.waits:
        return True
    # Somebody put it outside its hours; one that only reaches out of them has to be split.
    begins = Interval(start, min(end, start + grid.step * MINUTE))
    return windows.open_for(task.domain, priority=task.priority, within=begins) != (begins,)


@frozen(kw_only=True)
class _Builder:
    """Makes pieces of tasks and jobs of pieces."""

    ground: Ground
    at: datetime
    fixed: Mapping[TaskId, Task]

    def pieces(self, tasks: Sequence[Task]) -> tuple[Piece, ...]:
        return tuple(piece for task in tasks for piece in self._pieces_of(task))

    def jobs(self, pieces: Sequence[Piece]) -> tuple[Job, ...]:
        last = {piece.task.id: piece for piece in pieces}
        known = {piece.key: piece for piece in pieces}
        tables = {piece.key: self._costs(piece) for piece in pieces}
        return tuple(
            Job(
                key=piece.key,
                length=piece.length,
                minutes=piece.minutes,
                costs=tables[piece.key],
                unplaced=self._left_out(piece, max(tables[piece.key].values(), default=0)),
                after=tuple(self._after(piece, last, known)),
            )
            for piece in pieces
        )

    def room(self, staying: Sequence[Piece]) -> tuple[int, ...]:
        """Return the minutes left of each day's cap, no less than those who stay take."""
        grid, cap = self.ground.grid, self.ground.rules.daily_cap // MINUTE
        day_of, days = grid.day_of_ticks(), grid.days()
        room = [cap] * len(days)
        for task in self.fixed.values():
            held = _place(task)
            tick = grid.since(held.when.start) // grid.step
            if 0 <= tick < grid.ticks:
                room[day_of[tick]] -= held.when.length // MINUTE
        taken = [0] * len(days)
        for piece in staying:
            if piece.stays_at is not None and 0 <= piece.stays_at < grid.ticks:
                taken[day_of[piece.stays_at]] += piece.minutes
        return tuple(max(left, here, 0) for left, here in zip(room, taken, strict=True))

    def _pieces_of(self, task: Task) -> Iterator[Piece]:
        ground, grid, rules = self.ground, self.ground.grid, self.ground.rules
        step = ground.slots.step
        stays_at = self._stays_at(task)
        whole = (task.estimated_duration,)
        splits = stays_at is None and task.recurrence is None
        blocks = rules.blocks(task.estimated_duration, step=step) if splits else whole
        way_there, way_back = rules.padding(task)
        before = -(-way_there // step)
        wish = wish_of(task)
        due = None if task.deadline is None else grid.since(task.deadline)
        value = SHARE * rules.weights.priority[task.priority - 1]
        for index, duration in enumerate(blocks):
            weight = max(1, round(value * (duration / task.estimated_duration)))
            yield Piece(
                key=f"{task.number:09}/{index:03}",
                task=task,
                index=index,
                count=len(blocks),
                duration=duration,
                before=before,
                way_back=way_back,
                length=before + -(-(duration + way_back + rules.buffer) // step),
                weight=weight,
                bounds=tuple(self._bounds(task)),
                must_end=due if task.deadline_type is DeadlineType.HARD else None,
                hoped_end=due if task.deadline_type is DeadlineType.SOFT else None,
                wished=ground.wished(wish) if is_wish(wish) else None,
                preferences=tuple(
                    (ground.preferred(each), each.weight)
                    for each in rules.preferences
                    if each.concerns(task)
                ),
                stays_at=None if stays_at is None else stays_at - before,
                moving=SHARE * rules.weights.moved,
            )

    def _stays_at(self, task: Task) -> int | None:
        start, end = task.scheduled_start, task.scheduled_end
        if task.status is not TaskStatus.SCHEDULED or start is None or end is None:
            return None
        when, windows = Interval(start, end), self.ground.windows
        whole = windows.open_for(task.domain, priority=task.priority, within=when) == (when,)
        return self.ground.grid.tick_at(start) if end > self.at and whole else None

    def _bounds(self, task: Task) -> Iterator[Bound]:
        grid, lead = self.ground.grid, self.ground.slots.lead
        yield 0, Reason.of(ReasonCode.PRESENT, start=grid.origin)
        if lead:
            until = self.at + lead
            yield grid.until(until), Reason.of(ReasonCode.LEAD_TIME, lead=lead, until=until)
        if task.snoozed_until is not None:
            reason = Reason.of(ReasonCode.SNOOZED, until=task.snoozed_until)
            yield grid.until(task.snoozed_until), reason
        if task.time_intent.earliest is not None:
            reason = Reason.of(ReasonCode.INTENT, wish=wish_facts(wish_of(task)))
            yield grid.until(task.time_intent.earliest), reason
        for needed in task.dependencies:
            if needed in self.fixed:
                place = _place(self.fixed[needed])
                reason = Reason.of(
                    ReasonCode.DEPENDENCY, label=place.title, task_id=needed, until=place.when.end
                )
                yield grid.until(place.when.end + self.ground.rules.buffer), reason

    def _costs(self, piece: Piece) -> dict[int, int]:
        """Return what each start costs where the piece alone may begin."""
        ground, step, weights = self.ground, self.ground.grid.step, self.ground.rules.weights
        free: Iterable[Stretch] = ground.free(piece.task.domain, piece.task.priority)
        latest = ground.grid.ticks * step if piece.must_end is None else piece.must_end
        way_there, way_back = piece.before * step, piece.way_back // MINUTE
        costs: dict[int, int] = {}
        for begin, last in free:
            first = -(-max(begin, piece.earliest - way_there) // step)
            end = min(last - way_back, latest)
            for tick in range(max(0, first), (end - piece.minutes - way_there) // step + 1):
                if not piece.must_be_wished or holds(piece.wished or (), *piece.work(tick, step)):
                    costs[tick] = piece.cost(tick, weights=weights, step=step)
        stays = piece.stays_at
        if stays is not None and stays not in costs and self._may_stay(piece, stays):
            costs[stays] = piece.cost(stays, weights=weights, step=step)
        return costs

    def _may_stay(self, piece: Piece, tick: int) -> bool:
        """Say whether the place a task has is still free, however soon it begins.

        It is not where the task waits for one that ends later.
        """
        ground, step = self.ground, self.ground.grid.step
        begin, end = piece.work(tick, step)
        needed = [self.fixed[each] for each in piece.task.dependencies if each in self.fixed]
        if any(begin < ground.grid.until(_place(each).when.end) for each in needed):
            return False
        if tick < 0 or (piece.must_end is not None and end > piece.must_end):
            return False
        taken = (ground.bare(block) for block in ground.taken(piece.task.domain))
        return not any(first < end and begin < last for first, last in taken)

    def _left_out(self, piece: Piece, dearest: int) -> int:
        """Return what it costs to leave the piece out: more than any place it could have."""
        weights, ticks = self.ground.rules.weights, self.ground.grid.ticks
        usual = ticks * (1 + weights.late) + weights.wish
        cost = max(dearest + piece.weight, piece.weight * usual)
        if piece.must_end is not None:
            cost *= weights.hard
        return cost if piece.stays_at is None else 2 * cost

    def _after(
        self, piece: Piece, last: Mapping[TaskId, Piece], known: Mapping[str, Piece]
    ) -> Iterator[tuple[str, int]]:
        """Yield what has to be over before the piece, with the ticks between their starts."""
        if piece.index:
            needed = [known[f"{piece.task.number:09}/{piece.index - 1:03}"]]
        else:
            needed = [last[each] for each in piece.task.dependencies if each in last]
        step = self.ground.slots.step
        for each in needed:
            yield each.key, each.before + -(-each.duration // step) - piece.before
