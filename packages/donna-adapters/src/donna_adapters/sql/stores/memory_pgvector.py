"""The vectors of chunks, compared by PostgreSQL with pgvector.

They are kept a second time, in a table with an index for them that is made where it is asked for:
``memory_chunks`` knows nothing of an extension, so that a server without it takes a copy of all
that cannot be made again. A row goes with its chunk, whoever deletes that, in one transaction.
"""

import struct
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.types import UserDefinedType

from donna_adapters.sql.stores.memory_rows import CHUNK_IDS, C, conditions, vector_of
from donna_adapters.sql.stores.memory_vectors import DatabaseIndex
from donna_core.domain.ids import UserId
from donna_memory.ports import Filters, Vectors

_STANDS = text("""
    SELECT n.nspname AS home, e.extversion AS version, a.atttypmod AS size
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    LEFT JOIN pg_attribute a
        ON a.attrelid = to_regclass('memory_vectors') AND a.attname = 'embedding'
    WHERE e.extname = 'vector'
""")
_MAY_CREATE = text("""
    SELECT count(*) FROM pg_available_extension_versions v, pg_roles r
    WHERE v.name = 'vector' AND r.rolname = current_user AND to_regnamespace('public') IS NOT NULL
    AND (r.rolsuper OR v.trusted AND has_database_privilege(current_database(), 'CREATE'))
""")
_MADE = """
DROP TABLE IF EXISTS memory_vectors
;;
CREATE TABLE memory_vectors (
    key integer PRIMARY KEY REFERENCES memory_chunks (id) ON DELETE CASCADE,
    user_id varchar(100) NOT NULL,
    version varchar(64) NOT NULL,
    embedding {home}.vector({size}) NOT NULL
)
;;
CREATE INDEX ix_memory_vectors_user_id ON memory_vectors (user_id, version, key)
;;
CREATE INDEX ix_memory_vectors_embedding ON memory_vectors
    USING hnsw (embedding {home}.vector_cosine_ops)
"""
_COPY = "COPY memory_vectors (key, user_id, version, embedding) FROM STDIN (FORMAT BINARY)"
_VECTORS = table(
    "memory_vectors",
    column("key", Integer),
    column("user_id", String),
    column("version", String),
    column("embedding"),
)
V = _VECTORS.c
_LONGEST = 2000  # numbers of a vector that can be indexed
_PAGE = 2048
_LOOKED_AT, _LOOKED_AT_IN_ALL = "1000", "100000"  # neighbours at once: the most there may be
_AHEAD = 4  # for 99 of 100 where 512 of 50 000 are wanted; twice as many give 98
_ITERATES = (0, 8)  # since when the index goes on where vectors of other users were in the way


class _Vector(UserDefinedType[str]):
    """The extension's type, named with its schema: that is not searched for names."""

    cache_ok = True

    def __init__(self, home: str) -> None:
        self.home = home

    def get_col_spec(self, **_: Any) -> str:
        """Return the name."""
        return f"{self.home}.vector"


@frozen(kw_only=True)
class PgVectorIndex(DatabaseIndex):
    """Asks a graph of neighbours (HNSW), which finds nearly all of the nearest.

    ``home`` is the schema of the extension, quoted.
    """

    home: str
    iterates: bool
    compares_all = False

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        latest = dict(zip(keys, vectors, strict=True))
        self._known.clear()
        self.connection.execute(delete(_VECTORS).where(_any(V.key, [*latest])))
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(["int4", "varchar", "varchar", "bytea"])
            for key, vector in latest.items():
                copy.write_row((key, self.user_id, self.version, _binary(vector)))

    def remove(self, keys: Collection[int]) -> None:
        self._known.clear()
        self.connection.execute(delete(_VECTORS).where(self._own, _any(V.key, keys)))

    def nearest(self, query: Vectors, limit: int) -> tuple[tuple[int, float], ...]:
        self._set("hnsw.ef_search", _LOOKED_AT)
        if self.iterates:
            self._set("hnsw.iterative_scan", "relaxed_order")
            self._set("hnsw.max_scan_tuples", _LOOKED_AT_IN_ALL)
        # More than are wanted: the graph misses some of the last, and gives equal ones by chance.
        far = self._far(query)
        near = select(V.key, far).where(self._own).order_by(far)
        return self._ranked(near, limit * _AHEAD)[:limit]

    def nearest_within(
        self, query: Vectors, limit: int, filters: Filters
    ) -> tuple[tuple[int, float], ...]:
        # Every one of them is compared: the graph would be left before it came to so few.
        few = (
            CHUNK_IDS.where(*conditions(self.user_id, filters))
            .cte("few")
            .prefix_with("MATERIALIZED")
        )
        far = self._far(query)
        compared = select(V.key, far).join(few, few.c.id == V.key).where(self._own)
        return self._ranked(compared.order_by(far, V.key), limit)

    def read(self, keys: Collection[int]) -> Mapping[int, Vectors]:
        numbers = cast(V.embedding, ARRAY(REAL)).label("numbers")
        rows = self.connection.execute(select(V.key, numbers).where(self._own, _any(V.key, keys)))
        return {row.key: np.array(row.numbers, np.float32) for row in rows}

    def catch_up(self) -> int:
        kept = exists().where(V.key == C.id, V.version == C.embedding_version)
        missing = (
            select(C.id, C.embedding)
            .where(C.user_id == self.user_id, C.embedding_version == self.version, ~kept)
            .order_by(C.id)
            .limit(_PAGE)
        )
        rows = self.connection.execute(missing).all()
        if rows:
            vectors = np.stack([vector_of(row.embedding) for row in rows])
            self.put([row.id for row in rows], vectors)
        return len(rows)

    @property
    def _own(self) -> ColumnElement[bool]:
        return and_(V.user_id == self.user_id, V.version == self.version)

    def _far(self, query: Vectors) -> ColumnElement[float]:
        asked = cast(literal(_text(query), String), _Vector(self.home))
        operator = f"OPERATOR({self.home}.<=>)"
        return V.embedding.op(operator, return_type=Float())(asked)

    def _ranked(self, query: Select[Any], limit: int) -> tuple[tuple[int, float], ...]:
        rows = [
            # A vector without a direction is as far away as one at a right angle.
            (int(key), 0.0 if np.isnan(far) else 1 - far)
            for key, far in self.connection.execute(query.limit(limit))
        ]
        return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))

    def _set(self, name: str, value: str) -> None:
        """Set it for the length of the transaction."""
        is_local = literal("true").cast(Boolean)
        self.connection.execute(select(func.set_config(name, value, is_local)))


def pgvector_index(
    connection: Connection, user_id: UserId, *, version: str, size: int
) -> PgVectorIndex | None:
    """Return the index, made where it is not there, or ``None`` where the server has none.

    One for vectors of another length makes room.
    """
    if size > _LONGEST:
        return None
    stands = connection.execute(_STANDS).first()
    if stands is None:
        if not connection.execute(_MAY_CREATE).scalar_one():
            return None
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
        stands = connection.execute(_STANDS).one()
    home = connection.dialect.identifier_preparer.quote_identifier(stands.home)
    if stands.size != size:
        for statement in _MADE.format(home=home, size=size).split(";;"):
            connection.exec_driver_sql(statement)
    release = tuple(int(part) for part in stands.version.split(".")[:2])
    return PgVectorIndex(
        connection=connection,
        user_id=user_id,
        version=version,
        home=home,
        iterates=release >= _ITERATES,
    )


def _any(key: ColumnElement[int], keys: Collection[int]) -> ColumnElement[bool]:
    return key == func.any(bindparam(None, [*keys], ARRAY(Integer)))


def _text(vector: Vectors) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _binary(vector: Vectors) -> bytes:
    """Return the vector as pgvector sends and receives it: how many numbers, nothing, they."""
    return struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()
