"""`donna restore`: an older copy in place, and nothing old going out twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from donna_adapters.compose.settings import DATABASE_NAME
from donna_adapters.sql.backup import back_up
from donna_cli.schema import PRINTED_BY

Donna = Callable[..., Any]


def test_a_copy_takes_the_place_of_the_database(donna: Donna, home: Path) -> None:
    """What came after it is kept beside it, and can be put back the same way."""
    donna("add", "Call mom tomorrow at 3pm")
    copy = back_up(home / DATABASE_NAME)
    donna("add", "Buy milk")
    said = donna("restore", str(copy), "--json")

    assert [each["title"] for each in donna("list", "--json").json["tasks"]] == ["Call mom"]
    model = PRINTED_BY["donna restore"].model_validate_json(said.out)
    assert model.model_dump(mode="json") == said.json
    donna("restore", said.json["kept"])
    titles = [each["title"] for each in donna("list", "--json").json["tasks"]]
    assert sorted(titles) == ["Buy milk", "Call mom"]


def test_what_is_no_copy_changes_nothing(donna: Donna, home: Path) -> None:
    """It is named, and the database stays."""
    donna("add", "Buy milk")
    (home / "text").write_text("no database " * 100)
    for name in ("text", "nothing"):
        said = donna("restore", str(home / name))
        assert said.code != 0
        assert name in said.err
    assert len(donna("list", "--json").json["tasks"]) == 1
    assert not list(home.glob("*.restoring"))
