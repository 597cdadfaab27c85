"""The journal of a session: view and write."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from donna_cli.commands.sessions import stored
from donna_cli.desk import Desk
from donna_core.domain.workflow.cells import Cell, Protocol, succeeded

LATEST = 50


def view(
    desk: Desk,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="How many entries; 0 shows all.")
    ] = LATEST,
) -> Iterator[Cell]:
    """Show what happened in the session, the latest last.

    Examples:
      donna journal view
      donna -p automation journal view --lines 10
    """
    entries = stored(desk).journal()[-lines:]
    if desk.protocol is Protocol.AUTOMATION:
        yield from (_cell(entry) for entry in entries)
        return
    text = "\n".join(f"- {_line(entry)}" for entry in entries)
    yield Cell(kind="journal", meta={"entries": len(entries)}, content=text or "It is empty.")


def note(
    desk: Desk, message: Annotated[str, typer.Argument(metavar="MESSAGE", help="The remark.")]
) -> Iterator[Cell]:
    """Write a remark into the journal of the session.

    Examples:
      donna journal write 'The tests need a database'
      donna -p llm journal write 'Waiting for an answer of the developer'
    """
    store = stored(desk)
    with store.locked():
        store.record("remark", message=message)
    yield succeeded("The remark was written down.")


def _cell(entry: Mapping[str, Any]) -> Cell:
    facts = {key: value for key, value in entry.items() if isinstance(value, str | int)}
    text = str(facts.pop("text", facts.pop("message", "")))
    return Cell(kind="journal_entry", meta=facts, content=text)


def _line(entry: Mapping[str, Any]) -> str:
    shown = ("task", "operation", "request", "target", "workflow", "code", "message")
    facts = " ".join(f"{key}={entry[key]}" for key in shown if entry.get(key) is not None)
    return f"{str(entry['at'])[:19]} {entry['event']} {facts}".rstrip()
