"""Looking: what is on now, what comes next, lists, a day, a week."""

from collections.abc import Collection
from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_cli import views
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, look, scene, unreadable
from donna_core.domain.tasks.task import CLOSED, OPEN, Domain, TaskStatus
from donna_core.usecases import overview


def now(invocation: Invocation) -> ExitCode:
    """Show what is on now, what comes next and what is overdue."""

    async def act(composed: Composed) -> Page:
        view, here, home = (
            await overview.now(composed.runtime),
            scene(composed.runtime),
            composed.home,
        )
        return Page(
            blocks=lambda: views.welcome(home) if home.first_run else views.now(view, here),
            wire=lambda wire: wire.now(view, here),
        )

    return look(invocation, act)


def following(
    invocation: Invocation,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=100, help="How many.")] = 3,
) -> ExitCode:
    """Show what to do next, and why.

    What is on now comes first, then what should be over, what is due within a day, what is
    planned next, and what has no place.

    Examples:
      donna next
      donna next --count 10
    """

    async def act(composed: Composed) -> Page:
        found = await overview.advice(composed.runtime, count=count)
        here = scene(composed.runtime)
        return Page(
            blocks=lambda: views.advice(found, here),
            wire=lambda wire: wire.advice(found, here),
        )

    return look(invocation, act)


def listing(
    invocation: Invocation,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="Words of the title.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", "-a", help="Closed tasks as well.")] = False,
    status: Annotated[
        list[TaskStatus] | None, typer.Option("--status", "-s", help="Only these states.")
    ] = None,
    domain: Annotated[Domain | None, typer.Option("--domain", help="One part of life.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="One tag.")] = None,
) -> ExitCode:
    """List tasks, open ones at first.

    Examples:
      donna list
      donna list --all --tag car mechanic
    """
    statuses: Collection[TaskStatus] = status or ((OPEN | CLOSED) if every else OPEN)

    async def act(composed: Composed) -> Page:
        found = await overview.tasks(
            composed.runtime,
            statuses=statuses,
            domain=domain,
            tag=tag,
            text=" ".join(words) if words else None,
        )
        here = scene(composed.runtime)
        return Page(
            blocks=lambda: views.tasks(found, here, empty="No task fits."),
            wire=lambda wire: wire.task_list(found),
        )

    return look(invocation, act)


def today(invocation: Invocation) -> ExitCode:
    """Show the plan of today.

    Examples:
      donna today
      donna today --json
    """

    async def act(composed: Composed) -> Page:
        view, mirrored = await overview.today(composed.runtime)
        here, problems = scene(composed.runtime), unreadable(mirrored)
        return Page(
            blocks=lambda: views.day(view, here),
            wire=lambda wire: wire.day(view, problems, here),
            problems=problems,
        )

    return look(invocation, act)


def week(
    invocation: Invocation,
    ahead: Annotated[
        int, typer.Option("--ahead", "-n", min=-520, max=520, help="Weeks from this one.")
    ] = 0,
) -> ExitCode:
    """Show the plan of a week.

    Examples:
      donna week
      donna week --ahead 1
    """

    async def act(composed: Composed) -> Page:
        view, mirrored = await overview.week(composed.runtime, weeks_ahead=ahead)
        here, problems = scene(composed.runtime), unreadable(mirrored)
        return Page(
            blocks=lambda: views.week(view, here),
            wire=lambda wire: wire.week(view, problems, here),
            problems=problems,
        )

    return look(invocation, act)
