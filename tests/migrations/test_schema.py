"""The tables in code and the steps of Alembic lead to the same schema, in both directions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from donna_adapters.sql import migrating
from donna_adapters.sql.connection import begin, connect, engine_for
from donna_adapters.sql.schema import LINEAGE, bring_up_to_date, stamp_of

WAIT = timedelta(seconds=5)


@contextmanager
def connected(path: Path) -> Iterator[Connection]:
    """Give a connection to the file."""
    connection = connect(engine_for(path), busy_timeout=WAIT)
    yield connection
    connection.close()


def upgrade(connection: Connection) -> None:
    """Run all migrations in one transaction."""
    begin(connection)
    migrating.upgrade(connection, folder=LINEAGE.folder)
    connection.commit()


def schema(connection: Connection) -> dict[str, str]:
    """Return the statement behind each table and index, by name, however it is laid out."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").fetchall()
    connection.rollback()
    return {row.name: " ".join((row.sql or "").replace('"', "").split()) for row in rows}


def test_tables_and_migrations_agree(tmp_path: Path) -> None:
    """Statement by statement, a fresh file is what all migrations make of an empty one."""
    with connected(tmp_path / "fresh.db") as fresh, connected(tmp_path / "migrated.db") as migrated:
        bring_up_to_date(tmp_path / "fresh.db", fresh, busy_timeout=WAIT)
        upgrade(migrated)

        assert schema(fresh) == schema(migrated)
        assert stamp_of(fresh) == stamp_of(migrated) == LINEAGE.head


def test_every_step_can_be_taken_back(tmp_path: Path) -> None:
    """Down to nothing and up again, step by step, the schema is the same as before."""
    with connected(tmp_path / "donna.db") as connection:
        bring_up_to_date(tmp_path / "donna.db", connection, busy_timeout=WAIT)
        head = schema(connection)
        for revision in [*LINEAGE.revisions[-2::-1], "base"]:
            begin(connection)
            migrating.downgrade(connection, folder=LINEAGE.folder, revision=revision)
            connection.commit()
        own = {"alembic_version", "sqlite_autoindex_alembic_version_1", "sqlite_sequence"}
        assert set(schema(connection)) == own

        upgrade(connection)
        assert schema(connection) == head


def test_the_known_revisions_are_those_of_the_folder(tmp_path: Path) -> None:
    """The list the hot path compares with is one line of steps, and ends where the folder does."""
    with connected(tmp_path / "donna.db") as connection:
        configuration = migrating.configuration(connection, folder=LINEAGE.folder)
        steps = list(ScriptDirectory.from_config(configuration).walk_revisions())

    assert tuple(step.revision for step in reversed(steps)) == LINEAGE.revisions
    assert all(len(step.nextrev) <= 1 for step in steps)
