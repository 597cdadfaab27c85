"""What a week has to keep to beyond the hours it has: room to breathe, pieces, weights, wishes."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from attrs import field, frozen

from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import Domain, Task


class InvalidPlanRules(InvalidInput):
    """The rules for a week contradict each other."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"No week can be planned by these rules: {problem}. {remedy}")


@frozen(kw_only=True)
class Weights:
    """What plans are compared by; each counts quarters of an hour of delay of a task.

    A task of priority ``n`` counts ``priority[n - 1]`` times. ``late`` is what a quarter of an
    hour after a soft deadline costs besides, ``wish`` a place outside what was wished for, and
    ``moved`` another place than the one the task has, whatever its priority. To leave out a task
    with a hard deadline costs ``hard`` times as much as one without.
    """

    priority: tuple[int, ...] = (1, 2, 4, 8, 16)
    late: int = 2
    wish: int = 400
    moved: int = 16
    hard: int = 20


@frozen(kw_only=True)
class Preference:
    """Hours at which some tasks go better: ``weight`` is what other hours cost them.

    It holds for tasks that bear one of the ``tags`` or are of one of the ``domains``.
    ``start`` and ``end`` are read off the clock face, up to 24 hours after 00:00.
    """

    name: str
    start: timedelta
    end: timedelta
    weight: int
    tags: frozenset[str] = frozenset()
    domains: frozenset[Domain] = frozenset()

    def concerns(self, task: Task) -> bool:
        """Say whether the task goes better at these hours."""
        return task.domain in self.domains or not self.tags.isdisjoint(task.tags)


@frozen(kw_only=True)
class PlanRules:
    """The rules of a week.

    ``days`` local days are planned, today included. ``buffer`` stays free around each task.
    ``daily_cap`` is how much of Donna's work a day may hold. Work longer than ``longest_block``
    is done in pieces of about equal length, none shorter than ``shortest_block``. Before a task
    that needs preparing stays ``preparation`` free, and around one with a tag of ``travel`` the
    way there and back. While a task could move by ``free_slack`` and more, its time is shown as
    free to others. ``effort`` bounds the work of a search. Raise ``InvalidPlanRules``.
    """

    days: int = 7
    buffer: timedelta = timedelta(0)
    daily_cap: timedelta = timedelta(hours=8)
    shortest_block: timedelta = timedelta(minutes=30)
    longest_block: timedelta = timedelta(hours=3)
    preparation: timedelta = timedelta(0)
    travel: Mapping[str, timedelta] = field(factory=dict, hash=False)
    weights: Weights = Weights()
    preferences: tuple[Preference, ...] = ()
    free_slack: timedelta = timedelta(0)
    effort: int = 8

    def __attrs_post_init__(self) -> None:
        if self.longest_block < 2 * self.shortest_block:
            raise InvalidPlanRules(
                "the longest block is shorter than two of the shortest",
                remedy="Set planning.longest_block_minutes to twice the shortest or more.",
            )
        if self.daily_cap < self.longest_block:
            raise InvalidPlanRules(
                "a day has no room for the longest block",
                remedy="Set planning.daily_cap_minutes to the longest block or more.",
            )
        if len(self.weights.priority) != 5:
            raise InvalidPlanRules(
                f"{len(self.weights.priority)} weights stand for 5 priorities",
                remedy="Give planning.weights.priority five numbers, the lowest priority first.",
            )

    def blocks(self, duration: timedelta, *, step: timedelta) -> tuple[timedelta, ...]:
        """Return the pieces that work of this length is done in, in whole steps but the last."""
        count = -(-duration // self.longest_block)
        if count <= 1:
            return (duration,)
        piece = -(-duration // (count * step)) * step
        if piece > self.longest_block:
            piece = max(step, self.longest_block // step * step)
        return tuple(_pieces(duration, piece, shortest=self.shortest_block))

    def padding(self, task: Task) -> tuple[timedelta, timedelta]:
        """Return what stays free before and after the task for preparing and travelling."""
        way = max((self.travel.get(tag, timedelta(0)) for tag in task.tags), default=timedelta(0))
        ready = self.preparation if task.prep_work_flag else timedelta(0)
        return way + ready, way


def _pieces(duration: timedelta, piece: timedelta, *, shortest: timedelta) -> Iterator[timedelta]:
    """Yield pieces of that length and what is left; too short a rest is taken from the last."""
    left = duration
    while left > piece:
        rest = left - piece
        if timedelta(0) < rest < shortest:
            yield left - shortest
            yield shortest
            return
        yield piece
        left = rest
    yield left
