"""A clock that several processes share: it stands where a file says."""

import asyncio
from datetime import datetime
from pathlib import Path

from donna_core.ports.clock import Clock

GLANCE = 0.01
"""Seconds between two looks at the file, while somebody waits for an instant."""


class FileClock(Clock):
    """Tells the instant in the file, an ISO 8601 date and time with its offset."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    async def sleep_until(self, instant: datetime) -> None:
        while self.now() < instant:  # noqa: ASYNC110  # no event tells of a file that was written
            await asyncio.sleep(GLANCE)

    def set(self, instant: datetime) -> None:
        """Put the clock of all who share it to the instant, at once."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(instant.isoformat())
        fresh.replace(self._path)
