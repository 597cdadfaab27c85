"""Every example runs to its end, offline, in an empty home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py"))
NOTEBOOKS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.ipynb"))
# A notebook's kernel is told about the empty home by the same variables as a script.
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
NotebookClient(nbformat.read(sys.argv[1], as_version=4), timeout=100).execute()
"""


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_runs(script: str, tmp_path: Path) -> None:
    """A script ends without an error or a warning."""
    run("-P", "-W", "error", str(EXAMPLES / script), home=tmp_path)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_notebook_runs(notebook: str, tmp_path: Path) -> None:
    """Every cell of a notebook runs."""
    pytest.importorskip("nbclient", reason="install the group examples to run notebooks")

    run("-P", "-c", EXECUTE, str(EXAMPLES / notebook), home=tmp_path)


def run(*arguments: str, home: Path) -> None:
    """Run Python in an empty home, and show what it said where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=home,
        env=kept | {"HOME": str(home), "IPYTHONDIR": str(home), "JUPYTER_PLATFORM_DIRS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
