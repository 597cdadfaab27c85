"""SQLite connections as Donna uses them: settings, transactions and access rights."""

import os
from datetime import timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from donna_adapters.sql.driver import DRIVER, JOURNAL_MODE
from donna_adapters.sql.faults import BUSY, LOCKED, primary_code

PAUSE = timedelta(milliseconds=20)
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_PRAGMAS = {
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "wal_autocheckpoint": "1000",
    "journal_size_limit": "67108864",
}


def engine_for(path: Path) -> Engine:
    """Return an engine that opens a new connection whenever one is asked for.

    The driver begins and commits nothing by itself: ``begin`` does, and ``Connection.commit``.
    """
    return create_engine(
        URL.create("sqlite", database=os.fspath(path)),
        module=DRIVER,
        poolclass=NullPool,
        connect_args={"isolation_level": None},
    )


def connect(engine: Engine, *, busy_timeout: timedelta) -> Connection:
    """Return an open connection with Donna's settings."""
    connection = engine.connect()
    milliseconds = busy_timeout // timedelta(milliseconds=1)
    try:
        for name, value in {"busy_timeout": str(milliseconds), **_PRAGMAS}.items():
            connection.exec_driver_sql(f"PRAGMA {name}={value}").close()
        connection.rollback()
    except BaseException:
        connection.close()
        raise
    return connection


def begin(connection: Connection) -> None:
    """Begin a transaction that holds the right to write from its start.

    A transaction that reads first and writes later would fail at once when another process
    wrote in between, however long it is willing to wait.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE").close()


def keep_journal(connection: Connection, *, patience: timedelta) -> None:
    """Set the journal mode, which the file remembers: only of one that is known to be Donna's.

    SQLite's own busy timeout does not hold for this change, so it is asked for again until the
    patience is at its end.
    """
    for left in range(patience // PAUSE, -1, -1):
        try:
            connection.exec_driver_sql(f"PRAGMA journal_mode={JOURNAL_MODE}").close()
        except DBAPIError as error:
            connection.rollback()
            if not left or primary_code(error) not in {BUSY, LOCKED}:
                raise
            Event().wait(PAUSE.total_seconds())
        else:
            connection.rollback()
            return


def create_private(path: Path) -> None:
    """Create the file and its folder, where they are not there, for nobody but their owner.

    SQLite gives its journals the rights of the database.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(PRIVATE_FOLDER)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    except FileExistsError:
        return
    try:
        os.fchmod(descriptor, PRIVATE_FILE)  # whatever the umask says
    finally:
        os.close(descriptor)


def make_private(path: Path) -> None:
    """Close the file to everybody but its owner; its folder may hold other things and is left.

    By name: closing any descriptor of an open database drops the locks that this process holds.
    """
    if path.stat().st_mode & 0o777 != PRIVATE_FILE:
        path.chmod(PRIVATE_FILE)
