"""Memory in the database: documents, chunks, and the search over words and meaning."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, update

from donna_adapters.sql.memory_tables import MEMORY_CHUNKS, MEMORY_DOCUMENTS
from donna_adapters.sql.statements import next_value, numbered
from donna_adapters.sql.stores.invocations import record_once
from donna_adapters.sql.stores.marks import is_marked
from donna_adapters.sql.stores.memory_answering import Answering
from donna_adapters.sql.stores.memory_calls import (
    KINDS,
    OF_A_CALL,
    Embedded,
    embedded_again,
    embedding,
)
from donna_adapters.sql.stores.memory_embedding import Prepared, prepared
from donna_adapters.sql.stores.memory_held import RENEWALS, DatabaseVectors, HeldVectors
from donna_adapters.sql.stores.memory_rows import (
    C,
    D,
    chunk_row,
    document_of,
    document_row,
)
from donna_adapters.sql.stores.memory_statements import (
    drop_statements,
    keep_statements,
    statements_from,
)
from donna_adapters.sql.stores.memory_turns import (
    Questions,
    question_in,
    questions_before,
    retell_answer,
    spot_of,
)
from donna_adapters.sql.stores.memory_vectors import write_vectors
from donna_adapters.sql.stores.memory_words import prepare_words
from donna_adapters.sql.unit_of_work import Transactor
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_memory.documents import Document, Hit, SourceType
from donna_memory.errors import AlreadyRemembered
from donna_memory.exact import ExactIndex
from donna_memory.ports import (
    Embedder,
    Filters,
    Kept,
    MemoryCatalog,
    MemoryStore,
    VectorIndex,
    Written,
)
from donna_memory.retrieval import RetrievalRules
from donna_memory.statements import Statement

_INSERT_DOCUMENT = numbered(MEMORY_DOCUMENTS, D.id).returning(D.id)
_INSERT_CHUNKS = insert(MEMORY_CHUNKS)
_THIS = and_(
    D.user_id == bindparam("owner"),
    D.source_type == bindparam("kind"),
    D.source_id == bindparam("named"),
)
_KNOWN = select(D.id, D.content_hash, D.deleted_at, D.session, D.position).where(_THIS)
_KEPT = select(D.source_id, D.content_hash, D.body_hash, D.metadata_json, D.deleted_at).where(
    D.user_id == bindparam("owner"), D.source_type == bindparam("kind")
)
_ITS_CHUNKS = and_(C.user_id == bindparam("owner"), C.document_id == bindparam("number"))
_CHUNK_IDS = select(C.id).where(_ITS_CHUNKS)
_DROP_CHUNKS = delete(MEMORY_CHUNKS).where(_ITS_CHUNKS)
_DROP_DOCUMENT = delete(MEMORY_DOCUMENTS).where(_THIS)
_HIDE = (
    update(MEMORY_DOCUMENTS).where(_THIS, D.deleted_at.is_(None)).values(deleted_at=bindparam("at"))
)
_RENAME = update(MEMORY_DOCUMENTS).where(_THIS).values(source_id=bindparam("to"))
_PAGE = 64
_OF_THE_INDEX = "memory vectors"  # the turn of whoever makes it or adds to it
_MILLISECOND = timedelta(milliseconds=1)


class SqlMemoryStore(MemoryStore, MemoryCatalog):
    """Embeds outside of transactions and decides inside; without an embedder, words have to do.

    The vectors of each user are held in an ``index`` in this process, filled up from the database
    before every search; with ``compares``, the database compares them where it can.
    """

    def __init__(
        self,
        database: Transactor,
        *,
        clock: Clock,
        embedder: Embedder | None,
        rules: RetrievalRules,
        index: Callable[[int], VectorIndex] = ExactIndex,
        compares: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._embedder = embedder
        self._rules = rules
        self._answering = Answering(
            database=database,
            clock=clock,
            embedder=embedder,
            rules=rules,
            made=partial(DatabaseVectors if compares else HeldVectors, made=index),
            turn=_OF_THE_INDEX if compares else None,
        )

    async def put(self, document: Document) -> None:
        def known(connection: Connection) -> bool:
            return connection.execute(_KNOWN, _key(document)).first() is not None

        if await self._database.transact(known):
            raise AlreadyRemembered(source_type=document.source_type, source_id=document.source_id)
        await self.upsert_many([document])

    async def upsert_many(self, documents: Iterable[Document]) -> Written:
        latest = {(each.user_id, each.source_type, each.source_id): each for each in documents}
        waiting, written = [*latest.values()], Written(changed=0, unchanged=0, embedded=0)
        while waiting:
            # A document that somebody else changed in between comes back to be embedded.
            waiting, done = await self._write(waiting)
            written = written.plus(done)
        return written

    async def delete(self, user_id: UserId, source_type: SourceType, source_id: str) -> bool:
        at = self._clock.now()
        key = _named(user_id, source_type, source_id)
        return await self._database.transact(
            lambda connection: connection.execute(_HIDE, {**key, "at": at}).rowcount > 0
        )

    async def forget(self, user_id: UserId, source_type: SourceType, source_id: str) -> bool:
        key = _named(user_id, source_type, source_id)

        def erase(connection: Connection) -> bool:
            found = connection.execute(_KNOWN, key).first()
            if found is None:
                return False
            if found.session:
                retell_answer(connection, user_id, (found.session, found.position), "")
            connection.execute(_DROP_CHUNKS, {"owner": user_id, "number": found.id})
            drop_statements(connection, user_id, found.id)
            connection.execute(_DROP_DOCUMENT, key)
            return True

        return await self._database.transact(erase)

    async def rename(
        self, user_id: UserId, source_type: SourceType, source_id: str, *, to: str
    ) -> bool:
        key = _named(user_id, source_type, source_id)

        def move(connection: Connection) -> bool:
            taken = connection.execute(_KNOWN, {**key, "named": to}).first()
            if taken is not None:
                raise AlreadyRemembered(source_type=source_type, source_id=to)
            return connection.execute(_RENAME, {**key, "to": to}).rowcount > 0

        return await self._database.transact(move)

    async def reindex(self, user_id: UserId, *, source_type: SourceType | None = None) -> int:
        done = told = 0
        while page := await self._reindex_page(user_id, source_type):
            done += page
            if done >= 2 * told:
                # Whoever holds vectors reads all of them again: told as they double, not by page.
                await self._tell_renewed(user_id)
                told = done
        if done > told:
            await self._tell_renewed(user_id)
        return done

    async def kept(self, user_id: UserId, source_type: SourceType) -> Mapping[str, Kept]:
        asked = {"owner": user_id, "kind": source_type.value}
        rows = await self._database.transact(
            lambda connection: connection.execute(_KEPT, asked).all()
        )
        return {
            row.source_id: Kept(
                content_hash=row.content_hash,
                body_hash=row.body_hash,
                metadata=json.loads(row.metadata_json),
                is_deleted=row.deleted_at is not None,
            )
            for row in rows
        }

    async def remembered(
        self, user_id: UserId, *, after: int, limit: int
    ) -> tuple[tuple[int, Document], ...]:
        page = (
            select(MEMORY_DOCUMENTS)
            .where(D.user_id == user_id, D.deleted_at.is_(None), D.id > after)
            .order_by(D.id)
            .limit(limit)
        )
        rows = await self._database.transact(lambda connection: connection.execute(page).all())
        return tuple((row.id, document_of(row)) for row in rows)

    async def statements(
        self, user_id: UserId, sources: Sequence[tuple[SourceType, str]]
    ) -> tuple[Statement, ...]:
        return await self._database.transact(
            lambda connection: statements_from(connection, user_id, sources)
        )

    async def search(
        self, query: str, *, user_id: UserId, k: int | None = None, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        if not query.strip():
            return ()
        return await self._answering.answer(
            query,
            user_id=user_id,
            limit=self._rules.limit(k),
            filters=filters or Filters(),
        )

    async def _reindex_page(self, user_id: UserId, source_type: SourceType | None) -> int:
        """Embed a page of what is outdated and return how many chunks it had."""
        embedder = self._embedder
        if embedder is None:
            return 0
        version, all_of_them = embedder.version, embedder.is_local
        rows = await self._database.transact(
            lambda connection: _outdated(
                connection, user_id, version, source_type=source_type, all_of_them=all_of_them
            )
        )
        began = self._clock.now()
        vectors = await asyncio.to_thread(embedder.embed, [each.searchable for each in rows])
        took_ms = (self._clock.now() - began) // _MILLISECOND
        keys = [row.id for row in rows]

        def write(connection: Connection) -> None:
            write_vectors(connection, user_id, keys, vectors, version=version)
            for each in embedded_again(rows):
                call = embedding(each, embedder, at=began, took_ms=took_ms, user_id=user_id)
                record_once(connection, user_id, call)

        await self._database.transact(write)
        return len(rows)

    async def _tell_renewed(self, user_id: UserId) -> None:
        await self._database.transact(lambda connection: next_value(connection, user_id, RENEWALS))

    @property
    def _version(self) -> str:
        return self._embedder.version if self._embedder is not None else ""

    async def _write(self, documents: Sequence[Document]) -> tuple[list[Document], Written]:
        """Return what could not be written as it was, and what was."""

        def read(connection: Connection) -> tuple[list[Document], Questions]:
            changed = _changed(connection, documents)
            return changed, questions_before(connection, changed)

        stale, questions = await self._database.transact(read)
        ready = await asyncio.to_thread(
            lambda: prepared(stale, questions, embedder=self._embedder, clock=self._clock)
        )
        at = self._clock.now()
        late = await self._database.transact(
            lambda connection: self._keep(connection, documents, ready, at)
        )
        left = {id(each) for each in late}
        kept = [each for key, each in ready.items() if key not in left]
        return late, Written(
            changed=len(kept),
            unchanged=len(documents) - len(late) - len(kept),
            embedded=sum(len(each.chunks) for each in kept if each.vectors is not None),
        )

    def _keep(
        self,
        connection: Connection,
        documents: Sequence[Document],
        ready: Mapping[int, Prepared],
        at: datetime,
    ) -> list[Document]:
        """Write what is ready, renew what is unchanged, and return what changed in between."""
        prepare_words(connection)
        late, back = [], set[UserId]()
        for document in documents:
            found = connection.execute(_KNOWN, _key(document)).first()
            # As of now: a note may have been marked since it was read.
            is_local = is_marked(connection, document)
            row = document_row(document, at=at) | ({"local_only": True} if is_local else {})
            if found is not None and found.content_hash == document.content_hash:
                del row["changed_at"]
                if found.deleted_at is not None:
                    back.add(document.user_id)
                connection.execute(
                    update(MEMORY_DOCUMENTS).where(D.user_id == document.user_id, D.id == found.id),
                    row,
                )
                keep_statements(connection, document, found.id, at=at, is_changed=False)
            elif (prepared := ready.get(id(document))) is not None:
                number = _document_number(connection, row, found and found.id, at=at)
                self._keep_chunks(connection, prepared, number)
                _retell_answer(connection, document, is_new=found is None)
                keep_statements(connection, document, number, at=at, is_changed=True)
                self._log_chunks(connection, prepared, at=at)
            else:
                late.append(document)
        for user_id in back:
            # Its vectors are older than the last that others hold: they have to look anew.
            next_value(connection, user_id, RENEWALS)
        return late

    def _keep_chunks(self, connection: Connection, prepared: Prepared, number: int) -> None:
        own = {"owner": prepared.document.user_id, "number": number}
        connection.execute(_DROP_CHUNKS, own)
        rows = [
            chunk_row(
                prepared.document,
                chunk,
                number=number,
                searchable=prepared.texts[position],
                vector=None if prepared.vectors is None else prepared.vectors[position],
                version=self._version,
            )
            for position, chunk in enumerate(prepared.chunks)
        ]
        if rows:
            connection.execute(_INSERT_CHUNKS, rows)

    def _log_chunks(self, connection: Connection, prepared: Prepared, *, at: datetime) -> None:
        document, embedder = prepared.document, self._embedder
        if prepared.vectors is None or not prepared.chunks or embedder is None:
            return
        what = Embedded(
            kind=KINDS[document.source_type],
            texts=prepared.texts,
            key=document.source_id,
            source=document.named,
            labels=document.labels,
        )
        row = embedding(what, embedder, at=at, took_ms=prepared.took_ms, user_id=document.user_id)
        record_once(connection, document.user_id, row)


def _retell_answer(connection: Connection, document: Document, *, is_new: bool) -> None:
    """Have what follows a turn be found by its question: one that is new, or has changed."""
    asked = question_in(document)
    if document.session and (asked or not is_new):
        retell_answer(connection, document.user_id, spot_of(document), asked)


def _key(document: Document) -> dict[str, Any]:
    return _named(document.user_id, document.source_type, document.source_id)


def _named(user_id: UserId, source_type: SourceType, source_id: str) -> dict[str, Any]:
    return {"owner": user_id, "kind": source_type.value, "named": source_id}


def _changed(connection: Connection, documents: Sequence[Document]) -> list[Document]:
    """Return those whose content is not what is kept."""
    return [
        document
        for document in documents
        if (found := connection.execute(_KNOWN, _key(document)).first()) is None
        or found.content_hash != document.content_hash
    ]


def _document_number(
    connection: Connection, row: dict[str, Any], number: int | None, *, at: datetime
) -> int:
    """Write the document's row and return its number."""
    if number is None:
        new = {**row, "created_at": at, "owner": row["user_id"]}
        return int(connection.execute(_INSERT_DOCUMENT, new).scalar_one())
    this = (D.user_id == row["user_id"], D.id == number)
    connection.execute(update(MEMORY_DOCUMENTS).where(*this), {**row, "read_at": None})
    return number


def _outdated(
    connection: Connection,
    user_id: UserId,
    version: str,
    *,
    source_type: SourceType | None,
    all_of_them: bool,
) -> Sequence[Row[Any]]:
    """Return a page of chunks that another embedder made the vectors of, or none did.

    Without ``all_of_them`` what stays on this machine is left out.
    """
    query = (
        select(C.id, C.searchable, *OF_A_CALL)
        .join_from(MEMORY_CHUNKS, MEMORY_DOCUMENTS)
        .where(C.user_id == user_id, D.deleted_at.is_(None))
        .where(or_(C.embedding_version.is_(None), C.embedding_version != version))
        .order_by(C.id)
        .limit(_PAGE)
    )
    if not all_of_them:
        query = query.where(D.local_only.is_(False))
    if source_type is not None:
        query = query.where(D.source_type == source_type.value)
    return connection.execute(query).all()
