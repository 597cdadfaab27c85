"""The reference pages are what the program says of itself.

Write them anew with: .venv/bin/python tests/apps/cli/test_reference.py
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from donna_cli import command_page, schema_page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": command_page.document,
    "json.md": schema_page.document,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_program_says(page: str) -> None:
    """Nobody has to remember to write it down."""
    assert (FOLDER / page).read_text() == PAGES[page](), "write it anew, see above"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, written in PAGES.items():
        (FOLDER / name).write_text(written())
