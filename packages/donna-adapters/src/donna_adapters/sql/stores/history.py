"""The commands of one user in a table that only grows."""

from typing import Any

from attrs import evolve
from sqlalchemy import Connection, bindparam, insert, select, update

from donna_adapters.sql.statements import numbered
from donna_adapters.sql.tables import COMMAND, COMMAND_TASK, TASK_STEP
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.ids import CommandId, TaskId, UserId
from donna_core.domain.tasks.history import Command, Step
from donna_core.domain.tasks.task import TaskStatus
from donna_core.ports.unit_of_work import HistoryStore

_RECORD = numbered(COMMAND, COMMAND.c.seq)
_RECORD_TASKS = insert(COMMAND_TASK)
_RECORD_STEPS = numbered(TASK_STEP, TASK_STEP.c.seq)
_MINE = COMMAND.c.user_id == bindparam("user_id")
_BODY = select(COMMAND.c.body_json, COMMAND.c.undone)
_GET = _BODY.where(_MINE, COMMAND.c.id == bindparam("id"))
_RECENT = _BODY.where(_MINE).order_by(COMMAND.c.seq.desc()).limit(bindparam("limit"))
_RECENT_OF_TASK = (
    _BODY.join(
        COMMAND_TASK,
        (COMMAND_TASK.c.user_id == COMMAND.c.user_id) & (COMMAND_TASK.c.command_id == COMMAND.c.id),
    )
    .where(_MINE, COMMAND_TASK.c.task_id == bindparam("task_id"))
    .order_by(COMMAND.c.seq.desc())
    .limit(bindparam("limit"))
)
_MARK = (
    update(COMMAND)
    .where(COMMAND.c.user_id == bindparam("owner"), COMMAND.c.id == bindparam("named"))
    .values(undone=bindparam("undone"))
)
_STEPS = (
    select(TASK_STEP)
    .where(TASK_STEP.c.user_id == bindparam("user_id"), TASK_STEP.c.task_id == bindparam("task_id"))
    .order_by(TASK_STEP.c.seq)
)


class SqlHistoryStore(HistoryStore):
    """Keeps each command as JSON beside what it is searched by."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def record(self, command: Command) -> None:
        owned = {"user_id": self._user_id, "command_id": command.id}
        self._connection.execute(
            _RECORD,
            {
                "owner": self._user_id,
                "user_id": self._user_id,
                "id": command.id,
                "verb": command.verb,
                "at": command.at,
                "undone": command.undone,
                "body_json": to_json(command),
            },
        )
        subjects = [{**owned, "task_id": task_id} for task_id in sorted(command.subjects)]
        if subjects:
            self._connection.execute(_RECORD_TASKS, subjects)
        steps = [{"owner": self._user_id, **owned, **_columns(step)} for step in command.steps]
        if steps:
            self._connection.execute(_RECORD_STEPS, steps)

    def get(self, command_id: CommandId) -> Command | None:
        asked = {"user_id": self._user_id, "id": command_id}
        row = self._connection.execute(_GET, asked).one_or_none()
        return None if row is None else _command(*row)

    def recent(self, limit: int, *, task_id: TaskId | None = None) -> tuple[Command, ...]:
        asked: dict[str, Any] = {"user_id": self._user_id, "limit": limit}
        if task_id is None:
            rows = self._connection.execute(_RECENT, asked)
        else:
            rows = self._connection.execute(_RECENT_OF_TASK, {**asked, "task_id": task_id})
        return tuple(_command(*row) for row in rows)

    def mark(self, command_id: CommandId, *, undone: bool) -> None:
        self._connection.execute(
            _MARK, {"owner": self._user_id, "named": command_id, "undone": undone}
        )

    def steps(self, task_id: TaskId) -> tuple[Step, ...]:
        asked = {"user_id": self._user_id, "task_id": task_id}
        return tuple(
            Step(
                task_id=row.task_id,
                origin=TaskStatus(row.origin),
                target=TaskStatus(row.target),
                trigger=row.trigger,
                at=row.at,
            )
            for row in self._connection.execute(_STEPS, asked)
        )


def _columns(step: Step) -> dict[str, Any]:
    return {
        "task_id": step.task_id,
        "origin": step.origin.value,
        "target": step.target.value,
        "trigger": step.trigger,
        "at": step.at,
    }


def _command(body: str, undone: bool) -> Command:  # noqa: FBT001  # a row's cells
    return evolve(from_json(Command, body), undone=undone)
