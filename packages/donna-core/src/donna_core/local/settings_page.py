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
_MOST_NAMES = 9
_INTRODUCTION = """# Configuration reference

Every key there is, with its type, its default and what it means.
A folder of your own holds files of the same names, each with nothing but what differs.
Mappings are merged and lists are replaced.
An unknown file or key, a key that stands twice and a value of the wrong kind are errors.
Each of them names file and line.
[Change what Donna goes by](../how-to/configure.md) shows how.
This page is generated from `config/` and from the models of `donna_core.local.settings`."""
_COLUMNS = ("| key | type | default | meaning |", "|---|---|---|---|")
_FIELD = re.compile(r"- (\w+): (.*)")

Schema = Mapping[str, Any]
Path = tuple[str, ...]


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
    return tuple(_Page(root=schema, comments=comments).walk(schema, data, ()))


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


@frozen(kw_only=True)
class _Page:
    """One file: the schema its models have, and the comments by the path they stand above."""

    root: Schema
    comments: Mapping[Path, str]

    def walk(self, schema: Schema, data: Any, path: Path) -> Iterator[Key]:
        """Yield the keys at and below a place of the schema, with what the file says there."""
        schema = self._resolved(schema)
        rows = schema.get("additionalProperties") or schema.get("items", {})
        row = self._resolved(rows) if isinstance(rows, dict) else {}
        if "properties" in row:
            yield from self._rows(row, data, path)
        elif "properties" in schema:
            for name, field in schema["properties"].items():
                yield from self.walk(field, data.get(name), (*path, name))
        else:
            yield self._key(path, self._kind(schema), _written(data))

    def _rows(self, row: Schema, data: Any, path: Path) -> Iterator[Key]:
        """Yield a table of rows: what it is, the fields of a row, and named rows as shipped."""
        named = isinstance(data, dict)
        yield self._key(path, "rows by name" if named else "list of rows", f"{len(data)} entries")
        for name, field in row["properties"].items():
            meaning = self.comments.get((*path, "-", name), "")
            default = field.get("default")
            yield Key(
                path=".".join(path) + (f".NAME.{name}" if named else f"[].{name}"),
                kind=self._kind(field),
                default="" if default is None else _written(default),
                meaning=meaning,
            )
        for name, value in data.items() if named else ():
            yield self._key((*path, name), "row", _flow(value))

    def _key(self, path: Path, kind: str, default: str) -> Key:
        meaning = self.comments.get(path, "")
        return Key(path=".".join(path), kind=kind, default=default, meaning=meaning)

    def _kind(self, schema: Schema) -> str:
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return " or ".join(self._kind(each) for each in schema["anyOf"])
        if "enum" in schema or "const" in schema:
            return _one_of(schema.get("enum", [schema.get("const")]))
        if schema["type"] == "array":
            items = schema.get("items") or schema["prefixItems"][0]
            return f"list of {self._kind(items)}"
        if schema["type"] == "object":
            return f"{self._kind(schema['additionalProperties'])}, by name"
        return _WORDS[schema["type"]] + _bounds(schema)

    def _resolved(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        found: Schema = self.root["$defs"][reference.rsplit("/", 1)[1]] if reference else schema
        return found


_WORDS = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "null": "nothing",
    "number": "number",
    "string": "text",
}


def _one_of(names: list[Any]) -> str:
    if len(names) > _MOST_NAMES:
        return f"one of {len(names)} names"
    return ", ".join(f"`{each}`" for each in names)


def _bounds(schema: Schema) -> str:
    parts = (("from", schema.get("minimum")), ("to", schema.get("maximum")))
    return "".join(f" {word} {limit:g}" for word, limit in parts if limit is not None)


def _kind_of(value: Any) -> str:
    match value:
        case dict():
            return "mapping"
        case list():
            return "list"
        case _:
            return "whole number"


def _written(value: Any) -> str:
    """Return a default as YAML writes it, or nothing where it is too long for a table."""
    text = _flow(value)
    return text if len(text) <= _LONGEST_DEFAULT else ""


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _comments(text: str) -> dict[Path, str]:
    """Return the comment above each key by the key's path; fields of rows stand below ``-``."""
    lines = text.splitlines()
    found: dict[Path, str] = {}
    for path, number in _places(yaml.compose(text, Loader=yaml.SafeLoader), ()):
        prose, fields = _split(_above(lines, number))
        found[path] = " ".join(prose)
        found.update({(*path, "-", name): meaning for name, meaning in fields.items()})
    return found


def _places(node: yaml.Node | None, path: Path) -> Iterator[tuple[Path, int]]:
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
    return re.split(r"(?<=\.) (?=[A-Z])", " ".join(lines))
