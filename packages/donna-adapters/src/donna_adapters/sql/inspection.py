"""Looking at a database without using it: its health, and the titles a shell completes."""

import contextlib
from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection

from donna_adapters.sql.database import Database
from donna_adapters.sql.driver import DRIVER, SAFE_WAL, SQLITE_VERSION
from donna_adapters.sql.schema import stamp_of

_OPEN_TITLES = """
    SELECT number, title FROM tasks WHERE status NOT IN ('done', 'cancelled')
    ORDER BY number DESC LIMIT ?
"""


@frozen(kw_only=True)
class DatabaseState:
    """How a database is: its schema, what runs it, and what ``quick_check`` says of it.

    ``damage`` is empty where nothing is wrong; ``safe_version`` is a SQLite that is fit for a
    write-ahead log, where the present one is not.
    """

    schema: str
    engine: str
    damage: str = ""
    safe_version: str | None = None


async def inspect(database: Database) -> DatabaseState:
    """Return how the open database is; raise ``StorageUnavailable`` where it cannot be read."""
    return await database.transact(_state)


def open_titles(path: Path, *, limit: int) -> list[tuple[int, str]]:
    """Return numbers and titles of the latest open tasks, or nothing where none can be read.

    Neither SQLAlchemy's engine nor the file is set up for it, so that a shell need not wait.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.closing(DRIVER.connect(uri, uri=True)) as reader:
            found: list[tuple[int, str]] = reader.execute(_OPEN_TITLES, (limit,)).fetchall()
    except DRIVER.Error:
        return []
    return found


def _state(connection: Connection) -> DatabaseState:
    schema = stamp_of(connection) or "none"
    if connection.dialect.name != "sqlite":
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        return DatabaseState(schema=schema, engine=f"PostgreSQL {version}")
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return DatabaseState(
        schema=schema,
        engine=f"SQLite {_dotted(SQLITE_VERSION)}, journal {mode.upper()}",
        damage="" if found == "ok" else found,
        safe_version=None if SQLITE_VERSION >= SAFE_WAL else _dotted(SAFE_WAL),
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
