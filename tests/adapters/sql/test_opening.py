"""Opening a database file: rights, settings, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from donna_adapters.sql import driver
from donna_adapters.sql.driver import DRIVER, JOURNAL_MODE
from donna_adapters.sql.faults import ForeignDatabase, SchemaTooNew
from donna_adapters.sql.schema import LINEAGE
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import StorageUnavailable
from donna_core.testing.contracts.everything import fill
from donna_core.testing.contracts.stores import ME


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Set the process's umask for a while."""
    former = os.umask(mask)
    try:
        yield
    finally:
        os.umask(former)


def rights(path: Path) -> int:
    """Return the access rights of a file or folder."""
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_files_are_for_their_owner_only(path: Path, mask: int) -> None:
    """Under any umask the folder is 0700 and each file in it 0600, journals included."""
    with umask(mask), SqliteDatabase.open(path) as database:
        await database.unit_of_work(ME).run(fill)
        found = {file.name: rights(file) for file in path.parent.iterdir()}

    assert rights(path.parent) == 0o700
    assert "donna.db" in found
    assert set(found.values()) == {0o600}


def test_loose_rights_of_the_file_are_tightened(path: Path) -> None:
    """A database that others could read is closed to them; an existing folder keeps its rights."""
    SqliteDatabase.open(path).close()
    path.chmod(0o644)
    path.parent.chmod(0o755)
    SqliteDatabase.open(path).close()

    assert (rights(path), rights(path.parent)) == (0o600, 0o755)


async def test_a_connection_has_the_settings_that_keep_data_safe(database: SqliteDatabase) -> None:
    """Every setting is the one asked for, whatever SQLite's build says."""
    expected = {
        "journal_mode": JOURNAL_MODE.lower(),
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 50,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "wal_autocheckpoint": 1000,
        "journal_size_limit": 67108864,
    }
    found = await database.transact(
        lambda connection: {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected
        }
    )
    assert found == expected


def test_the_write_ahead_log_needs_a_safe_sqlite() -> None:
    """An SQLite that can damage the log is used without one."""
    assert (JOURNAL_MODE == "WAL") == (driver.SQLITE_VERSION >= (3, 51, 3))


async def test_data_survives_closing(path: Path) -> None:
    """What one opening wrote the next one reads, and a closed database is one file."""
    with SqliteDatabase.open(path) as database:
        await database.unit_of_work(ME).run(fill)
    assert [file.name for file in path.parent.iterdir()] == ["donna.db"]

    with SqliteDatabase.open(path) as database:
        tasks = await database.unit_of_work(ME).run(lambda stores: stores.tasks.select())
    assert [task.number for task in tasks] == [1]


def test_a_newer_schema_is_refused_untouched(path: Path) -> None:
    """The error names the schema found, the one known and what to do."""
    SqliteDatabase.open(path).close()
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = path.read_bytes()

    with pytest.raises(
        SchemaTooNew, match=f"9999.*up to {LINEAGE.head}.*install the newer"
    ) as refusal:
        SqliteDatabase.open(path)
    assert (refusal.value.path, refusal.value.found) == (path, "9999")
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_untouched(path: Path) -> None:
    """Tables without a stamp are nobody Donna knows."""
    path.parent.mkdir()
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
        connection.commit()
    path.chmod(0o644)
    before = path.read_bytes()

    with pytest.raises(ForeignDatabase, match="another program"):
        SqliteDatabase.open(path)
    assert (path.read_bytes(), rights(path)) == (before, 0o644)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" * 64])
def test_what_is_no_database_is_refused_untouched(path: Path, content: bytes) -> None:
    """A file of something else, or a destroyed header, is never started afresh."""
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(StorageUnavailable, match=r"no SQLite database|damaged"):
        SqliteDatabase.open(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Where a file stands in the way, the error says which database cannot be created."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageUnavailable, match=r"donna\.db cannot be opened or created"):
        SqliteDatabase.open(tmp_path / "file" / "donna.db")
    with pytest.raises(StorageUnavailable, match="cannot be opened or created"):
        SqliteDatabase.open(tmp_path)


def test_opening_does_not_import_alembic(path: Path) -> None:
    """Neither a fresh file nor an up-to-date one pays for what only migrations need."""
    script = (
        "import sys; from pathlib import Path\n"
        "from donna_adapters.sql.sqlite import SqliteDatabase\n"
        "for _ in range(2): SqliteDatabase.open(Path(sys.argv[1])).close()\n"
        "print(sorted({'alembic', 'aiosqlite', 'hypothesis'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
