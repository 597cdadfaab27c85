"""Where the vectors of a user are compared: in this process, or in the database itself."""

from collections.abc import Callable, Iterable
from threading import Lock

import numpy as np
from attrs import define, field, frozen
from sqlalchemy import Connection, bindparam, func, select

from donna_adapters.sql.memory_tables import MEMORY_CHUNKS, MEMORY_DOCUMENTS
from donna_adapters.sql.stores.memory_pgvector import pgvector_index
from donna_adapters.sql.stores.memory_rows import C, D, living, vector_of
from donna_adapters.sql.stores.memory_vectors import DatabaseIndex, sqlite_vec_index
from donna_adapters.sql.tables import COUNTER
from donna_core.domain.ids import UserId
from donna_memory.exact import ExactIndex
from donna_memory.lexical import words_of
from donna_memory.ports import Filters, VectorIndex, Vectors

_EMBEDDED = (
    select(C.id, C.embedding, D.speaker)
    .join_from(MEMORY_CHUNKS, MEMORY_DOCUMENTS)
    .where(
        C.user_id == bindparam("owner"),
        C.embedding_version == bindparam("version"),
        C.id > bindparam("after"),
        D.deleted_at.is_(None),
    )
    .order_by(C.id)
)
_SPEAKERS = (
    select(D.speaker).where(D.user_id == bindparam("owner"), D.deleted_at.is_(None)).distinct()
)
_NEWEST = select(func.max(C.id)).where(
    C.user_id == bindparam("owner"), C.embedding_version == bindparam("version")
)
_EVERYTHING = Filters()
RENEWALS = "memory:renewals"
"""The counter of what was embedded anew in place, by which other processes hear of it."""

_RENEWALS = select(COUNTER.c.value).where(
    COUNTER.c.user_id == bindparam("owner"), COUNTER.c.name == RENEWALS
)
_AHEAD = 4  # so many times as many vectors are looked at as are wanted, before all are


@frozen(kw_only=True)
class Wanted:
    """The ``limit`` chunks nearest to the query that the user may see under the filters."""

    query: Vectors
    limit: int
    user_id: UserId
    filters: Filters


@define
class HeldVectors:
    """The vectors of one user in this process, and who talks; filled up before each search.

    ``made`` gives an empty index over vectors of so many numbers.
    """

    made: Callable[[int], VectorIndex] = ExactIndex
    version: str = ""
    renewals: int = 0
    index: VectorIndex = field(init=False, factory=lambda: ExactIndex(0))
    last: int = 0
    names: frozenset[str] = frozenset()
    turn: Lock = field(factory=Lock)

    def is_filled(self, version: str) -> bool:
        """Whether it holds vectors of this version, as of some time ago."""
        return self.version == version and bool(self.last)

    def catch_up(self, connection: Connection, user_id: UserId, *, version: str, size: int) -> bool:
        """Take over what is to be compared; return whether that is all, or ask again."""
        self.fill(connection, user_id, version=version, size=size)
        return True

    def fill(self, connection: Connection, user_id: UserId, *, version: str, size: int) -> None:
        """Add the vectors that were written since the last time.

        Start anew for a new version, and where chunks that were there were embedded anew.
        """
        renewals = _renewals(connection, user_id)
        if self.version != version or self.renewals != renewals:
            self.clear()
            self.version, self.renewals, self.index = version, renewals, self.made(size)
        asked = {"owner": user_id, "version": version, "after": self.last}
        for rows in connection.execute(_EMBEDDED, asked).partitions(4096):
            keys = [row.id for row in rows]
            vectors = vector_of(b"".join(row.embedding for row in rows))
            self.index.put(keys, vectors.reshape(len(rows), size))
            self._meet({row.speaker for row in rows})
            self.last = keys[-1]

    def _meet(self, speakers: Iterable[str]) -> None:
        # Replaced whole: it is read while another thread fills up.
        self.names |= {word for each in speakers for word in words_of(each)}

    def clear(self) -> None:
        """Forget all vectors."""
        self.version, self.last = "", 0

    def sees_all(self, filters: Filters) -> bool:
        """Whether all that is compared may be shown."""
        return filters == _EVERYTHING

    def leading(self, wanted: Wanted) -> dict[int, float]:
        """Return the nearest chunks, with their cosines.

        Where filters hold some back, these are more than are wanted.
        """
        ahead = 1 if self.sees_all(wanted.filters) else _AHEAD
        return dict(self.index.nearest(wanted.query, wanted.limit * ahead))

    def nearest(self, connection: Connection, wanted: Wanted) -> dict[int, float]:
        """Return the nearest chunks that the filters let through, with their cosines."""
        if self.sees_all(wanted.filters):
            return self.leading(wanted)
        keys = [*connection.execute(living(wanted.user_id, wanted.filters)).scalars()]
        cosines = self.index.similarity(wanted.query, keys)
        best = np.lexsort((keys, -cosines))[: wanted.limit]
        return {keys[place]: float(cosines[place]) for place in best}


@define
class DatabaseVectors(HeldVectors):
    """Leaves the vectors to the database; holds them where that cannot compare them.

    Nothing is held longer than a transaction but who talks, as of the newest chunk.
    """

    _here: DatabaseIndex | None = field(default=None, init=False)
    _seen: tuple[str, int, int] | None = field(default=None, init=False)

    def is_filled(self, version: str) -> bool:  # noqa: ARG002  # the database may have changed
        return False

    def catch_up(self, connection: Connection, user_id: UserId, *, version: str, size: int) -> bool:
        self.fill(connection, user_id, version=version, size=size)
        if self._here is None:
            return True
        asked = {"owner": user_id, "version": version}
        newest = connection.execute(_NEWEST, asked).scalar() or 0
        seen = (version, _renewals(connection, user_id), newest)
        if self._seen == seen:
            return True
        if self._here.catch_up():
            return False  # seen by whoever finds it kept: this transaction may still be undone
        speakers = connection.execute(_SPEAKERS, asked).scalars()
        self._meet(speakers)
        self._seen = seen
        return True

    def fill(self, connection: Connection, user_id: UserId, *, version: str, size: int) -> None:
        former = self._here
        here = self._here = _index_in(connection, user_id, version=version, size=size)
        if here is not None:
            self.index = here
            return
        if former is not None:
            self.clear()
        super().fill(connection, user_id, version=version, size=size)

    def sees_all(self, filters: Filters) -> bool:
        return self._here is None and super().sees_all(filters)

    def leading(self, wanted: Wanted) -> dict[int, float]:
        here = self._here
        if here is not None and here.compares_all and wanted.filters != _EVERYTHING:
            return self._within(here, wanted)
        return super().leading(wanted)

    def nearest(self, connection: Connection, wanted: Wanted) -> dict[int, float]:
        if self._here is not None:
            return self._within(self._here, wanted)
        return super().nearest(connection, wanted)

    @staticmethod
    def _within(index: DatabaseIndex, wanted: Wanted) -> dict[int, float]:
        return dict(index.nearest_within(wanted.query, wanted.limit, wanted.filters))


def _renewals(connection: Connection, user_id: UserId) -> int:
    return connection.execute(_RENEWALS, {"owner": user_id}).scalar() or 0


def _index_in(
    connection: Connection, user_id: UserId, *, version: str, size: int
) -> DatabaseIndex | None:
    """Return the database's own index, or ``None`` where it has none."""
    if connection.dialect.name == "sqlite":
        return sqlite_vec_index(connection, user_id, version=version)
    return pgvector_index(connection, user_id, version=version, size=size)
