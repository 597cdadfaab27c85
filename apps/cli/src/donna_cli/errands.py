"""Between tasks and workflows: a task named for a session, and what its workflow did, noted."""

import re
from collections.abc import Sequence
from pathlib import Path

import typer
from attrs import frozen

from donna_cli.exits import printable
from donna_cli.invocation import Invocation
from donna_cli.session import opened, run
from donna_core.domain.errors import DonnaError, InvalidInput
from donna_core.domain.workflow.cells import LOG, Cell
from donna_core.domain.workflow.errand import Errand, session_of
from donna_core.domain.workflow.ids import TASK_SESSION, parse_artifact_id
from donna_core.domain.workflow.state import State
from donna_core.usecases.follow_workflow import Progress, carried, follow_workflow
from donna_skills.workflows.workspace import find_project

_SESSION = re.compile(f"{TASK_SESSION}([0-9]+)")


@frozen(kw_only=True)
class Carried:
    """The workflow of a task, and the session it runs in."""

    workflow: str
    session: str


def carried_by(invocation: Invocation, reference: str) -> Carried:
    """Return what a task carries; raise a ``DonnaError`` where that cannot run from here."""

    async def act() -> Carried:
        async with opened(invocation) as composed:
            task, errand = await carried(composed.runtime, reference)
        here = find_project(Path.cwd())
        if Path(errand.project) != here:
            raise InvalidInput(
                f"The workflow of {task.handle} belongs to {errand.project}, not to {here}. "
                "Change into that folder and repeat the command."
            )
        return Carried(workflow=errand.workflow, session=session_of(task))

    return run(act())


def errand_from(workflow: str) -> Errand:
    """Return the workflow of this project as a task is to carry it; raise ``ProblemsFound``."""
    return Errand(workflow=str(parse_artifact_id(workflow)), project=str(find_project(Path.cwd())))


def note(invocation: Invocation, session: str, shown: Sequence[Cell], state: State) -> None:
    """Note in the history of its task what a session of a task did.

    The workflow has done its step whatever becomes of the note: where it cannot be kept, that
    is said on stderr.
    """
    matched = _SESSION.fullmatch(session)
    if matched is None:
        return
    number = matched.group(1)
    request = state.action_requests[0] if state.action_requests else None
    progress = Progress(
        steps=tuple(cell.content.rpartition(": ")[2] for cell in shown if cell.kind == LOG),
        request=None if request is None else request.id,
        about="" if request is None else request.operation_id,
        ended=state.started and not state.tasks,
    )

    async def act() -> None:
        async with opened(invocation) as composed:
            await follow_workflow(composed.runtime, number, progress)

    try:
        run(act())
    except DonnaError as error:
        text = f"donna: not noted in the history of task #{number}: {error}"
        typer.echo(printable(text), err=True)
