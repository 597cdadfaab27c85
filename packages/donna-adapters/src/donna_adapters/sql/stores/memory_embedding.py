"""Documents made ready to be kept: cut into chunks, with vectors where they may and can be made."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

import numpy as np
from attrs import frozen

from donna_adapters.sql.stores.memory_turns import Questions, spot_of
from donna_core.domain.errors import Degraded
from donna_core.ports.clock import Clock
from donna_memory.chunking import chunks_of
from donna_memory.documents import Chunk, Document, Label
from donna_memory.ports import Embedder, Vectors

_MILLISECOND = timedelta(milliseconds=1)


@frozen(kw_only=True)
class Prepared:
    """A document that is new or changed; ``texts`` are what its chunks are found by."""

    document: Document
    chunks: tuple[Chunk, ...]
    texts: tuple[str, ...]
    vectors: Vectors | None
    took_ms: int


def prepared(
    documents: Sequence[Document],
    questions: Questions,
    *,
    embedder: Embedder | None,
    clock: Clock,
) -> dict[int, Prepared]:
    """Cut the documents and embed what may be shown in one batch; by the document's id.

    Where the embedder cannot be reached they are kept without vectors, until they are reindexed.
    """
    cut = [chunks_of(document) for document in documents]
    told = [_texts(*each, questions) for each in zip(documents, cut, strict=True)]
    shown = [may_be_shown(document, embedder) for document in documents]
    began = clock.now()
    vectors = embedded(
        embedder,
        [*chain(*(texts for texts, is_shown in zip(told, shown, strict=True) if is_shown))],
    )
    took_ms = (clock.now() - began) // _MILLISECOND
    done: dict[int, Prepared] = {}
    start = 0
    for document, chunks, texts, is_shown in zip(documents, cut, told, shown, strict=True):
        own = vectors[start : start + len(chunks)] if is_shown and vectors is not None else None
        start += len(chunks) if is_shown else 0
        done[id(document)] = Prepared(
            document=document, chunks=chunks, texts=texts, vectors=own, took_ms=took_ms
        )
    return done


def may_be_shown(document: Document, embedder: Embedder | None) -> bool:
    """Whether the embedder may be given the document: all of them where it is on this machine."""
    return embedder is None or embedder.is_local or Label.LOCAL_ONLY not in document.labels


def embedded(embedder: Embedder | None, texts: Sequence[str]) -> Vectors | None:
    """Return the vectors, or ``None`` where there is no embedder, or it cannot be reached."""
    if embedder is None:
        return None
    if not texts:
        return np.empty((0, embedder.dimension), np.float32)
    try:
        return embedder.embed(texts)
    except Degraded:
        return None


def _texts(document: Document, chunks: Sequence[Chunk], questions: Questions) -> tuple[str, ...]:
    asked = questions.get((document.user_id, spot_of(document)), "")
    named = {"title": document.title, "speaker": document.speaker, "asked": asked}
    return tuple(chunk.searchable(**named) for chunk in chunks)
