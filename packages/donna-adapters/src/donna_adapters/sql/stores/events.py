"""The events of one user in a table that only grows."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from donna_adapters.sql.statements import numbered
from donna_adapters.sql.tables import EVENT_LOG
from donna_core.domain.codec import to_json
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import EventLog

_APPEND = numbered(EVENT_LOG, EVENT_LOG.c.position)
_SINCE = (
    select(EVENT_LOG)
    .where(EVENT_LOG.c.user_id == bindparam("user_id"), EVENT_LOG.c.position > bindparam("cursor"))
    .order_by(EVENT_LOG.c.position)
    .limit(bindparam("limit"))
)


class SqlEventLog(EventLog):
    """Keeps events under positions without gaps."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def append(self, events: Iterable[Event]) -> None:
        rows = [
            {
                "owner": self._user_id,
                "user_id": self._user_id,
                "kind": event.kind.value,
                "at": event.at,
                "task_id": event.task_id,
                "command_id": event.command_id,
                "data_json": to_json(event.data),
            }
            for event in events
        ]
        if rows:
            self._connection.execute(_APPEND, rows)

    def since(self, cursor: int, *, limit: int = 1000) -> tuple[tuple[int, Event], ...]:
        asked = {"user_id": self._user_id, "cursor": cursor, "limit": limit}
        return tuple(
            (
                row.position,
                Event(
                    kind=EventKind(row.kind),
                    at=row.at,
                    task_id=row.task_id,
                    command_id=row.command_id,
                    data=json.loads(row.data_json),
                ),
            )
            for row in self._connection.execute(_SINCE, asked)
        )
