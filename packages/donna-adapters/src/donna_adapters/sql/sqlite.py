"""Donna's database in one file: a single connection writes, on a thread of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, StatementError

from donna_adapters.sql.connection import (
    begin,
    connect,
    create_private,
    engine_for,
    keep_journal,
    make_private,
)
from donna_adapters.sql.database import Database
from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.faults import unavailable
from donna_adapters.sql.schema import LINEAGE, Lineage, bring_up_to_date
from donna_adapters.sql.waiting import outcome

T = TypeVar("T")

BUSY_TIMEOUT = timedelta(seconds=5)


class SqliteDatabase(Database):
    """A database file. Several processes may use the same one; each opens it for itself."""

    def __init__(self, path: Path, *, busy_timeout: timedelta, lineage: Lineage) -> None:
        self.path = path
        self._busy_timeout = busy_timeout
        self._lineage = lineage
        self._engine = engine_for(path)
        self._connection: Connection | None = None
        self._closed = False
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="donna-writer")

    @classmethod
    def open(
        cls, path: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT, lineage: Lineage = LINEAGE
    ) -> "SqliteDatabase":
        """Open the database, creating it or upgrading its schema where needed.

        ``busy_timeout`` is how long to wait for another process that writes. Raise
        ``StorageUnavailable`` when it cannot be used, ``SchemaTooNew`` when a newer Donna wrote
        it and ``ForeignDatabase`` when another program did.
        """
        database = cls(path, busy_timeout=busy_timeout, lineage=lineage)
        try:
            database._on_writer(database._prepare)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def name(self) -> str:
        return str(self.path)

    async def transact(self, work: Callable[[Connection], T], *, turn: str | None = None) -> T:  # noqa: ARG002  # closures of all turns run one after the other
        return await outcome(self._writer.submit(self._transact, work))

    def wait_for(self, work: Callable[[Connection], T]) -> T:
        return self._writer.submit(self._transact, work).result()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._on_writer(self._disconnect)
            self._writer.shutdown()

    def _on_writer(self, work: Callable[[], None]) -> None:
        self._writer.submit(work).result()

    def _prepare(self) -> None:
        try:
            create_private(self.path)
            connection = self._connected()
            bring_up_to_date(
                self.path, connection, busy_timeout=self._busy_timeout, lineage=self._lineage
            )
            make_private(self.path)
            keep_journal(connection, patience=self._busy_timeout)
        except (DBAPIError, OSError) as error:
            raise unavailable(error, path=self.path) from error
        except DRIVER.Error as error:
            raise unavailable(_wrapped(error), path=self.path) from error

    def _transact(self, work: Callable[[Connection], T]) -> T:
        try:
            return self._in_transaction(self._connected(), work)
        except DBAPIError as error:
            raise unavailable(error, path=self.path) from error
        except StatementError as error:
            # A value that no column takes, such as a naive instant, is the decision's own fault.
            raise (error.orig or error) from None

    def _in_transaction(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        try:
            begin(connection)
            result = work(connection)
        except BaseException:
            self._roll_back(connection)
            raise
        try:
            connection.commit()
        except BaseException:
            # What is on the disk now is known only to whoever opens it anew.
            self._disconnect()
            raise
        return result

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except BaseException:
            self._disconnect()
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self._engine, busy_timeout=self._busy_timeout)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _wrapped(error: Exception) -> DBAPIError:
    return DBAPIError(None, None, error)
