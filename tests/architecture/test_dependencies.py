"""A package declares what it imports, and imports what it declares."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import files, packages_distributions
from pathlib import Path
from typing import Any

import pytest

# Declared, and needed without an import: the data that zoneinfo reads where the system has none.
NEVER_IMPORTED = {"tzdata"}
PACKAGES = [
    "donna_core",
    "donna_llm",
    "donna_memory",
    "donna_skills",
    "donna_adapters",
    "donna_server",
    "donna_cli",
]


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_declared(
    packages: dict[str, Path], manifests: dict[str, dict[str, Any]], package: str
) -> None:
    """No package leans on what another one happens to install."""
    assert imported(packages[package]) - declared(manifests[package]) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_declared_is_imported(
    packages: dict[str, Path], manifests: dict[str, dict[str, Any]], package: str
) -> None:
    """Nobody installs what no module uses."""
    assert declared(manifests[package]) - imported(packages[package]) - NEVER_IMPORTED == set()


def declared(manifest: dict[str, Any]) -> set[str]:
    """Return the distributions that a package and its extras ask for."""
    project = manifest["project"]
    extras = project.get("optional-dependencies", {}).values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return {normal(re.split(r"[ =<>!~;\[]", line)[0]) for line in lines}


@cache
def imported(folder: Path) -> set[str]:
    """Return the distributions that a package's modules import, lazily or not."""
    [source] = (mark.parent for mark in folder.glob("src/*/py.typed"))
    trees = [ast.parse(path.read_text()) for path in source.rglob("*.py")]
    names = {name for tree in trees for name in imports(tree)}
    ours = {*sys.stdlib_module_names, source.name}
    foreign = {name for name in names if name.partition(".")[0] not in ours}
    return {normal(owner) for name in foreign for owner in owners_of(name)}


def owners_of(module: str) -> list[str]:
    """Return the distributions a module comes from; several may share its first name."""
    first, _, rest = module.partition(".")
    found = installed().get(first, [first])
    if len(set(found)) == 1:
        return found
    folder = f"{first}/{rest.partition('.')[0]}/"
    return [each for each in found if any(str(f).startswith(folder) for f in files(each) or ())]


@cache
def installed() -> Mapping[str, list[str]]:
    """Return the distributions of each module's first name, read once: there are hundreds."""
    return packages_distributions()


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that are imported anywhere in a module, absolutely as ours all are."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module


def normal(name: str) -> str:
    """Return a distribution's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()
