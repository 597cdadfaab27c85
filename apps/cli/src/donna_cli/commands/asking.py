"""Asking about one task, and for a digest: show, why, digest."""

from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_cli import views
from donna_cli.commands.parameters import OneTask
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, look, scene, unreadable
from donna_cli.words import named
from donna_core.domain.wording import Line, Tone
from donna_core.usecases import explain, overview
from donna_core.usecases.digest import digest as write_digest


def show(invocation: Invocation, task: OneTask) -> ExitCode:
    """Show everything Donna knows about one task.

    Examples:
      donna show 3
      donna show call mechanic
    """

    async def act(composed: Composed) -> Page:
        view, here = await overview.show(composed.runtime, named(task)), scene(composed.runtime)
        return Page(
            blocks=lambda: views.task(view, here),
            wire=lambda wire: wire.task_view(view, here),
        )

    return look(invocation, act)


def why(invocation: Invocation, task: OneTask) -> ExitCode:
    """Explain why a task stands where it stands, and who moved it.

    Examples:
      donna why 3
      donna why call mechanic
    """

    async def act(composed: Composed) -> Page:
        view, here = await overview.show(composed.runtime, named(task)), scene(composed.runtime)
        return Page(blocks=lambda: explain.why(view, here), wire=lambda wire: wire.why(view, here))

    return look(invocation, act)


def digest(
    invocation: Invocation,
    *,
    evening: Annotated[bool, typer.Option("--evening", help="The balance of the day.")] = False,
) -> ExitCode:
    """Read the morning or the evening digest now.

    Examples:
      donna digest
      donna digest --evening
    """

    async def act(composed: Composed) -> Page:
        message, mirrored = await write_digest(composed.runtime, evening=evening)
        lines = [Line(message.subject, Tone.HEADING), *map(Line, message.body.splitlines())]
        return Page(
            blocks=lambda: lines,
            wire=lambda wire: wire.digest(message),
            problems=unreadable(mirrored),
        )

    return look(invocation, act)
