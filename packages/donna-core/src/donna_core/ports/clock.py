"""The time, as the world tells it."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the instant and waits for one."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the current instant, aware UTC; it may jump either way between calls."""

    @abstractmethod
    async def sleep_until(self, instant: datetime) -> None:
        """Return once ``now() >= instant``; at once when that is already so.

        Cancellation is honoured at any point.
        """
