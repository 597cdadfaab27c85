"""Answering Donna: ack, busy, quiet, pause, resume."""

from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_cli import views
from donna_cli.commands.parameters import PerhapsTasks
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, change, look, scene
from donna_cli.words import named
from donna_core.domain.errors import InvalidInput
from donna_core.usecases import answer, overview
from donna_core.usecases.advance import Changed
from donna_core.usecases.moment import understand_moment
from donna_core.usecases.runtime import Runtime

_OVER = {"off", "end", "over"}


def ack(invocation: Invocation, tasks: PerhapsTasks = None) -> ExitCode:
    """Tell Donna that you have seen it, and stop her asking.

    Examples:
      donna ack
      donna ack 3
    """
    return change(invocation, lambda runtime: answer.ack(runtime, named(tasks) if tasks else None))


def busy(invocation: Invocation, tasks: PerhapsTasks = None) -> ExitCode:
    """Tell Donna to ask again later.

    Examples:
      donna busy
      donna busy 3
    """
    return change(invocation, lambda runtime: answer.busy(runtime, named(tasks) if tasks else None))


def quiet(
    invocation: Invocation,
    until: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TIME]", help="Until when, or 'off' to end it."),
    ] = None,
) -> ExitCode:
    """Hold every message below priority 5 for a while, or show when messages may go out.

    Examples:
      donna quiet
      donna quiet 2h
      donna quiet until tomorrow morning
      donna quiet off
    """
    if not until:
        return look(invocation, _contact)
    words = " ".join(until)

    async def act(runtime: Runtime) -> Changed:
        if words.lower() in _OVER:
            return await answer.quiet(runtime, until=None)
        instant = understand_moment(runtime, words).instant
        if instant <= runtime.clock.now():
            raise InvalidInput(f"'{words}' is over. Name a time still to come: 2h, or 6pm.")
        return await answer.quiet(runtime, until=instant)

    return change(invocation, act)


def pause(invocation: Invocation) -> ExitCode:
    """Let nothing leave, whatever its priority: no message and no calendar write.

    What you say meanwhile is kept.

    Examples:
      donna pause
      donna pause --dry-run
    """
    return change(invocation, answer.pause)


def resume(invocation: Invocation) -> ExitCode:
    """Let what waited in a pause leave, as far as it is of use still.

    Examples:
      donna resume
      donna resume --json
    """
    return change(invocation, answer.resume)


async def _contact(composed: Composed) -> Page:
    view, here = await overview.contact(composed.runtime), scene(composed.runtime)
    return Page(blocks=lambda: views.contact(view, here), wire=lambda wire: wire.contact(view))
