"""Sessions: start, reset, status, details, run, continue and action-request-completed."""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from donna_cli.desk import Desk
from donna_core.domain.workflow.cells import Cell
from donna_core.domain.workflow.ids import TASK_SESSION, is_numbered
from donna_skills.workflows.scripts import ProcessRunner
from donna_skills.workflows.sessions import Answer, Session
from donna_skills.workflows.store import HELD, FileSessionStore

STDIN = "-"
_TASK = re.compile(r"#?[0-9]+")


def start(desk: Desk) -> Iterable[Cell]:
    """Begin a session anew; tasks and artifacts of an earlier one are removed.

    Examples:
      donna sessions start
      donna -p llm sessions start --session second
    """
    return opened(desk).start()


def reset(desk: Desk) -> Iterable[Cell]:
    """Forget the tasks of the session and keep its artifacts.

    Examples:
      donna sessions reset
      donna -p llm sessions reset
    """
    return opened(desk).reset()


def status(desk: Desk) -> Iterable[Cell]:
    """Show how the session stands, in three numbers.

    Examples:
      donna sessions status
      donna -p automation sessions status
    """
    return opened(desk).status()


def details(desk: Desk) -> Iterable[Cell]:
    """Show how the session stands and what the agent is asked to do.

    Examples:
      donna sessions details
      donna -p llm sessions details
    """
    return opened(desk).details()


def run(
    desk: Desk,
    workflow: Annotated[
        str, typer.Argument(metavar="WORKFLOW_ID", help="The workflow to run, or a task.")
    ],
) -> Iterable[Cell]:
    """Run a workflow until the agent has to do something.

    The number of a task runs the workflow it carries, in a session of its own, and goes on
    with it later; what happens is noted in the history of the task.

    Examples:
      donna sessions run donna:rfc:work:do
      donna -p llm sessions run project:work:release
    """
    if not _TASK.fullmatch(workflow):
        return noted(desk, lambda session: session.run(workflow))
    from donna_cli.errands import carried_by  # noqa: PLC0415  # the assistant takes long to open

    carried = carried_by(desk.invocation, workflow)
    desk.session = carried.session
    session = opened(desk)
    if session.standing_state().tasks:
        return noted(desk, Session.proceed)
    session.start()
    return noted(desk, lambda session: session.run(carried.workflow))


def proceed(desk: Desk) -> Iterable[Cell]:
    """Go on with what is queued, and show what the agent is asked to do.

    Examples:
      donna sessions continue
      donna -p llm sessions continue
    """
    return noted(desk, Session.proceed)


def complete(
    desk: Desk,
    request: Annotated[str, typer.Argument(metavar="AR_ID", help="The action request.")],
    operation: Annotated[
        str | None,
        typer.Argument(metavar="FULL_OPERATION_ID", help="Where to go on.", show_default=False),
    ] = None,
    result: Annotated[
        str | None, typer.Option("--result", help="The result, as JSON.", show_default=False)
    ] = None,
    result_file: Annotated[
        Path | None,
        typer.Option("--result-file", help="A file with the result; '-' reads stdin."),
    ] = None,
) -> Iterable[Cell]:
    """Report that an action request was done, and go on where it leads.

    Examples:
      donna sessions action-request-completed AR-4-e donna:rfc:work:do:finish
      donna -p llm sessions action-request-completed AR-4-e --result '{"verdict": "good"}'
    """
    if not is_numbered(request):
        raise typer.BadParameter(
            f"'{request}' is no id of an action request, such as AR-4-e.", param_hint="AR_ID"
        )
    given = _result(result, result_file)
    if operation is None and not given:
        raise typer.BadParameter(
            "say where to go on, or give a --result that decides it", param_hint="FULL_OPERATION_ID"
        )
    answer = Answer(
        request_id=request,
        target=operation,
        result=given[0] if given else None,
        has_result=bool(given),
    )
    return noted(desk, lambda session: session.complete(answer))


def _result(text: str | None, file: Path | None) -> tuple[Any, ...]:
    """Return the result in a tuple, or an empty one where none was given."""
    if text is not None and file is not None:
        raise typer.BadParameter("give the result once", param_hint="--result")
    if file is not None:
        text = _read(file)
    if text is None:
        return ()
    try:
        return (json.loads(text),)
    except ValueError as error:
        raise typer.BadParameter(f"this is no JSON: {error}", param_hint="--result") from error


def noted(desk: Desk, act: Callable[[Session], list[Cell]]) -> list[Cell]:
    """Let a session act; where it is that of a task, note in its history what came of it."""
    session = opened(desk)
    if not (desk.session or "").startswith(TASK_SESSION):
        return act(session)
    from donna_cli.errands import note  # noqa: PLC0415  # the assistant takes long to open

    try:
        return act(session)
    finally:
        note(desk.invocation, desk.session or "", desk.shown, session.standing_state())


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == STDIN else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"'{file}' cannot be read: {error}"
        raise typer.BadParameter(problem, param_hint="--result-file") from error


def stored(desk: Desk) -> FileSessionStore:
    """Return where the session of a desk is kept."""
    return FileSessionStore(
        desk.workspace, desk.session, notice=lambda text: typer.echo(text, err=True)
    )


def opened(desk: Desk) -> Session:
    """Return the session of a desk."""
    store = stored(desk)
    return Session(
        workspace=desk.workspace,
        speaker=desk.speaker,
        library=desk.library,
        store=store,
        runner=ProcessRunner(),
        label=store.label,
        held={HELD: store.label},
        emit=desk.emit,
    )
