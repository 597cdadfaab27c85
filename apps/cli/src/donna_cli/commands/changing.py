"""Correcting and taking back: edit, merge, lock, unlock, undo, redo."""

from typing import Annotated

import typer

from donna_cli.commands.parameters import OneTask, Tasks
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import change
from donna_cli.words import named
from donna_core.domain.capture.cleaning import clean
from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import DeadlineType, Domain
from donna_core.domain.workflow.errand import Errand
from donna_core.usecases import edit as editing
from donna_core.usecases import merge as merging
from donna_core.usecases import undo as undoing
from donna_core.usecases.advance import Changed
from donna_core.usecases.moment import understand_deadline, understand_length
from donna_core.usecases.runtime import Runtime

Priority = Annotated[int | None, typer.Option("--priority", "-p", min=1, max=5, help="1 to 5.")]
Several = list[str] | None


def edit(
    invocation: Invocation,
    task: OneTask,
    *,
    title: Annotated[str | None, typer.Option("--title", help="What there is to do.")] = None,
    priority: Priority = None,
    length: Annotated[str | None, typer.Option("--for", help="How long it takes: 45 min.")] = None,
    deadline: Annotated[str | None, typer.Option("--deadline", help="Done by when: fri.")] = None,
    strength: Annotated[
        DeadlineType | None, typer.Option("--deadline-type", help="How much the deadline counts.")
    ] = None,
    no_deadline: Annotated[bool, typer.Option("--no-deadline", help="Drop the deadline.")] = False,
    domain: Annotated[Domain | None, typer.Option("--domain", help="Part of life.")] = None,
    tag: Annotated[Several, typer.Option("--tag", help="Add a tag.")] = None,
    untag: Annotated[Several, typer.Option("--untag", help="Take a tag away.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Add a note.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="More words.")] = None,
    after: Annotated[Several, typer.Option("--after", help="A task to be done first.")] = None,
    free: Annotated[bool, typer.Option("--free", help="Wait for no other task.")] = False,
    prep: Annotated[str | None, typer.Option("--prep", help="What to prepare.")] = None,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="Take the mark off.")] = False,
    workflow: Annotated[
        str | None, typer.Option("--workflow", help="A workflow of this project to carry.")
    ] = None,
) -> ExitCode:
    """Correct what a task says.

    A task whose length, deadline, domain or dependencies change gets another place.

    Examples:
      donna edit 3 --title "Call the mechanic" --for "30 min"
      donna edit call mechanic --deadline "fri 5pm" --priority 4
      donna edit 3 --after 5
    """

    async def act(runtime: Runtime) -> Changed:
        limit = runtime.policy.text_limit
        correction = editing.Correction(
            title=_cleaned(title, limit),
            description=_cleaned(description, limit),
            domain=domain,
            priority=priority,
            duration=understand_length(runtime, length) if length else None,
            deadline=understand_deadline(runtime, deadline) if deadline else None,
            deadline_type=strength,
            no_deadline=no_deadline,
            add_tags=_tags(tag, limit),
            remove_tags=_tags(untag, limit),
            note=_cleaned(note, limit),
            after=tuple(after or ()),
            free=free,
            prep=_cleaned(prep, limit),
            reviewed=reviewed,
            workflow=_errand(workflow),
        )
        if correction == editing.Correction():
            raise InvalidInput(
                "Nothing to change was named. `donna edit --help` lists the options."
            )
        return await editing.edit(runtime, named(task), correction)

    return change(invocation, act)


def merge(
    invocation: Invocation,
    into: Annotated[str, typer.Argument(metavar="KEPT", help="The task that stays.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The task folded into it.")],
) -> ExitCode:
    """Make one task of two.

    The first keeps its title and its place and takes up what it lacks from the second.

    Examples:
      donna merge 3 5
      donna merge 3 "phone the garage"
    """
    return change(invocation, lambda runtime: merging.merge(runtime, into, other))


def lock(invocation: Invocation, tasks: Tasks, priority: Priority = None) -> ExitCode:
    """Keep the priority of tasks as it is, or at a value.

    Examples:
      donna lock 3
      donna lock 3 --priority 5
    """
    reference = named(tasks)
    return change(
        invocation,
        lambda runtime: editing.lock(runtime, reference, priority=priority),
        reference=reference,
    )


def unlock(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Let the priority of tasks follow the days again.

    Examples:
      donna unlock 3
      donna unlock call mechanic
    """
    reference = named(tasks)
    return change(
        invocation, lambda runtime: editing.unlock(runtime, reference), reference=reference
    )


def undo(invocation: Invocation) -> ExitCode:
    """Take back the last thing you asked for.

    Every task is as it was; the calendar and what waits to be sent follow.

    Examples:
      donna undo
      donna undo --dry-run
    """
    return change(invocation, undoing.undo)


def redo(invocation: Invocation) -> ExitCode:
    """Bring back what was undone.

    Examples:
      donna redo
      donna redo --dry-run
    """
    return change(invocation, undoing.redo)


def _cleaned(text: str | None, limit: int) -> str | None:
    return None if text is None else clean(text, limit=limit)[0]


def _errand(workflow: str | None) -> Errand | None:
    if workflow is None:
        return None
    # Hardly a correction is about workflows.
    from donna_cli.errands import errand_from  # noqa: PLC0415  # see above

    return errand_from(workflow)


def _tags(given: Several, limit: int) -> tuple[str, ...]:
    return tuple(clean(tag, limit=limit)[0].removeprefix("#") for tag in given or ())
