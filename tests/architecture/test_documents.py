"""Documents name what exists."""

import re
from pathlib import Path

import pytest

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A path as the documents write it: in backticks, below a folder of the checkout.
PATH = re.compile(r"`((?:apps|config|docs|examples|fixtures|packages|tests|\.ci)/[^`\s*]*)`")


def test_links_lead_somewhere(committed: list[Path], root: Path) -> None:
    """A relative link in a document points to a file or folder of the checkout."""
    broken = [
        f"{document.relative_to(root)}: {target}"
        for document in committed
        if document.suffix == ".md"
        for target in LINK.findall(document.read_text())
        if not target.startswith(("https://", "http://", "mailto:", "#"))
        and not (document.parent / target.split("#")[0]).exists()
    ]

    assert broken == []


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md", "README.md"])
def test_named_paths_exist(root: Path, document: str) -> None:
    """A path that a document names in backticks is there."""
    named = PATH.findall((root / document).read_text())

    assert [path for path in named if not (root / path).exists()] == []


def test_the_architecture_shows_every_package(root: Path, packages: dict[str, Path]) -> None:
    """The picture leaves no member out, nor a room right below a member."""
    picture = (root / "docs" / "architecture.md").read_text()
    rooms = [
        f"{room.relative_to(root).as_posix()}/"
        for name, folder in packages.items()
        for room in sorted((folder / "src" / name).iterdir())
        if (room / "__init__.py").exists()
    ]

    assert [room for room in rooms if f"`{room}`" not in picture] == []
