"""Looking at a database without using it."""

from pathlib import Path

import pytest

from donna_adapters.sql.driver import JOURNAL_MODE
from donna_adapters.sql.inspection import inspect, open_titles
from donna_adapters.sql.schema import LINEAGE
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import UserId
from donna_core.domain.tasks.task import TaskStatus
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import task


async def test_a_healthy_database(tmp_path: Path) -> None:
    """Its schema, how it journals, and no damage."""
    with SqliteDatabase.open(tmp_path / "tasks.db") as database:
        state = await inspect(database)

    assert state.schema == LINEAGE.head
    assert state.engine.endswith(f"journal {JOURNAL_MODE}")
    assert state.damage == ""
    assert (state.safe_version is None) == (JOURNAL_MODE == "WAL")


async def test_titles_of_open_tasks_the_latest_first(tmp_path: Path) -> None:
    """Closed ones are left out, and no more than asked for are read."""
    path = tmp_path / "tasks.db"
    kept = [task(1), task(2, status=TaskStatus.DONE), task(3), task(4)]

    def keep(stores: Stores) -> None:
        for each in kept:
            stores.tasks.save(each)

    with SqliteDatabase.open(path) as database:
        await database.unit_of_work(UserId(kept[0].user_id)).run(keep)

    assert open_titles(path, limit=2) == [(4, kept[3].title), (3, kept[2].title)]
    assert [number for number, _ in open_titles(path, limit=9)] == [4, 3, 1]


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_what_cannot_be_read_has_no_titles(tmp_path: Path, content: bytes | None) -> None:
    """And no file is made by looking."""
    path = tmp_path / "tasks.db"
    if content is not None:
        path.write_bytes(content)

    assert open_titles(path, limit=9) == []
    assert path.exists() == (content is not None)
