"""An older database is copied, then upgraded whole or not at all."""

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.faults import SchemaTooNew
from donna_adapters.sql.schema import LINEAGE, Lineage
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.testing.contracts.everything import contents, fill
from donna_core.testing.contracts.stores import ME

OPEN = (
    "import sys; from pathlib import Path\n"
    "from donna_adapters.sql.schema import Lineage\n"
    "from donna_adapters.sql.sqlite import SqliteDatabase\n"
    "path, folder, *revisions = sys.argv[1:]\n"
    "lineage = Lineage(revisions=tuple(revisions), folder=Path(folder))\n"
    "SqliteDatabase.open(Path(path), lineage=lineage).close()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database of the present schema with a row of everything."""
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        asyncio.run(database.unit_of_work(ME).run(fill))
    return tmp_path / "donna.db"


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    """Return the answer of the database file."""
    with closing(DRIVER.connect(path)) as connection:
        return list(connection.execute(question).fetchall())


def is_whole(path: Path) -> bool:
    """Say whether SQLite finds no fault in the file."""
    found = ask(path, "PRAGMA quick_check"), ask(path, "PRAGMA foreign_key_check")
    return found == ([("ok",)], [])


def backups(path: Path) -> list[Path]:
    """Return the copies beside the file, oldest first."""
    return sorted(path.parent.glob("donna.db.backup-*"))


def test_an_older_schema_is_upgraded_with_its_rows(path: Path, later: Lineage) -> None:
    """Rows that refer to a rebuilt table survive, and the stamp is the new one."""
    SqliteDatabase.open(path, lineage=later).close()

    assert ask(path, "SELECT version_num FROM alembic_version") == [(later.head,)]
    assert ask(path, "SELECT id, mood FROM command") == [("command-1", "calm")]
    assert ask(path, "SELECT title FROM tasks") == [("was: Errand 1",)]
    assert ask(path, "SELECT count(*) FROM task_step") == [(1,)]
    assert is_whole(path)


def test_the_copy_is_the_database_before(path: Path, later: Lineage) -> None:
    """It is whole, private, and opens as what it was."""
    with SqliteDatabase.open(path) as database:
        before = asyncio.run(database.unit_of_work(ME).run(contents))
    SqliteDatabase.open(path, lineage=later).close()

    [copy] = backups(path)
    assert copy.name == "donna.db.backup-1"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert is_whole(copy)
    with SqliteDatabase.open(copy) as database:
        assert asyncio.run(database.unit_of_work(ME).run(contents)) == before


def test_the_last_three_copies_are_kept(path: Path, later: Lineage) -> None:
    """Older ones make room, and numbers are not used again."""
    original = path.read_bytes()
    for _ in range(5):
        path.write_bytes(original)
        SqliteDatabase.open(path, lineage=later).close()

    assert [copy.name[-1] for copy in backups(path)] == ["3", "4", "5"]


def test_an_upgraded_database_is_left_alone(path: Path, later: Lineage) -> None:
    """Opening it again copies nothing, and the Donna from before refuses it."""
    for _ in range(3):
        SqliteDatabase.open(path, lineage=later).close()
    assert len(backups(path)) == 1

    with pytest.raises(SchemaTooNew, match=f"schema {later.head}"):
        SqliteDatabase.open(path)


@pytest.mark.parametrize("act", range(4))
def test_a_kill_in_the_middle_leaves_the_old_schema(path: Path, later: Lineage, act: int) -> None:
    """Wherever it strikes, all is as before, and the next opening goes all the way."""
    before = ask(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    victim = subprocess.run(
        [sys.executable, "-c", OPEN, str(path), str(later.folder), *later.revisions],
        env={**os.environ, "DONNA_TEST_DIE_AT": str(act)},
        check=False,
    )
    assert victim.returncode == -9

    assert ask(path, "SELECT version_num FROM alembic_version") == [(LINEAGE.head,)]
    assert ask(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == before
    assert ask(path, "SELECT title FROM tasks") == [("Errand 1",)]
    assert is_whole(path)
    assert is_whole(backups(path)[0])
    SqliteDatabase.open(path, lineage=later).close()
    assert ask(path, "SELECT title FROM tasks") == [("was: Errand 1",)]
