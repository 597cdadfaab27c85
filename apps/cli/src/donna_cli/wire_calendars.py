"""From calendars to the wire: one function for each object."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from donna_adapters.calendars.connections import Connection
from donna_cli import schema_calendars as schema
from donna_cli.wire_records import task
from donna_core.domain.codec import instant_to_text
from donna_core.domain.tasks.task import Task
from donna_core.ports.calendar import CalendarEvent
from donna_core.usecases.calendars import CalendarState
from donna_core.usecases.mirroring import Glance

Places = Mapping[str, tuple[str, str]]
"""Kind and place of each calendar, by its name."""


def calendars(states: Iterable[CalendarState], places: Places) -> schema.CalendarsObject:
    """Return the calendars there are."""
    return schema.CalendarsObject(
        calendars=[
            schema.CalendarObject.model_validate(
                {
                    "name": state.calendar.calendar_id,
                    "kind": places[state.calendar.calendar_id][0],
                    "where": places[state.calendar.calendar_id][1],
                    "access": state.calendar.access.value,
                    "own": state.is_own,
                }
            )
            for state in states
        ]
    )


def connected(connection: Connection, events: int) -> schema.ConnectedObject:
    """Return what was connected."""
    return schema.ConnectedObject.model_validate(
        {
            "name": connection.name,
            "kind": connection.kind,
            "access": connection.access.value,
            "events": events,
        }
    )


def disconnected(connection: Connection) -> schema.DisconnectedObject:
    """Return what is not connected any more."""
    return schema.DisconnectedObject(name=connection.name)


def statuses(states: Iterable[CalendarState], seen: Glance) -> schema.CalendarStatusesObject:
    """Return how fresh what is known is."""
    problems = {error.calendar: str(error) for error in seen.unreadable}
    return schema.CalendarStatusesObject(
        calendars=[
            schema.CalendarStatusObject(
                name=state.calendar.calendar_id,
                remote=state.calendar.is_remote,
                known_at=state.known.at if state.known else None,
                known_from=state.known.window.start if state.known else None,
                known_to=state.known.window.end if state.known else None,
                events=state.events,
                problem=problems.get(state.calendar.calendar_id),
            )
            for state in states
        ]
    )


def synced(seen: Glance, tasks: Sequence[Task]) -> schema.SyncedObject:
    """Return what the calendars answered."""
    news = {answer.calendar_id for answer in seen.answers}
    problems = {error.calendar: str(error) for error in seen.unreadable}
    return schema.SyncedObject(
        calendars=[
            schema.SyncedCalendarObject(name=name, changed=name in news, problem=problems.get(name))
            for name in (*seen.asked, *problems)
        ],
        tasks=[task(each) for each in tasks],
    )


def events(found: Iterable[CalendarEvent], known: Collection[str]) -> schema.OccurrencesObject:
    """Return every occurrence."""
    return schema.OccurrencesObject(
        events=[
            schema.OccurrenceObject.model_validate(
                {
                    "uid": event.event_id,
                    "recurrence_id": event.recurrence_id,
                    "calendar": event.calendar_id,
                    "summary": event.title,
                    "start": event.starts or instant_to_text(event.when.start),
                    "end": event.ends or instant_to_text(event.when.end),
                    "all_day": event.is_all_day,
                    "busy": event.busy,
                    "donna_managed": event.is_donnas,
                    "status": event.status.value,
                    "organizer": event.organizer or None,
                    "attendees": list(event.attendees),
                    "untrusted": event.is_from_a_stranger(known),
                }
            )
            for event in found
        ]
    )
