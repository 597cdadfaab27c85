"""A database file of an earlier schema opens under the present one, with its rows."""

import asyncio
import shutil
from pathlib import Path

import pytest

from donna_adapters.sql.inspection import inspect
from donna_adapters.sql.schema import LINEAGE
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.testing.contracts.stores import ME

FILES = sorted((Path(__file__).parents[2] / "fixtures" / "databases").glob("schema-*.db"))


@pytest.mark.parametrize("released", FILES, ids=lambda path: path.stem)
def test_a_released_database_opens_with_its_rows(tmp_path: Path, released: Path) -> None:
    """It is brought up to date, is whole, and tells what it told before."""
    path = tmp_path / "donna.db"
    shutil.copyfile(released, path)
    with SqliteDatabase.open(path) as database:
        state = asyncio.run(inspect(database))
        tasks, commands, rows, events = asyncio.run(
            database.unit_of_work(ME).run(
                lambda stores: (
                    stores.tasks.select(),
                    stores.history.recent(9),
                    stores.outbox.select(),
                    stores.events.since(0),
                )
            )
        )

    assert (state.schema, state.damage) == (LINEAGE.head, "")
    assert [task.title for task in tasks] == ["Errand 1"]
    assert (len(commands), len(rows), len(events)) == (1, 2, 1)
    assert sorted(row.delivery.key for row in rows) == ["message-1", "write-1"]


def test_the_first_schema_is_among_them() -> None:
    """No file got lost on the way."""
    assert {"schema-0001", "schema-0004"} <= {path.stem for path in FILES}
