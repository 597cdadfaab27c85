"""`donna doctor`: cause and fix."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from donna_adapters.sql.schema import LINEAGE

Donna = Callable[..., Any]


def checks(said: Any) -> dict[str, Any]:
    """Return the checks by name."""
    return {check["name"]: check for check in said.json["checks"]}


def test_a_healthy_home(donna: Donna, home: Path) -> None:
    """Everything is looked at and found well."""
    donna("add", "Buy milk")
    said = donna("doctor", "--json")

    assert said.code == 0
    assert said.json["ok"] is True
    assert f"schema {LINEAGE.head}" in checks(said)["database"]["found"]
    assert checks(said)["time zone"]["found"] == "Europe/Berlin"
    assert str(home) in checks(said)["data folder"]["found"]


def test_open_permissions_are_found_with_their_fix(donna: Donna, home: Path) -> None:
    """The fix can be pasted."""
    home.chmod(0o755)
    said = donna("doctor")

    assert said.code == 4
    assert f"chmod 0700 '{home}'" in said.out


def test_an_unreadable_calendar_is_found(donna: Donna, home: Path) -> None:
    """By its name and with its problem."""
    (home / "config" / "calendar.yaml").write_text("calendars: {work: {calendar_id: gone.ics}}\n")
    said = donna("doctor", "--json")

    assert said.code == 4
    assert "gone.ics" in checks(said)["calendar work"]["found"]


def test_a_broken_configuration_is_found(donna: Donna, home: Path) -> None:
    """The doctor works where nothing else does."""
    (home / "config" / "calendar.yaml").write_text("timezone: [\n")
    said = donna("doctor", "--json")

    assert said.code == 4
    assert "calendar.yaml" in checks(said)["configuration"]["found"]


def test_a_file_that_is_no_database_is_found(donna: Donna, home: Path) -> None:
    """With what to do about it."""
    (home / "donna_tasks.db").write_bytes(b"no database at all, but long enough" * 100)
    said = donna("doctor", "--json")

    assert said.code == 4
    assert "no SQLite database" in checks(said)["start"]["found"]


def test_given_up_deliveries_are_found(donna: Donna, home: Path) -> None:
    """A calendar write that failed for good is not forgotten."""
    donna("add", "Buy milk")
    connection = sqlite3.connect(home / "donna_tasks.db")
    connection.execute("UPDATE outbox SET state = 'dead', note = 'the disk is full'")
    connection.commit()
    connection.close()
    said = donna("doctor", "--json")

    assert said.code == 4
    assert "the disk is full" in checks(said)["deliveries"]["found"]


def test_a_home_that_cannot_be_is_found(donna: Donna, tmp_path: Path) -> None:
    """A folder under a file."""
    (tmp_path / "file").write_text("")
    said = donna("doctor", "--data-dir", str(tmp_path / "file" / "home"), "--json")

    assert said.code == 4
    assert checks(said)["data folder"]["ok"] is False
