"""The notes that their owner marked as theirs alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from donna_adapters.sql.database import Database
from donna_adapters.sql.memory_tables import MEMORY_DOCUMENTS, VAULT_MARKS
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_memory.documents import Document, SourceType
from donna_memory.ports import Mark, Marks
from donna_memory.vault.paths import folded

D, V = MEMORY_DOCUMENTS.c, VAULT_MARKS.c


def is_marked(connection: Connection, document: Document) -> bool:
    """Whether a document that is about to be written is of a marked note.

    The mark is spelt as the note from then on: in those letters, its body is found.
    """
    if document.source_type is not SourceType.VAULT:
        return False
    this = and_(V.user_id == document.user_id, V.name == folded(document.source_id))
    spelt = update(VAULT_MARKS).where(this).values(path=document.source_id)
    return connection.execute(spelt).rowcount > 0


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

        def marked(connection: Connection) -> None:
            self._mark(connection, paths, at=at)
            self._label(connection)

        await self._database.transact(marked)

    async def unmark(self, paths: Collection[str]) -> None:
        these = self._of([folded(path) for path in paths])
        await self._database.transact(
            lambda connection: connection.execute(delete(VAULT_MARKS).where(these))
        )

    async def pass_on(self, heirs: Collection[tuple[str, str]]) -> None:
        now = self._clock.now()

        def passed_on(connection: Connection) -> None:
            for former, heir in heirs:
                since = connection.execute(
                    select(V.marked_at).where(self._of([folded(former)]))
                ).scalar()
                self._mark(connection, [heir], at=since or now)
            self._label(connection)

        await self._database.transact(passed_on)

    def _mark(self, connection: Connection, paths: Collection[str], *, at: datetime) -> None:
        known = self._names(connection)
        new = {name: path for path in paths if (name := folded(path)) not in known}
        for name, path in new.items():
            row = {"user_id": self._user_id, "name": name, "path": path, "marked_at": at}
            connection.execute(insert(VAULT_MARKS), row)

    def _label(self, connection: Connection) -> None:
        """Make local-only what is remembered of marked notes; no database folds as paths do."""
        names = self._names(connection)
        if not names:
            return
        own = and_(D.user_id == self._user_id, D.source_type == SourceType.VAULT.value)
        rows = connection.execute(select(D.id, D.source_id, D.local_only).where(own)).all()
        known = [(row, name) for row in rows if (name := folded(row.source_id)) in names]
        hidden = [row.id for row, _ in known if not row.local_only]
        connection.execute(
            update(MEMORY_DOCUMENTS).where(own, D.id.in_(hidden)).values(local_only=True)
        )
        paths = {row.source_id for row, _ in known}
        for row, name in known:
            # In the letters of the note itself, what memory knows of it is found.
            misspelt = and_(self._of([name]), V.path.not_in(paths))
            connection.execute(update(VAULT_MARKS).where(misspelt).values(path=row.source_id))

    def _of(self, names: Collection[str]) -> ColumnElement[bool]:
        return and_(V.user_id == self._user_id, V.name.in_(names))

    def _names(self, connection: Connection) -> frozenset[str]:
        names = select(V.name).where(V.user_id == self._user_id)
        return frozenset(connection.execute(names).scalars())
