"""The pursuits of one user, one row per task."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from donna_adapters.sql.statements import any_of, upsert
from donna_adapters.sql.tables import ESCALATION_STATE
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.ids import TaskId, UserId
from donna_core.ports.unit_of_work import EscalationStore

_COLUMNS = ESCALATION_STATE.c
_MINE = _COLUMNS.user_id == bindparam("user_id")
_OF_TASK = _COLUMNS.task_id == bindparam("task_id")
_SAVE = upsert(ESCALATION_STATE)
_GET = select(ESCALATION_STATE).where(_MINE, _OF_TASK)
_REMOVE = delete(ESCALATION_STATE).where(_MINE, _OF_TASK)
_ACTIVE = (
    select(ESCALATION_STATE)
    .where(_MINE, any_of(_COLUMNS.status, [EscalationStatus.PENDING, EscalationStatus.BACKED_OFF]))
    .order_by(_COLUMNS.created_at, _COLUMNS.task_id)
)


class SqlEscalationStore(EscalationStore):
    """Keeps the latest pursuit of each task."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self, task_id: TaskId) -> Escalation | None:
        row = self._connection.execute(_GET, self._named(task_id)).one_or_none()
        return None if row is None else _escalation(row)

    def save(self, escalation: Escalation) -> None:
        self._connection.execute(
            _SAVE,
            {
                "user_id": self._user_id,
                "task_id": escalation.task_id,
                "occurrence": escalation.occurrence,
                "ref": escalation.ref,
                "current_tier": escalation.tier,
                "status": escalation.status.value,
                "next_escalation_at": escalation.next_at,
                "created_at": escalation.created_at,
                "updated_at": escalation.updated_at,
                "version": escalation.version,
            },
        )

    def remove(self, task_id: TaskId) -> None:
        self._connection.execute(_REMOVE, self._named(task_id))

    def active(self) -> tuple[Escalation, ...]:
        rows = self._connection.execute(_ACTIVE, {"user_id": self._user_id})
        return tuple(map(_escalation, rows))

    def _named(self, task_id: TaskId) -> dict[str, Any]:
        return {"user_id": self._user_id, "task_id": task_id}


def _escalation(row: Row[Any]) -> Escalation:
    return Escalation(
        task_id=row.task_id,
        occurrence=row.occurrence,
        ref=row.ref,
        tier=row.current_tier,
        status=EscalationStatus(row.status),
        next_at=row.next_escalation_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )
