"""The calls of an embedder, in the log of model calls like all others: free, and counted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from attrs import frozen
from sqlalchemy import Row

from donna_adapters.sql.stores.memory_rows import LABELS, D, labels_of
from donna_core.domain.ids import CallId, RequestId, UserId
from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_memory.documents import SourceType, named
from donna_memory.ports import Embedder

QUERY = "embed_memory_query"
KINDS = {
    SourceType.VAULT: "embed_vault_chunk",
    SourceType.CHAT: "embed_chat_turn",
    SourceType.TASK: "embed_task",
    SourceType.CORRECTION: "embed_correction",
}
"""The task type of an embedding, by where the text came from."""

OF_A_CALL = (D.source_type, D.source_id, D.uri, *LABELS.values())
"""What a row of the log says of the document that a chunk is of."""

_CALLER = "memory"
_LOCAL, _ELSEWHERE = "local", "elsewhere"


@frozen(kw_only=True)
class Embedded:
    """What was embedded together: the texts of one document, or of one question.

    ``key`` is the document's own and ``source`` its name; both are empty for a question.
    """

    kind: str
    texts: tuple[str, ...]
    key: str = ""
    source: str = ""
    labels: Labels = NO_LABELS


def embedding(
    what: Embedded, embedder: Embedder, *, at: datetime, took_ms: int, user_id: UserId
) -> Invocation:
    """Return the row for what was embedded.

    Its id follows from what it is about, so that a decision that runs again writes the same
    row. The texts are kept where they came from, and here only their hash.
    """
    kind, texts, version = what.kind, what.texts, embedder.version
    provider = _LOCAL if embedder.is_local else _ELSEWHERE
    told = "\0".join([kind, *texts]).encode("utf-8", "surrogatepass")
    digest = sha256(told).hexdigest()
    own = sha256(f"{what.key or user_id}\0{at.isoformat()}\0{digest}".encode()).hexdigest()[:40]
    return Invocation(
        id=CallId(f"embed-{own}"),
        at=at,
        task_type=kind,
        request_id=RequestId(f"embed-{own}"),
        model_alias=version,
        model_actual=f"{provider}/{version}",
        provider=provider,
        input_hash=digest,
        outcome=Outcome.ANSWERED,
        caller=_CALLER,
        latency_ms=took_ms,
        bytes_sent=0 if embedder.is_local else _size(texts),
        sources=(what.source,) if what.source else (),
        labels=what.labels,
    )


def embedded_again(rows: Iterable[Row[Any]]) -> Iterator[Embedded]:
    """Yield what chunks were embedded together, document by document."""
    for (kind, key), chunks in groupby(rows, key=lambda row: (row.source_type, row.source_id)):
        several = [*chunks]
        yield Embedded(
            kind=KINDS[SourceType(kind)],
            texts=tuple(row.searchable for row in several),
            key=key,
            source=named(several[0].uri, kind, key),
            labels=labels_of(several[0]),
        )


def _size(texts: Iterable[str]) -> int:
    return sum(len(each.encode("utf-8", "surrogatepass")) for each in texts)
