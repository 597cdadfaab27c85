"""The notes that their owner marked as theirs alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select, update

from donna_adapters.sql.database import Database
from donna_adapters.sql.memory_tables import MEMORY_DOCUMENTS, VAULT_MARKS
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_memory.documents import SourceType
from donna_memory.ports import Mark, Marks
from donna_memory.vault.paths import folded

D, V = MEMORY_DOCUMENTS.c, VAULT_MARKS.c


class SqlMarks(Marks):
    """Keeps the marks of one user, and the label of what is remembered of marked notes."""

    def __init__(self, database: Database, user_id: UserId, *, clock: Clock) -> None:
        self._database = database
        self._user_id = user_id
        self._clock = clock

    def all(self) -> tuple[Mark, ...]:
        same = and_(
            D.user_id == V.user_id, D.source_type == SourceType.VAULT.value, D.source_id == V.path
        )
        query = (
            select(V.path, V.marked_at, D.body_hash)
            .join_from(VAULT_MARKS, MEMORY_DOCUMENTS, same, isouter=True)
            .where(V.user_id == self._user_id)
            .order_by(V.path)
        )
        rows = self._database.wait_for(lambda connection: connection.execute(query).all())
        return tuple(
            Mark(path=row.path, since=row.marked_at, body_hash=row.body_hash or "") for row in rows
        )

    async def mark(self, paths: Collection[str]) -> None:
        at = self._clock.now()
        await self._database.transact(lambda connection: self._mark(connection, paths, at=at))

    async def unmark(self, paths: Collection[str]) -> None:
        if not paths:
            return
        these = delete(VAULT_MARKS).where(
            V.user_id == self._user_id, V.name.in_(sorted(map(folded, paths)))
        )
        await self._database.transact(lambda connection: connection.execute(these))

    async def copy(self, path: str, *, to: str) -> None:
        now = self._clock.now()
        mine = V.user_id == self._user_id
        former = select(V.marked_at).where(mine, V.name == folded(path))
        respelled = update(VAULT_MARKS).where(mine, V.name == folded(to)).values(path=to)

        def copied(connection: Connection) -> None:
            since: datetime | None = connection.execute(former).scalar()
            self._mark(connection, [to], at=since or now)
            connection.execute(respelled)

        await self._database.transact(copied)

    async def enforce(self) -> None:
        await self._database.transact(self._label)

    def _mark(self, connection: Connection, paths: Collection[str], *, at: datetime) -> None:
        known = self._names(connection)
        new = {name: path for path in paths if (name := folded(path)) not in known}
        for name, path in new.items():
            row = {"user_id": self._user_id, "name": name, "path": path, "marked_at": at}
            connection.execute(insert(VAULT_MARKS), row)
        self._label(connection)

    def _label(self, connection: Connection) -> None:
        """Make local-only what is remembered of marked notes; how a database folds is its own."""
        names = self._names(connection)
        own = and_(D.user_id == self._user_id, D.source_type == SourceType.VAULT.value)
        if not names:
            return
        shown = connection.execute(select(D.id, D.source_id).where(own, D.local_only.is_(False)))
        hidden = [row.id for row in shown if folded(row.source_id) in names]
        connection.execute(
            update(MEMORY_DOCUMENTS).where(own, D.id.in_(hidden)).values(local_only=True)
        )

    def _names(self, connection: Connection) -> frozenset[str]:
        names = select(V.name).where(V.user_id == self._user_id)
        return frozenset(connection.execute(names).scalars())
