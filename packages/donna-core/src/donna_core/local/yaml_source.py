"""YAML files as plain data that remembers where each value stands.

Only plain data is read (no tags, no aliases), a key may stand once, and every problem is a
``ConfigError`` that names ``file:line``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from attrs import field, frozen

from donna_core.domain.errors import ConfigError

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - wheels without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # does the same, slower

LARGEST_FILE = 1_000_000
DEEPEST_NESTING = 20

Path_ = tuple[str | int, ...]


@frozen
class Document:
    """Plain data and, for every path in it, where that value stands: ``file:line``."""

    data: Any
    places: Mapping[Path_, str] = field(factory=dict)

    def place(self, path: Path_) -> str:
        """Return where the value at this path stands, or its nearest parent that stands."""
        return self.places.get(self.known_part(path), "configuration")

    def known_part(self, path: Path_) -> Path_:
        """Return the beginning of the path that stands in the file."""
        while path not in self.places and path:
            path = path[:-1]
        return path


def read_document(path: Path) -> Document:
    """Read one file; raise ``ConfigError`` when it cannot be read as plain YAML data."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise ConfigError(problem, where=str(path), remedy=_REMEDY) from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8", where=f"{path}:{line}", remedy=_REMEDY) from error
    if len(text) > LARGEST_FILE:
        raise ConfigError("is too large for a configuration", where=str(path), remedy=_REMEDY)
    return parse_document(text, name=str(path))


def parse_document(text: str, *, name: str) -> Document:
    """Parse the text of the file called ``name``."""
    loader = None
    try:
        _check_shape(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Document({}, {(): f"{name}:1"})
        places: dict[Path_, str] = {}
        data = _plain(loader, node, (), name, places)
        return Document(data, places)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "is not YAML"
        raise ConfigError(problem, where=f"{name}:{line}", remedy=_REMEDY) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"holds a character that YAML does not allow ({error.reason})"
        raise ConfigError(problem, where=f"{name}:{line}", remedy=_REMEDY) from error
    finally:
        if loader is not None:
            loader.dispose()


def read_plain(path: Path) -> Any:
    """Return the data of a packaged file, whose places nobody asks for."""
    return yaml.load(path.read_bytes(), Loader=_Loader)  # a safe loader


def overlay(under: Document, over: Document) -> Document:
    """Return ``under`` with the values of ``over`` in place; mappings are merged, lists are not."""
    places = dict(under.places)
    data = _merged(under.data, over.data, (), places, over)
    return Document(data, places)


_REMEDY = "Correct the file and try again"


def _check_shape(text: str, name: str) -> None:
    """Refuse aliases and deep nesting before a tree is built: a few lines could fill the memory."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        where = f"{name}:{event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(
                "an alias stands for another value", where=where, remedy="Write it out."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST_NESTING:
            raise ConfigError("is nested too deeply", where=where, remedy=_REMEDY)


def _plain(loader: Any, node: yaml.Node, path: Path_, name: str, places: dict[Path_, str]) -> Any:
    where = f"{name}:{node.start_mark.line + 1}"
    places[path] = where
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, name, places)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(loader, item, (*path, index), name, places)
            for index, item in enumerate(node.value)
        ]
    return _value(loader, node, where)


def _value(loader: Any, node: yaml.Node, where: str) -> Any:
    try:
        return loader.construct_object(node)
    except ValueError as error:
        raise ConfigError(
            f"a value cannot be used ({error})", where=where, remedy=_REMEDY
        ) from error


def _mapping(
    loader: Any, node: yaml.MappingNode, path: Path_, name: str, places: dict[Path_, str]
) -> dict[str | int, Any]:
    plain: dict[str | int, Any] = {}
    for key_node, value_node in node.value:
        where = f"{name}:{key_node.start_mark.line + 1}"
        key = _value(loader, key_node, where)
        if isinstance(key, bool) or not isinstance(key, str | int):
            problem = f"YAML reads the key '{key_node.value}' as {key!r}, not as text"
            raise ConfigError(problem, where=where, remedy="Quote it.")
        if key in plain:
            raise ConfigError(f"the key '{key}' stands twice", where=where, remedy="Keep one.")
        plain[key] = _plain(loader, value_node, (*path, key), name, places)
    return plain


def _merged(under: Any, over: Any, path: Path_, places: dict[Path_, str], source: Document) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        merged = dict(under)
        for key, value in over.items():
            merged[key] = _merged(under.get(key), value, (*path, key), places, source)
        return merged
    size = len(path)
    for known in [each for each in places if each[:size] == path]:
        del places[known]
    places.update({each: at for each, at in source.places.items() if each[:size] == path})
    return over
