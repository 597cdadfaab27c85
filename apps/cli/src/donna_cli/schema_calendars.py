"""What ``--json`` prints of calendars."""

from typing import Literal

from donna_cli.schema_records import TaskObject
from donna_cli.wire_object import Instant, Wire


class CalendarObject(Wire):
    """One calendar; ``own`` is the one Donna writes. Of an address only the host is told."""

    name: str
    kind: Literal["file", "ics", "caldav", "google"]
    where: str
    access: Literal["read_only", "read_write"]
    own: bool


class CalendarsObject(Wire):
    """All calendars there are."""

    calendars: list[CalendarObject]


class ConnectedObject(Wire):
    """A calendar that was connected, and how many events the next 30 days hold."""

    name: str
    kind: Literal["ics", "caldav", "google"]
    access: Literal["read_only", "read_write"]
    events: int


class DisconnectedObject(Wire):
    """A calendar that is not connected any more."""

    name: str


class CalendarStatusObject(Wire):
    """What is known of a calendar: since when, for which time, and what stands in the way."""

    name: str
    remote: bool
    known_at: Instant | None
    known_from: Instant | None
    known_to: Instant | None
    events: int
    problem: str | None


class CalendarStatusesObject(Wire):
    """What is known of all calendars."""

    calendars: list[CalendarStatusObject]


class SyncedCalendarObject(Wire):
    """What a calendar answered; ``changed`` tells whether there was news."""

    name: str
    changed: bool
    problem: str | None


class SyncedObject(Wire):
    """What the calendars answered, and the tasks that followed them."""

    calendars: list[SyncedCalendarObject]
    tasks: list[TaskObject]


class OccurrenceObject(Wire):
    """One event, each time it takes place.

    ``start`` and ``end`` are as the source has them: a date for a whole day, a wall time where
    it floats, else a time with its offset. ``recurrence_id`` tells occurrences of one ``uid``
    apart. ``untrusted`` marks what a stranger asked for.
    """

    uid: str
    recurrence_id: str
    calendar: str
    summary: str
    start: str
    end: str
    all_day: bool
    busy: bool
    donna_managed: bool
    status: Literal["confirmed", "tentative", "cancelled"]
    organizer: str | None
    attendees: list[str]
    untrusted: bool


class OccurrencesObject(Wire):
    """Everything in the calendars within a stretch of time, by its start."""

    events: list[OccurrenceObject]


PRINTED_BY: dict[str, type[Wire]] = {
    "donna calendar connect": ConnectedObject,
    "donna calendar list": CalendarsObject,
    "donna calendar status": CalendarStatusesObject,
    "donna calendar sync": SyncedObject,
    "donna calendar disconnect": DisconnectedObject,
    "donna calendar events": OccurrencesObject,
}
