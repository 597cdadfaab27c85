"""The vectors of chunks, compared by SQLite itself with sqlite-vec.

It compares them where they are, in the rows of ``memory_chunks``: nothing is kept beside them that
could be out of date or outlive what is erased. A table of vectors alone is a fifth to a third
faster to go through; making it anew and keeping it would cost more than that.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    LargeBinary,
    Select,
    and_,
    bindparam,
    func,
    select,
    text,
    update,
)

from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.memory_tables import MEMORY_CHUNKS
from donna_adapters.sql.stores.memory_rows import CHUNK_IDS, C, conditions, vector_of
from donna_core.domain.ids import UserId
from donna_memory.ports import Filters, VectorIndex, Vectors

_RENEW = (
    update(MEMORY_CHUNKS)
    .where(C.id == bindparam("number"), C.user_id == bindparam("owner"))
    .values(embedding=bindparam("vector"), embedding_version=bindparam("version"))
)

_COMPARES = text("SELECT count(*) FROM pragma_function_list WHERE name = 'vec_distance_cosine'")


def write_vectors(
    connection: Connection,
    user_id: UserId,
    keys: Sequence[int],
    vectors: Vectors,
    *,
    version: str,
) -> None:
    """Give chunks of the user these vectors."""
    rows = [
        {"number": key, "owner": user_id, "vector": each.astype("<f4").tobytes()}
        for key, each in zip(keys, vectors, strict=True)
    ]
    if rows:
        connection.execute(_RENEW, [{**row, "version": version} for row in rows])


@frozen(kw_only=True)
class DatabaseIndex(VectorIndex):
    """An index for the length of a transaction; its keys are numbers of chunks that are there."""

    connection: Connection
    user_id: UserId
    version: str
    _known: dict[int, Vectors] = field(factory=dict, init=False)

    @property
    @abstractmethod
    def compares_all(self) -> bool:
        """Whether the nearest cost as much as the nearest under filters."""

    def catch_up(self) -> int:
        """Take over some of the chunks that the index does not have; return how many."""
        return 0

    @abstractmethod
    def nearest_within(
        self, query: Vectors, limit: int, filters: Filters
    ) -> tuple[tuple[int, float], ...]:
        """Return the nearest of the chunks that the user may see under the filters."""

    @abstractmethod
    def read(self, keys: Collection[int]) -> Mapping[int, Vectors]:
        """Return the vectors of those keys that are there."""

    def vector(self, key: int) -> Vectors | None:
        self._look_up([key])
        return self._known.get(key)

    def similarity(self, query: Vectors, keys: Sequence[int]) -> Vectors:
        self._look_up(keys)
        result = np.full(len(keys), -1, np.float32)
        found = [place for place, key in enumerate(keys) if key in self._known]
        if found:
            result[found] = np.stack([self._known[keys[place]] for place in found]) @ query
        return result

    def _look_up(self, keys: Collection[int]) -> None:
        if unknown := {*keys} - self._known.keys():
            self._known.update(self.read(sorted(unknown)))


class SqliteVecIndex(DatabaseIndex):
    """Goes through the rows of the chunks, comparing each with the query."""

    compares_all = True

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        self._known.clear()
        write_vectors(self.connection, self.user_id, keys, vectors, version=self.version)

    def remove(self, keys: Collection[int]) -> None:
        self._known.clear()
        gone = update(MEMORY_CHUNKS).where(self._own, C.id.in_(sorted(keys)))
        self.connection.execute(gone.values(embedding=None, embedding_version=None))

    def nearest(self, query: Vectors, limit: int) -> tuple[tuple[int, float], ...]:
        return self._nearest(query, limit, select(C.id))

    def nearest_within(
        self, query: Vectors, limit: int, filters: Filters
    ) -> tuple[tuple[int, float], ...]:
        permitted = CHUNK_IDS.where(*conditions(self.user_id, filters))
        return self._nearest(query, limit, permitted)

    def read(self, keys: Collection[int]) -> Mapping[int, Vectors]:
        query = select(C.id, C.embedding).where(self._own, C.id.in_(keys))
        return {row.id: vector_of(row.embedding) for row in self.connection.execute(query)}

    @property
    def _own(self) -> ColumnElement[bool]:
        return and_(C.user_id == self.user_id, C.embedding_version == self.version)

    def _nearest(
        self, query: Vectors, limit: int, permitted: Select[Any]
    ) -> tuple[tuple[int, float], ...]:
        asked = bindparam(None, query.astype("<f4").tobytes(), LargeBinary)
        # A vector without a direction is as far away as one at a right angle.
        apart = func.coalesce(func.vec_distance_cosine(C.embedding, asked, type_=Float), 1.0)
        far = apart.label("far")
        nearest = permitted.add_columns(far).where(self._own).order_by(far, C.id).limit(limit)
        return tuple((row[0], 1 - row[1]) for row in self.connection.execute(nearest))


def sqlite_vec_index(
    connection: Connection, user_id: UserId, *, version: str
) -> SqliteVecIndex | None:
    """Return the index, or ``None`` where this SQLite loads no extension."""
    if not connection.execute(_COMPARES).scalar_one() and not _loads(connection):
        return None
    return SqliteVecIndex(connection=connection, user_id=user_id, version=version)


def _loads(connection: Connection) -> bool:
    try:
        import sqlite_vec  # type: ignore[import-untyped]  # noqa: PLC0415  # untyped, not on every machine
    except ImportError:
        return False
    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "enable_load_extension"):
        return False
    driver.enable_load_extension(1)
    try:
        sqlite_vec.load(driver)
    except DRIVER.OperationalError:
        return False
    finally:
        driver.enable_load_extension(0)
    return True
