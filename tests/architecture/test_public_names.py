"""The names that others may import change on purpose only.

Accept a change with: .venv/bin/nox -s public_names
"""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

SNAPSHOT = Path(__file__).with_name("public_names.txt")
PACKAGES = [
    "donna_core",
    "donna_llm",
    "donna_memory",
    "donna_skills",
    "donna_adapters",
    "donna_server",
    "donna_cli",
]
# What somebody writes an adapter against is public in every module.
IN_DEPTH = ["donna_core.ports", "donna_core.testing", "donna_llm.testing"]


def test_public_names_are_the_agreed_ones() -> None:
    """What the packages offer is what the snapshot lists."""
    agreed = SNAPSHOT.read_text().splitlines()

    assert public_names() == agreed, "if this is meant: .venv/bin/nox -s public_names"


def public_names() -> list[str]:
    """Return the public names of the packages, of their first-level modules and of the ports."""
    return sorted({f"{module.__name__}.{name}" for module in surface() for name in offered(module)})


def surface() -> Iterator[ModuleType]:
    """Yield the modules whose names are promised."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        found = pkgutil.iter_modules(package.__path__, f"{name}.")
        yield from (importlib.import_module(each.name) for each in found if is_public(each.name))
    for name in IN_DEPTH:
        found = pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}.")
        yield from (importlib.import_module(each.name) for each in found if is_public(each.name))


def offered(module: ModuleType) -> list[str]:
    """Return a module's __all__, or what it defines itself when it has none."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, value in vars(module).items()
        if is_public(name) and getattr(value, "__module__", None) == module.__name__
    ]


def is_public(name: str) -> bool:
    """Say whether no part of a dotted name is private."""
    return not any(part.startswith("_") for part in name.split("."))


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(public_names()) + "\n")
