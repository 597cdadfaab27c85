"""The cases: files in, observable output out.

Each step of a case is a command line; what it prints is compared cell by cell. A cell is written
as ``kind key=value … | text in its body``; several texts are separated by `` | ``.
"""

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parent / "cases"


def all_cases() -> Iterator[Any]:
    """Yield every case of every file, named after both."""
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text())["case"]:
            yield pytest.param(case, id=f"{path.stem}-{case['name'].replace(' ', '-')}")


@pytest.mark.parametrize("case", list(all_cases()))
def test_a_case(
    case: dict[str, Any],
    project: Path,
    donna: Callable[[str], Any],
    place: Callable[[dict[str, str], list[str]], None],
    read: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every command prints what the case says, and ends with its code."""
    if case.get("workspace", True):
        assert donna("workspaces init --no-instructions").code == 0
        assert donna("sessions start").code == 0
    place(case.get("files", {}), case.get("use", []))

    for step in case["step"]:
        for name, value in step.get("env", {}).items():
            monkeypatch.setenv(name, value.replace("$PYTHON", sys.executable))
        monkeypatch.chdir(project / step.get("in", "."))
        said = donna(f"-p llm {step['run']}")
        check(step, said, read(said.out), str(project))
    assert not [name for name in case.get("absent", []) if (project / name).exists()]


def check(step: dict[str, Any], said: Any, printed: Any, project: str) -> None:
    """Hold what a command printed against what is expected of it."""
    assert said.code == step.get("exit", 0), said
    if "logs" in step:
        assert printed.logs == step["logs"]
    if "cells" in step:
        kinds = [each.partition(" ")[0] for each in step["cells"]]
        assert [each.header["kind"] for each in printed.cells] == kinds, said.out
        for wanted, cell in zip(step["cells"], printed.cells, strict=True):
            head, *texts = wanted.replace("$P", project).split(" | ")
            header = dict(each.partition("=")[::2] for each in head.split()[1:])
            assert {key: cell.header.get(key) for key in header} == header, said.out
            for text in texts:
                assert text in cell.body, said.out
    for text in step.get("absent", []):
        assert text not in said.out
