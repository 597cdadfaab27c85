"""The artifacts of a workspace: list, view, fetch, tmp, update, copy, move, remove, validate."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from donna_cli.desk import Desk
from donna_core.domain.workflow.cells import Cell, problem_cell, succeeded
from donna_core.domain.workflow.ids import parse_artifact_id, parse_pattern
from donna_core.domain.workflow.problems import ProblemsFound

EVERYTHING = "**"
PatternArgument = Annotated[
    str, typer.Argument(metavar="PATTERN", help="Ids; '*' is one part, '**' is any number.")
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", help="Only artifacts with this tag; may be repeated.")
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="An artifact, as world:path:name.")]


def listing(
    desk: Desk, pattern: PatternArgument = EVERYTHING, tag: TagOption = None
) -> Iterator[Cell]:
    """List artifacts with their titles and descriptions.

    Examples:
      donna artifacts list
      donna -p llm artifacts list 'project:**' --tag workflow
    """
    for each in desk.library.listed(parse_pattern(pattern), tag or ()):
        yield from map(problem_cell, each.problems)
        if each.summary is not None:
            meta = {
                "artifact_id": str(each.id),
                "artifact_kind": each.summary.kind,
                "artifact_title": each.summary.title,
            }
            yield Cell(kind="artifact_status", meta=meta, content=each.summary.text)


def view(desk: Desk, pattern: PatternArgument, tag: TagOption = None) -> Iterator[Cell]:
    """Show the text of artifacts, as agents read it.

    Examples:
      donna artifacts view '*:intro'
      donna -p llm artifacts view donna:usage:cli
    """
    for artifact, loaded in desk.library.selected(parse_pattern(pattern), tag or ()):
        if isinstance(loaded, ProblemsFound):
            yield from map(problem_cell, loaded.problems)
            continue
        try:
            lines = [
                line
                for position, shown in enumerate(loaded.viewed(desk.speaker))
                for line in (f"{'#' if position == 0 else '##'} {shown.title}", shown.body)
                if line
            ]
        except ProblemsFound as error:
            yield from map(problem_cell, error.problems)
            continue
        meta = {"artifact_id": str(artifact), "artifact_kind": str(loaded.artifact.primary.kind)}
        yield Cell(kind="artifact_info", meta=meta, content="\n".join(lines))


def fetch(
    desk: Desk,
    artifact: IdArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to; a scratch file by default.",
            dir_okay=False,
            resolve_path=True,
        ),
    ] = None,
) -> Iterator[Cell]:
    """Copy the source of an artifact to a file, to be changed there.

    Examples:
      donna artifacts fetch donna:intro
      donna artifacts fetch donna:rfc:work:plan --output plan.md
    """
    path = desk.library.fetch(parse_artifact_id(artifact), output)
    text = f"`{artifact}` was copied to `{path}`."
    yield succeeded(text, artifact_id=artifact, output_path=str(path))


def tmp(
    desk: Desk, name: Annotated[str, typer.Argument(metavar="SLUG.EXT", help="Name of the file.")]
) -> Iterator[Cell]:
    """Create an empty scratch file and say where it is.

    Examples:
      donna artifacts tmp notes.md
      donna -p llm artifacts tmp plan.md
    """
    path = desk.library.scratch(name)
    yield succeeded(f"The scratch file is `{path}`.", output_path=str(path))


def update(
    desk: Desk,
    artifact: IdArgument,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            resolve_path=True,
            help="What to put there.",
        ),
    ],
) -> Iterator[Cell]:
    """Put a file in place of an artifact, once it is found valid.

    Examples:
      donna artifacts update session:plan plan.md
      donna -p llm artifacts update project:work:release release.md
    """
    desk.library.update(parse_artifact_id(artifact), file)
    text = f"`{artifact}` now holds what `{file}` says."
    yield succeeded(text, artifact_id=artifact, input_path=str(file))


def copy(
    desk: Desk,
    source: Annotated[str, typer.Argument(metavar="SRC", help="The artifact to copy.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="Its new id; what is there goes.")],
) -> Iterator[Cell]:
    """Copy an artifact to another id, in the same world or another.

    Examples:
      donna artifacts copy donna:rfc:work:plan project:plan
      donna -p llm artifacts copy donna:polish session:polish
    """
    desk.library.copy(parse_artifact_id(source), parse_artifact_id(target))
    yield succeeded(f"`{source}` was copied to `{target}`.", source_id=source, target_id=target)


def move(
    desk: Desk,
    source: Annotated[str, typer.Argument(metavar="SRC", help="The artifact to move.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="Its new id; what is there goes.")],
) -> Iterator[Cell]:
    """Give an artifact another id.

    Examples:
      donna artifacts move session:plan project:plan
      donna -p llm artifacts move project:plan project:old:plan
    """
    desk.library.move(parse_artifact_id(source), parse_artifact_id(target))
    yield succeeded(f"`{source}` is `{target}` now.", source_id=source, target_id=target)


def remove(desk: Desk, pattern: PatternArgument, tag: TagOption = None) -> Iterator[Cell]:
    """Remove artifacts, broken ones too.

    Examples:
      donna artifacts remove session:plan
      donna -p llm artifacts remove 'session:drafts:**'
    """
    wanted = parse_pattern(pattern)
    problems: list[Cell] = []
    if tag:
        chosen = []
        for artifact, loaded in desk.library.selected(wanted, tag):
            if isinstance(loaded, ProblemsFound):
                problems += map(problem_cell, loaded.problems)
            else:
                chosen.append(artifact)
    else:
        chosen = [artifact for artifact, _ in desk.library.entries(wanted)]
    desk.library.remove(chosen)
    for artifact in chosen:
        yield succeeded(f"`{artifact}` was removed.", artifact_id=str(artifact))
    yield from problems


def validate(desk: Desk, artifact: IdArgument) -> Iterator[Cell]:
    """Say what is wrong with an artifact, each with its file and line.

    Examples:
      donna artifacts validate donna:rfc:work:do
      donna -p llm artifacts validate project:work:release
    """
    parsed = parse_artifact_id(artifact)
    problems = desk.library.problems(desk.library.load(parsed))
    yield from map(problem_cell, problems)
    if all(each.warning for each in problems):
        yield succeeded(f"`{artifact}` is valid.", artifact_id=artifact)


def validate_all(
    desk: Desk, pattern: PatternArgument = EVERYTHING, tag: TagOption = None
) -> Iterator[Cell]:
    """Say what is wrong with artifacts, each with its file and line.

    Examples:
      donna artifacts validate-all
      donna -p llm artifacts validate-all 'project:**' --tag workflow
    """
    valid = True
    for _, loaded in desk.library.selected(parse_pattern(pattern), tag or ()):
        if isinstance(loaded, ProblemsFound):
            problems = loaded.problems
        else:
            problems = desk.library.problems(loaded)
        valid &= all(each.warning for each in problems)
        yield from map(problem_cell, problems)
    if valid:
        yield succeeded("All of these artifacts are valid.")
