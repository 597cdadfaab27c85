"""Who may make way for whom: the rules of displacement, and which of several gives way best."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus

_HOUR = timedelta(hours=1)


@frozen(kw_only=True)
class CostWeights:
    """What makes it dear to move a task.

    Its worth, a hard deadline, little slack, the moves it has behind it, and how soon it begins.
    """

    priority: int = 10
    hard_deadline: int = 20
    slack: int = 8
    reschedule: int = 5
    imminence: int = 2


@frozen(kw_only=True)
class Overrun:
    """By how much work that takes longer is extended at a time, and by how much at most."""

    step: timedelta
    most: timedelta


@frozen(kw_only=True)
class NegotiationRules:
    """When a task may take the place of others.

    Only one of ``min_priority`` or more may, only from tasks of less priority that begin no
    sooner than ``min_lead`` from now, ``per_placement`` of them at once, each of which may take
    another's place in turn, in chains of ``depth`` moves at most. With ``auto_apply`` Donna does
    so by herself, no task more than ``moves_per_day`` times a day; without, she proposes it for
    ``proposal_ttl``.
    From ``notify_from`` on a person hears of a task that had to move.
    """

    enabled: bool = True
    auto_apply: bool = False
    min_priority: int = 3
    min_lead: timedelta = _HOUR
    per_placement: int = 1
    depth: int = 3
    moves_per_day: int = 2
    proposal_ttl: timedelta = 4 * _HOUR
    notify_from: int = 4
    weights: CostWeights = field(factory=CostWeights)
    overrun: Overrun | None = None

    def may_yield(self, task: Task, *, to: Task, at: datetime) -> bool:
        """Say whether the task may be asked to make way for the other."""
        start = task.scheduled_start
        return (
            task.status is TaskStatus.SCHEDULED
            and task.pinned_start is None
            and start is not None
            and start >= at + self.min_lead
            and task.priority < to.priority
            and to.priority >= self.min_priority
        )


def displacement_cost(task: Task, *, at: datetime, weights: CostWeights) -> float:
    """Return how dear it is to move the task; slack and imminence count in days and hours."""
    cost = float(weights.priority * task.priority + weights.reschedule * task.reschedule_count)
    start, end = task.scheduled_start or at, task.scheduled_end or at
    if task.deadline is not None and task.deadline_type is not DeadlineType.NONE:
        days = max(0.0, (task.deadline - end) / timedelta(days=1))
        cost += weights.slack / (1 + days)
        if task.deadline_type is DeadlineType.HARD:
            cost += weights.hard_deadline
    hours = max(0.0, (start - at) / _HOUR)
    return cost + weights.imminence / (1 + hours)


def who_yields(
    tasks: Iterable[Task], *, to: Task, at: datetime, rules: NegotiationRules
) -> Iterator[Sequence[Task]]:
    """Yield the groups of tasks that may make way together, the cheapest to move first.

    Groups of one come before groups of two; a larger one follows each other in time.
    """
    able = sorted(
        (task for task in tasks if rules.may_yield(task, to=to, at=at)),
        key=lambda task: (task.scheduled_start, task.number),
    )

    def cost(group: Sequence[Task]) -> tuple[float, int]:
        total = sum(displacement_cost(each, at=at, weights=rules.weights) for each in group)
        return total, group[0].number

    for size in range(1, rules.per_placement + 1):
        groups = [able[first : first + size] for first in range(len(able) - size + 1)]
        yield from sorted(groups, key=cost)
