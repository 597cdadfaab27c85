"""The database's indexes over vectors keep the contract of the exact one, and to their own user."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, insert, text

from donna_adapters.sql.connection import begin, connect, engine_for
from donna_adapters.sql.memory_tables import MEMORY_CHUNKS, MEMORY_DOCUMENTS
from donna_adapters.sql.opening import open_database
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.memory_pgvector import PgVectorIndex, pgvector_index
from donna_adapters.sql.stores.memory_rows import chunk_row, document_row
from donna_adapters.sql.stores.memory_vectors import (
    DatabaseIndex,
    SqliteVecIndex,
    sqlite_vec_index,
)
from donna_core.domain.ids import UserId
from donna_memory.documents import Chunk
from donna_memory.exact import ExactIndex
from donna_memory.ports import Vectors
from donna_memory.testing.contracts.memory_store import ANNA, BERT, NOON, note
from donna_memory.testing.contracts.vector_index import (
    KEYS,
    SIZE,
    VectorIndexContract,
    unit,
    units,
)


class _InDatabase(VectorIndexContract):
    connection: Connection

    def index(self) -> DatabaseIndex:
        raise NotImplementedError

    def of(self, user_id: UserId, version: str) -> DatabaseIndex:
        raise NotImplementedError

    def test_nobody_finds_the_vectors_of_another_user(self) -> None:
        """Nor those of another embedder; what one removes stays with the other."""
        mine, other, older = self.index(), self.of(BERT, "v1"), self.of(ANNA, "v0")
        mine.put([1], units(1))

        for foreign in (other, older):
            assert foreign.nearest(unit(1), 5) == ()
            assert foreign.vector(1) is None
            assert foreign.similarity(unit(1), [1]).tolist() == [-1]
            foreign.remove([1])

        assert [key for key, _ in mine.nearest(unit(1), 5)] == [1]

    def test_a_vector_without_a_direction_is_at_a_right_angle(self) -> None:
        """As in a product of matrices; it neither leads nor fails."""
        index = self.index()
        index.put([1, 2], np.stack([np.zeros(SIZE, np.float32), unit(2)]))

        assert index.nearest(unit(2), 1)[0][0] == 2
        assert index.similarity(unit(2), [1]).tolist() == [0]


class TestSqliteVecIndex(_InDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, tmp_path: Path) -> Iterator[None]:
        """Give each test a file of its own, with chunks that have no vectors."""
        path = tmp_path / "donna.db"
        SqliteDatabase.open(path).close()
        with connect(engine_for(path), busy_timeout=timedelta()) as self.connection:
            begin(self.connection)
            add_chunks(self.connection, KEYS)
            yield

    def index(self) -> SqliteVecIndex:
        return self.of(ANNA, "v1")

    def of(self, user_id: UserId, version: str) -> SqliteVecIndex:
        found = sqlite_vec_index(self.connection, user_id, version=version)
        assert found is not None, "sqlite-vec does not load"
        return found


@pytest.fixture(scope="module")
def server(pgvector_url: str) -> Iterator[Any]:
    """Give a database on a server that has pgvector."""
    with open_database(url=f"{pgvector_url}?schema=vectors") as database:
        yield database


class TestPgVectorIndex(_InDatabase):
    @pytest.fixture(autouse=True)
    def storage(self, server: Any) -> Iterator[None]:
        """Give each test chunks that have no vectors, and take them away again."""
        with server.engine.connect() as self.connection:
            self.connection.exec_driver_sql("BEGIN")
            add_chunks(self.connection, KEYS)
            yield
            self.connection.exec_driver_sql("ROLLBACK")

    def index(self) -> PgVectorIndex:
        return self.of(ANNA, "v1")

    def of(self, user_id: UserId, version: str) -> PgVectorIndex:
        found = pgvector_index(self.connection, user_id, version=version, size=SIZE)
        assert found is not None, "pgvector cannot be had"
        return found

    def test_vectors_of_another_length_make_room(self) -> None:
        """The column has one length; all of it can be made again."""
        self.index().put([1], units(1))

        longer = pgvector_index(self.connection, ANNA, version="v2", size=SIZE + 1)

        assert longer is not None
        assert longer.nearest(np.ones(SIZE + 1, np.float32), 5) == ()
        assert pgvector_index(self.connection, ANNA, version="v3", size=9999) is None

    def test_a_vector_goes_with_its_chunk(self) -> None:
        """Whoever deletes that."""
        self.index().put([1, 2], units(1, 2))

        self.connection.exec_driver_sql("DELETE FROM memory_chunks WHERE id = 1")

        left = self.connection.exec_driver_sql("SELECT key FROM memory_vectors").scalars()
        assert [*left] == [2]

    def test_the_graph_finds_what_is_nearest(self) -> None:
        """At least 99 of 100, among the vectors of another user."""
        count, size = 2_000, 64
        mine, others = range(1000, 1000 + count), range(1000 + count, 1000 + 2 * count)
        add_chunks(self.connection, [*mine, *others])
        vectors, exact = clustered(2 * count, size), ExactIndex(size)
        exact.put([*mine], vectors[:count])
        index = pgvector_index(self.connection, ANNA, version="v1", size=size)
        other = pgvector_index(self.connection, BERT, version="v1", size=size)
        assert index is not None
        assert other is not None
        index.put([*mine], vectors[:count])
        other.put([*others], vectors[count:])
        # Small as it is, going through the table would be cheaper; and only the graph is left.
        self.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        self.connection.exec_driver_sql("DROP INDEX ix_memory_vectors_user_id")

        hits = [
            len({*dict(index.nearest(query, 512))} & {*dict(exact.nearest(query, 512))}) / 512
            for query in vectors[::200]
        ]

        used = self.connection.execute(
            text(
                "SELECT idx_scan FROM pg_stat_xact_user_tables "
                "WHERE relid = to_regclass('memory_vectors')"
            )
        )
        assert used.scalar_one() >= len(hits)
        assert np.mean(hits) >= 0.99


def clustered(count: int, size: int) -> Vectors:
    """Return unit vectors that stand together in groups, as those of texts do."""
    dice = np.random.default_rng(3)
    vectors = dice.standard_normal((60, size))[dice.integers(0, 60, count)]
    vectors = vectors + 0.3 * dice.standard_normal((count, size))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def add_chunks(connection: Connection, keys: list[int] | range) -> None:
    """Add one document with chunks of these numbers, none of them embedded."""
    document, number = note(f"{keys[0]}.md", "Text."), keys[0]
    row = document_row(document, at=NOON) | {"id": number, "created_at": NOON}
    connection.execute(insert(MEMORY_DOCUMENTS), row)
    chunks = [
        chunk_row(
            document,
            Chunk(position=key, text="Text.", tokens=1, heading_path=()),
            number=number,
            searchable="Text.",
            vector=None,
            version=None,
        )
        | {"id": key}
        for key in keys
    ]
    connection.execute(insert(MEMORY_CHUNKS), chunks)
