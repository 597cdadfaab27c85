"""The configuration key by key: what each value is and where it comes from."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from attrs import frozen

from donna_core.domain.errors import NotFound
from donna_core.local.settings import load_documents


class UnknownKey(NotFound):
    """The configuration has no such key."""

    def __init__(self, key: str, *, near: list[str]) -> None:
        self.key, self.near = key, near
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no key '{key}'.{hint} `donna config` lists every key.")


@frozen(kw_only=True)
class Setting:
    """One key, its value, the file and line it comes from, and whether that is the owner's."""

    key: str
    value: Any
    where: str
    overlaid: bool


def settings(folder: Path | None) -> list[Setting]:
    """Return every key with its value; a list is one value."""
    own = str(folder) if folder else ""
    return [
        Setting(
            key=".".join(map(str, (name, *path))),
            value=value,
            where=document.place(path),
            overlaid=bool(own) and document.place(path).startswith(own),
        )
        for name, document in load_documents(folder).items()
        for path, value in _leaves(document.data, ())
    ]


def named(key: str, known: list[Setting]) -> list[Setting]:
    """Return the settings at or below the key; raise ``UnknownKey``."""
    full = full_key(key, known)
    return [each for each in known if each.key == full or each.key.startswith(f"{full}.")]


def full_key(key: str, known: list[Setting]) -> str:
    """Return the whole key: itself, a parent of keys, or the one key that ends like it."""
    parents = {
        ".".join(each.key.split(".")[:depth])
        for each in known
        for depth in range(1, each.key.count(".") + 2)
    }
    ending = sorted(each for each in parents if each.endswith(f".{key}"))
    if key in parents:
        return key
    if len(ending) == 1:
        return ending[0]
    near = ending or get_close_matches(key, sorted(parents), n=3)
    raise UnknownKey(key, near=near[:3])


def _leaves(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, data
