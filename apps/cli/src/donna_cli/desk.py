"""Where commands about workflows are carried out: cells printed, problems as cells, exit code 0.

What is wrong with an artifact or a session is an answer like any other, which an agent reads.
Only a command line that cannot be understood ends with another code.
"""

import inspect
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import define, field

from donna_cli.invocation import Invocation
from donna_core.domain.workflow.cells import Cell, Protocol, batch, problem_cell, written
from donna_core.domain.workflow.problems import ProblemsFound
from donna_core.local.ids import cell_id
from donna_skills.workflows.library import Library
from donna_skills.workflows.speaker import Speaker
from donna_skills.workflows.workspace import Workspace, open_workspace

SessionOption = Annotated[
    str | None,
    typer.Option(
        "--session",
        envvar="DONNA_SESSION",
        help="Work in the session of this name, so that several agents do not meet.",
        show_default=False,
    ),
]


@define
class Desk:
    """One call of a command: who reads it, and what it works on, opened when first needed."""

    protocol: Protocol
    session: str | None = None
    invocation: Invocation = field(factory=Invocation)
    shown: list[Cell] = field(factory=list, init=False)
    _workspace: Workspace | None = field(default=None, init=False)
    _library: Library | None = field(default=None, init=False)

    @property
    def speaker(self) -> Speaker:
        """Who is spoken to."""
        return Speaker(protocol=self.protocol, session=self.session)

    @property
    def workspace(self) -> Workspace:
        """The workspace of the current folder; raises ``ProblemsFound``."""
        if self._workspace is None:
            self._workspace = open_workspace(Path.cwd(), self.session)
        return self._workspace

    @property
    def library(self) -> Library:
        """The artifacts of the workspace."""
        if self._library is None:
            self._library = Library(self.workspace, self.speaker)
        return self._library

    def emit(self, cell: Cell) -> None:
        """Print a cell at once, and remember it."""
        self.shown.append(cell)
        sys.stdout.write(f"{written(cell, cell_id(), self.protocol)}\n\n")
        sys.stdout.flush()

    def finish(self, cells: Iterable[Cell]) -> None:
        """Print the cells that end a command; only a terminal gets a newline after them."""
        text = batch(((cell, cell_id()) for cell in cells), self.protocol)
        sys.stdout.write(f"{text}\n" if text and sys.stdout.isatty() else text)
        sys.stdout.flush()


def at_desk(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command's function as Typer sees it: a ``Desk`` is given to it, not asked for.

    The function returns or yields the cells that end the command.
    """
    declared = list(inspect.signature(function).parameters.values())[1:]

    @wraps(function)
    def command(context: typer.Context, session: str | None = None, **given: Any) -> None:
        invocation = context.obj or Invocation()
        protocol = Protocol(invocation.protocol or Protocol.HUMAN)
        desk = Desk(protocol, session or invocation.session, invocation)
        try:
            cells = list(function(desk, **given))
        except ProblemsFound as error:
            cells = [problem_cell(each) for each in error.problems]
        desk.finish(cells)

    keyword = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", keyword, annotation=typer.Context)
    session = inspect.Parameter("session", keyword, annotation=SessionOption, default=None)
    parameters = [context, *(each.replace(kind=keyword) for each in declared), session]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by Typer
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command
