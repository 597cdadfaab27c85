"""An embedder that may be away, and what it said when it was."""

from collections.abc import Sequence

from donna_core.domain.errors import Degraded
from donna_memory.ports import Embedder, Vectors


class Elsewhere(Embedder):
    """Asks another embedder; ``trouble`` is why that gave nothing the last time, if it did not."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.trouble = ""

    @property
    def version(self) -> str:
        return self._embedder.version

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def is_local(self) -> bool:
        return self._embedder.is_local

    def embed(self, texts: Sequence[str]) -> Vectors:
        try:
            vectors = self._embedder.embed(texts)
        except Degraded as error:
            self.trouble = f"Going by words alone: {error}"
            raise
        self.trouble = ""
        return vectors
