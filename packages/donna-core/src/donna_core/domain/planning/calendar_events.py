"""What calendars hold: one occurrence of one event, as Donna knows it."""

from collections.abc import Collection
from enum import StrEnum

from attrs import frozen

from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval

_DATE = len("2026-11-26")


class EventStatus(StrEnum):
    """Whether the event takes place (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Access(StrEnum):
    """What Donna may do with a calendar; she only ever writes events of her own."""

    READ_ONLY = "read_only"
    READ_WRITE = "read_write"


@frozen(kw_only=True)
class CalendarEvent:
    """One occurrence of one event. ``busy`` is false for events that block no time.

    ``event_id`` is its uid, which all occurrences of a repetition share, and ``recurrence_id``
    tells those apart: the start that the repetition gave it, empty for an event that stands
    alone. Donna's own events carry the task they stand for. ``starts`` and ``ends`` are the
    times as the source has them, in ISO 8601: a date for a whole day, a wall time without an
    offset where it floats, else with its offset. ``organizer`` and ``attendees`` are addresses
    in lower case; ``names`` are those of attendees who have one, with their addresses before
    them, as whoever invited them wrote it.
    """

    event_id: EventKey
    calendar_id: str
    title: str
    when: Interval
    busy: bool = True
    task_id: TaskId | None = None
    recurrence_id: str = ""
    starts: str = ""
    ends: str = ""
    status: EventStatus = EventStatus.CONFIRMED
    organizer: str = ""
    attendees: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def is_donnas(self) -> bool:
        """Whether Donna wrote it."""
        return self.task_id is not None

    @property
    def is_all_day(self) -> bool:
        """Whether it takes whole days rather than hours."""
        return len(self.starts) == _DATE

    def is_from_a_stranger(self, known: Collection[str]) -> bool:
        """Whether somebody asked for it whose address, or ``@domain``, is not among the known."""
        _, _, domain = self.organizer.rpartition("@")
        is_asked_for = bool(self.organizer) and not self.is_donnas
        return is_asked_for and not {self.organizer, f"@{domain}"} & set(known)
