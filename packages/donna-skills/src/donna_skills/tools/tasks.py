"""Reading the owner's tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from donna_core.domain.errors import TaskNotFound
from donna_core.domain.ids import TaskId
from donna_core.domain.labels import Label
from donna_core.domain.tasks.task import OPEN, DeadlineType, Domain, Task, TaskStatus
from donna_core.domain.tools import ToolSpec
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime
from donna_skills.tools.owners import check_owner
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, TEXT, an_object, some

_STATUS: Mapping[str, Any] = {"enum": [status.value for status in TaskStatus]}
_DOMAIN: Mapping[str, Any] = {"enum": [domain.value for domain in Domain]}
_INSTANT: Mapping[str, Any] = {"type": ["string", "null"]}

TASK = an_object(
    {
        "id": TEXT,
        "number": COUNT,
        "title": TEXT,
        "description": {"type": ["string", "null"]},
        "status": _STATUS,
        "domain": _DOMAIN,
        "priority": COUNT,
        "deadline": _INSTANT,
        "deadline_type": {"enum": [kind.value for kind in DeadlineType]},
        "scheduled_start": _INSTANT,
        "estimated_minutes": COUNT,
        "completed_at": _INSTANT,
        "tags": some(TEXT),
    }
)

TASK_DB_READ = ToolSpec(
    name="task_db_read",
    description="Returns one task of the owner's by its id, or those of a status or domain.",
    arguments={
        **an_object({}, {"task_id": TEXT, "user_id": TEXT, "status": _STATUS, "domain": _DOMAIN}),
        # The one task and the list are two ways to ask.
        "not": {
            "required": ["task_id"],
            "anyOf": [{"required": [name]} for name in ("user_id", "status", "domain")],
        },
    },
    result={
        "oneOf": [
            an_object({"ok": FLAG, "task": TASK}),
            an_object({"ok": FLAG, "tasks": some(TASK)}),
        ]
    },
    reads=frozenset({"tasks"}),
    labels=frozenset({Label.PRIVATE}),
)


def task_db_read(runtime: Runtime) -> Tool:
    """Return the tool ``task_db_read``.

    Without a status it lists open tasks. Instants are ISO 8601 in UTC.
    """

    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        check_owner(args, runtime.user_id)

        def decide(stores: Stores) -> Mapping[str, Any]:
            if "task_id" in args:
                task = stores.tasks.get(TaskId(args["task_id"]))
                if task is None:
                    raise TaskNotFound(args["task_id"])
                return {"ok": True, "task": _told(task)}
            statuses = {TaskStatus(args["status"])} if "status" in args else OPEN
            tasks = stores.tasks.select(statuses=statuses)
            domain = args.get("domain")
            listed = [_told(task) for task in tasks if domain in {None, task.domain}]
            return {"ok": True, "tasks": listed}

        return await runtime.unit_of_work.run(decide)

    return Tool(spec=TASK_DB_READ, run=run)


def _told(task: Task) -> Mapping[str, Any]:
    return {
        "id": task.id,
        "number": task.number,
        "title": task.title,
        "description": task.description,
        "status": task.status.value,
        "domain": task.domain.value,
        "priority": task.priority,
        "deadline": _instant(task.deadline),
        "deadline_type": task.deadline_type.value,
        "scheduled_start": _instant(task.scheduled_start),
        "estimated_minutes": round(task.estimated_duration.total_seconds() / 60),
        "completed_at": _instant(task.completed_at),
        "tags": list(task.tags),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
