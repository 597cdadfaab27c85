"""Time, ids and chance come through ports, and nothing swallows every error."""

import ast
from collections.abc import Iterator

import pytest

# Where the real clock and the real dice are. Everyone else is handed a port.
SOURCES_OF_TIME_AND_CHANCE = {"donna_core/local/clock.py", "donna_core/local/ids.py"}
# Loops that must outlive whatever they supervise: "path:function".
SUPERVISORS: set[str] = set()

MODULES = {"time", "random", "secrets"}
CALLS = {
    *["datetime.now", "datetime.utcnow", "datetime.today", "date.today"],
    *["uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "os.urandom", "urandom"],
}
BROAD = {"Exception", "BaseException"}


def test_time_and_chance_come_through_ports(sources: dict[str, str]) -> None:
    """Only the listed modules look at the clock or roll dice, and each of them does."""
    found = {path: list(impurities(ast.parse(text))) for path, text in sources.items()}
    impure = {path: what for path, what in found.items() if what}

    assert {path: impure[path] for path in impure.keys() - SOURCES_OF_TIME_AND_CHANCE} == {}
    assert impure.keys() >= SOURCES_OF_TIME_AND_CHANCE


def test_no_error_is_swallowed_whole(sources: dict[str, str]) -> None:
    """A broad except that does not raise again stands in a listed supervisor only."""
    found = {
        f"{path}:{function}"
        for path, text in sources.items()
        for function in swallowing(ast.parse(text))
    }

    assert found == SUPERVISORS


@pytest.mark.parametrize(
    "code",
    [
        "import time",
        "from random import choice",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import date\ndate.today()",
        "import uuid\nuuid.uuid4()",
        "import os\nos.urandom(8)",
    ],
)
def test_impurities_are_seen(code: str) -> None:
    """The detector sees each way to go around a port."""
    assert list(impurities(ast.parse(code)))


@pytest.mark.parametrize("code", ["clock.now()", "from datetime import time", "UUID('0')"])
def test_pure_code_is_let_through(code: str) -> None:
    """The detector keeps quiet about ports and plain values."""
    assert list(impurities(ast.parse(code))) == []


def impurities(tree: ast.Module) -> Iterator[str]:
    """Yield every import and call that reads the clock or rolls dice."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name in MODULES)
            case ast.ImportFrom(module=str(module), level=0) if module in MODULES:
                yield module
            case ast.Call(func=function):
                called = ".".join(ast.unparse(function).split(".")[-2:])
                if called in CALLS:
                    yield called


def swallowing(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that catch everything and do not end in a bare raise."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for function in (node for node in ast.walk(tree) if isinstance(node, functions)):
        for handler in ast.walk(function):
            if isinstance(handler, ast.ExceptHandler) and is_broad(handler):
                last = handler.body[-1]
                if not (isinstance(last, ast.Raise) and last.exc is None):
                    yield function.name


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler catches every exception there is."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in BROAD for kind in kinds)
