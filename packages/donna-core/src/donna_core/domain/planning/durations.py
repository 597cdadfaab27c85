"""How long work really takes: quantiles of what was done, by kind, and the chance to be in time.

Each finished task tells by which factor its time differed from its estimate. The factors of the
same kind count most; those of all other work stand in while there are few, and a cautious guess
while there are none. With growing experience of a kind its own factors outweigh both.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import field, frozen

from donna_core.domain.tasks.task import Task

_GUESS = (0.7, 1.0, 1.0, 1.3, 1.8)
_GUESS_WEIGHT, _OTHERS_WEIGHT = 1.0, 3.0
_LEAST, _MOST = 1 / 20, 20.0
"""Factors beyond these are slips: a task started and closed at once, or left open over days."""

_SHORTEST = timedelta(minutes=1)


@frozen(kw_only=True)
class Outlook:
    """How long a task may take, and how likely it is done by its deadline.

    ``usual`` is the median, ``cautious`` is enough in four of five cases; ``like_it`` counts the
    finished tasks of its kind that this rests on. ``chance`` is ``None`` without a deadline.
    """

    usual: timedelta
    cautious: timedelta
    like_it: int
    chance: float | None


@frozen(kw_only=True)
class TimeModel:
    """The factors between estimated and real durations, by kind."""

    factors: Mapping[str, tuple[float, ...]] = field(hash=False)

    @classmethod
    def of(cls, finished: Iterable[Task]) -> "TimeModel":
        """Return what finished tasks teach; those without a start or an end teach nothing."""
        found: dict[str, list[float]] = {}
        for task in finished:
            factor = _factor(task)
            if factor is not None:
                found.setdefault(kind_of(task), []).append(factor)
        return cls(factors={kind: tuple(sorted(each)) for kind, each in sorted(found.items())})

    def quantile(self, task: Task, share: float) -> timedelta:
        """Return the duration that is enough for this share of such tasks."""
        weighed = self._weighed(task)
        needed = share * sum(weight for _, weight in weighed)
        reached = 0.0
        for factor, weight in weighed:
            reached += weight
            if reached >= needed:
                return task.estimated_duration * factor
        return task.estimated_duration * weighed[-1][0]

    def chance(self, task: Task, available: timedelta) -> float:
        """Return the share of such tasks for which the available time is enough."""
        weighed = self._weighed(task)
        enough = sum(
            weight for factor, weight in weighed if task.estimated_duration * factor <= available
        )
        return enough / sum(weight for _, weight in weighed)

    def outlook(self, task: Task, available: timedelta | None) -> Outlook:
        """Return what is to be expected of a task with so much time before its deadline."""
        return Outlook(
            usual=self.quantile(task, 0.5),
            cautious=self.quantile(task, 0.8),
            like_it=len(self.factors.get(kind_of(task), ())),
            chance=None if available is None else self.chance(task, available),
        )

    def _weighed(self, task: Task) -> list[tuple[float, float]]:
        """Return factors with their weights, the smallest factor first."""
        kind = kind_of(task)
        own = self.factors.get(kind, ())
        others = [
            each for name, several in self.factors.items() if name != kind for each in several
        ]
        weighed = [(factor, 1.0) for factor in own]
        weighed += [(factor, _OTHERS_WEIGHT / len(others)) for factor in others]
        weighed += [(factor, _GUESS_WEIGHT / len(_GUESS)) for factor in _GUESS]
        return sorted(weighed)


def kind_of(task: Task) -> str:
    """Return the kind of a task: its part of life and the first word of its title."""
    words = task.title.casefold().split()
    return f"{task.domain}:{words[0] if words else ''}"


def _factor(task: Task) -> float | None:
    begun, ended = task.actual_start, task.completed_at
    if begun is None or ended is None or ended - begun < _SHORTEST:
        return None
    factor = (ended - begun) / task.estimated_duration
    return factor if _LEAST <= factor <= _MOST else None
