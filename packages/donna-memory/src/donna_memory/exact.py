"""The exact index: every vector is compared with the query, in one product of matrices."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from donna_memory.ports import VectorIndex, Vectors

_SPARE = 1.5


class ExactIndex(VectorIndex):
    """Holds the vectors in one array that grows by half; a removed row is filled by the last."""

    def __init__(self, dimension: int) -> None:
        self._vectors: Vectors = np.empty((0, dimension), np.float32)
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        fresh = sum(key not in self._rows for key in {*keys})
        self._reserve(len(self._rows) + fresh)
        for key, vector in zip(keys, vectors, strict=True):
            row = self._rows.setdefault(key, len(self._rows))
            self._vectors[row], self._keys[row] = vector, key

    def remove(self, keys: Collection[int]) -> None:
        for key in keys:
            row = self._rows.pop(key, None)
            if row is None:
                continue
            last = len(self._rows)
            if row != last:
                moved = int(self._keys[last])
                self._vectors[row], self._keys[row] = self._vectors[last], moved
                self._rows[moved] = row

    def nearest(self, query: Vectors, limit: int) -> tuple[tuple[int, float], ...]:
        count = len(self._rows)
        if not count or limit < 1:
            return ()
        cosines = self._vectors[:count] @ query
        if limit < count:
            # Ties at the border are all taken, so that equal ones are cut by key, not by chance.
            border = np.partition(cosines, count - limit)[count - limit]
            taken = np.flatnonzero(cosines >= border)
        else:
            taken = np.arange(count)
        return self._best(taken, cosines[taken], limit)

    def _best(
        self, rows: NDArray[np.int64], cosines: Vectors, limit: int
    ) -> tuple[tuple[int, float], ...]:
        """Return the keys of the best of these rows."""
        keys = self._keys[rows]
        order = np.lexsort((keys, -cosines))[:limit]
        return tuple(zip(keys[order].tolist(), cosines[order].tolist(), strict=True))

    def vector(self, key: int) -> Vectors | None:
        row = self._rows.get(key)
        return None if row is None else self._vectors[row]

    def similarity(self, query: Vectors, keys: Sequence[int]) -> Vectors:
        rows = np.fromiter((self._rows.get(key, -1) for key in keys), np.int64, len(keys))
        found = rows >= 0
        result = np.full(len(keys), -1, np.float32)
        result[found] = self._vectors[rows[found]] @ query
        return result

    def _reserve(self, size: int) -> None:
        if size <= len(self._keys):
            return
        room = max(size, int(len(self._keys) * _SPARE))
        vectors = np.empty((room, self._vectors.shape[1]), np.float32)
        keys = np.empty(room, np.int64)
        count = len(self._rows)
        vectors[:count], keys[:count] = self._vectors[:count], self._keys[:count]
        self._vectors, self._keys = vectors, keys
