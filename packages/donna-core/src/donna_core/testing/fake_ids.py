"""Identifiers that are the same in every run."""

from uuid import UUID

from donna_core.ports.ids import IdSource

# 2024-01-01T00:00:00Z in milliseconds, where RFC 9562 puts the time; then version 7 and variant.
_SHAPE = (1_704_067_200_000 << 80) | (7 << 76) | (0b10 << 62)


class SequentialIds(IdSource):
    """Counts through well-formed UUIDv7 identifiers; equal starts give equal sequences."""

    def __init__(self, *, start: int = 1) -> None:
        self._next = start

    def new(self) -> str:
        drawn, self._next = self._next, self._next + 1
        return str(UUID(int=_SHAPE | drawn))
