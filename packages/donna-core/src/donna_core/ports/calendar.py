"""The calendars around a person's work."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import CalendarWrite
from donna_core.domain.errors import Degraded, Refused
from donna_core.domain.planning.calendar_events import Access, CalendarEvent, EventStatus
from donna_core.domain.timing.interval import Interval

__all__ = [
    "Access",
    "Calendar",
    "CalendarChanges",
    "CalendarEvent",
    "CalendarMirror",
    "EventStatus",
    "Mirrored",
    "unchanged",
]


@frozen(kw_only=True)
class CalendarChanges:
    """What became of a calendar since an earlier answer, within a window.

    ``replaced`` are the ids whose occurrences in the window are now those among ``events`` and
    no others, so that of a deleted event there are none; ``None`` says that the answer is all
    there is in the window. Equal stamps mean equal content. ``events`` are ordered by start,
    then id. ``is_absent`` tells of a calendar that is yet to be made by its first write: that
    nothing is in it means nothing.
    """

    calendar_id: str
    stamp: str
    window: Interval
    events: tuple[CalendarEvent, ...] = ()
    replaced: frozenset[str] | None = None
    is_absent: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed at all."""
        return self.replaced is not None and not self.replaced


def unchanged(calendar_id: str, *, stamp: str, window: Interval) -> CalendarChanges:
    """Return the answer that there is nothing new."""
    return CalendarChanges(
        calendar_id=calendar_id, stamp=stamp, window=window, replaced=frozenset()
    )


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

    @property
    @abstractmethod
    def access(self) -> Access:
        """What Donna may do with it."""

    @property
    @abstractmethod
    def is_remote(self) -> bool:
        """Whether asking costs a request to somebody's server, so that it is not always done."""

    @abstractmethod
    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        """Return what changed since the answer with that stamp, which was for the same window.

        Without ``since``, or where the source does not know that stamp any more, the answer is
        complete: every occurrence that overlaps the window. Where nothing changed the answer
        is empty and its stamp is ``since``.

        Raise ``CalendarUnreadable`` when the source is absent though configured, cannot be
        parsed, was read in part only, or is half-written. A failed read is never an empty one.
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


@frozen(kw_only=True)
class Mirrored:
    """What is known of a calendar: as of which stamp, in which window, noted when."""

    stamp: str
    window: Interval
    at: datetime

    def covers(self, needed: Interval) -> bool:
        """Whether the whole of that time is known."""
        return self.window.start <= needed.start and needed.end <= self.window.end


class CalendarMirror(Protocol):
    """What Donna last saw in the calendars; part of a transaction."""

    @abstractmethod
    def known(self) -> Mapping[str, Mirrored]:
        """Return what is known by calendar."""

    @abstractmethod
    def apply(self, changes: CalendarChanges, *, at: datetime) -> None:
        """Bring what is known of the calendar up to the answer; a complete one replaces all.

        Applying an answer again changes nothing but the instant.
        """

    @abstractmethod
    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        """Return the known occurrences that overlap the window, ordered by start, then id."""

    @abstractmethod
    def forget(self, calendar_id: str) -> None:
        """Drop a calendar that is no longer configured."""
