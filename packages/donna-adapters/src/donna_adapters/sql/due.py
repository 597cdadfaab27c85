"""Whose turn it is: the one question that is asked about all users at once."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select, union_all

from donna_adapters.sql.tables import JOB
from donna_core.domain.ids import UserId
from donna_core.ports.jobs import JobState

# Written out, because a partial index is only used for a condition known beforehand.
_PENDING = JOB.c.state == literal_column(f"'{JobState.PENDING}'")
_RUNNING = JOB.c.state == literal_column(f"'{JobState.RUNNING}'")
_NOW = bindparam("now", type_=JOB.c.run_at.type)
_WAITING = (
    select(JOB.c.user_id, JOB.c.run_at.label("since"))
    .where(_PENDING, JOB.c.run_at <= _NOW)
    .order_by(JOB.c.run_at)
    .limit(bindparam("limit"))
)
_LAPSED = (
    select(JOB.c.user_id, JOB.c.lease_until.label("since"))
    .where(_RUNNING, JOB.c.lease_until <= _NOW)
    .order_by(JOB.c.lease_until)
    .limit(bindparam("limit"))
)
_DUE = union_all(_WAITING.subquery().select(), _LAPSED.subquery().select())


def due_users(connection: Connection, *, now: datetime, limit: int) -> tuple[UserId, ...]:
    """Return the users of the ``limit`` longest-waiting jobs and lapsed leases, each once.

    It costs the same however many jobs wait for a later instant.
    """
    rows = connection.execute(_DUE, {"now": now, "limit": limit})
    waiting = sorted(rows, key=lambda row: row.since)
    return tuple(dict.fromkeys(UserId(row.user_id) for row in waiting))
