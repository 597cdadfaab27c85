"""Memory keeps its contract in a file and on a server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from donna_adapters.sql.database import Database
from donna_adapters.sql.memory_tables import (
    MEMORY_CHUNKS,
    MEMORY_DOCUMENTS,
    MEMORY_STATEMENTS,
    VAULT_MARKS,
)
from donna_adapters.sql.opening import open_database
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.marks import SqlMarks
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_adapters.sql.stores.memory_readings import SqlReadings
from donna_core.domain.ids import UserId
from donna_core.testing.fake_clock import FakeClock
from donna_memory.ports import Embedder, Marks, MemoryCatalog, MemoryStore, Readings
from donna_memory.retrieval import RetrievalRules
from donna_memory.testing.contracts.marks import MarksContract
from donna_memory.testing.contracts.memory_store import NOON, MemoryStoreContract


class _OnDatabase(MemoryStoreContract):
    database: Database
    compares = False  # whether the database compares vectors

    def store(self, embedder: Embedder | None) -> MemoryStore:
        return self._store(embedder)

    def catalog(self) -> MemoryCatalog:
        return self._store(None)

    def readings(self) -> Readings:
        return SqlReadings(self.database, clock=FakeClock(NOON))

    def _store(self, embedder: Embedder | None) -> SqlMemoryStore:
        clock = FakeClock(NOON)
        return SqlMemoryStore(
            self.database,
            clock=clock,
            embedder=embedder,
            rules=RetrievalRules(),
            compares=self.compares,
        )


class _MarksOnDatabase(MarksContract):
    database: Database

    def marks(self, user_id: UserId, *, clock: FakeClock) -> Marks:
        return SqlMarks(self.database, user_id, clock=clock)

    def store(self) -> MemoryStore:
        return SqlMemoryStore(
            self.database, clock=FakeClock(NOON), embedder=None, rules=RetrievalRules()
        )


class TestSqliteMarks(_MarksOnDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, tmp_path: Path) -> Iterator[None]:
        """Give each test a file of its own."""
        with SqliteDatabase.open(tmp_path / "donna.db") as self.database:
            yield


class TestSqliteMemory(_OnDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, tmp_path: Path) -> Iterator[None]:
        """Give each test a file of its own."""
        with SqliteDatabase.open(tmp_path / "donna.db") as self.database:
            yield


class TestSqliteVecMemory(TestSqliteMemory):
    compares = True


@pytest.fixture(scope="module")
def server(postgres_url: str) -> Iterator[Database]:
    """Give a database on a server for all tests of this module."""
    with open_database(url=postgres_url) as database:
        yield database


class TestPostgresMarks(_MarksOnDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, server: Database) -> None:
        """Give each test empty tables."""
        self.database = server
        asyncio.run(server.transact(_empty))


class TestPostgresMemory(_OnDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, server: Database) -> None:
        """Give each test empty tables."""
        self.database = server
        asyncio.run(server.transact(_empty))


class TestPostgresMemoryWithoutPgvector(TestPostgresMemory):
    """It is asked to compare, and cannot: vectors are held in memory."""

    compares = True


@pytest.fixture(scope="module")
def pgvector(pgvector_url: str) -> Iterator[Database]:
    """Give a database on a server that has pgvector, for all tests of this module."""
    with open_database(url=f"{pgvector_url}?schema=memory") as database:
        yield database


class TestPgvectorMemory(_OnDatabase):
    compares = True

    @pytest.fixture(autouse=True)
    def storage(self, pgvector: Database) -> None:
        """Give each test empty tables."""
        self.database = pgvector
        asyncio.run(pgvector.transact(_empty))


def _empty(connection: Connection) -> None:
    connection.execute(MEMORY_CHUNKS.delete())
    connection.execute(MEMORY_STATEMENTS.delete())
    connection.execute(MEMORY_DOCUMENTS.delete())
    connection.execute(VAULT_MARKS.delete())
