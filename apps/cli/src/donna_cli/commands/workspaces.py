"""Workspaces: workspaces init and update."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from donna_cli.desk import Desk
from donna_core.domain.workflow.cells import Cell, succeeded
from donna_skills.workflows.initialization import initialize, install_instructions

InstructionsOption = Annotated[
    bool,
    typer.Option(
        "--instructions/--no-instructions",
        help="Write the files that tell coding agents how to use Donna.",
    ),
]


def init(
    desk: Desk,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", exists=True, file_okay=False, help="The project; here by default."
        ),
    ] = None,
    *,
    instructions: InstructionsOption = True,
) -> Iterator[Cell]:
    """Make a folder a workspace, and tell coding agents in it how to use Donna.

    Examples:
      donna workspaces init
      donna -p llm workspaces init . --no-instructions
    """
    del desk
    project = (folder or Path.cwd()).resolve()
    initialize(project)
    written = install_instructions(project) if instructions else []
    yield succeeded("\n".join([f"`{project}` is a workspace now.", *_listed(written)]))


def update(desk: Desk) -> Iterator[Cell]:
    """Renew the files that tell coding agents how to use Donna.

    Examples:
      donna workspaces update
      donna -p llm workspaces update
    """
    written = install_instructions(desk.workspace.project)
    text = "The instruction files are up to date."
    yield succeeded("\n".join([text, *_listed(written)]))


def _listed(paths: list[Path]) -> list[str]:
    return (
        ["", "Written for coding agents:", "", *(f"- `{path}`" for path in paths)] if paths else []
    )
