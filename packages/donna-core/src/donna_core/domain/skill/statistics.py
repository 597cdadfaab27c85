"""What a handful of observations allow to be said with confidence."""

from collections.abc import Sequence
from math import sqrt

from attrs import frozen

QUANTILES = {0.90: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004}
"""By confidence, the quantile of the normal distribution that leaves half the rest on each side."""


@frozen(kw_only=True)
class Bounds:
    """What a share or a difference of shares lies between, with the confidence asked for."""

    low: float
    high: float


NOTHING_KNOWN = Bounds(low=0.0, high=1.0)


def wilson(successes: int, count: int, *, confidence: float = 0.95) -> Bounds:
    """Return Wilson's score interval of a share (Wilson 1927); anything is possible of none."""
    if count == 0:
        return NOTHING_KNOWN
    z = QUANTILES[confidence]
    share, square = successes / count, z * z
    middle = share + square / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + square / (4 * count * count))
    scale = 1 + square / count
    low = 0.0 if successes == 0 else (middle - spread) / scale
    high = 1.0 if successes == count else (middle + spread) / scale
    return Bounds(low=low, high=high)


def paired(pairs: Sequence[tuple[bool, bool]], *, confidence: float = 0.95) -> Bounds:
    """Return the interval of the first share less the second, of the same cases.

    Newcombe's method 10 for paired shares (1998): two Wilson intervals, joined by how far the
    pairs go together. Of no pairs anything is possible: from -1 to 1.
    """
    count = len(pairs)
    if count == 0:
        return Bounds(low=-1.0, high=1.0)
    both = sum(a and b for a, b in pairs)
    first, second = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    one, two = (wilson(n, count, confidence=confidence) for n in (first, second))
    share, other = first / count, second / count
    phi = _correlation(both, first - both, second - both, count - first - second + both)
    down = _joined(share - one.low, two.high - other, phi)
    up = _joined(one.high - share, other - two.low, phi)
    return Bounds(low=share - other - down, high=share - other + up)


def _joined(a: float, b: float, phi: float) -> float:
    return sqrt(max(0.0, a * a - 2 * phi * a * b + b * b))


def _correlation(both: int, first: int, second: int, neither: int) -> float:
    """Return phi of the four-fold table, towards 0 by half the count where it is positive."""
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    if margins == 0:
        return 0.0
    product = both * neither - first * second
    count = both + first + second + neither
    corrected = max(product - count / 2, 0.0) if product > 0 else float(product)
    return corrected / sqrt(margins)
