"""Whether a confidence keeps its word: of the answers at 0.8, four in five have to be right."""

from collections.abc import Iterable, Sequence

from attrs import frozen


@frozen(kw_only=True)
class Bin:
    """The answers whose confidence lies in ``[low, high)``; 1 belongs to the last bin."""

    low: float
    high: float
    count: int
    mean_confidence: float
    accuracy: float


@frozen(kw_only=True)
class Reliability:
    """The bins that hold answers, lowest first."""

    bins: tuple[Bin, ...]

    @property
    def error(self) -> float:
        """The expected calibration error in [0, 1].

        The mean distance of accuracy and confidence over the bins, weighed by their answers
        (Naeini, Cooper and Hauskrecht, 2015).
        """
        count = sum(each.count for each in self.bins)
        gaps = (each.count * abs(each.accuracy - each.mean_confidence) for each in self.bins)
        return sum(gaps) / count if count else 0.0


def reliability(answers: Iterable[tuple[float, bool]], *, bins: int = 10) -> Reliability:
    """Sort pairs of a confidence in [0, 1] and whether it was right into bins of equal width."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in answers:
        sorted_in[min(int(confidence * bins), bins - 1)].append((confidence, right))
    return Reliability(
        bins=tuple(_bin(place / bins, (place + 1) / bins, held)
                   for place, held in enumerate(sorted_in) if held)
    )  # fmt: skip


def _bin(low: float, high: float, held: Sequence[tuple[float, bool]]) -> Bin:
    return Bin(
        low=low,
        high=high,
        count=len(held),
        mean_confidence=sum(confidence for confidence, _ in held) / len(held),
        accuracy=sum(right for _, right in held) / len(held),
    )
