"""Lines and tables on the terminal: with colour or without, with boxes or without.

What is shown is built as plain values first. Titles may hold what others wrote, so every
character that would steer a terminal is taken out here, in the one way to the screen.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import typer
from attrs import frozen

from donna_adapters.console.notifier import printable
from donna_cli.invocation import Invocation
from donna_core.domain.wording import Line, Tone

_STYLES: dict[Tone, dict[str, Any]] = {
    Tone.PLAIN: {},
    Tone.HEADING: {"bold": True},
    Tone.QUIET: {"dim": True},
    Tone.GOOD: {"fg": "green", "bold": True},
    Tone.WARNING: {"fg": "yellow"},
}


@frozen(kw_only=True)
class Grid:
    """Rows under named columns; the column called ``wide`` takes the room that is left."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: str


Block = Line | Grid


def show(blocks: Iterable[Block], invocation: Invocation) -> None:
    """Print the blocks on stdout."""
    for block in blocks:
        if isinstance(block, Line):
            _show_line(block, invocation)
        elif invocation.plain:
            _show_listed(block)
        else:
            _show_grid(block, invocation)


def warn(text: str, invocation: Invocation) -> None:
    """Print a remark on stderr, where no pipe takes it for a result."""
    styled = typer.style(printable(text), fg="yellow") if invocation.color else printable(text)
    typer.echo(styled, err=True)


def status(invocation: Invocation) -> Callable[[str], None]:
    """Return who shows how far the work is: one line on stderr, where somebody watches it.

    Each text replaces the one before; an empty one takes the line away.
    """
    if invocation.json or invocation.plain or not sys.stderr.isatty():
        return lambda _: None

    def tell(text: str) -> None:
        typer.echo(f"\r\x1b[K{printable(text)}\r", nl=False, err=True)

    return tell


def _show_line(line: Line, invocation: Invocation) -> None:
    text = "  " * line.depth + printable(line.text)
    style = _STYLES[line.tone]
    typer.echo(typer.style(text, **style) if invocation.color and style else text)


def _show_listed(grid: Grid) -> None:
    """Print each row as one sentence that a screen reader reads from left to right."""
    for row in grid.rows:
        named = [
            value if name == grid.wide or name == grid.columns[0] else f"{name.lower()} {value}"
            for name, value in zip(grid.columns, row, strict=True)
            if value
        ]
        typer.echo(printable(", ".join(named)))


def _show_grid(grid: Grid, invocation: Invocation) -> None:
    # Rich takes longer to import than most commands take to run: it is here when it draws.
    from rich import box  # noqa: PLC0415  # see above
    from rich.console import Console  # noqa: PLC0415  # see above
    from rich.table import Table  # noqa: PLC0415  # see above
    from rich.text import Text  # noqa: PLC0415  # see above

    used = [place for place, _ in enumerate(grid.columns) if any(row[place] for row in grid.rows)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name in (grid.columns[place] for place in used):
        ratio = 1 if name == grid.wide else None
        table.add_column(name, overflow="fold", no_wrap=name == grid.columns[0], ratio=ratio)
    for row in grid.rows:
        table.add_row(*(Text(printable(row[place])) for place in used))
    color = invocation.color
    Console(force_terminal=color, no_color=not color, highlight=False).print(table)
