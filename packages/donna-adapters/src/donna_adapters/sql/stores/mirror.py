"""What Donna last saw in the calendars of one user."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from donna_adapters.sql.statements import upsert
from donna_adapters.sql.tables import CALENDAR_MIRROR, CALENDAR_STAMP
from donna_core.domain.ids import UserId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarEvent, CalendarMirror, CalendarSnapshot

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
_EVENTS = (
    select(CALENDAR_MIRROR)
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

    def stamps(self) -> dict[str, tuple[str, Interval]]:
        rows = self._connection.execute(_STAMPS, {"user_id": self._user_id})
        return {
            row.calendar_id: (row.stamp, Interval(row.window_start, row.window_end)) for row in rows
        }

    def replace(self, snapshot: CalendarSnapshot, *, at: datetime) -> None:
        of_calendar = {"user_id": self._user_id, "calendar_id": snapshot.calendar_id}
        self._connection.execute(_DROP_EVENTS, of_calendar)
        self._connection.execute(
            _SAVE_STAMP,
            {
                **of_calendar,
                "stamp": snapshot.stamp,
                "window_start": snapshot.window.start,
                "window_end": snapshot.window.end,
                "last_synced": at,
            },
        )
        rows = [
            {**of_calendar, "position": position, **_columns(event)}
            for position, event in enumerate(snapshot.events)
        ]
        if rows:
            self._connection.execute(_SAVE_EVENTS, rows)

    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        asked = {
            "user_id": self._user_id,
            "window_start": window.start,
            "window_end": window.end,
        }
        return tuple(map(_event, self._connection.execute(_EVENTS, asked)))

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
    }


def _event(row: Row[Any]) -> CalendarEvent:
    return CalendarEvent(
        event_id=row.event_id,
        calendar_id=row.calendar_id,
        title=row.summary,
        when=Interval(row.start_time, row.end_time),
        busy=row.busy,
        task_id=row.donna_task_id,
    )
