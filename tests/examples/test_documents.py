"""What the documents tell people to run does run, and shows what they say it shows."""

import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from donna_core.local.settings import load_settings
from donna_skills.execution.reading import SKILL_FILE, read_skill
from donna_skills.tools.web import WEB_FETCH

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for pattern in ["README.md", "packages/*/README.md", "apps/*/README.md", "docs/**/*.md"]
    for path in sorted(ROOT.glob(pattern))
}
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A fence inside what is shown is not the end of it: that one is followed by an empty line.
SHELL = re.compile(r"^```(sh|console)\n(.*?)^```(?=\n\n|\n?\Z)", re.MULTILINE | re.DOTALL)
FILES = re.compile(r"^```(ini|xml|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\w+\.yaml)\n")
# What builds this very environment is a step of .ci/run of its own.
STEPS = re.compile(r"^(?:make|bash \.ci/run|\.venv/bin/nox)\b.*\n", re.MULTILINE)
# A day such as "Fri 20 Nov", with its year and its hours where it has them.
DAY = re.compile(
    r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}\b(?: \d{4})?(?: \d\d:\d\d(?:–\d\d:\d\d)?)?"
)

# The random id of a cell, which is all that differs between two runs of a workflow.
CELL = re.compile(r"(?<=DONNA-CELL )\S{22}")

PROGRAMS = {name: "\n".join(PYTHON.findall(text)) for name, text in DOCUMENTS.items()}


def sessions(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each shell block, or each ``$`` command of a console block with what it shows."""
    for kind, block in SHELL.findall(text):
        if kind == "sh":
            yield STEPS.sub("", block), None
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


SESSIONS = {name: [s for s in sessions(text) if s[0].strip()] for name, text in DOCUMENTS.items()}


@pytest.mark.parametrize("document", [name for name, program in PROGRAMS.items() if program])
def test_python_blocks_run(document: str, tmp_path: Path) -> None:
    """The Python blocks of a document, put one after the other, run to the end."""
    result = run(sys.executable, "-P", "-W", "error", "-c", PROGRAMS[document], home=tmp_path)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "document",
    [
        # A repeated run looks whether the program starts at all: the READMEs are enough for that.
        pytest.param(name, marks=[] if name.endswith("README.md") else [pytest.mark.slow], id=name)
        for name, session in SESSIONS.items()
        if session
    ],
)
def test_commands_run(document: str, tmp_path: Path) -> None:
    """The commands of a document succeed, in their order, in an empty home."""
    for command, shown in SESSIONS[document]:
        result = run("bash", "-euc", command, home=tmp_path)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        if shown:
            assert comparable(result.stdout) == comparable(shown), command


def comparable(text: str) -> str:
    """Return what was shown without what changes from day to day and from run to run."""
    return CELL.sub("ID", DAY.sub("DAY", text)).rstrip("\n")


def test_files_to_copy_are_well_formed(tmp_path: Path) -> None:
    """Unit files, property lists and configuration in the documents can be read."""
    blocks = [block for text in DOCUMENTS.values() for block in FILES.findall(text)]
    for kind, block in blocks:
        if kind == "ini":
            unit = ConfigParser(interpolation=None)
            unit.read_string(block)
            assert unit["Service"]["ExecStart"].endswith("donna run")
        elif kind == "xml":
            assert plistlib.loads(block.encode())["ProgramArguments"][-1] == "run"
        else:
            named = NAMED.match(block)
            path = tmp_path / (named.group(1) if named else "calendar.yaml")
            path.write_text(block)
            if path.name == SKILL_FILE:
                assert read_skill(tmp_path, specs={"web_fetch": WEB_FETCH}).skill.steps
            else:
                assert load_settings(tmp_path) != load_settings()
            path.unlink()

    assert {kind for kind, _ in blocks} == {"ini", "xml", "yaml"}


def run(*command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in an empty home, as a newcomer in London would."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DONNA_"))
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=home,
        env=kept | {"HOME": str(home), "PATH": path, "TZ": "Europe/London"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
