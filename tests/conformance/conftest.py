"""A workspace for each case, with the real program in this process."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen
from typer.testing import CliRunner

from donna_cli.app import app

ARTIFACTS = Path(__file__).parent / "artifacts"


@frozen
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Donna = Callable[[str], Said]

_CELL = re.compile(
    r"^--DONNA-CELL (?P<id>\S{22}) BEGIN--\n(?P<inside>.*?)\n?^--DONNA-CELL (?P=id) END--$",
    re.MULTILINE | re.DOTALL,
)
_LOG = re.compile(r"^DONNA LOG: (.*)$", re.MULTILINE)


@frozen
class Printed:
    """One cell: what its header says and its body."""

    header: dict[str, str]
    body: str


@frozen
class Transcript:
    """The cells of what was printed, and the lines that tell what is done."""

    cells: list[Printed]
    logs: list[str]

    @classmethod
    def of(cls, text: str) -> "Transcript":
        """Take apart what was printed."""
        found = [_printed(match["inside"]) for match in _CELL.finditer(text)]
        return cls(found, _LOG.findall(_CELL.sub("", text)))


def _printed(inside: str) -> Printed:
    head, _, body = inside.partition("\n\n")
    return Printed(dict(line.partition("=")[::2] for line in head.splitlines()), body.strip())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace without artifacts of its own, in a home of its own."""
    home, project = tmp_path / "owner", tmp_path / "project"
    home.mkdir()
    project.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("DONNA_SESSION", raising=False)
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def donna(project: Path) -> Donna:
    """Give a function that runs a command line; ``$P`` stands for the project."""

    def run(words: str) -> Said:
        line = words.replace("$P", str(project))
        result = CliRunner().invoke(app, shlex.split(line))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def place(project: Path) -> Callable[[dict[str, str], list[str]], None]:
    """Give a function that writes files, and copies of shared artifacts as ``project:<name>``."""

    def write(files: dict[str, str], artifacts: list[str]) -> None:
        shared = {
            f".donna/project/{name}.md": (ARTIFACTS / f"{name}.md").read_text()
            for name in artifacts
        }
        for name, text in {**shared, **files}.items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    return write


@pytest.fixture
def read() -> Callable[[str], Transcript]:
    """Give the function that takes the output of ``-p llm`` apart."""
    return Transcript.of
