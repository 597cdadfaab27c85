"""A week as a problem of whole numbers, and what stands against every place in it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from attrs import field, frozen

from donna_core.domain.planning.busy import OWN_SOURCE
from donna_core.domain.planning.grounds import MINUTE, Ground, Stretch, holds
from donna_core.domain.planning.plan_rules import Weights
from donna_core.domain.planning.problem import Job, Problem
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import block_reason
from donna_core.domain.planning.wishes import wish_facts, wish_of
from donna_core.domain.tasks.task import Strictness, Task
from donna_core.domain.timing.interval import Interval

Bound = tuple[int, Reason]
"""A minute before which no work begins, and why."""
Follower = tuple[str, int]
"""A job that waits for another, and the ticks between their starts."""


@frozen(kw_only=True)
class Piece:
    """One stretch of a task's work; ``index`` counts from 0.

    It holds ``length`` ticks, of which ``before`` come before the work and the rest is the work,
    the way back and the buffer. ``bounds`` say from when the work may begin, ``stays_at`` is the
    tick of the place the task has. A tick of delay costs ``weight``, another place ``moving``.
    """

    key: str
    task: Task
    index: int
    count: int
    duration: timedelta
    way_back: timedelta
    before: int
    length: int
    weight: int
    bounds: tuple[Bound, ...]
    must_end: int | None
    hoped_end: int | None
    wished: tuple[Stretch, ...] | None
    preferences: tuple[tuple[tuple[Stretch, ...], int], ...]
    stays_at: int | None
    moving: int

    @property
    def minutes(self) -> int:
        """The minutes of work, rounded up."""
        return -(-self.duration // MINUTE)

    @property
    def earliest(self) -> int:
        """The first minute at which the work may begin."""
        return max(minute for minute, _ in self.bounds)

    @property
    def must_be_wished(self) -> bool:
        """Whether other hours than the wished ones are out of the question."""
        return self.wished is not None and self.task.time_intent.strictness is Strictness.HARD

    def work(self, tick: int, step: int) -> Stretch:
        """Return the minutes of the work when its stretch begins at this tick."""
        begin = (tick + self.before) * step
        return begin, begin + self.minutes

    def held(self, tick: int, step: int) -> Stretch:
        """Return the minutes of the work and of the way there and back."""
        return tick * step, self.work(tick, step)[1] + self.way_back // MINUTE

    def cost(self, tick: int, *, weights: Weights, step: int) -> int:
        """Return what it costs to begin at this tick, whether or not it is allowed."""
        begin, end = self.work(tick, step)
        units = tick + self.before
        if self.hoped_end is not None and end > self.hoped_end:
            units += weights.late * -(-(end - self.hoped_end) // step)
        if self.wished is not None and not holds(self.wished, begin, end):
            units += weights.wish
        for hours, weight in self.preferences:
            if not holds(hours, begin, end):
                units += weight
        moves = self.stays_at is not None and tick != self.stays_at
        return self.weight * units + (self.moving if moves else 0)


@frozen(kw_only=True)
class Model:
    """The problem of a week and everything needed to speak of its solutions.

    ``fixed`` are tasks whose place in the week is not up for planning.
    """

    problem: Problem
    ground: Ground
    pieces: Mapping[str, Piece] = field(hash=False)
    fixed: tuple[Task, ...]
    _jobs: Mapping[str, Job] = field(init=False, eq=False, repr=False)
    _followers: Mapping[str, list[Follower]] = field(init=False, eq=False, repr=False)

    @_jobs.default
    def _by_key(self) -> Mapping[str, Job]:
        return {job.key: job for job in self.problem.jobs}

    @_followers.default
    def _by_needed(self) -> Mapping[str, list[Follower]]:
        found: dict[str, list[Follower]] = {}
        for job in self.problem.jobs:
            for needed, gap in job.after:
                found.setdefault(needed, []).append((job.key, gap))
        return found

    def span(self, piece: Piece, tick: int) -> Interval:
        """Return when the work is done, for a piece whose stretch begins at this tick."""
        grid = self.ground.grid
        start = grid.instant((tick + piece.before) * grid.step)
        return Interval(start, start + piece.duration)

    def job(self, key: str) -> Job:
        """Return the job of a piece."""
        return self._jobs[key]

    def current(self) -> dict[str, int]:
        """Return the starts of what has a place already that it may keep."""
        return {
            job.key: stays_at
            for job in self.problem.jobs
            if (stays_at := self.pieces[job.key].stays_at) is not None and stays_at in job.costs
        }

    def cost(self, piece: Piece, tick: int) -> int:
        """Return what it costs the piece to begin at this tick, whether or not it is allowed."""
        return piece.cost(tick, weights=self.ground.rules.weights, step=self.ground.grid.step)

    def against(self, piece: Piece, tick: int, starts: Mapping[str, int]) -> Iterator[Reason]:
        """Yield each rule that keeps the piece from beginning at this tick, all others as they are.

        Where nothing is yielded, the piece could begin there.
        """
        yield from self._bounds_against(piece, tick)
        yield from self._hours_against(piece, tick)
        yield from self._others_against(piece, tick, starts)

    def _bounds_against(self, piece: Piece, tick: int) -> Iterator[Reason]:
        begin, end = piece.work(tick, self.ground.grid.step)
        if tick != piece.stays_at:
            for minute, reason in piece.bounds:
                if begin < minute:
                    yield reason
        if piece.must_end is not None and end > piece.must_end:
            yield Reason.of(
                ReasonCode.DEADLINE,
                deadline=piece.task.deadline,
                deadline_type=piece.task.deadline_type,
            )
        if piece.must_be_wished and not holds(piece.wished or (), begin, end):
            yield Reason.of(ReasonCode.INTENT, wish=wish_facts(wish_of(piece.task)))

    def _hours_against(self, piece: Piece, tick: int) -> Iterator[Reason]:
        ground, grid, task = self.ground, self.ground.grid, piece.task
        begin, end = piece.held(tick, grid.step)
        opened = ground.opened(task.domain, task.priority)
        if not holds(opened, begin, end):
            opens = next((start for start, last in opened if last > begin), begin)
            yield Reason.of(ReasonCode.WINDOW, domain=task.domain, opens=grid.instant(opens))
        for block in ground.taken(task.domain):
            first, last = ground.around(block)
            if first < end and begin < last:
                yield block_reason(ReasonCode.BUSY_BEFORE, block)

    def _others_against(
        self, piece: Piece, tick: int, starts: Mapping[str, int]
    ) -> Iterator[Reason]:
        last = tick + piece.length
        day_of, room = self.problem.day_of, self.problem.room
        used = piece.minutes
        for key, start in starts.items():
            if key == piece.key:
                continue
            other = self.pieces[key]
            if start < last and tick < start + other.length:
                yield self._in_the_way(other, start)
            if day_of[start] == day_of[tick]:
                used += other.minutes
        if used > room[day_of[tick]]:
            when = self.span(piece, tick).start
            yield Reason.of(ReasonCode.DAILY_CAP, start=when, duration=self.ground.rules.daily_cap)
        yield from self._order_against(piece, tick, starts)

    def _order_against(
        self, piece: Piece, tick: int, starts: Mapping[str, int]
    ) -> Iterator[Reason]:
        for needed, gap in self.job(piece.key).after:
            if needed in starts and starts[needed] + gap > tick:
                yield self._comes_first(self.pieces[needed], starts[needed])
        for follower, gap in self._followers.get(piece.key, ()):
            if follower in starts and tick + gap > starts[follower]:
                yield self._in_the_way(self.pieces[follower], starts[follower])

    def _in_the_way(self, other: Piece, start: int) -> Reason:
        when = self.span(other, start)
        return Reason.of(
            ReasonCode.BUSY_BEFORE,
            label=other.task.title,
            source=OWN_SOURCE,
            task_id=other.task.id,
            starts=when.start,
            until=when.end,
        )

    def _comes_first(self, other: Piece, start: int) -> Reason:
        until = self.span(other, start).end
        return Reason.of(
            ReasonCode.DEPENDENCY, label=other.task.title, task_id=other.task.id, until=until
        )
