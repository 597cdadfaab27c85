"""The time that finished tasks took, read off the tasks."""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from donna_adapters.sql.tables import TASKS
from donna_core.domain.ids import UserId
from donna_core.domain.planning.durations import Worked
from donna_core.domain.tasks.task import Domain, TaskStatus
from donna_core.ports.unit_of_work import WorkLog

_LATEST = (
    select(
        TASKS.c.domain,
        TASKS.c.title,
        TASKS.c.estimated_duration,
        TASKS.c.actual_start,
        TASKS.c.completed_at,
    )
    .where(
        TASKS.c.user_id == bindparam("user_id"),
        TASKS.c.status == TaskStatus.DONE.value,
        TASKS.c.actual_start.is_not(None),
        TASKS.c.completed_at.is_not(None),
    )
    .order_by(TASKS.c.number.desc())
    .limit(bindparam("limit"))
)


class SqlWorkLog(WorkLog):
    """Reads a few columns of the latest finished tasks."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def latest(self, limit: int) -> tuple[Worked, ...]:
        rows = self._connection.execute(_LATEST, {"user_id": self._user_id, "limit": limit})
        return tuple(
            Worked(
                domain=Domain(domain),
                title=title,
                estimated=timedelta(minutes=minutes),
                begun=begun,
                ended=ended,
            )
            for domain, title, minutes, begun, ended in rows
        )
