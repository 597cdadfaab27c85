"""What the architecture tests look at: the members, their manifests, their sources."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def workspace() -> dict[str, Any]:
    """Give the root's manifest."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="session")
def packages(workspace: dict[str, Any]) -> dict[str, Path]:
    """Give the folder of each member of the workspace, by import name."""
    folders = [ROOT / member for member in workspace["tool"]["uv"]["workspace"]["members"]]
    marks = [mark for folder in folders for mark in folder.glob("src/*/py.typed")]
    return {mark.parent.name: mark.parents[2] for mark in marks}


@pytest.fixture(scope="session")
def manifests(packages: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Give the manifest of each member, by import name."""
    return {
        name: tomllib.loads((folder / "pyproject.toml").read_text())
        for name, folder in packages.items()
    }


@pytest.fixture(scope="session")
def sources(packages: dict[str, Path]) -> dict[str, str]:
    """Give the text of every shipped module, by its path below src."""
    return {
        path.relative_to(folder / "src").as_posix(): path.read_text()
        for folder in packages.values()
        for path in sorted(folder.glob("src/**/*.py"))
    }


@pytest.fixture(scope="session")
def committed() -> list[Path]:
    """Give the files that version control has or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("run this in a git checkout: it reads the list of committed files")
    files = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in files if path.is_file() and not path.is_symlink()]
