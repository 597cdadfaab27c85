"""The calls of an embedder, in the log of model calls like all others: free, and counted."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from donna_adapters.sql.stores.invocations import SqlInvocationLog
from donna_core.domain.ids import CallId, RequestId, UserId
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_memory.documents import SourceType

QUERY = "embed_memory_query"
KINDS = {
    SourceType.VAULT: "embed_vault_chunk",
    SourceType.CHAT: "embed_chat_turn",
    SourceType.TASK: "embed_task",
    SourceType.CORRECTION: "embed_correction",
}
"""The task type of an embedding, by where the text came from."""

_CALLER = "memory"
_LOCAL = "local"


def embedding(
    kind: str, texts: Sequence[str], *, named: str, version: str, at: datetime, took_ms: int
) -> Invocation:
    """Return the row for the texts of one document, or of one question, embedded together.

    Its id follows from what it is about, so that a decision that runs again writes the same
    row. The texts are kept where they came from, and here only their hash.
    """
    digest = sha256("\0".join([kind, *texts]).encode("utf-8", "surrogatepass")).hexdigest()
    own = sha256(f"{named}\0{at.isoformat()}\0{digest}".encode()).hexdigest()[:40]
    return Invocation(
        id=CallId(f"embed-{own}"),
        at=at,
        task_type=kind,
        request_id=RequestId(f"embed-{own}"),
        model_alias=version,
        model_actual=f"{_LOCAL}/{version}",
        provider=_LOCAL,
        input_hash=digest,
        outcome=Outcome.ANSWERED,
        caller=_CALLER,
        latency_ms=took_ms,
    )


def log_call(connection: Connection, user_id: UserId, row: Invocation) -> None:
    """Write the row down; the same texts at the same instant are one call."""
    calls = SqlInvocationLog(connection, user_id)
    if calls.get(row.id) is None:
        calls.record([row])
