"""How far the readers of the event log have come, among the counters."""

from sqlalchemy import Connection, bindparam, select

from donna_adapters.sql.statements import reach_value
from donna_adapters.sql.tables import COUNTER
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import CursorStore

_GET = select(COUNTER.c.value).where(
    COUNTER.c.user_id == bindparam("owner"), COUNTER.c.name == bindparam("reader")
)


class SqlCursorStore(CursorStore):
    """A reader is a counter that only rises."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self, reader: str) -> int:
        asked = {"owner": self._user_id, "reader": _name(reader)}
        return self._connection.execute(_GET, asked).scalar() or 0

    def advance(self, reader: str, to: int) -> None:
        reach_value(self._connection, self._user_id, _name(reader), to)


def _name(reader: str) -> str:
    return f"read:{reader}"
