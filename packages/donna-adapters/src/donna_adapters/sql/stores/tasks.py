"""The tasks of one user in a table."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, delete, func, select, type_coerce
from sqlalchemy.dialects.sqlite import insert

from donna_adapters.sql.statements import any_of, raising, reach_value, upsert
from donna_adapters.sql.tables import TASKS
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.errors import VersionConflict
from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.dedup import form_of
from donna_core.domain.tasks.task import (
    OPEN,
    AgentStatus,
    DeadlineType,
    Domain,
    InputChannel,
    Task,
    TaskStatus,
    TimeIntent,
)
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Occupied, TaskStore, TitleEntry

_NUMBERS = "task_number"
_MINUTE = timedelta(minutes=1)
_MINE = TASKS.c.user_id == bindparam("user_id")

_ALL = select(TASKS).where(_MINE).order_by(TASKS.c.number)
_GET = select(TASKS).where(_MINE, TASKS.c.id == bindparam("id"))
_VERSION = select(TASKS.c.version).where(_MINE, TASKS.c.id == bindparam("id"))
_REMOVE = delete(TASKS).where(_MINE, TASKS.c.id == bindparam("id")).returning(TASKS.c.number)
_SAVE = upsert(
    TASKS, where=TASKS.c.version == insert(TASKS).excluded.version - 1
).execution_options(preserve_rowcount=True)
_HIGHEST = select(func.coalesce(func.max(TASKS.c.number), 0)).where(
    TASKS.c.user_id == bindparam("owner")
)
_NEXT_NUMBER = raising(_HIGHEST.scalar_subquery() + 1)
_TITLES = (
    select(TASKS.c.id, TASKS.c.title_form)
    .where(_MINE, any_of(TASKS.c.status, OPEN))
    .order_by(TASKS.c.number)
)
_OCCUPIED = (
    select(
        TASKS.c.id,
        TASKS.c.title,
        # As text: a search for a slot reads hundreds of these, and a column type costs each time.
        type_coerce(TASKS.c.scheduled_start, String),
        type_coerce(TASKS.c.scheduled_end, String),
        TASKS.c.priority,
    )
    .where(
        _MINE,
        any_of(TASKS.c.status, [TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS]),
        TASKS.c.scheduled_start < bindparam("window_end"),
        TASKS.c.scheduled_end > bindparam("window_start"),
    )
    .order_by(TASKS.c.scheduled_start, TASKS.c.id)
)


class SqlTaskStore(TaskStore):
    """Keeps tasks as rows with one column per field."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self, task_id: TaskId) -> Task | None:
        row = self._connection.execute(_GET, self._named(task_id)).one_or_none()
        return None if row is None else _task(row)

    def save(self, task: Task) -> None:
        if task.user_id != self._user_id:
            raise ValueError(f"task {task.id} belongs to {task.user_id}, not to {self._user_id}")
        written = self._connection.execute(_SAVE, _columns(task))
        if written.rowcount == 0:
            found = self._connection.execute(_VERSION, self._named(task.id)).scalar_one()
            raise VersionConflict(task.id, expected=task.version - 1, found=found)

    def remove(self, task_id: TaskId) -> None:
        number = self._connection.execute(_REMOVE, self._named(task_id)).scalar_one_or_none()
        if number is not None:
            reach_value(self._connection, self._user_id, _NUMBERS, number)

    def select(
        self,
        *,
        statuses: Collection[TaskStatus] | None = None,
        ids: Collection[TaskId] | None = None,
        numbers: Collection[int] | None = None,
        waiting_for: TaskId | None = None,
    ) -> tuple[Task, ...]:
        wanted = _ALL
        if statuses is not None:
            wanted = wanted.where(TASKS.c.status.in_([status.value for status in statuses]))
        if ids is not None:
            wanted = wanted.where(TASKS.c.id.in_(list(ids)))
        if numbers is not None:
            wanted = wanted.where(TASKS.c.number.in_(list(numbers)))
        if waiting_for is not None:
            named = TASKS.c.dependencies.contains(to_json(waiting_for), autoescape=True)
            wanted = wanted.where(named)
        return tuple(map(_task, self._connection.execute(wanted, {"user_id": self._user_id})))

    def next_number(self) -> int:
        counter = {"user_id": self._user_id, "name": _NUMBERS, "owner": self._user_id}
        return int(self._connection.execute(_NEXT_NUMBER, counter).scalar_one())

    def titles(self) -> tuple[TitleEntry, ...]:
        rows = self._connection.execute(_TITLES, {"user_id": self._user_id}).all()
        return tuple(TitleEntry(task_id=task_id, normal_form=form) for task_id, form in rows)

    def occupied(self, window: Interval) -> tuple[Occupied, ...]:
        asked = {
            "user_id": self._user_id,
            "window_start": window.start,
            "window_end": window.end,
        }
        rows = self._connection.execute(_OCCUPIED, asked).all()
        read = datetime.fromisoformat
        return tuple(
            Occupied(
                task_id=task_id,
                title=title,
                when=Interval(read(start), read(end)),
                priority=priority,
            )
            for task_id, title, start, end, priority in rows
        )

    def _named(self, task_id: TaskId) -> dict[str, Any]:
        return {"user_id": self._user_id, "id": task_id}


_COPIED = (
    *("user_id", "id", "number", "version", "title", "description", "priority"),
    *(
        "base_priority",
        "priority_locked",
        "deadline",
        "scheduled_start",
        "scheduled_end",
        "pinned_start",
    ),
    *("snoozed_until", "actual_start", "completed_at", "archived_at", "recurrence"),
    *("parent_task", "prep_work_flag", "prep_work_instructions", "agent_eligible"),
    *("assigned_agent", "reschedule_count", "nudge_count", "created_at", "calendar_event_id"),
    *("donna_managed", "quality_score", "capability_name"),
)
_DERIVED = {"scheduled_end"}


def _columns(task: Task) -> dict[str, Any]:
    """Return the row that stands for the task."""
    row: dict[str, Any] = {name: getattr(task, name) for name in _COPIED}
    row["title_form"] = form_of(task.title, is_piece=task.parent_task is not None)
    row["domain"] = task.domain.value
    row["status"] = task.status.value
    row["estimated_duration"] = task.estimated_duration / _MINUTE
    row["deadline_type"] = task.deadline_type.value
    row["agent_status"] = task.agent_status and task.agent_status.value
    row["created_via"] = task.created_via.value
    row["estimated_cost"] = None if task.estimated_cost is None else str(task.estimated_cost)
    row["dependencies"] = to_json(task.dependencies)
    row["tags"] = to_json(task.tags)
    row["notes"] = to_json(task.notes)
    row["inputs_json"] = None if task.inputs is None else to_json(task.inputs)
    row["time_intent_json"] = to_json(task.time_intent)
    return row


def _task(row: Row[Any]) -> Task:
    """Return the task that the row stands for."""
    cell = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for it
    cost, agent_status, inputs = (
        cell["estimated_cost"],
        cell["agent_status"],
        cell["inputs_json"],
    )
    return Task(
        **{name: cell[name] for name in _COPIED if name not in _DERIVED},
        domain=Domain(cell["domain"]),
        status=TaskStatus(cell["status"]),
        estimated_duration=timedelta(minutes=cell["estimated_duration"]),
        deadline_type=DeadlineType(cell["deadline_type"]),
        agent_status=None if agent_status is None else AgentStatus(agent_status),
        created_via=InputChannel(cell["created_via"]),
        estimated_cost=None if cost is None else Decimal(cost),
        dependencies=tuple(json.loads(cell["dependencies"])),
        tags=tuple(json.loads(cell["tags"])),
        notes=tuple(json.loads(cell["notes"])),
        inputs=None if inputs is None else json.loads(inputs),
        time_intent=from_json(TimeIntent, cell["time_intent_json"]),
    )
