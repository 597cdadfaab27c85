"""Who makes way for whom: places for a task and for all who leave theirs to it, found as one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import define, frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Occupied
from donna_core.domain.planning.negotiation import who_yields
from donna_core.domain.planning.slots import Placement
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.usecases.recorder import Recorder
from donna_core.usecases.seeking import search

_TRIES = 200
"""How many places are sought before nobody is asked to make way."""


@frozen(kw_only=True)
class Move:
    """A task with the place it is to have; ``to`` took the place it had, if anyone did."""

    task: Task
    found: Placement
    to: Task | None

    @property
    def occupied(self) -> Occupied:
        """What the task holds once it is there."""
        task = self.task
        return Occupied(
            task_id=task.id, title=task.title, when=self.found.when, priority=task.priority
        )


def moves_for(
    recorder: Recorder, policy: Policy, task: Task, *, not_before: datetime
) -> tuple[Move, ...]:
    """Return places for the task and for those who make way for it, or none at all.

    The places agree with each other and with everything that stays, and each meets its
    deadline. Short chains of tasks that take each other's places come before longer ones, up to
    the depth of the rules.
    """
    displacing = _Displacing(recorder=recorder, policy=policy, tries=_TRIES)
    for depth in range(1, policy.negotiation.depth + 1):
        moves = displacing.moves(task, not_before=not_before, depth=depth)
        if moves:
            return moves
    return ()


@define(kw_only=True)
class _Displacing:
    """A search within one decision that ends after so many tries."""

    recorder: Recorder
    policy: Policy
    tries: int

    def moves(
        self,
        task: Task,
        *,
        not_before: datetime,
        depth: int,
        to: Task | None = None,
        settled: Sequence[Occupied] = (),
        out: frozenset[TaskId] = frozenset(),
    ) -> tuple[Move, ...]:
        """Return the moves of the first group that has somewhere else to go.

        Of tasks that are ``out`` the present place is free, and what is ``settled`` is not.
        """
        for group in self._groups(task, not_before, out):
            gone = out | {each.id for each in group}
            found = self._seek(task, not_before, gone, settled)
            if found is None:
                continue
            moves = [Move(task=task, found=found, to=to)]
            for each in group:
                kept = (*settled, *(move.occupied for move in moves))
                further = self._elsewhere(each, task, gone, kept, depth)
                if not further:
                    break
                moves.extend(further)
            else:
                return tuple(moves)
        return ()

    def _elsewhere(
        self,
        task: Task,
        to: Task,
        gone: frozenset[TaskId],
        kept: Sequence[Occupied],
        depth: int,
    ) -> tuple[Move, ...]:
        at = self.recorder.at
        found = self._seek(task, at, gone, kept)
        if found is not None:
            return (Move(task=task, found=found, to=to),)
        if depth == 1:
            return ()
        return self.moves(task, not_before=at, depth=depth - 1, to=to, settled=kept, out=gone)

    def _groups(
        self, task: Task, not_before: datetime, out: frozenset[TaskId]
    ) -> Iterator[Sequence[Task]]:
        recorder, rules = self.recorder, self.policy.negotiation
        reach = Interval(not_before, not_before + self.policy.slots.horizon)
        held = (recorder.task(each.task_id) for each in recorder.occupied(reach))
        others = [
            each
            for each in held
            if each is not None
            and each.id not in out
            and recorder.moves_today(each.id, self.policy.zone) < rules.moves_per_day
        ]
        return who_yields(others, to=task, at=recorder.at, rules=rules)

    def _seek(
        self,
        task: Task,
        not_before: datetime,
        aside: frozenset[TaskId],
        besides: Sequence[Occupied],
    ) -> Placement | None:
        """Return a place in time for the task's deadline and for all that wait for it."""
        if self.tries == 0:
            return None
        self.tries -= 1
        found = search(
            self.recorder, self.policy, task, not_before=not_before, aside=aside, besides=besides
        )
        if not isinstance(found, Placement) or not found.meets_deadline:
            return None
        begin = (
            each.scheduled_start
            for each in self.recorder.waiting_for(task.id)
            if each.status is TaskStatus.SCHEDULED and each.scheduled_start is not None
        )
        return None if any(start < found.when.end for start in begin) else found
