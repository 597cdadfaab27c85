"""An embedder for tests: equal words give near vectors, and every call is counted."""

import hashlib
from collections.abc import Sequence

import numpy as np

from donna_core.domain.errors import Degraded
from donna_memory.lexical import content_words
from donna_memory.ports import Embedder, Vectors


class HashingEmbedder(Embedder):
    """Adds one fixed direction a word; ``embedded`` holds the texts of every call so far.

    One that is not ``is_local`` stands for a model elsewhere, and raises ``Degraded`` while it is
    ``away``.
    """

    def __init__(
        self, *, version: str = "hashing-1", dimension: int = 64, is_local: bool = True
    ) -> None:
        self._version, self._dimension, self._is_local = version, dimension, is_local
        self.embedded: list[str] = []
        self.away = False

    @property
    def is_local(self) -> bool:
        return self._is_local

    @property
    def version(self) -> str:
        return self._version

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.away:
            raise Degraded("The model does not answer.")
        self.embedded.extend(texts)
        rows = [sum(map(self._direction, content_words(text)), self._nothing()) for text in texts]
        vectors = np.stack(rows) if rows else np.zeros((0, self._dimension))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths, lengths, 1), np.float32)

    def _nothing(self) -> Vectors:
        return np.zeros(self._dimension, np.float32)

    def _direction(self, word: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        direction = np.random.default_rng(seed).standard_normal(self._dimension)
        return np.asarray(direction / np.linalg.norm(direction), np.float32)
