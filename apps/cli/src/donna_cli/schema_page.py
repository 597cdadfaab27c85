"""The reference page and the JSON Schema of what ``--json`` prints."""

from typing import Any

from pydantic.json_schema import models_json_schema

from donna_cli.schema import PRINTED_BY as PRINTED
from donna_cli.schema_calendars import PRINTED_BY as PRINTED_OF_CALENDARS
from donna_cli.schema_evaluation import PRINTED_BY as PRINTED_OF_EVALUATION
from donna_cli.schema_memory import PRINTED_BY as PRINTED_OF_MEMORY
from donna_cli.schema_skills import PRINTED_BY as PRINTED_OF_SKILLS
from donna_cli.schema_spending import PRINTED_BY as PRINTED_OF_SPENDING

PRINTED_BY = {
    **PRINTED,
    **PRINTED_OF_CALENDARS,
    **PRINTED_OF_MEMORY,
    **PRINTED_OF_SPENDING,
    **PRINTED_OF_SKILLS,
    **PRINTED_OF_EVALUATION,
}

_FORMATS = {"date-time": "instant", "date": "date", "local-date-time": "local time"}


def schemas() -> dict[str, Any]:
    """Return the JSON Schema of every object, by what prints it (JSON Schema 2020-12)."""
    _, definitions = models_json_schema(
        [(model, "serialization") for model in PRINTED_BY.values()],
        title="What donna --json prints",
    )
    printed = {what: {"$ref": f"#/$defs/{model.__name__}"} for what, model in PRINTED_BY.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **definitions,
        "properties": printed,
    }


def document() -> str:
    """Return the reference page of the wire, in Markdown: docs/reference/json.md."""
    definitions = schemas()["$defs"]
    lines = [
        "# JSON reference",
        "",
        "Every command takes `--json` and prints one object a line on stdout; errors go to stderr.",
        "Instants are ISO 8601 in UTC, durations are minutes; a field without a value is `null`.",
        "A local time is that of the zone named beside it: ISO 8601 without an offset.",
        "Fields may be added; none is renamed or taken away within a major version.",
        "This page is generated from `apps/cli/src/donna_cli/schema.py`.",
        "`donna schema` prints the same as JSON Schema.",
        "",
        "| command | object |",
        "|---|---|",
        *(f"| {what} | {_link(model.__name__)} |" for what, model in PRINTED_BY.items()),
    ]
    for name in sorted(definitions):
        lines += _section(name, definitions[name])
    return "\n".join(lines) + "\n"


def _section(name: str, definition: dict[str, Any]) -> list[str]:
    described = definition["description"].replace("``", "`").split("\n")
    rows = [
        f"| `{field}` | {_kind(schema)} |" for field, schema in definition["properties"].items()
    ]
    return ["", f"## {name}", "", *described, "", "| field | value |", "|---|---|", *rows]


def _kind(schema: dict[str, Any]) -> str:
    """Return the type of a field in words."""
    kind = str(schema.get("type", "anything"))
    match schema:
        case {"anyOf": options}:
            kind = " or ".join(_kind(each) for each in options)
        case {"$ref": reference}:
            kind = _link(reference.rsplit("/", 1)[-1])
        case {"enum": values}:
            kind = ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            kind = f"list of {_kind(items)}"
        case {"type": "string", "format": form}:
            kind = _FORMATS[form]
        case {"type": "null"}:
            kind = "`null`"
        case {"minimum": low, "maximum": high}:
            kind = f"{kind}, {low} to {high}"
    return kind


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"
