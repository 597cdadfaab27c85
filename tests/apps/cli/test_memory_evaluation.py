"""What the README says of memory is what is measured."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[3]
TOLERANCE = 2  # points; another processor rounds otherwise and may swap two near hits


@pytest.mark.slow
def test_the_table_in_the_readme_is_what_is_measured(donna: Donna) -> None:
    """Recall falls no more unnoticed than what is outdated comes first."""
    said = donna("memory", "eval", "--fixtures-dir", str(ROOT / "fixtures" / "memory"), "--json")
    shown = re.search(
        r"<!-- memory -->\n(.*?)<!-- end of memory -->", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert shown is not None
    _, _, *rows = shown.group(1).splitlines()

    assert len(rows) == len(said.json["sets"])
    for row, measured in zip(rows, said.json["sets"], strict=True):
        name, questions, *shares, _, stale, junk = map(str.strip, row.strip("|").split("|"))
        assert (name, int(questions)) == (measured["name"], measured["questions"])
        assert int(stale) == measured["stale_first"]
        assert junk == f"{measured['junk']:.0%}".replace("%", " %")
        for share, exact in zip(shares, measured["recall"].values(), strict=True):
            assert abs(float(share.removesuffix(" %")) - 100 * exact) <= TOLERANCE
