"""Whether a difference between two sessions is one, or noise.

The same cases were asked, so answers are compared in pairs. Whether the shares differ is told by
McNemar's exact test (the two-sided binomial test on the cases that only one got right), how much
by Newcombe's interval for paired shares (method 10 of "Improved confidence intervals for the
difference between binomial proportions based on paired data", 1998). Latency is compared by the
median of the paired differences and its distribution-free interval (order statistics).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import comb, sqrt
from statistics import median

from attrs import frozen

from donna_core.domain.errors import InvalidInput
from donna_llm.evals.sessions import CaseResult, Session

LEVEL = 0.95
Z = 1.959963984540054
"""The quantile of the normal distribution that leaves 2.5 % on each side."""


class NothingInCommon(InvalidInput):
    """Two sessions have no case in common."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"{first} and {second} have no case in common. Evaluate both on the same fixtures and "
            "the same task type."
        )


@frozen(kw_only=True)
class Interval:
    """A difference, the second less the first, and what it lies between with 95 % confidence."""

    difference: float
    low: float
    high: float


@frozen(kw_only=True)
class Pairs:
    """How many cases both, only the first, only the second, or neither got right."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def count(self) -> int:
        """How many cases were asked of both."""
        return self.both + self.first + self.second + self.neither

    @property
    def p_value(self) -> float:
        """How likely so much difference is where there is none."""
        return mcnemar(self.first, self.second)

    @property
    def is_noise(self) -> bool:
        """Whether the difference may well be chance."""
        return self.p_value > 1 - LEVEL


@frozen(kw_only=True)
class SuiteDifference:
    """One file of fixtures that both were asked."""

    path: str
    pairs: Pairs


@frozen(kw_only=True)
class Comparison:
    """Two sessions, case by case.

    ``accuracy`` is the difference of the shares, ``latency_ms`` of the medians where there are
    enough answers for an interval. ``gained`` and ``lost`` are the ids of cases that only the
    second or only the first got right; ``alone`` counts the cases that one of them was not asked.
    """

    first: Session
    second: Session
    pairs: Pairs
    accuracy: Interval
    latency_ms: Interval | None
    cost_usd: tuple[Decimal, Decimal]
    suites: tuple[SuiteDifference, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    alone: int


def compare(first: Session, second: Session) -> Comparison:
    """Return how the second session differs from the first; raise ``NothingInCommon``."""
    one, two = dict(_cases(first)), dict(_cases(second))
    shared = [(key, one[key], two[key]) for key in one if key in two]
    if not shared:
        raise NothingInCommon(first.id, second.id)
    pairs = _pairs([(a, b) for _, a, b in shared])
    paths = dict.fromkeys(path for (path, _), _, _ in shared)
    return Comparison(
        first=first,
        second=second,
        pairs=pairs,
        accuracy=newcombe(pairs),
        latency_ms=_latency([(a, b) for _, a, b in shared]),
        cost_usd=(_cost(a for _, a, _ in shared), _cost(b for _, _, b in shared)),
        suites=tuple(
            SuiteDifference(
                path=path, pairs=_pairs([(a, b) for (at, _), a, b in shared if at == path])
            )
            for path in paths
        ),
        gained=tuple(a.id for _, a, b in shared if b.passed and not a.passed),
        lost=tuple(a.id for _, a, b in shared if a.passed and not b.passed),
        alone=len(one) + len(two) - 2 * len(shared),
    )


def mcnemar(first: int, second: int) -> float:
    """Return the two-sided exact p-value for so many cases that only one got right."""
    count, fewer = first + second, min(first, second)
    tail = sum(comb(count, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / float(2**count))


def newcombe(pairs: Pairs) -> Interval:
    """Return the difference of two paired shares with its interval."""
    count, a, b = pairs.count, pairs.both, pairs.second
    c, d = pairs.first, pairs.neither
    one, two = (a + b) / count, (a + c) / count
    low_one, high_one = wilson(a + b, count)
    low_two, high_two = wilson(a + c, count)
    phi = _phi(a, b, c, d)
    down, up = one - low_one, high_one - one
    other_down, other_up = two - low_two, high_two - two
    lower = sqrt(max(down**2 - 2 * phi * down * other_up + other_up**2, 0.0))
    upper = sqrt(max(up**2 - 2 * phi * up * other_down + other_down**2, 0.0))
    difference = one - two
    return Interval(
        difference=difference, low=max(difference - lower, -1.0), high=min(difference + upper, 1.0)
    )


def wilson(passed: int, count: int) -> tuple[float, float]:
    """Return Wilson's interval for a share (1927)."""
    share, square = passed / count, Z * Z
    middle = share + square / (2 * count)
    reach = Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
    whole = 1 + square / count
    return max((middle - reach) / whole, 0.0), min((middle + reach) / whole, 1.0)


def median_interval(differences: Sequence[float]) -> Interval | None:
    """Return the median with its interval; ``None`` for fewer than six values, which have none."""
    ordered, count = sorted(differences), len(differences)
    tail, rank = 0, 0
    while 2 * (tail + comb(count, rank)) <= (1 - LEVEL) * 2**count:
        tail += comb(count, rank)
        rank += 1
    if rank == 0:
        return None
    return Interval(difference=median(ordered), low=ordered[rank - 1], high=ordered[-rank])


def _phi(a: int, b: int, c: int, d: int) -> float:
    """Return the correlation of the pairs, with Newcombe's continuity correction."""
    whole = (a + b) * (c + d) * (a + c) * (b + d)
    if whole == 0:
        return 0.0
    odds = a * d - b * c
    if odds > 0:
        odds = max(odds - (a + b + c + d) / 2, 0.0)  # type: ignore[assignment]  # halves
    return odds / sqrt(whole)


def _cases(session: Session) -> Iterator[tuple[tuple[str, str], CaseResult]]:
    for suite in session.suites:
        for case in suite.cases:
            yield (suite.path, case.digest), case


def _pairs(cases: Sequence[tuple[CaseResult, CaseResult]]) -> Pairs:
    told = [(one.passed, two.passed) for one, two in cases]
    return Pairs(
        both=told.count((True, True)),
        first=told.count((True, False)),
        second=told.count((False, True)),
        neither=told.count((False, False)),
    )


def _latency(cases: Sequence[tuple[CaseResult, CaseResult]]) -> Interval | None:
    answered = [
        (one, two) for one, two in cases if one.output is not None and two.output is not None
    ]
    return median_interval([two.latency_ms - one.latency_ms for one, two in answered])


def _cost(cases: Iterator[CaseResult]) -> Decimal:
    return sum((case.cost_usd for case in cases), Decimal(0))
