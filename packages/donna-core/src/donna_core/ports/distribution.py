"""Giving what is due to others, where one machine is not enough."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Distributor(Protocol):
    """Hands jobs to workers, which may be anywhere."""

    @abstractmethod
    async def hand_out(self, *, now: datetime) -> int | None:
        """Claim the jobs of all users that are due and give them to workers; return how many.

        A job is claimed in the transaction that gives it away, under a lease long enough to
        wait for a worker in. ``None`` where no worker is there: whoever asks does them itself.
        """
