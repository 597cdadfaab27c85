"""What Python packages hold, found by looking at their files: nothing is imported or run."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from sys import builtin_module_names


@lru_cache(maxsize=128)
def names_in(module: str) -> frozenset[str] | None:
    """Return the names that a module defines at its top level; ``None`` when there is none."""
    if module in builtin_module_names:
        return frozenset(dir(__import__(module)))
    origin = source_of(module)
    if origin is None:
        return None
    tree = _tree(origin)
    names = {name for node in tree.body for name in _bound(node)} if tree is not None else set()
    folder = origin.parent if origin.name == "__init__.py" else None
    below = {path.stem for path in folder.iterdir()} if folder is not None else set()
    return frozenset(names | below)


def source_of(module: str) -> Path | None:
    """Return the file of a module or the `__init__.py` of a package; ``None`` without one."""
    places: list[str] | None = None
    found: Path | None = None
    for part in module.split("."):
        spec = PathFinder.find_spec(part, places)
        if spec is None:
            return None
        places = list(spec.submodule_search_locations or [])
        found = Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    return found


def folder_of(package: str) -> Path | None:
    """Return the folder of a package, also of one without an `__init__.py`."""
    places: list[str] | None = None
    for part in package.split("."):
        spec = PathFinder.find_spec(part, places)
        if spec is None or spec.submodule_search_locations is None:
            return None
        places = list(spec.submodule_search_locations)
    return Path(places[0]) if places else None


def text_constant(module: str, name: str) -> str | None:
    """Return the text that a module assigns to a name; ``None`` when it does not."""
    origin = source_of(module)
    tree = _tree(origin) if origin is not None else None
    for node in tree.body if tree is not None else ():
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if (
            name in _bound(node)
            and isinstance(value, ast.Constant)
            and isinstance(value.value, str)
        ):
            return value.value
    return None


def _tree(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in aliases)
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.If(body=body, orelse=other) | ast.Try(body=body, orelse=other):
            for each in (*body, *other):
                yield from _bound(each)
        case _:
            pass
