"""A week as it is proposed: where each task goes and why there, and what found no room."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice

from attrs import evolve, field, frozen

from donna_core.domain.planning.alternatives import Alternative, alternatives
from donna_core.domain.planning.busy import OWN_SOURCE, Block, BusySet
from donna_core.domain.planning.model import Model, Piece
from donna_core.domain.planning.problem import Solution
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import Search, SlotRequest
from donna_core.domain.planning.wishes import wish_of
from donna_core.domain.tasks.task import Task, TaskStatus, TimeIntent
from donna_core.domain.timing.interval import Interval

_LOOKED_AT = 120
"""How many better places are asked for what stands against them."""
_TELLING = (1, False)


@frozen(kw_only=True)
class Planned:
    """One stretch of work in its place; ``index`` of ``count`` pieces of the task.

    ``bound_by`` is what keeps it from a better place: without all of these it would have one,
    everything else as it is. ``before`` is the place it had.
    """

    task: Task
    when: Interval
    reason: Reason
    bound_by: tuple[Reason, ...]
    index: int = 0
    count: int = 1
    before: Interval | None = None

    @property
    def title(self) -> str:
        """The task's title, with the number of the piece where there are several."""
        return piece_title(self.task.title, self.index, self.count)

    @property
    def is_new(self) -> bool:
        """Whether this is another place than the task has now."""
        return self.before != self.when


@frozen(kw_only=True)
class Unplaced:
    """A task, or the rest of one, without room, and what would make room for it.

    ``pieces`` are the lengths of its pieces that found none, by their position.
    """

    task: Task
    reason: Reason
    would_help: tuple[Alternative, ...]
    pieces: Mapping[int, timedelta] = field(factory=dict, hash=False)


@frozen(kw_only=True)
class Proposal:
    """A plan of the days ahead, with what it costs and a proven floor under any plan's cost."""

    within: Interval
    placements: tuple[Planned, ...]
    unplaced: tuple[Unplaced, ...]
    objective: int
    bound: int
    gap: float

    @property
    def changes(self) -> tuple[Planned, ...]:
        """What gets another place than it has, by time."""
        return tuple(each for each in self.placements if each.is_new)

    def is_at_risk(self, planned: Planned) -> bool:
        """Say whether the task ends after its deadline, or not all of it has a place."""
        due = planned.task.deadline
        late = due is not None and planned.when.end > due
        return late or any(each.task.id == planned.task.id for each in self.unplaced)


def piece_title(title: str, index: int, count: int) -> str:
    """Return the title of a piece of work: ``Write the report (2/3)``."""
    return title if count == 1 else f"{title} ({index + 1}/{count})"


def proposal_of(model: Model, solution: Solution) -> Proposal:
    """Return the solution as a proposal, every place with its reason and what binds it."""
    placed = [
        _planned(model, model.pieces[key], tick, solution.starts)
        for key, tick in solution.starts.items()
    ]
    placed += _fixed(model)
    left_out = [
        model.pieces[job.key] for job in model.problem.jobs if job.key not in solution.starts
    ]
    return Proposal(
        within=model.ground.grid.within,
        placements=tuple(
            sorted(placed, key=lambda each: (each.when, each.task.number, each.index))
        ),
        unplaced=tuple(_unplaced(model, left_out, solution.starts)),
        objective=solution.cost,
        bound=solution.bound,
        gap=solution.gap,
    )


def bound_by(
    model: Model, piece: Piece, tick: int, starts: Mapping[str, int]
) -> tuple[Reason, ...]:
    """Return what keeps the piece from a better place: the fewest rules, of the nearest place.

    Nothing else stands against that place, so that without them the piece could go there. That
    the hours are not open says little, so another single rule is preferred to it. Empty where no
    place is better.
    """
    cost = model.cost(piece, tick)
    ticks = len(model.problem.day_of)
    nearest = sorted(range(-piece.before - 1, ticks), key=lambda other: (abs(other - tick), other))
    better = (other for other in nearest if other != tick and model.cost(piece, other) < cost)
    best: tuple[Reason, ...] = ()
    for other in islice(better, _LOOKED_AT):
        against = tuple(model.against(piece, other, starts))
        if against and (not best or _weight(against) < _weight(best)):
            best = against
        if best and _weight(best) == _TELLING:
            break
    return best


def _weight(rules: tuple[Reason, ...]) -> tuple[int, bool]:
    return len(rules), rules[0].code is ReasonCode.WINDOW


def _planned(model: Model, piece: Piece, tick: int, starts: Mapping[str, int]) -> Planned:
    task, when = piece.task, model.span(piece, tick)
    stays = tick == piece.stays_at
    code = ReasonCode.KEPT if stays else ReasonCode.PLANNED
    return Planned(
        task=task,
        when=when,
        reason=Reason.of(code, start=when.start, duration=when.length),
        bound_by=bound_by(model, piece, tick, starts),
        index=piece.index,
        count=piece.count,
        before=_place_now(task) if piece.index == 0 else None,
    )


def _fixed(model: Model) -> Iterator[Planned]:
    for task in model.fixed:
        start = task.scheduled_start if task.status is not TaskStatus.BACKLOG else None
        start = start or task.pinned_start
        if start is None:
            continue
        when = Interval(start, start + task.estimated_duration)
        if not when.overlaps(model.ground.grid.within):
            continue
        if task.status is TaskStatus.IN_PROGRESS:
            reason = Reason.of(ReasonCode.STARTED, start=start)
        elif task.pinned_start is not None:
            reason = Reason.of(ReasonCode.PINNED, start=start)
        else:
            reason = Reason.of(ReasonCode.KEPT, start=start)
        yield Planned(
            task=task, when=when, reason=reason, bound_by=(reason,), before=_place_now(task)
        )


def _unplaced(model: Model, left_out: list[Piece], starts: Mapping[str, int]) -> Iterator[Unplaced]:
    taken = tuple(
        Block(
            when=model.span(model.pieces[key], tick),
            label=model.pieces[key].task.title,
            source=OWN_SOURCE,
            task_id=model.pieces[key].task.id,
            movable=True,
            priority=model.pieces[key].task.priority,
        )
        for key, tick in starts.items()
    )
    pieces: dict[str, list[Piece]] = {}
    for piece in left_out:
        pieces.setdefault(piece.task.id, []).append(piece)
    for several in pieces.values():
        yield _without_room(model, several, taken, starts)


def _without_room(
    model: Model, pieces: list[Piece], taken: tuple[Block, ...], starts: Mapping[str, int]
) -> Unplaced:
    task = pieces[0].task
    reason = _no_room(model, pieces, starts)
    lengths = {piece.index: piece.duration for piece in pieces}
    found: tuple[Alternative, ...] = ()
    if reason.code is not ReasonCode.NEEDED_UNPLACED:
        found = _would_help(model, pieces[0], taken)
    return Unplaced(task=task, reason=reason, would_help=found, pieces=lengths)


def _no_room(model: Model, pieces: list[Piece], starts: Mapping[str, int]) -> Reason:
    piece, grid = pieces[0], model.ground.grid
    task, job = piece.task, model.job(piece.key)
    left = sum((each.duration for each in pieces[1:]), piece.duration)
    for needed, _ in job.after:
        other = model.pieces[needed].task
        if needed not in starts and other.id != task.id:
            return Reason.of(ReasonCode.NEEDED_UNPLACED, label=other.title, task_id=other.id)
    if piece.must_end is not None and task.deadline is not None and task.deadline <= grid.end:
        return Reason.of(ReasonCode.NO_TIME_BEFORE_DEADLINE, duration=left, deadline=task.deadline)
    code = ReasonCode.CROWDED_OUT if job.costs else ReasonCode.NO_TIME_IN_HORIZON
    return Reason.of(code, duration=left, until=grid.end)


def _would_help(model: Model, piece: Piece, taken: tuple[Block, ...]) -> tuple[Alternative, ...]:
    """Return places in these days that each give up one thing, and the first one after them."""
    task, grid, rules = piece.task, model.ground.grid, model.ground.slots
    busy = BusySet.of((*model.ground.taken(task.domain), *taken)).without(task.id)
    begins = min(grid.instant(piece.earliest), grid.end)
    request = SlotRequest(
        task_id=task.id,
        domain=task.domain,
        priority=task.priority,
        duration=piece.duration,
        earliest=begins,
        deadline=task.deadline,
        deadline_type=task.deadline_type,
        intent=wish_of(task),
    )
    near = evolve(rules, lead=timedelta(0), horizon=grid.end - begins)
    found = alternatives(request, windows=model.ground.windows, busy=busy, rules=near)
    later = evolve(request, earliest=grid.end, intent=TimeIntent(), deadline=None)
    first = Search.of(later, windows=model.ground.windows, busy=busy, rules=rules).first()
    if first is None:
        return found
    reason = Reason.of(ReasonCode.LATER, start=first.start, until=grid.end)
    return (*found, Alternative(when=first, gives_up=reason))


def _place_now(task: Task) -> Interval | None:
    start, end = task.scheduled_start, task.scheduled_end
    if task.status not in {TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS} or start is None:
        return None
    return Interval(start, end or start)
