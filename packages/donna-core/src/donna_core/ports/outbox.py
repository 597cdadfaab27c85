"""Deliveries that are decided and still have to reach the world.

States follow one line: pending, in flight, then sent, dead or cancelled; a delivery whose fate
is not known after a crash or a time-out is ``unknown`` until somebody has looked, and one that
an older copy of the database brought back is ``quarantined`` until a person has.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import Delivery, Message
from donna_core.domain.ids import TaskId


class DeliveryState(StrEnum):
    """Where a delivery stands; all but the first three are final."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"


class Lane(StrEnum):
    """Who carries a delivery: the calendar, or one of the channels.

    Rows of one lane leave in the order they were decided.
    """

    CALENDAR = "calendar"
    DISCORD = "discord"
    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"


def lane_of(delivery: Delivery) -> Lane:
    """Return who carries the delivery."""
    return Lane(delivery.channel) if isinstance(delivery, Message) else Lane.CALENDAR


@frozen(kw_only=True)
class OutboxRow:
    """A delivery as stored. ``attempts`` counts claims, the present one included.

    ``cause`` is the key of the job that decided it, where one did; ``left_at`` is when it was
    last handed to its lane and may have reached the world.
    """

    delivery: Delivery
    state: DeliveryState
    sequence: int
    not_before: datetime
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    remote_id: str | None = None
    note: str = ""
    cause: str | None = None
    left_at: datetime | None = None


class Outbox(Protocol):
    """The deliveries of one user."""

    @abstractmethod
    def add(
        self, deliveries: Iterable[Delivery], *, at: datetime, cause: str | None = None
    ) -> None:
        """Append the deliveries in order; one whose key is known already is left as it is."""

    @abstractmethod
    def claim(
        self, lane: Lane, *, now: datetime, lease_until: datetime, limit: int
    ) -> tuple[OutboxRow, ...]:
        """Take pending rows whose ``not_before`` has come, in order of decision.

        Rows in flight whose lease has lapsed come back as ``unknown`` with their fence
        raised; all others become in flight. Attempts are counted here. No message is taken
        while an earlier one of its lane is in flight under a lease that holds.
        """

    @abstractmethod
    def settle(
        self,
        key: str,
        *,
        fence: int,
        state: DeliveryState,
        at: datetime,
        remote_id: str | None = None,
        not_before: datetime | None = None,
        note: str = "",
    ) -> bool:
        """Move a claimed row on if this fence is still the latest; else return False.

        ``sent`` notes ``at`` as the time of sending; ``not_before`` goes with ``pending``.
        """

    @abstractmethod
    def quarantine(self, *, before: datetime, note: str) -> int:
        """Put aside what has not arrived and was to go before then; return how many.

        What an older copy of the database brought back may have arrived long ago.
        """

    @abstractmethod
    def next_due(self, lane: Lane) -> datetime | None:
        """Return when the lane's next row may go or its next lease lapses, or ``None``."""

    @abstractmethod
    def select(
        self,
        *,
        lane: Lane | None = None,
        states: Collection[DeliveryState] | None = None,
        task_id: TaskId | None = None,
    ) -> tuple[OutboxRow, ...]:
        """Return the rows that meet every filter given, in order of decision."""
