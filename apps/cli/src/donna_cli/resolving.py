"""Two tasks that look alike, and somebody there to ask which they are."""

import typer

from donna_adapters.console.notifier import printable
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Action, change
from donna_core.domain.capture.reading import Reading
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import handle
from donna_core.usecases.advance import Changed
from donna_core.usecases.capture import Captured
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.merge import merge
from donna_core.usecases.reschedule import pin
from donna_core.usecases.runtime import Runtime

_QUESTION = "Is it the same? [m]erge them, [u]pdate the old one, [k]eep both"


def settle_duplicate(invocation: Invocation, captured: Captured) -> ExitCode:
    """Ask what a task that is kept already is to the one it looks like, and make it so.

    The question comes after the commit: whoever closes the terminal instead loses nothing.
    """
    new, twin = captured.task, captured.duplicate_of
    if new is None or twin is None or new.id == twin.id:
        return ExitCode.OK
    answer = typer.prompt(
        f"{new.handle} looks like {printable(handle(twin))}.\n{_QUESTION}", default="k"
    )
    actions = {
        "m": [_merged(new, twin)],
        "u": [*_updated(captured.reading, twin), _merged(new, twin)],
    }.get(str(answer).strip().lower()[:1], [_reviewed(new)])
    return max(change(invocation, action) for action in actions)


def _merged(new: Task, twin: Task) -> Action:
    async def act(runtime: Runtime) -> Changed:
        return await merge(runtime, twin.handle, new.handle)

    return act


def _reviewed(new: Task) -> Action:
    async def act(runtime: Runtime) -> Changed:
        return await edit(runtime, new.handle, Correction(reviewed=True))

    return act


def _updated(reading: Reading, twin: Task) -> list[Action]:
    """Return the steps that make the old task say what the new sentence says."""
    correction = Correction(
        title=reading.title,
        description=reading.description,
        priority=reading.priority if reading.priority > twin.priority else None,
        duration=reading.duration if reading.duration_stated else None,
        deadline=reading.deadline,
        deadline_type=reading.deadline_type if reading.deadline else None,
    )

    async def correct(runtime: Runtime) -> Changed:
        return await edit(runtime, twin.handle, correction)

    async def fix(runtime: Runtime) -> Changed:
        return await pin(runtime, twin.handle, to=reading.start)

    return [correct, fix] if reading.start else [correct]
