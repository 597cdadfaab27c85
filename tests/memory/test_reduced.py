"""The reduced index keeps the contract, and compares whole vectors where a part says too little."""

import numpy as np

from donna_memory.exact import ExactIndex
from donna_memory.ports import VectorIndex, Vectors
from donna_memory.reduced import ReducedIndex
from donna_memory.testing.contracts.vector_index import SIZE, VectorIndexContract

MANY, WIDE, NEAREST = 4_000, 384, 32


class TestReducedIndex(VectorIndexContract):
    def index(self) -> VectorIndex:
        return ReducedIndex(SIZE, fewest=1)


def spread(count: int, *, power: float, seed: int = 1) -> Vectors:
    """Return unit vectors whose numbers vary the less the later they come."""
    scale = np.arange(1, WIDE + 1, dtype=np.float32) ** -power
    vectors = scale * np.random.default_rng(seed).standard_normal((count, WIDE), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def both(vectors: Vectors) -> tuple[ExactIndex, ReducedIndex]:
    """Return an exact and a reduced index over the vectors."""
    exact, reduced = ExactIndex(WIDE), ReducedIndex(WIDE, fewest=MANY)
    for index in (exact, reduced):
        index.put(range(len(vectors)), vectors)
    return exact, reduced


def share_found(exact: ExactIndex, reduced: ReducedIndex) -> float:
    """Return the share of the nearest that the reduced index finds."""
    found = 0
    for query in spread(20, power=0.6, seed=2):
        nearest = {key for key, _ in exact.nearest(query, NEAREST)}
        found += len(nearest & {key for key, _ in reduced.nearest(query, NEAREST)})
    return found / (20 * NEAREST)


def test_of_vectors_with_few_directions_a_part_is_compared() -> None:
    """It finds nearly all, with their cosines, and goes on doing so as they come and go."""
    vectors = spread(2 * MANY, power=0.6)
    exact, reduced = both(vectors[:MANY])

    assert share_found(exact, reduced) >= 0.99
    assert 0 < reduced.width < WIDE / 2
    for index in (exact, reduced):
        index.remove(range(0, MANY, 3))
        index.put(range(MANY, MANY + 3000), vectors[MANY : MANY + 3000])
    assert share_found(exact, reduced) >= 0.99
    [(first, cosine)] = reduced.nearest(vectors[MANY + 5], 1)
    assert (first, round(cosine, 4)) == (MANY + 5, 1.0)


def test_of_vectors_in_all_directions_the_whole_is_compared() -> None:
    """A part would lose too many."""
    exact, reduced = both(spread(MANY, power=0.0))

    assert share_found(exact, reduced) == 1.0
    assert reduced.width == 0


def test_the_axes_are_taken_anew_when_there_are_twice_as_many() -> None:
    """What came since may lie in other directions."""
    alike, otherwise = spread(MANY, power=0.6), spread(2 * MANY, power=0.0, seed=3)
    _, reduced = both(alike)
    reduced.nearest(alike[0], 1)
    assert reduced.width

    reduced.put(range(MANY, 3 * MANY), otherwise)

    assert [key for key, _ in reduced.nearest(otherwise[7], 1)] == [MANY + 7]
    assert reduced.width == 0
