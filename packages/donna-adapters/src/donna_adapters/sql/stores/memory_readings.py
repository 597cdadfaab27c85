"""What a model has read for statements, and what is still to be read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from donna_adapters.sql.memory_tables import MEMORY_DOCUMENTS
from donna_adapters.sql.stores.memory_rows import D, document_of
from donna_adapters.sql.stores.memory_statements import believed_now, settle
from donna_adapters.sql.unit_of_work import Transactor
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_memory.documents import Document, SourceType
from donna_memory.ports import Readings
from donna_memory.statements import Claim, Statement

_READABLE = (SourceType.CHAT, SourceType.VAULT)
_MOST_BELIEVED = 500


class SqlReadings(Readings):
    """Keeps when a document was read beside it; a change of its content makes it unread."""

    def __init__(self, database: Transactor, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def unread(
        self, user_id: UserId, *, before: datetime, after: int, limit: int
    ) -> tuple[tuple[int, Document], ...]:
        page = (
            select(MEMORY_DOCUMENTS)
            .where(D.user_id == user_id, D.id > after, D.deleted_at.is_(None))
            .where(D.read_at.is_(None), D.changed_at <= before)
            .where(D.source_type.in_([kind.value for kind in _READABLE]))
            .where(D.untrusted.is_(False), D.local_only.is_(False))
            .order_by(D.id)
            .limit(limit)
        )
        rows = await self._database.transact(lambda connection: connection.execute(page).all())
        return tuple((row.id, document_of(row)) for row in rows)

    async def believed(self, user_id: UserId) -> tuple[Statement, ...]:
        return await self._database.transact(
            lambda connection: believed_now(connection, user_id, limit=_MOST_BELIEVED)
        )

    async def state(self, document: Document, claims: Sequence[Claim], *, told_by: str) -> bool:
        at = self._clock.now()

        def settled(connection: Connection) -> bool:
            same = (
                D.user_id == document.user_id,
                D.source_type == document.source_type.value,
                D.source_id == document.source_id,
                D.content_hash == document.content_hash,
            )
            number = connection.execute(select(D.id).where(*same)).scalar()
            if number is None:
                return False
            settle(connection, document, number, claims, at=at, told_by=told_by)
            connection.execute(update(MEMORY_DOCUMENTS).where(*same).values(read_at=at))
            return True

        return await self._database.transact(settled)
