"""How long work really takes: quantiles of what was done, by kind, and the chance to be in time.

Each finished task tells by which factor its time differed from its estimate. The factors of the
same kind count most; those of all other work stand in while there are few, and a cautious guess
while there are none. With growing experience of a kind its own factors outweigh both.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil

from attrs import field, frozen

from donna_core.domain.tasks.task import Domain, Task

_GUESS = (0.7, 1.0, 1.0, 1.3, 1.8)
_GUESS_WEIGHT, _OTHERS_WEIGHT = 1.0, 3.0
_LEAST, _MOST = 1 / 20, 20.0
"""Factors beyond these are slips: a task started and closed at once, or left open over days."""

_SHORTEST = timedelta(minutes=1)
_ENOUGH = 5
"""So many finished tasks of a kind tell how long it usually takes; fewer are chance."""

_PLANNED = 0.6
"""The share of its kind for which a learned duration is enough: a little more than every other,
because work that runs over costs more than a break that comes early."""


@frozen(kw_only=True)
class Worked:
    """What a finished task tells of time: what it was taken for, and how long it took."""

    domain: Domain
    title: str
    estimated: timedelta
    begun: datetime
    ended: datetime


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
class Usual:
    """How long work of a kind takes, and on how many finished tasks of it that rests."""

    duration: timedelta
    like_it: int


@frozen(kw_only=True)
class TimeModel:
    """The factors between estimated and real durations, and the real ones, by kind."""

    factors: Mapping[str, tuple[float, ...]] = field(hash=False)
    took: Mapping[str, tuple[timedelta, ...]] = field(hash=False)

    @classmethod
    def of(cls, finished: Iterable[Worked]) -> "TimeModel":
        """Return what finished work teaches; slips teach nothing."""
        factors: dict[str, list[float]] = {}
        took: dict[str, list[timedelta]] = {}
        for each in finished:
            factor = _factor(each)
            if factor is not None:
                kind = _kind(each.domain, each.title)
                factors.setdefault(kind, []).append(factor)
                took.setdefault(kind, []).append(each.ended - each.begun)
        return cls(
            factors={kind: tuple(sorted(several)) for kind, several in sorted(factors.items())},
            took={kind: tuple(sorted(several)) for kind, several in sorted(took.items())},
        )

    def usual(self, domain: Domain, title: str) -> "Usual | None":
        """Return how long such work takes, or ``None`` while too little of it was done."""
        took = self.took.get(_kind(domain, title), ())
        if len(took) < _ENOUGH:
            return None
        return Usual(duration=took[ceil(_PLANNED * len(took)) - 1], like_it=len(took))

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
    return _kind(task.domain, task.title)


def _kind(domain: Domain, title: str) -> str:
    words = title.casefold().split()
    return f"{domain}:{words[0] if words else ''}"


def _factor(work: Worked) -> float | None:
    took = work.ended - work.begun
    if took < _SHORTEST or not work.estimated:
        return None
    factor = took / work.estimated
    return factor if _LEAST <= factor <= _MOST else None
