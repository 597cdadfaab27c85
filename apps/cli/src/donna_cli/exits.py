"""How a command ends: one table from what went wrong to the exit code, one message for it."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer
from attrs import define

from donna_core.domain.errors import (
    ConfigError,
    Degraded,
    DonnaError,
    NotFound,
    OverBudget,
    Refused,
)


class ExitCode(IntEnum):
    """What the shell is told. 5 is a budget that does not allow it, 130 the interrupt key."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    DEGRADED = 4
    BUDGET = 5
    INTERRUPTED = 130


FAMILIES: Sequence[tuple[type[DonnaError], ExitCode]] = (
    (NotFound, ExitCode.NOT_FOUND),
    (Degraded, ExitCode.DEGRADED),
    (ConfigError, ExitCode.USAGE),
    (OverBudget, ExitCode.BUDGET),
    (Refused, ExitCode.REFUSED),
    (DonnaError, ExitCode.REFUSED),
)
"""The families of errors and their codes; the first that fits counts."""


@define
class Ending:
    """The exit code of a command, as soon as it is known."""

    code: int | None = None


@contextmanager
def ended(arguments: Sequence[str]) -> Iterator[Ending]:
    """Turn what is raised inside into a message on stderr and an exit code.

    With ``--json`` among the arguments the message is a JSON object.
    """
    _forgive_encodings()
    ending = Ending()
    as_json = "--json" in arguments or "--jsonl" in arguments
    try:
        yield ending
    except DonnaError as error:
        ending.code = code_of(error)
        complain(error, code=ending.code, as_json=as_json)
    except typer.TyperException as error:
        ending.code = error.exit_code
        _complain_about_usage(error, as_json=as_json)
    except typer.Abort:
        ending.code = ExitCode.INTERRUPTED
        typer.echo("Stopped.", err=True)


def code_of(error: DonnaError) -> ExitCode:
    """Return the exit code of the error's family."""
    return next(code for family, code in FAMILIES if isinstance(error, family))


def complain(error: DonnaError, *, code: int, as_json: bool) -> None:
    """Say on stderr what failed and what to do next."""
    if as_json:
        typer.echo(json.dumps(error_object(error, code=code)), err=True)
    else:
        typer.echo(printable(f"donna: {told(error)}"), err=True)


def told(error: DonnaError) -> str:
    """Return what failed and what to type next."""
    if error.next_step is None:
        return str(error)
    from donna_cli.words import CommandLine  # noqa: PLC0415  # it reads sentences; few errors do

    return error.told(CommandLine().command)


def error_object(error: DonnaError, *, code: int) -> dict[str, Any]:
    """Return the error as it goes over the wire; its name and its message are stable."""
    return {"error": type(error).__name__, "message": told(error), "exit_code": code}


def printable(text: str) -> str:
    """Return the text without characters that would steer a terminal, line by line."""
    from donna_adapters.console.notifier import (  # noqa: PLC0415  # `donna --help` needs none of it
        printable as clean,
    )

    return "\n".join(clean(line) for line in text.split("\n"))


def _complain_about_usage(error: typer.TyperException, *, as_json: bool) -> None:
    message, context = error.format_message(), getattr(error, "ctx", None)
    if as_json:
        said = {"error": "Usage", "message": message, "exit_code": error.exit_code}
        typer.echo(json.dumps(said), err=True)
        return
    if context is not None:
        typer.echo(context.get_usage(), err=True)
        typer.echo(f"Try '{context.command_path} --help'.", err=True)
    typer.echo(printable(f"donna: {message}"), err=True)


def _forgive_encodings() -> None:
    """Take a stand-in for what an encoding lacks or cannot read, rather than fail."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
