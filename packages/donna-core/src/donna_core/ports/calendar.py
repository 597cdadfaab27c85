"""The calendars around a person's work."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import CalendarWrite
from donna_core.domain.errors import Degraded, Refused
from donna_core.domain.planning.busy import CalendarEvent
from donna_core.domain.timing.interval import Interval

__all__ = ["Calendar", "CalendarEvent", "CalendarMirror", "CalendarSnapshot"]


@frozen(kw_only=True)
class CalendarSnapshot:
    """All occurrences within a window, as of one reading; equal stamps mean equal content."""

    calendar_id: str
    stamp: str
    window: Interval
    events: tuple[CalendarEvent, ...]


class ReadOnlyCalendar(Refused):
    """The calendar is configured to be read only; nothing was written."""

    def __init__(self, calendar: str) -> None:
        self.calendar = calendar
        super().__init__(
            f"Calendar '{calendar}' is read only for Donna. Write to the calendar she manages."
        )


class ForeignEvent(Refused):
    """The event belongs to somebody else; Donna changes her own events only."""

    def __init__(self, calendar: str, *, event_id: str) -> None:
        self.calendar, self.event_id = calendar, event_id
        super().__init__(
            f"Event '{event_id}' in calendar '{calendar}' is not Donna's and was left alone. "
            "Change it in the calendar it came from."
        )


class CalendarNotWritten(Degraded):
    """The calendar could not be written; it is as it was before."""

    def __init__(self, calendar: str, *, problem: str, remedy: str) -> None:
        self.calendar, self.problem, self.remedy = calendar, problem, remedy
        super().__init__(f"Calendar '{calendar}' was not written: {problem}. {remedy}")


class Calendar(Protocol):
    """One calendar. Reading never changes it; only Donna's own events are ever written."""

    @property
    @abstractmethod
    def calendar_id(self) -> str:
        """The name of this calendar within Donna: personal, work, family."""

    @abstractmethod
    async def stamp(self) -> str:
        """Return a cheap mark that changes whenever the content may have changed.

        Raise ``CalendarUnreadable`` like ``read``.
        """

    @abstractmethod
    async def read(self, window: Interval) -> CalendarSnapshot:
        """Return every occurrence that overlaps the window, ordered by start, then id.

        Raise ``CalendarUnreadable`` when the source is absent though configured, cannot be
        parsed, or is half-written. A failed read is never an empty snapshot.
        """

    @abstractmethod
    async def write(self, write: CalendarWrite) -> None:
        """Make Donna's event so; writing the same again changes nothing.

        Deleting an event that is gone is a success. The calendar is either as before or as
        asked afterwards, never in between. Raise ``CalendarUnreadable`` when the present
        content cannot be read (it is then left alone), ``CalendarNotWritten`` when it cannot be
        written, ``ReadOnlyCalendar`` when this calendar is not Donna's to write and
        ``ForeignEvent`` when the event is not Donna's.
        """


class CalendarMirror(Protocol):
    """What Donna last saw in the calendars; part of a transaction."""

    @abstractmethod
    def stamps(self) -> dict[str, tuple[str, Interval]]:
        """Return the stamp and window of the last snapshot by calendar."""

    @abstractmethod
    def replace(self, snapshot: CalendarSnapshot, *, at: datetime) -> None:
        """Put the snapshot in place of all that was known of its calendar."""

    @abstractmethod
    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        """Return the known occurrences that overlap the window, ordered by start, then id."""

    @abstractmethod
    def forget(self, calendar_id: str) -> None:
        """Drop a calendar that is no longer configured."""
