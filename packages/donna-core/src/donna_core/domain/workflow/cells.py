"""What is printed: cells, and how each protocol writes them down."""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from donna_core.domain.workflow.problems import Problem, Value

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
LOG = "log"


class Protocol(StrEnum):
    """Who reads what is printed."""

    HUMAN = "human"
    LLM = "llm"
    AUTOMATION = "automation"


@frozen(kw_only=True)
class Cell:
    """One unit of output. ``meta`` is shown sorted; ``content`` is shown stripped."""

    kind: str
    content: str = ""
    meta: Mapping[str, Value] = field(factory=dict)
    media_type: str = MARKDOWN


def log(text: str) -> Cell:
    """Return the line that says what is done now."""
    return Cell(kind=LOG, media_type=PLAIN, content=text)


def succeeded(text: str, **meta: Value) -> Cell:
    """Return the cell of a command that did what it was asked."""
    return Cell(kind="operation_succeeded", content=text, meta=meta)


def problem_cell(problem: Problem) -> Cell:
    """Return the cell of a problem: its message, then what to do about it."""
    meta: dict[str, Value] = {**problem.fields, "error_code": problem.code}
    if problem.location is not None:
        meta["location"] = problem.location
    if problem.warning:
        meta["severity"] = "warning"
    advice = list(problem.advice)
    if len(advice) > 1:
        advice = [f"- {line}" for line in advice]
    place = f"{problem.location}: " if problem.location is not None else ""
    lines = [f"{place}{problem.message}", "", *advice]
    return Cell(kind=problem.kind, meta=meta, content="\n".join(lines))


def written(cell: Cell, identity: str, protocol: Protocol) -> str:
    """Return the cell as the protocol writes it, without a newline at its end.

    ``identity`` is the cell's own id, by which a reader finds where it ends.
    """
    if protocol is Protocol.AUTOMATION:
        return _object(cell, identity)
    content = cell.content.strip()
    if cell.kind == LOG:
        return f"DONNA LOG: {content}"
    if protocol is Protocol.LLM:
        begin, end, equals = (
            f"--DONNA-CELL {identity} BEGIN--",
            f"--DONNA-CELL {identity} END--",
            "=",
        )
    else:
        begin, end, equals = f"----- DONNA CELL {identity} -----", "", " = "
    header = [("kind", cell.kind), ("media_type", cell.media_type), *sorted(cell.meta.items())]
    lines = [begin, *(f"{key}{equals}{_on_one_line(value)}" for key, value in header)]
    if content:
        lines += ["", content]
    return "\n".join([*lines, end] if end else lines)


def batch(cells: Iterable[tuple[Cell, str]], protocol: Protocol) -> str:
    """Return cells, each with its id, as a command prints them at its end."""
    between = "\n" if protocol is Protocol.AUTOMATION else "\n\n"
    return between.join(written(cell, identity, protocol) for cell, identity in cells)


def _object(cell: Cell, identity: str) -> str:
    content = cell.content.strip() or None
    common = {"id": identity, "kind": cell.kind, "media_type": cell.media_type, "content": content}
    plain = json.dumps(
        {**cell.meta, **common}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return plain.translate(_LINE_ENDS)


def _on_one_line(value: Value) -> str:
    return (
        str(value).replace("\\", "\\\\").replace("\n", "\\n") if "\n" in str(value) else str(value)
    )


# Ends of lines that JSON leaves as they are; one object stays on one line for every reader.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
