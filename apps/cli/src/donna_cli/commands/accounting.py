"""Giving account: promises, history."""

from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_cli import accounts
from donna_cli.completion import open_tasks
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, look, scene
from donna_cli.words import named
from donna_core.usecases import overview
from donna_core.usecases.promises import account


def promises(
    invocation: Invocation,
    *,
    broken: Annotated[
        bool, typer.Option("--broken", help="Only what did not happen as promised, or is late.")
    ] = False,
) -> ExitCode:
    """List what Donna owes you and what became of it, with its receipts.

    It reaches back one week.

    Examples:
      donna promises
      donna promises --broken
    """

    async def act(composed: Composed) -> Page:
        found, here = await account(composed.runtime, broken=broken), scene(composed.runtime)
        return Page(
            blocks=lambda: accounts.promises(found, here, broken=broken),
            wire=lambda wire: wire.promises(found),
        )

    return look(invocation, act)


def history(
    invocation: Invocation,
    task: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TASK]", help="Only what changed this task.", autocompletion=open_tasks
        ),
    ] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many.")] = 20,
) -> ExitCode:
    """List who asked for what, and what it changed: every record before and after.

    The latest comes last.

    Examples:
      donna history
      donna history 3 --limit 5
      donna history --json
    """

    async def act(composed: Composed) -> Page:
        found = await overview.history(composed.runtime, named(task) if task else None, limit=limit)
        here = scene(composed.runtime)
        return Page(
            blocks=lambda: accounts.history(found, here), wire=lambda wire: wire.history(found)
        )

    return look(invocation, act)
