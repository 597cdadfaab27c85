"""The jobs of one user, claimed under leases that hold between processes."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from attrs import evolve
from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from donna_adapters.sql.statements import any_of, next_value
from donna_adapters.sql.tables import JOB
from donna_core.domain.codec import to_json
from donna_core.domain.effects import Job, JobKind
from donna_core.domain.ids import TaskId, UserId
from donna_core.ports.jobs import JobRow, JobState, JobStore

_FENCES = "job_fence"
_MINE = JOB.c.user_id == bindparam("user_id")
_IS_PENDING = JOB.c.state == JobState.PENDING.value
_IS_RUNNING = JOB.c.state == JobState.RUNNING.value


def _want() -> Insert:
    fresh = insert(JOB)
    renewed = ("kind", "run_at", "task_id", "payload_json", "state", "note")
    return fresh.on_conflict_do_update(
        index_elements=["user_id", "key"],
        set_={name: fresh.excluded[name] for name in renewed},
        where=any_of(JOB.c.state, [JobState.PENDING, JobState.CANCELLED]),
    )


_WANT = _want()
_ALL = select(JOB).where(_MINE).order_by(JOB.c.run_at, JOB.c.key)
_RETRACT = (
    update(JOB)
    .where(
        JOB.c.user_id == bindparam("owner"),
        JOB.c.task_id == bindparam("of_task"),
        _IS_PENDING,
        JOB.c.key.not_in(bindparam("keep", expanding=True)),
    )
    .values(state=JobState.CANCELLED.value)
)
_RIPE = _ALL.where(
    JOB.c.kind.not_in(bindparam("besides", expanding=True)),
    or_(
        and_(_IS_PENDING, JOB.c.run_at <= bindparam("now")),
        and_(_IS_RUNNING, JOB.c.lease_until <= bindparam("now")),
    ),
).limit(bindparam("limit"))
_CLAIM = (
    update(JOB)
    .where(JOB.c.user_id == bindparam("owner"), JOB.c.key == bindparam("named"))
    .values(
        state=JobState.RUNNING.value,
        attempts=JOB.c.attempts + 1,
        fence=bindparam("new_fence"),
        lease_until=bindparam("lease"),
    )
)
_HELD = (
    JOB.c.user_id == bindparam("owner"),
    JOB.c.key == bindparam("named"),
    JOB.c.fence == bindparam("held_fence"),
    _IS_RUNNING,
)
_HOLD = update(JOB).where(*_HELD).values(lease_until=bindparam("lease")).returning(JOB)
_FINISH = (
    update(JOB)
    .where(*_HELD)
    .values(
        state=bindparam("reached"),
        note=bindparam("remark"),
        lease_until=None,
        finished_at=bindparam("ended_at", type_=JOB.c.finished_at.type),
        run_at=func.coalesce(bindparam("again", type_=JOB.c.run_at.type), JOB.c.run_at),
    )
)
_DUE = select(func.min(JOB.c.run_at)).where(_MINE, _IS_PENDING)
_LAPSE = select(func.min(JOB.c.lease_until)).where(_MINE, _IS_RUNNING)


class SqlJobStore(JobStore):
    """Keeps jobs as rows; one transaction selects and marks what it claims."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def want(self, jobs: Iterable[Job]) -> None:
        rows = [{"user_id": self._user_id, **_columns(job)} for job in jobs]
        if rows:
            self._connection.execute(_WANT, rows)

    def retract(self, task_id: TaskId, *, keep: Collection[str] = ()) -> None:
        self._connection.execute(
            _RETRACT, {"owner": self._user_id, "of_task": task_id, "keep": list(keep)}
        )

    def claim(
        self,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        besides: Collection[JobKind] = (),
    ) -> tuple[JobRow, ...]:
        left = [kind.value for kind in besides]
        asked = {"user_id": self._user_id, "now": now, "limit": limit, "besides": left}
        ripe = list(map(_job_row, self._connection.execute(_RIPE, asked)))
        if not ripe:
            return ()
        fence = next_value(self._connection, self._user_id, _FENCES)
        holder = {"owner": self._user_id, "new_fence": fence, "lease": lease_until}
        self._connection.execute(_CLAIM, [{**holder, "named": row.job.key} for row in ripe])
        return tuple(
            evolve(
                row,
                state=JobState.RUNNING,
                attempts=row.attempts + 1,
                fence=fence,
                lease_until=lease_until,
            )
            for row in ripe
        )

    def hold(self, key: str, *, fence: int, lease_until: datetime) -> JobRow | None:
        held = {"owner": self._user_id, "named": key, "held_fence": fence}
        row = self._connection.execute(_HOLD, {**held, "lease": lease_until}).one_or_none()
        return None if row is None else _job_row(row)

    def finish(
        self,
        key: str,
        *,
        fence: int,
        state: JobState,
        at: datetime,
        note: str = "",
        run_at: datetime | None = None,
    ) -> bool:
        finished = self._connection.execute(
            _FINISH,
            {
                "owner": self._user_id,
                "named": key,
                "held_fence": fence,
                "reached": state.value,
                "remark": note,
                "ended_at": None if state is JobState.PENDING else at,
                "again": run_at if state is JobState.PENDING else None,
            },
        )
        return finished.rowcount == 1

    def next_due(self) -> datetime | None:
        mine = {"user_id": self._user_id}
        found = [self._connection.execute(query, mine).scalar() for query in (_DUE, _LAPSE)]
        return min(filter(None, found), default=None)

    def select(
        self, *, states: Collection[JobState] | None = None, task_id: TaskId | None = None
    ) -> tuple[JobRow, ...]:
        wanted = _ALL
        if states is not None:
            wanted = wanted.where(JOB.c.state.in_([state.value for state in states]))
        if task_id is not None:
            wanted = wanted.where(JOB.c.task_id == task_id)
        return tuple(map(_job_row, self._connection.execute(wanted, {"user_id": self._user_id})))


def _columns(job: Job) -> dict[str, Any]:
    return {
        "key": job.key,
        "kind": job.kind.value,
        "run_at": job.run_at,
        "task_id": job.task_id,
        "payload_json": to_json(job.payload),
        "state": JobState.PENDING.value,
        "attempts": 0,
        "fence": 0,
        "note": "",
    }


def _job_row(row: Row[Any]) -> JobRow:
    return JobRow(
        job=Job(
            key=row.key,
            kind=JobKind(row.kind),
            run_at=row.run_at,
            task_id=row.task_id,
            payload=json.loads(row.payload_json),
        ),
        state=JobState(row.state),
        attempts=row.attempts,
        fence=row.fence,
        lease_until=row.lease_until,
        note=row.note,
        finished_at=row.finished_at,
    )
