"""A workflow drawn: as Mermaid, which many viewers render, and as a picture in SVG."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from html import escape

from attrs import frozen

from donna_core.domain.workflow.artifact import (
    Artifact,
    Finish,
    RequestAction,
    RunScript,
    Section,
    WorkflowHead,
)
from donna_core.domain.workflow.validation import reachable

_WIDTH, _HEIGHT, _GAP, _ROW = 190, 44, 40, 96


class Format(StrEnum):
    """How a workflow is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


@frozen(kw_only=True)
class Arrow:
    """A way from one operation to another; ``label`` says when it is taken."""

    source: str
    target: str
    label: str = ""


@frozen(kw_only=True)
class Chart:
    """The operations that can be met, in the order of a walk, and the ways between them.

    ``marked`` are the local ids where tasks stand now.
    """

    title: str
    sections: Sequence[Section]
    arrows: Sequence[Arrow]
    marked: frozenset[str] = frozenset()


def chart_of(artifact: Artifact, marked: frozenset[str] = frozenset()) -> Chart:
    """Return what is to be drawn of a workflow; an artifact of another kind has no operations."""
    head = artifact.primary.operation
    sections = reachable(artifact, head.start) if isinstance(head, WorkflowHead) else ()
    inside = {section.id for section in sections}
    arrows = tuple(
        arrow for section in sections for arrow in _arrows(section) if arrow.target in inside
    )
    return Chart(title=artifact.primary.title, sections=sections, arrows=arrows, marked=marked)


def _arrows(section: Section) -> Sequence[Arrow]:
    match section.operation:
        case RunScript() as script:
            ways = [(script.on_success, "ok"), (script.on_failure, "failed")]
            ways += [(target, code) for code, target in script.on_code.items()]
        case RequestAction(result=rule) if rule is not None:
            ways = [(target, value) for value, target in rule.branches.items()]
            ways += [(rule.on_invalid, "invalid")]
            ways += [(each.name, "") for each in section.gotos]
        case _:
            ways = [(target, "") for target in section.transitions]
    return [
        Arrow(source=section.id, target=target, label=label)
        for target, label in ways
        if target is not None
    ]


def mermaid(chart: Chart) -> str:
    """Return the chart as the source of a Mermaid flowchart."""
    names = {section.id: f"n{number}" for number, section in enumerate(chart.sections)}
    lines = ["flowchart TD"]
    for section in chart.sections:
        opening, closing = _shape(section)
        label = _quoted(section.title or section.id)
        lines.append(f'    {names[section.id]}{opening}"{label}"{closing}')
    for arrow in chart.arrows:
        label = f'|"{_quoted(arrow.label)}"|' if arrow.label else ""
        lines.append(f"    {names[arrow.source]} -->{label} {names[arrow.target]}")
    marked = [names[section.id] for section in chart.sections if section.id in chart.marked]
    if marked:
        lines += ["    classDef now stroke-width:4px", f"    class {','.join(marked)} now"]
    return "\n".join(lines)


def _shape(section: Section) -> tuple[str, str]:
    match section.operation:
        case RunScript():
            return "[[", "]]"
        case Finish():
            return "([", "])"
        case RequestAction():
            return "(", ")"
        case _:
            return "[", "]"


def _quoted(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("\n", " ")


def svg(chart: Chart) -> str:
    """Return the chart as a picture: a row per distance from the start, ways back at the side."""
    places = _places(chart)
    columns = max((x for x, _ in places.values()), default=0) + 1
    rows = max((y for _, y in places.values()), default=0) + 1
    width, height = columns * (_WIDTH + _GAP) + 3 * _GAP, rows * _ROW + _GAP
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="13">'
        ),
        f"<title>{escape(chart.title)}</title>",
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>'
        ),
        *(_path(arrow, places, width) for arrow in chart.arrows),
        *(_box(section, places[section.id], chart) for section in chart.sections),
        "</svg>",
    ]
    return "\n".join(parts)


def _places(chart: Chart) -> Mapping[str, tuple[int, int]]:
    """Return the column and the row of each operation."""
    rows: dict[str, int] = {}
    for section in chart.sections:
        rows.setdefault(section.id, 0)
        for arrow in chart.arrows:
            if arrow.source == section.id:
                rows.setdefault(arrow.target, rows[section.id] + 1)
    filled: dict[int, int] = {}
    places: dict[str, tuple[int, int]] = {}
    for section in chart.sections:
        row = rows[section.id]
        places[section.id] = (filled.get(row, 0), row)
        filled[row] = filled.get(row, 0) + 1
    return places


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return _GAP + place[0] * (_WIDTH + _GAP), _GAP // 2 + place[1] * _ROW


def _box(section: Section, place: tuple[int, int], chart: Chart) -> str:
    x, y = _corner(place)
    now = section.id in chart.marked
    round_ = {True: 22, False: 8 if isinstance(section.operation, RequestAction) else 0}
    fill = "#eef" if isinstance(section.operation, RunScript) else "#fff"
    text = escape(_shortened(section.title or section.id))
    return (
        f'<g><title>{escape(section.id)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" rx="{round_[isinstance(section.operation, Finish)]}" fill="{fill}" '
        f'stroke="{"#c40" if now else "#555"}" stroke-width="{3 if now else 1}"/>'
        f'<text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 5}" text-anchor="middle">'
        f"{text}</text></g>"
    )


def _path(arrow: Arrow, places: Mapping[str, tuple[int, int]], width: int) -> str:
    (x1, y1), (x2, y2) = _corner(places[arrow.source]), _corner(places[arrow.target])
    middle = _HEIGHT // 2
    if places[arrow.target][1] > places[arrow.source][1]:
        start, end = (x1 + _WIDTH // 2, y1 + _HEIGHT), (x2 + _WIDTH // 2, y2)
        bend = (end[1] - start[1]) // 2
        line = (
            f"M{start[0]} {start[1]}C{start[0]} {start[1] + bend} "
            f"{end[0]} {end[1] - bend} {end[0]} {end[1]}"
        )
        label = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    else:
        side = width - _GAP // 2
        line = (
            f"M{x1 + _WIDTH} {y1 + middle}C{side} {y1 + middle} "
            f"{side} {y2 + middle} {x2 + _WIDTH} {y2 + middle}"
        )
        label = (side - _GAP, (y1 + y2) // 2 + middle)
    said = (
        f'<text x="{label[0] + 4}" y="{label[1] + 4}" fill="#555" font-size="11">'
        f"{escape(arrow.label)}</text>"
        if arrow.label
        else ""
    )
    return f'<path d="{line}" fill="none" stroke="#555" marker-end="url(#tip)"/>{said}'


def _shortened(text: str) -> str:
    return text if len(text) <= 26 else f"{text[:25]}…"
