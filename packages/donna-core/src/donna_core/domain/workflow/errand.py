"""The workflow that a task carries: which one, in which project, and for what it waits.

It is kept among the inputs of the task, so that it travels, is undone and is exported with it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.tasks.task import AgentStatus, Task
from donna_core.domain.workflow.ids import TASK_SESSION

INPUT = "workflow"
AGENT = "workflow"


@frozen(kw_only=True)
class Errand:
    """A workflow by its id and the folder of its project, and how far it has come.

    ``request`` is the action request that waits for an answer since ``asked_at``, ``about``
    what it is called. ``steps`` counts the operations so far.
    """

    workflow: str
    project: str
    request: str | None = None
    about: str = ""
    asked_at: datetime | None = None
    steps: int = 0


def errand_of(task: Task) -> Errand | None:
    """Return the workflow that a task carries, or ``None``."""
    plain = (task.inputs or {}).get(INPUT)
    if not isinstance(plain, Mapping):
        return None
    asked_at = plain.get("asked_at")
    return Errand(
        workflow=str(plain["workflow"]),
        project=str(plain["project"]),
        request=plain.get("request"),
        about=str(plain.get("about", "")),
        asked_at=None if asked_at is None else datetime.fromisoformat(asked_at),
        steps=int(plain.get("steps", 0)),
    )


def carrying(task: Task, errand: Errand, *, status: AgentStatus = AgentStatus.PENDING) -> Task:
    """Return the task with the workflow."""
    plain: dict[str, Any] = {
        "workflow": errand.workflow,
        "project": errand.project,
        "request": errand.request,
        "about": errand.about,
        "asked_at": None if errand.asked_at is None else errand.asked_at.isoformat(),
        "steps": errand.steps,
    }
    inputs = {**(task.inputs or {}), INPUT: plain}
    return evolve(task, inputs=inputs, assigned_agent=AGENT, agent_status=status)


def session_of(task: Task) -> str:
    """Return the name of the session in which the workflow of a task runs."""
    return f"{TASK_SESSION}{task.number}"
