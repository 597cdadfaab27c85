"""The reference page of the configuration, in Markdown: docs/reference/config.md.

What a key means is said once, by the comment above it in the YAML file; its type and bounds come
from the model that checks it. A line ``# - name: text`` describes a field of repeated rows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from attrs import frozen

from donna_core.local.settings import Settings, defaults_folder

_LONGEST_DEFAULT = 110
_INTRODUCTION = """# Configuration reference

Every key there is, with its type, its default and what it means.
A folder of your own holds files of the same names that say only what differs: mappings are merged, lists are replaced.
An unknown file or key, a key that stands twice and a value of the wrong kind are errors that name file and line.
[Change what Donna goes by](../how-to/configure.md) shows how.
This page is generated from `config/` and from the models in `packages/donna-core/src/donna_core/local/settings.py`."""
_COLUMNS = ("| key | type | default | meaning |", "|---|---|---|---|")
_FIELD = re.compile(r"- (\w+): (.*)")


@frozen(kw_only=True)
class Key:
    """One line of the reference."""

    path: str
    kind: str
    default: str
    meaning: str


def document() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def keys(name: str) -> tuple[Key, ...]:
    """Return every key of one file, in the order of the file's model."""
    text = (defaults_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    comments = _comments(text)
    data = yaml.safe_load(text)
    if name == "lexicon":
        return tuple(
            Key(
                path=key,
                kind=_kind_of(value),
                default=_written(value) or f"{len(value)} entries",
                meaning=comments.get((key,), ""),
            )
            for key, value in data.items()
        )
    schema = Settings.model_fields[name].annotation.model_json_schema()  # type: ignore[union-attr]  # a Section
    return tuple(_walk(schema, schema, data, (), comments))


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for name in Settings.model_fields:
        text = (defaults_folder() / f"{name}.yaml").read_text(encoding="utf-8")
        yield from ("", f"## {name}.yaml", "", *_sentences(_header(text)), "", *_COLUMNS)
        for key in keys(name):
            default = f"`{key.default}`" if key.default else ""
            if key.default.endswith(" entries"):
                default = key.default
            cells = (f"`{key.path}`", key.kind, default, key.meaning)
            yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _walk(
    schema: Mapping[str, Any],
    root: Mapping[str, Any],
    data: Any,
    path: tuple[str, ...],
    comments: Mapping[tuple[str, ...], str],
) -> Iterator[Key]:
    """Yield the keys at and below a place of the schema, with what the file says there."""
    schema = _resolved(schema, root)
    rows = schema.get("additionalProperties") or schema.get("items", {})
    row = _resolved(rows, root) if isinstance(rows, dict) else {}
    if "properties" in row:
        yield from _rows(schema, row, root, data, path, comments)
    elif "properties" in schema:
        for name, field in schema["properties"].items():
            yield from _walk(field, root, data.get(name), (*path, name), comments)
    else:
        meaning = comments.get(path, "")
        kind = _kind(schema, root)
        yield Key(path=".".join(path), kind=kind, default=_written(data), meaning=meaning)


def _rows(
    schema: Mapping[str, Any],
    row: Mapping[str, Any],
    root: Mapping[str, Any],
    data: Any,
    path: tuple[str, ...],
    comments: Mapping[tuple[str, ...], str],
) -> Iterator[Key]:
    """Yield a table of rows: what it is, the fields of a row, and the named rows as shipped."""
    named = schema["type"] == "object"
    place = ".".join(path)
    kind = "rows by name" if named else "list of rows"
    yield Key(path=place, kind=kind, default=f"{len(data)} entries", meaning=comments.get(path, ""))
    for name, field in row["properties"].items():
        yield Key(
            path=f"{place}.NAME.{name}" if named else f"{place}[].{name}",
            kind=_kind(field, root),
            default=_written(field["default"]) if field.get("default") is not None else "",
            meaning=comments.get((*path, "-", name), ""),
        )
    for name, value in data.items() if named else ():
        meaning = comments.get((*path, name), "")
        yield Key(path=f"{place}.{name}", kind="row", default=_flow(value), meaning=meaning)


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        return " or ".join(_kind(each, root) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema['items'], root)}"
        case "integer" | "number" as kind:
            low, high = schema.get("minimum"), schema.get("maximum")
            bounds = f" from {low:g}" * (low is not None) + f" to {high:g}" * (high is not None)
            return ("whole number" if kind == "integer" else "number") + bounds
        case "boolean":
            return "`true` or `false`"
        case "null":
            return "nothing"
        case _:
            return "text"


def _kind_of(value: Any) -> str:
    match value:
        case dict():
            return "mapping"
        case list():
            return "list"
        case _:
            return "whole number"


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    found: Mapping[str, Any] = root["$defs"][reference.rsplit("/", 1)[1]] if reference else schema
    return found


def _written(value: Any) -> str:
    """Return a default as YAML writes it, or nothing where it is too long for a table."""
    text = _flow(value)
    return text if len(text) <= _LONGEST_DEFAULT else ""


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _comments(text: str) -> dict[tuple[str, ...], str]:
    """Return the comment above each key by the key's path; fields of rows stand below ``-``."""
    lines = text.splitlines()
    found: dict[tuple[str, ...], str] = {}
    for path, number in _places(yaml.compose(text, Loader=yaml.SafeLoader), ()):
        prose, fields = _split(_above(lines, number))
        found[path] = " ".join(prose)
        found.update({(*path, "-", name): meaning for name, meaning in fields.items()})
    return found


def _places(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line
            yield from _places(value, (*path, key.value))


def _above(lines: list[str], number: int) -> list[str]:
    """Return the comment right above a line, without its signs."""
    start = number
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return [line.lstrip().removeprefix("#").strip() for line in lines[start:number]]


def _split(comment: list[str]) -> tuple[list[str], dict[str, str]]:
    fields = {m[1]: m[2] for m in map(_FIELD.fullmatch, comment) if m}
    return [line for line in comment if line and not _FIELD.fullmatch(line)], fields


def _header(text: str) -> list[str]:
    """Return the comment a file begins with."""
    lines = text.splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return [line for line in _above(lines, end) if line]


def _sentences(lines: list[str]) -> list[str]:
    """Return the text with one sentence on each line, as the documents are written."""
    return re.split(r"(?<=[.:]) (?=[A-Z])", " ".join(lines))
