"""Documents and chunks as rows, and the conditions that filters become."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from donna_adapters.sql.listed import number_in, numbers, pair_in, pairs
from donna_adapters.sql.memory_tables import MEMORY_CHUNKS, MEMORY_DOCUMENTS
from donna_core.domain.codec import to_json
from donna_core.domain.ids import UserId
from donna_memory.documents import Chunk, Document, Hit, Label, SourceType
from donna_memory.ports import Filters, Vectors
from donna_memory.retrieval import Candidate, Ranked

C, D = MEMORY_CHUNKS.c, MEMORY_DOCUMENTS.c
JOINED = MEMORY_CHUNKS.join(MEMORY_DOCUMENTS)
LABELS = {Label.UNTRUSTED: D.untrusted, Label.PRIVATE: D.private, Label.LOCAL_ONLY: D.local_only}
_FOUND: Select[Any] = select(
    C.id, C.document_id, C.thread, C.place, D.source_type, D.speaker, D.time,
).select_from(JOINED)  # fmt: skip
_WHOLE: Select[Any] = select(
    C.id, C.content, C.heading_path, C.thread, C.place,
    D.source_type, D.source_id, D.title, D.uri, D.session, D.speaker, D.time,
    D.untrusted, D.private, D.local_only, D.metadata_json,
).select_from(JOINED).where(number_in(C.id, "known"))  # fmt: skip


def document_row(document: Document, *, at: datetime) -> dict[str, Any]:
    """Return the columns that describe the document, without its number and its instants."""
    return {
        "user_id": document.user_id,
        "source_type": document.source_type.value,
        "source_id": document.source_id,
        "title": document.title,
        "uri": document.uri,
        "content_hash": document.content_hash,
        "body_hash": document.body_hash,
        "session": document.session,
        "position": document.position,
        "speaker": document.speaker,
        "time": document.time,
        **{column.name: label in document.labels for label, column in LABELS.items()},
        "marks": _marks(document),
        "metadata_json": to_json(dict(document.metadata)),
        "content": document.content,
        "changed_at": at,
        "deleted_at": None,
    }


def document_of(row: Row[Any]) -> Document:
    """Return the document that the row stands for; tags and people come in lower case."""
    marks = row.marks.split("\n")
    return Document(
        user_id=row.user_id,
        source_type=SourceType(row.source_type),
        source_id=row.source_id,
        content=row.content,
        title=row.title,
        uri=row.uri,
        time=row.time,
        session=row.session,
        position=row.position,
        speaker=row.speaker,
        labels=labels_of(row),
        tags=frozenset(mark[1:] for mark in marks if mark.startswith("#")),
        people=frozenset(mark[1:] for mark in marks if mark.startswith("@")),
        metadata=json.loads(row.metadata_json),
    )


def chunk_row(
    document: Document,
    chunk: Chunk,
    *,
    number: int,
    searchable: str,
    vector: Vectors | None,
    version: str | None,
) -> dict[str, Any]:
    """Return the columns of a chunk.

    A turn has its place in the conversation, a section in its note.
    """
    thread = document.session or f"{document.source_type.value}:{document.source_id}"
    return {
        "user_id": document.user_id,
        "document_id": number,
        "position": chunk.position,
        "thread": thread,
        "place": document.position if document.session else chunk.position,
        "heading_path": json.dumps(chunk.heading_path),
        "content": chunk.text,
        "searchable": searchable,
        "token_count": chunk.tokens,
        "embedding": None if vector is None else vector.astype("<f4").tobytes(),
        "embedding_version": None if vector is None else version,
    }


def searchable_of(row: Row[Any], *, asked: str) -> str:
    """Return what a chunk is found by, with the question that it answers now."""
    path = tuple(json.loads(row.heading_path))
    chunk = Chunk(
        position=row.position, text=row.content, tokens=row.token_count, heading_path=path
    )
    return chunk.searchable(title=row.title, speaker=row.speaker, asked=asked)


def vector_of(embedding: bytes) -> Vectors:
    """Return the numbers that rows keep, one after the other."""
    return np.frombuffer(embedding, "<f4").astype(np.float32)


CHUNK_IDS = select(C.id).select_from(JOINED)


def living(user_id: UserId, filters: Filters) -> Select[int]:
    """Return a selection of the ids of all chunks the user may see under the filters."""
    return CHUNK_IDS.where(*conditions(user_id, filters))


class By(Enum):
    """What some chunks are known by, with the condition for it."""

    KEY = (number_in(C.id, "known"), numbers)
    SPOT = (pair_in(C.thread, C.place, "known"), pairs)
    DOCUMENT = (number_in(C.document_id, "known"), numbers)


def candidates(
    connection: Connection, by: By, known: Collection[Any], user_id: UserId, filters: Filters
) -> Sequence[Row[Any]]:
    """Return the chunks of these keys, spots or documents that the user may see."""
    if not known:
        return ()
    _, bound = by.value
    return connection.execute(
        _narrowed(by, filters), {"owner": user_id, "known": bound(known)}
    ).all()


def whole(connection: Connection, keys: Collection[int]) -> Sequence[Row[Any]]:
    """Return the chunks of these keys as hits are made of them."""
    return connection.execute(_WHOLE, {"known": numbers(keys)}).all()


@lru_cache(maxsize=64)
def _narrowed(by: By, filters: Filters) -> Select[Any]:
    condition, _ = by.value
    # SQLite would rather go through all chunks of the user than look up a few hundred by their
    # numbers; it cannot where the user is compared as an expression.
    user = C.user_id.concat("") if by is By.KEY else C.user_id
    return _FOUND.where(user == bindparam("owner"), condition, *_let_through(filters))


def conditions(user_id: UserId, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield what a chunk has to meet."""
    yield C.user_id == user_id
    yield from _let_through(filters)


def _let_through(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield D.deleted_at.is_(None)
    if filters.sources:
        yield D.source_type.in_(sorted(source.value for source in filters.sources))
    if filters.session is not None:
        yield D.session == filters.session
    if filters.uri_prefix is not None:
        yield D.uri.startswith(filters.uri_prefix, autoescape=True)
    for mark in (_tag(filters.tag), _person(filters.person)):
        if mark:
            yield D.marks.contains(f"\n{mark}\n", autoescape=True)
    if filters.since is not None:
        yield D.time >= filters.since
    if filters.until is not None:
        yield D.time < filters.until
    for label in sorted(filters.without):
        yield LABELS[label].is_(False)


def candidate_of(
    row: Row[Any],
    *,
    bm25: float,
    cosine: float,
    replaced_by: frozenset[int],
    meaning: Callable[[int], Vectors | None],
) -> Candidate:
    """Return the row as something to be ranked."""
    return Candidate(
        key=row.id,
        source_type=SourceType(row.source_type),
        document=row.document_id,
        replaced_by=replaced_by,
        bm25=bm25,
        cosine=cosine,
        thread=row.thread,
        place=row.place,
        speaker=row.speaker,
        time=row.time,
        meaning=meaning,
    )


def hit_of(row: Row[Any], ranked: Ranked) -> Hit:
    """Return the row as an answer."""
    return Hit(
        source_type=SourceType(row.source_type),
        source_id=row.source_id,
        title=row.title,
        uri=row.uri,
        heading_path=tuple(json.loads(row.heading_path)),
        text=row.content,
        score=ranked.score,
        lexical=ranked.lexical,
        semantic=ranked.semantic,
        time=row.time,
        session=row.session,
        speaker=row.speaker,
        labels=labels_of(row),
        metadata=json.loads(row.metadata_json),
    )


def labels_of(row: Row[Any]) -> frozenset[Label]:
    """Return the labels of the document that the row is of."""
    return frozenset(label for label, column in LABELS.items() if getattr(row, column.name))


def _marks(document: Document) -> str:
    marks: Iterable[str] = (
        *sorted(filter(None, map(_tag, document.tags))),
        *sorted(filter(None, map(_person, document.people))),
    )
    return "".join(f"\n{mark}\n" for mark in marks)


def _tag(tag: str | None) -> str:
    return f"#{tag.casefold().removeprefix('#')}" if tag else ""


def _person(person: str | None) -> str:
    return f"@{person.casefold().removeprefix('@')}" if person else ""
