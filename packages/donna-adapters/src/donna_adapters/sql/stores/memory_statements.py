"""Statements as rows: settled with each document that is kept, erased with it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve
from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)

from donna_adapters.sql.listed import number_in
from donna_adapters.sql.listed import numbers as as_bound
from donna_adapters.sql.memory_tables import MEMORY_DOCUMENTS, MEMORY_STATEMENTS
from donna_adapters.sql.stores.memory_rows import D
from donna_core.domain.ids import UserId
from donna_memory.documents import Document, SourceType
from donna_memory.statements import Claim, Statement, claims_of, told

S = MEMORY_STATEMENTS.c
_LONGEST = 500
_ROWS: Select[Any] = select(
    S.about, S.document_id, S.subject, S.attribute, S.value, S.valid_from, S.valid_to, S.learnt_at,
    S.told_by, D.source_type, D.source_id,
).select_from(MEMORY_STATEMENTS.join(MEMORY_DOCUMENTS))  # fmt: skip
_OF_DOCUMENT = and_(S.user_id == bindparam("owner"), S.document_id == bindparam("number"))
_STATED = select(S.document_id, S.about, S.valid_to).where(
    S.user_id == bindparam("owner"), number_in(S.document_id, "numbers")
)
_DROP = delete(MEMORY_STATEMENTS).where(_OF_DOCUMENT)
_CLOSE = (
    update(MEMORY_STATEMENTS)
    .where(_OF_DOCUMENT, S.valid_to.is_(None), S.about == bindparam("key"))
    .values(valid_to=bindparam("at"))
)
_REOPEN = (
    update(MEMORY_STATEMENTS)
    .where(
        S.user_id == bindparam("owner"),
        S.about == bindparam("key"),
        S.valid_to == bindparam("start"),
    )
    .values(valid_to=bindparam("end"))
)


def keep_statements(
    connection: Connection, document: Document, number: int, *, at: datetime, is_changed: bool
) -> None:
    """Settle what the document states by the rules with what was held before.

    What a model told of it holds until its content changes.
    """
    own = and_(S.user_id == document.user_id, S.document_id == number, S.valid_to.is_(None))
    has_stated = connection.execute(select(S.about).where(own, S.told_by == "").limit(1)).first()
    told_now = _as_changed(document) if has_stated else document
    settle(connection, document, number, claims_of(told_now, at=at), at=at)
    if is_changed:
        connection.execute(
            update(MEMORY_STATEMENTS).where(own, S.told_by != "").values(valid_to=at)
        )


def settle(
    connection: Connection,
    document: Document,
    number: int,
    several: Sequence[Claim],
    *,
    at: datetime,
    told_by: str = "",
) -> None:
    """Settle what the document states, by the rules or by a model, with what was held before."""
    owner = document.user_id
    claims = {_about(claim.key): claim for claim in several}
    before = _ROWS.where(S.user_id == owner)
    mine = S.told_by != "" if told_by else S.told_by == ""
    own = connection.execute(
        before.where(S.document_id == number, S.valid_to.is_(None), mine)
    ).all()
    for about in sorted({row.about for row in own} - claims.keys()):
        # It says so no longer, and nobody says otherwise.
        connection.execute(_CLOSE, {"owner": owner, "number": number, "key": about, "at": at})
    if not claims:
        return
    known: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(before.where(S.about.in_(sorted(claims)))):
        known[row.about].append(row)
    source = (document.source_type, document.source_id)
    for about, claim in claims.items():
        rows = known[about]
        old = [_statement(row) for row in rows]
        new = told(old, claim, source=source, at=at, told_by=told_by)
        if sorted(old, key=_start) == list(new):
            continue
        numbers = {(row.source_type, row.source_id): row.document_id for row in rows}
        numbers[source[0].value, source[1]] = number
        connection.execute(delete(MEMORY_STATEMENTS).where(S.user_id == owner, S.about == about))
        connection.execute(
            insert(MEMORY_STATEMENTS),
            [
                {
                    "user_id": owner,
                    "about": about,
                    "document_id": numbers[each.source_type.value, each.source_id],
                    "subject": each.subject,
                    "attribute": each.attribute,
                    "value": each.value,
                    "valid_from": each.valid_from,
                    "valid_to": each.valid_to,
                    "learnt_at": each.learnt_at,
                    "told_by": each.told_by,
                }
                for each in new
            ],
        )


def _as_changed(document: Document) -> Document:
    """Return a note that stated something before as of the change of its file.

    What it says otherwise now did not hold since the date that stands at its head.
    """
    changed = document.metadata.get("mtime_ns")
    if not isinstance(changed, int):
        return document
    return evolve(document, time=datetime.fromtimestamp(changed / 1e9, UTC))


def drop_statements(connection: Connection, user_id: UserId, number: int) -> None:
    """Erase what the document stated; what it superseded holds again."""
    own = {"owner": user_id, "number": number}
    stated = connection.execute(_ROWS.where(_OF_DOCUMENT).order_by(S.valid_from), own).all()
    connection.execute(_DROP, own)
    for row in stated:
        until = {"owner": user_id, "key": row.about, "start": row.valid_from, "end": row.valid_to}
        connection.execute(_REOPEN, until)


def statements_from(
    connection: Connection, user_id: UserId, sources: Sequence[tuple[SourceType, str]]
) -> tuple[Statement, ...]:
    """Return what these documents state or stated, and what superseded it, by key and day."""
    these = tuple_(D.source_type, D.source_id).in_([(kind.value, name) for kind, name in sources])
    theirs = _ROWS.where(S.user_id == user_id, these)
    found = {row.about for row in connection.execute(theirs)} if sources else set()
    if not found:
        return ()
    rows = connection.execute(
        _ROWS.where(
            S.user_id == user_id, S.about.in_(sorted(found)), D.deleted_at.is_(None)
        ).order_by(S.about, S.valid_from)
    )
    return tuple(map(_statement, rows))


def believed_now(connection: Connection, user_id: UserId, *, limit: int) -> tuple[Statement, ...]:
    """Return what holds now but for tasks and what stays here, the latest learnt first."""
    rows = connection.execute(
        _ROWS.where(S.user_id == user_id, S.valid_to.is_(None), D.deleted_at.is_(None))
        .where(D.source_type != SourceType.TASK.value, D.local_only.is_(False))
        .order_by(S.learnt_at.desc(), S.about)
        .limit(limit)
    )
    return tuple(map(_statement, rows))


def superseded(
    connection: Connection, user_id: UserId, numbers: Collection[int]
) -> dict[int, frozenset[int]]:
    """Return which of the documents state nothing that is true now, with those that do instead."""
    own = {"owner": user_id, "numbers": as_bound(numbers)}
    stated = connection.execute(_STATED, own).all()
    true = {row.document_id for row in stated if row.valid_to is None}
    asked = {row.about for row in stated if row.document_id not in true}
    if not asked:
        return {}
    now = _ROWS.where(
        S.user_id == user_id,
        S.about.in_(sorted(asked)),
        S.valid_to.is_(None),
        D.deleted_at.is_(None),
    )
    holding = {row.about: row.document_id for row in connection.execute(now)}
    found: dict[int, frozenset[int]] = {}
    for row in stated:
        if row.document_id not in true and row.about in holding:
            others = found.get(row.document_id, frozenset())
            found[row.document_id] = others | {holding[row.about]}
    return found


def _about(key: tuple[str, str]) -> str:
    return "\n".join(key)[:_LONGEST]


def _start(statement: Statement) -> datetime:
    return statement.valid_from


def _statement(row: Row[Any]) -> Statement:
    return Statement(
        subject=row.subject,
        attribute=row.attribute,
        value=row.value,
        source_type=SourceType(row.source_type),
        source_id=row.source_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        learnt_at=row.learnt_at,
        told_by=row.told_by,
    )
