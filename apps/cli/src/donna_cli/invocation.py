"""What was asked of the terminal besides the command itself: the options every command has."""

import inspect
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import evolve, frozen

EVERYWHERE = "Everywhere"


@frozen(kw_only=True)
class Invocation:
    """The shared options of one call of ``donna``.

    ``json`` prints one JSON object per result, ``plain`` draws no boxes, ``dry_run`` changes
    nothing, ``yes`` answers every question. ``protocol`` and ``session`` are for workflows.
    """

    data_dir: Path | None = None
    config_dir: Path | None = None
    json: bool = False
    plain: bool = False
    no_color: bool = False
    dry_run: bool = False
    yes: bool = False
    protocol: str | None = None
    session: str | None = None

    @property
    def color(self) -> bool:
        """Whether colour is wanted and can be shown (no-color.org)."""
        wanted = not self.no_color and not os.environ.get("NO_COLOR")
        return wanted and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer a question."""
        return not self.json and sys.stdin.isatty() and sys.stdout.isatty()


def everywhere(
    *,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON, one object a line.", rich_help_panel=EVERYWHERE),
    ] = False,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Draw no boxes and tables.", rich_help_panel=EVERYWHERE),
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Use no colour.", rich_help_panel=EVERYWHERE)
    ] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Keep everything in this folder instead of DONNA_HOME.",
            rich_help_panel=EVERYWHERE,
        ),
    ] = None,
    config_dir: Annotated[
        Path | None,
        typer.Option(
            "--config-dir",
            help="Read the configuration from this folder.",
            rich_help_panel=EVERYWHERE,
        ),
    ] = None,
) -> dict[str, Any]:
    """Return the options that every command and ``donna`` itself have."""
    return {
        "json": json,
        "plain": plain,
        "no_color": no_color,
        "data_dir": data_dir,
        "config_dir": config_dir,
    }


def on_writing(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> dict[str, Any]:
    """Return the options of commands that change something."""
    return {"dry_run": dry_run, "yes": yes}


def with_shared_options(function: Callable[..., Any], *, writes: bool) -> Callable[..., Any]:
    """Return the command's function as Typer sees it.

    Its first parameter, the ``Invocation``, is replaced by the shared options; what stands
    before the name of the command counts as well. A parameter ``context`` is handed on.
    """
    declared = list(inspect.signature(function).parameters.values())[1:]
    own = [each for each in declared if each.name != "context"]
    shared = [*_options(on_writing), *_options(everywhere)] if writes else _options(everywhere)
    names = {parameter.name for parameter in shared}

    @wraps(function)
    def command(context: typer.Context, **given: Any) -> Any:
        options = {name: value for name, value in given.items() if name in names and value}
        invocation = evolve(context.obj or Invocation(), **options)
        arguments = {name: value for name, value in given.items() if name not in names}
        if len(own) < len(declared):
            arguments["context"] = context
        return function(invocation, **arguments)

    keyword = inspect.Parameter.KEYWORD_ONLY
    first = inspect.Parameter("context", keyword, annotation=typer.Context)
    parameters = [first, *(each.replace(kind=keyword) for each in (*own, *shared))]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by Typer
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _options(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())
