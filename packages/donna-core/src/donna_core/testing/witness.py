"""Whether somebody reads every key of a configuration: a knob that turns nothing is a lie."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel


class Witness:
    """Stands in for a section and notes which of its fields are read."""

    def __init__(self, section: BaseModel, path: str, read: set[str]) -> None:
        self._section, self._path, self._read = section, path, read

    def __getattr__(self, name: str) -> Any:
        made = getattr(type(self._section), name, None)
        if isinstance(made, property) and made.fget is not None:
            return made.fget(self)  # what it is made of is read as well
        path = f"{self._path}{name}"
        self._read.add(path)
        return watched(getattr(self._section, name), f"{path}.", self._read)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name in type(self._section).model_fields:
            yield name, getattr(self, name)


def watched(value: Any, path: str, read: set[str]) -> Any:
    """Return the value with a witness in place of every section in it."""
    if isinstance(value, BaseModel):
        return Witness(value, path, read)
    if isinstance(value, dict) and any(isinstance(each, BaseModel) for each in value.values()):
        return {key: watched(each, path, read) for key, each in value.items()}
    if isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        return tuple(watched(each, path, read) for each in value)
    return value


def declared(kind: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yield the path of every field there is."""
    for name, field in kind.model_fields.items():
        yield f"{path}{name}"
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from declared(part, f"{path}{name}.")
