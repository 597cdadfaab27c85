"""The reduced index: a part of every vector is compared, and the whole of the best.

Texts of one language lie mostly in few directions. Turned onto their principal axes (Pearson 1901,
Hotelling 1933), the first quarter of the numbers of a sentence's embedding has nearly all that
tells it from others: comparing that reads a quarter of the memory, which is what a comparison
costs. How much is lost is measured on the vectors that are kept, and where it is too much, whole
vectors are compared.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from donna_memory.exact import ExactIndex
from donna_memory.ports import Vectors

FEWEST = 20_000
"""Vectors below which comparing whole ones is quick enough."""

_WIDTHS = (96, 128, 192)  # numbers that are compared first; the fewest that lose too little
_RECALL = 0.995  # of the nearest, at least, on the vectors that are kept
_WHOLE = 8  # so many times as many as are wanted are compared whole
_SAMPLE = 20_000  # vectors that the axes are taken from
_ASKED, _NEAREST = 32, 128  # the vectors it is measured with, and how many of their nearest


class ReducedIndex(ExactIndex):
    """Finds at least 199 of 200 of the nearest, at a third of the cost.

    The axes are taken anew each time the number of vectors has doubled.
    """

    def __init__(self, dimension: int, *, fewest: int = FEWEST) -> None:
        super().__init__(dimension)
        self._fewest = fewest
        self._fitted = 0
        self._axes: Vectors = np.empty((dimension, 0), np.float32)
        self._parts: Vectors = np.empty((0, 0), np.float32)
        self._moved: set[int] = set()

    @property
    def width(self) -> int:
        """How many numbers are compared first; none where whole vectors are."""
        return int(self._axes.shape[1])

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        super().put(keys, vectors)
        self._moved.update(self._rows[key] for key in keys)

    def remove(self, keys: Collection[int]) -> None:
        self._moved.update(self._rows[key] for key in keys if key in self._rows)
        super().remove(keys)

    def nearest(self, query: Vectors, limit: int) -> tuple[tuple[int, float], ...]:
        self._catch_up()
        count = len(self)
        if not self.width or not 0 < limit * _WHOLE < count:
            return super().nearest(query, limit)
        rough = self._parts[:count] @ (query @ self._axes)
        rows = np.argpartition(rough, count - limit * _WHOLE)[count - limit * _WHOLE :]
        return self._best(rows, self._vectors[rows] @ query, limit)

    def _catch_up(self) -> None:
        count = len(self)
        if count >= max(self._fewest, 2 * self._fitted):
            self._fit()
        elif self.width and self._moved:
            if count > len(self._parts):
                spare = np.empty((len(self._keys) - len(self._parts), self.width), np.float32)
                self._parts = np.concatenate([self._parts, spare])
            rows = np.fromiter((row for row in self._moved if row < count), np.int64)
            self._parts[rows] = self._vectors[rows] @ self._axes
        self._moved.clear()

    def _fit(self) -> None:
        """Take the axes, and as few of the numbers on them as lose little enough."""
        count = self._fitted = len(self)
        vectors = self._vectors[:count]
        sample = vectors[:: -(-count // _SAMPLE)]
        _, axes = np.linalg.eigh((sample.T @ sample).astype(np.float64))
        asked = vectors[:: -(-count // _ASKED)]
        nearest = _highest(vectors @ asked.T, _NEAREST)
        for width in _WIDTHS:
            if width >= vectors.shape[1]:
                break
            self._axes = np.ascontiguousarray(axes[:, : -width - 1 : -1], np.float32)
            self._parts = vectors @ self._axes
            seen = _highest(self._parts @ (asked @ self._axes).T, _NEAREST * _WHOLE)
            if _share(nearest, seen) >= _RECALL:
                return
        self._axes, self._parts = self._axes[:, :0], np.empty((0, 0), np.float32)


def _highest(scores: Vectors, count: int) -> NDArray[np.int64]:
    """Return the rows of the highest scores in each column."""
    rows: NDArray[Any] = np.argpartition(scores, -min(count, len(scores)), axis=0)
    return rows[-count:]


def _share(wanted: NDArray[np.int64], seen: NDArray[np.int64]) -> float:
    """Return what share of the wanted rows was seen, over all columns."""
    columns = range(wanted.shape[1])
    return float(np.mean([np.isin(wanted[:, each], seen[:, each]).mean() for each in columns]))
