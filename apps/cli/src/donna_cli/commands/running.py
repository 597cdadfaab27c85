"""Running in the foreground: run, worker."""

from typing import Annotated

import typer

from donna_adapters.compose.leading import serve_worker
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import opened
from donna_cli.session import run as run_to_end
from donna_server.orchestrator import supervise


def run(
    invocation: Invocation,
    port: Annotated[
        int,
        typer.Option("--port", envvar="DONNA_PORT", min=0, max=65535, help="Port of /health."),
    ] = 8100,
    host: Annotated[str, typer.Option("--host", help="Address of /health.")] = "127.0.0.1",
) -> ExitCode:
    """Keep Donna's promises: remind, nudge, escalate and write digests.

    She runs in the foreground until the interrupt key ends her; what falls due meanwhile is
    done when she runs again, or reported as missed.

    Examples:
      donna run
      donna run --port 8200
    """

    async def act() -> None:
        async with opened(invocation) as composed:
            health = f"http://{host}:{port}/health"
            typer.echo(f"Donna begins; {health} tells how she is. Ctrl-C ends her.", err=True)
            for each in await composed.probe_models():
                if each.problem is not None:
                    typer.echo(f"The rules stand in for {each.alias}: {each.problem}", err=True)
            await supervise(composed, port=port, host=host)

    run_to_end(act())
    return ExitCode.OK


def worker(
    invocation: Invocation,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=100, help="How many jobs at a time.")
    ] = 4,
) -> ExitCode:
    """Do what another `donna run` hands out, on this machine or any other.

    It needs DONNA_DATABASE_URL, the same everywhere, and runs until the interrupt key ends it.
    Any number may run; what one of them leaves undone another one does.

    Examples:
      donna worker
      donna worker --at-once 8
    """

    async def act() -> None:
        async with opened(invocation) as composed:
            where = composed.database.name
            begun = f"Donna's worker begins on {where}. Ctrl-C ends it."
            await serve_worker(composed, at_once=at_once, begun=lambda: typer.echo(begun, err=True))

    run_to_end(act())
    return ExitCode.OK
