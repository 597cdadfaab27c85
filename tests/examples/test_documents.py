"""What the documents tell people to run does run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for pattern in ["README.md", "packages/*/README.md", "apps/*/README.md", "docs/**/*.md"]
    for path in sorted(ROOT.glob(pattern))
}
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
DONNA = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?donna (.*)$", re.MULTILINE)

PROGRAMS = {name: "\n".join(PYTHON.findall(text)) for name, text in DOCUMENTS.items()}
COMMANDS = {name: DONNA.findall("\n".join(SHELL.findall(text))) for name, text in DOCUMENTS.items()}


@pytest.mark.parametrize("document", [name for name, program in PROGRAMS.items() if program])
def test_python_blocks_run(document: str, tmp_path: Path) -> None:
    """The Python blocks of a document, put one after the other, run to the end."""
    result = run(sys.executable, "-P", "-W", "error", "-c", PROGRAMS[document], home=tmp_path)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("document", [name for name, commands in COMMANDS.items() if commands])
def test_donna_commands_run(document: str, tmp_path: Path) -> None:
    """The donna commands of a document succeed, in their order, in an empty home."""
    donna = str(Path(sys.executable).with_name("donna"))

    for command in COMMANDS[document]:
        result = run(donna, *shlex.split(command, comments=True), home=tmp_path)
        assert result.returncode == 0, f"donna {command}\n{result.stdout}{result.stderr}"


def run(*command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in an empty home, as a newcomer would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        command,
        cwd=home,
        env=kept | {"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
