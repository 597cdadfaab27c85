"""Setting one key in the owner's configuration, comments and order of the file kept.

A value is checked by opening Donna with it, on an empty folder, before it is put in place.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from attrs import frozen

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options
from donna_core.domain.errors import ConfigError, StorageUnavailable
from donna_core.local.yaml_source import parse_document

FOLDER_MODE = 0o700


async def set_value(folder: Path, path: tuple[str, ...], value: str) -> None:
    """Write the value, in YAML, at the path: the file's stem, then its keys.

    Raise ``ConfigError`` where Donna could not start with it; the file is as before then.
    """
    name = f"{path[0]}.yaml"
    before = _text(folder / name)
    parse_document(value, name=f"the value of {'.'.join(path)}")
    after = with_value(before, path[1:], value)
    with TemporaryDirectory(prefix="donna-config-") as scratch:
        trial = _copied(folder, Path(scratch) / "config")
        (trial / name).write_text(after, encoding="utf-8")
        await _check(trial, Path(scratch), folder)
    _replace(folder, name, after)


def with_value(text: str, keys: tuple[str, ...], value: str) -> str:
    """Return the YAML text with the value at the keys, everything else as it is."""
    root = yaml.compose(text, Loader=yaml.SafeLoader) if text.strip() else None
    if not isinstance(root, yaml.MappingNode):
        return text + _block(keys, value, indent=0)
    parent, left = root, list(keys)
    while left:
        found = _child(parent, left[0])
        if found is None:
            return _inserted(text, parent, tuple(left), value)
        del left[0]
        if left and isinstance(found, yaml.MappingNode):
            parent = found
        else:
            return _put(text, _Place(found.start_mark.index, found.end_mark.index), left, value)
    return text


@frozen
class _Place:
    """Where a value stands in the text."""

    start: int
    end: int


def _child(parent: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in parent.value if name.value == key), None)


def _put(text: str, place: _Place, left: list[str], value: str) -> str:
    for key in reversed(left):
        value = f"{{{key}: {value}}}"
    old = text[place.start : place.end]
    # A block ends where the next key begins: the blank space before it stays.
    tail = old[len(old.rstrip()) :]
    return text[: place.start] + value + tail + text[place.end :]


def _inserted(text: str, parent: yaml.MappingNode, keys: tuple[str, ...], value: str) -> str:
    """Return the text with new keys at the head of a mapping."""
    start = parent.start_mark
    if parent.flow_style:
        nested = value
        for key in reversed(keys[1:]):
            nested = f"{{{key}: {nested}}}"
        comma = ", " if parent.value else ""
        return f"{text[: start.index + 1]}{keys[0]}: {nested}{comma}{text[start.index + 1 :]}"
    block = _block(keys, value, indent=start.column).lstrip(" ")
    return f"{text[: start.index]}{block}{' ' * start.column}{text[start.index :]}"


def _block(keys: tuple[str, ...], value: str, *, indent: int) -> str:
    lines = [f"{' ' * (indent + 2 * depth)}{key}:" for depth, key in enumerate(keys)]
    return "\n".join(lines) + f" {value}\n"


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot be read ({error})", where=str(path), remedy="Correct the file and try again"
        ) from error
    parse_document(text, name=str(path))
    return text if text.endswith("\n") or not text else f"{text}\n"


def _copied(folder: Path, to: Path) -> Path:
    if folder.is_dir():
        shutil.copytree(folder, to, ignore=_others)
    else:
        to.mkdir()
    return to


async def _check(trial: Path, scratch: Path, folder: Path) -> None:
    options = Options(output=_unheard, data_dir=scratch / "data", config_dir=trial)
    try:
        async with open_runtime(options):
            pass
    except ConfigError as error:
        where = error.where.replace(str(trial), str(folder))
        problem = error.problem.rstrip(".")
        raise ConfigError(problem, where=where, remedy="Nothing was changed.") from error


def _unheard(text: str) -> None:
    """Take what a trial says: nobody is meant to hear it."""
    del text


def _replace(folder: Path, name: str, text: str) -> None:
    """Put the file in place at once, so that nobody ever reads half of it."""
    beside = folder / f".{name}.new"
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, folder / name)  # noqa: PTH105  # atomic on every platform
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise StorageUnavailable(
            f"{folder / name} cannot be written: {error.strerror}",
            remedy="Make the folder writable, or name another with --config-dir.",
        ) from error


def _others(folder: str, names: list[str]) -> list[str]:
    """Return the names of a configuration folder that are none of its files."""
    del folder
    return [name for name in names if Path(name).suffix not in {".yaml", ".yml"}]
