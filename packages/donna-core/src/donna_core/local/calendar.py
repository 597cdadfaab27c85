"""A calendar that lives in a dictionary and breaks when told to."""

from collections.abc import Iterable

from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    Calendar,
    CalendarChanges,
    CalendarEvent,
    ForeignEvent,
    ReadOnlyCalendar,
    unchanged,
)


class InMemoryCalendar(Calendar):
    """Keeps single occurrences; those with a task are Donna's, all others somebody else's."""

    def __init__(
        self,
        calendar_id: str,
        *,
        events: Iterable[CalendarEvent] = (),
        writable: bool = True,
        is_remote: bool = False,
    ) -> None:
        self._calendar_id = calendar_id
        self._access = Access.READ_WRITE if writable else Access.READ_ONLY
        self._is_remote = is_remote
        self.requests = self.failures = 0
        self._events = list(events)
        self._revision = 0
        self._broken: CalendarUnreadable | None = None

    @property
    def calendar_id(self) -> str:
        return self._calendar_id

    @property
    def access(self) -> Access:
        return self._access

    @property
    def is_remote(self) -> bool:
        return self._is_remote

    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        self._check_readable()
        self.requests += 1
        stamp = f"revision-{self._revision}"
        if stamp == since:
            return unchanged(self._calendar_id, stamp=stamp, window=window)
        overlapping = [event for event in self._events if event.when.overlaps(window)]
        ordered = sorted(overlapping, key=lambda event: (event.when.start, event.event_id))
        return CalendarChanges(
            calendar_id=self._calendar_id, stamp=stamp, window=window, events=tuple(ordered)
        )

    async def write(self, write: CalendarWrite) -> None:
        if self._access is Access.READ_ONLY:
            raise ReadOnlyCalendar(self._calendar_id)
        self._check_readable()
        present = [event for event in self._events if event.event_id == write.event_id]
        if any(event.task_id is None for event in present):
            raise ForeignEvent(self._calendar_id, event_id=write.event_id)
        wanted = [] if write.action is CalendarAction.DELETE else [self._event(write)]
        if present != wanted:
            self.replace([event for event in self._events if event not in present] + wanted)

    def add(self, event: CalendarEvent) -> None:
        """Put one more event beside the others, as a person or another program might."""
        self.replace([*self._events, event])

    def replace(self, events: Iterable[CalendarEvent]) -> None:
        """Put these events in place of all others, as a person or another program might."""
        self._events = list(events)
        self._revision += 1

    def break_reading(self, error: CalendarUnreadable | None = None) -> None:
        """Make every reading and writing fail from now on."""
        self._broken = error or CalendarUnreadable(
            self._calendar_id, problem="it was told to break", remedy="Mend it."
        )

    def mend(self) -> None:
        """Make the calendar readable again, with what it held."""
        self._broken = None

    def _check_readable(self) -> None:
        if self._broken is not None:
            self.failures += 1
            raise self._broken

    def _event(self, write: CalendarWrite) -> CalendarEvent:
        return CalendarEvent(
            event_id=write.event_id,
            calendar_id=self._calendar_id,
            title=write.title,
            when=Interval(write.start, write.end),
            busy=write.busy,
            task_id=write.task_id,
        )
