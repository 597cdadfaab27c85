"""What Donna last saw in the calendars of one user."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, func, insert, select, type_coerce

from donna_adapters.sql.statements import upsert
from donna_adapters.sql.tables import CALENDAR_MIRROR, CALENDAR_STAMP
from donna_core.domain.ids import UserId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    CalendarChanges,
    CalendarEvent,
    CalendarMirror,
    EventStatus,
    Mirrored,
)

_COLUMNS = CALENDAR_MIRROR.c
_STAMPS = (
    select(CALENDAR_STAMP)
    .where(CALENDAR_STAMP.c.user_id == bindparam("user_id"))
    .order_by(CALENDAR_STAMP.c.calendar_id)
)
_SAVE_STAMP = upsert(CALENDAR_STAMP)
_SAVE_EVENTS = insert(CALENDAR_MIRROR)
_DROP_STAMP = delete(CALENDAR_STAMP).where(
    CALENDAR_STAMP.c.user_id == bindparam("user_id"),
    CALENDAR_STAMP.c.calendar_id == bindparam("calendar_id"),
)
_DROP_EVENTS = delete(CALENDAR_MIRROR).where(
    _COLUMNS.user_id == bindparam("user_id"), _COLUMNS.calendar_id == bindparam("calendar_id")
)
_DROP_SOME = _DROP_EVENTS.where(_COLUMNS.event_id.in_(bindparam("ids", expanding=True)))
_NEXT_POSITION = select(func.coalesce(func.max(_COLUMNS.position) + 1, 0)).where(
    _COLUMNS.user_id == bindparam("user_id"), _COLUMNS.calendar_id == bindparam("calendar_id")
)
_STATUSES = {status.value: status for status in EventStatus}
_NOBODY = "[]"
_EVENTS = (
    select(
        *(_COLUMNS.event_id, _COLUMNS.calendar_id, _COLUMNS.summary),
        # Read as they stand: a year has tens of thousands, and the type's checks cost most of it.
        *(type_coerce(_COLUMNS.start_time, String), type_coerce(_COLUMNS.end_time, String)),
        *(_COLUMNS.busy, _COLUMNS.donna_task_id),
        *(_COLUMNS.recurrence_id, _COLUMNS.starts, _COLUMNS.ends, _COLUMNS.status),
        *(_COLUMNS.organizer, _COLUMNS.attendees_json),
    )
    .where(
        _COLUMNS.user_id == bindparam("user_id"),
        _COLUMNS.start_time < bindparam("window_end"),
        _COLUMNS.end_time > bindparam("window_start"),
    )
    .order_by(_COLUMNS.start_time, _COLUMNS.event_id, _COLUMNS.calendar_id, _COLUMNS.position)
)


class SqlCalendarMirror(CalendarMirror):
    """Keeps occurrences as rows and one stamp per calendar."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def known(self) -> dict[str, Mirrored]:
        rows = self._connection.execute(_STAMPS, {"user_id": self._user_id})
        return {
            row.calendar_id: Mirrored(
                stamp=row.stamp,
                window=Interval(row.window_start, row.window_end),
                at=row.last_synced,
            )
            for row in rows
        }

    def apply(self, changes: CalendarChanges, *, at: datetime) -> None:
        of_calendar = {"user_id": self._user_id, "calendar_id": changes.calendar_id}
        first = 0
        if changes.replaced is None:
            self._connection.execute(_DROP_EVENTS, of_calendar)
        elif changes.replaced:
            self._connection.execute(_DROP_SOME, {**of_calendar, "ids": sorted(changes.replaced)})
            first = self._connection.execute(_NEXT_POSITION, of_calendar).scalar_one()
        self._connection.execute(
            _SAVE_STAMP,
            {
                **of_calendar,
                "stamp": changes.stamp,
                "window_start": changes.window.start,
                "window_end": changes.window.end,
                "last_synced": at,
            },
        )
        rows = [
            {**of_calendar, "position": position, **_columns(event)}
            for position, event in enumerate(changes.events, start=first)
        ]
        if rows:
            self._connection.execute(_SAVE_EVENTS, rows)

    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        asked = {
            "user_id": self._user_id,
            "window_start": window.start,
            "window_end": window.end,
        }
        return tuple(map(_event, self._connection.execute(_EVENTS, asked).all()))

    def forget(self, calendar_id: str) -> None:
        of_calendar = {"user_id": self._user_id, "calendar_id": calendar_id}
        self._connection.execute(_DROP_EVENTS, of_calendar)
        self._connection.execute(_DROP_STAMP, of_calendar)


def _columns(event: CalendarEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "summary": event.title,
        "start_time": event.when.start,
        "end_time": event.when.end,
        "busy": event.busy,
        "donna_task_id": event.task_id,
        "recurrence_id": event.recurrence_id,
        "starts": event.starts,
        "ends": event.ends,
        "status": event.status.value,
        "organizer": event.organizer,
        "attendees_json": _attendees_json(event),
    }


def _attendees_json(event: CalendarEvent) -> str:
    """Return each address, with the name behind it where one is known."""
    names = dict(event.names)
    told = [[each, names[each]] if each in names else each for each in event.attendees]
    return json.dumps(told, ensure_ascii=False)


def _attendees(told: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the addresses, and those with a name."""
    if told == _NOBODY:
        return (), ()
    several = [each if isinstance(each, list) else [each] for each in json.loads(told)]
    return (
        tuple(each[0] for each in several),
        tuple((each[0], each[1]) for each in several if len(each) > 1),
    )


def _event(row: Any) -> CalendarEvent:
    """Return the occurrence of a row of ``_EVENTS``; by place, since a year has thousands."""
    event_id, calendar_id, title, start, end, busy, task_id, *details = row
    recurrence_id, starts, ends, status, organizer, told = details
    attendees, names = _attendees(told)
    return CalendarEvent(
        event_id=event_id,
        calendar_id=calendar_id,
        title=title,
        when=Interval(datetime.fromisoformat(start), datetime.fromisoformat(end)),
        busy=busy,
        task_id=task_id,
        recurrence_id=recurrence_id,
        starts=starts,
        ends=ends,
        status=_STATUSES[status],
        organizer=organizer,
        attendees=attendees,
        names=names,
    )
