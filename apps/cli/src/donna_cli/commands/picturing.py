"""Sessions looked at: graph and report."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from donna_cli.commands.sessions import opened, stored
from donna_cli.desk import Desk
from donna_core.domain.workflow.cells import Cell, succeeded
from donna_core.domain.workflow.charts import Format, chart_of, mermaid, svg
from donna_core.domain.workflow.ids import parse_artifact_id
from donna_core.domain.workflow.report import report_cell, reported
from donna_skills.workflows.files import write


def graph(
    desk: Desk,
    workflow: Annotated[
        str | None,
        typer.Argument(
            metavar="WORKFLOW_ID",
            help="The workflow; by default the one that runs on top.",
            show_default=False,
        ),
    ] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="How to draw it.")] = Format.MERMAID,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to a file.", dir_okay=False)
    ] = None,
) -> Iterator[Cell]:
    """Draw a workflow, with the places where tasks stand.

    Examples:
      donna sessions graph donna:rfc:work:do
      donna -p llm sessions graph donna:polish --format svg --output polish.svg
    """
    session = opened(desk)
    artifact = None if workflow is None else parse_artifact_id(workflow)
    wanted, marked = session.standing(artifact)
    chart = chart_of(desk.library.load(wanted).artifact, marked)
    text = svg(chart) if form is Format.SVG else mermaid(chart)
    if output is not None:
        write(output, f"{text}\n".encode())
        yield succeeded(f"`{wanted}` is drawn in `{output}`.", output_path=str(output))
        return
    meta = {"artifact_id": str(wanted)}
    if form is Format.SVG:
        yield Cell(kind="workflow_graph", media_type="image/svg+xml", meta=meta, content=text)
    else:
        yield Cell(kind="workflow_graph", meta=meta, content=f"```mermaid\n{text}\n```")


def report(desk: Desk) -> Iterator[Cell]:
    """Sum the session up: steps, how long they took, what the agent was told.

    Examples:
      donna sessions report
      donna -p llm sessions report --session second
    """
    yield report_cell(reported(stored(desk).journal()))
