"""Getting it done: start, done, block, unblock, drop, reopen."""

from typing import Annotated

import typer

from donna_cli.commands.parameters import Tasks
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import change
from donna_cli.words import named
from donna_core.usecases.advance import Verb, advance

Reason = Annotated[str, typer.Option("--because", "-b", help="Why, in your words.")]


def start(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Begin tasks now.

    Examples:
      donna start 3
      donna start call mechanic
    """
    return _advance(invocation, tasks, Verb.START)


def done(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Finish tasks, wherever they stand.

    A repeating task brings forth its next occurrence.

    Examples:
      donna done 3
      donna done call mechanic
    """
    return _advance(invocation, tasks, Verb.DONE)


def block(invocation: Invocation, tasks: Tasks, because: Reason = "") -> ExitCode:
    """Note that started tasks cannot go on, and why.

    Examples:
      donna block 3 --because "waiting for the spare part"
      donna block call mechanic
    """
    return _advance(invocation, tasks, Verb.BLOCK, reason=because)


def unblock(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Let blocked tasks go on and give them a new place.

    Examples:
      donna unblock 3
      donna unblock call mechanic
    """
    return _advance(invocation, tasks, Verb.UNBLOCK)


def drop(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Give tasks up without doing them.

    What waits for them is marked for review.

    Examples:
      donna drop 3
      donna drop 1,3-5 --yes
    """
    return _advance(invocation, tasks, Verb.DROP)


def reopen(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Bring finished or dropped tasks back.

    Examples:
      donna reopen 3
      donna reopen call mechanic
    """
    return _advance(invocation, tasks, Verb.REOPEN)


def _advance(invocation: Invocation, tasks: list[str], verb: Verb, reason: str = "") -> ExitCode:
    reference = named(tasks)
    return change(
        invocation,
        lambda runtime: advance(runtime, reference, verb, reason=reason),
        reference=reference,
    )
