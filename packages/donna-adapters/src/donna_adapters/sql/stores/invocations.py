"""The model calls of one user, a row for each attempt."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import asdict
from sqlalchemy import (
    Connection,
    Row,
    RowMapping,
    Select,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from donna_adapters.sql.statements import insert_unless_there
from donna_adapters.sql.tables import INVOCATION_LOG
from donna_core.domain.codec import to_json
from donna_core.domain.ids import CallId, UserId
from donna_core.domain.labels import Label
from donna_core.domain.spending.invocations import (
    EMBEDDING,
    CallFilter,
    CallSums,
    Dimension,
    Invocation,
    Outcome,
    assessed,
)
from donna_core.domain.spending.ledger import NOTHING, ModelLane
from donna_core.ports.spending import InvocationLog

_C = INVOCATION_LOG.c
_MINE = _C.user_id == bindparam("owner")
_NAMED = _C.id == bindparam("named")
_RECORD = insert(INVOCATION_LOG)
_RECORD_ONCE = insert_unless_there(INVOCATION_LOG, key=("user_id", "id"))
_ALL = select(INVOCATION_LOG).where(_MINE)
_GET = _ALL.where(_NAMED)
_KNOWN = select(_C.id).where(_MINE, _C.id.in_(bindparam("ids", expanding=True)))
_ASSESS = (
    update(INVOCATION_LOG)
    .where(_MINE, _NAMED)
    .values(
        quality_score=bindparam("score"),
        was_right=bindparam("truth"),
        spot_check_queued=bindparam("waiting"),
    )
)
_FORGET = (
    update(INVOCATION_LOG)
    .where(
        _MINE,
        _C.timestamp < bindparam("before"),
        or_(_C.prompt.is_not(None), _C.output_json.is_not(None)),
    )
    .values(prompt=None, output_json=None)
)
_GROUPS = {
    Dimension.CALLER: _C.caller,
    Dimension.MODEL: _C.model_actual,
    Dimension.TASK_TYPE: _C.task_type,
    Dimension.TASK: _C.task_id,
}
_SUMS = (
    func.count().label("calls"),
    func.sum(case((_C.outcome != Outcome.ANSWERED.value, 1), else_=0)).label("failures"),
    func.sum(_C.tokens_in).label("tokens_in"),
    func.sum(_C.tokens_out).label("tokens_out"),
    func.sum(_C.latency_ms).label("latency_ms"),
    func.sum(case((_C.billed, _C.cost))).label("billed"),
    func.sum(case((~_C.billed, _C.cost))).label("estimated"),
    func.count(_C.quality_score).label("judged"),
    func.avg(_C.quality_score).label("quality"),
    func.count(_C.was_right).label("checked"),
    func.sum(case((_C.was_right, 1), else_=0)).label("truths"),
)


class SqlInvocationLog(InvocationLog):
    """Keeps what is searched by in columns, the output as JSON."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def record(self, rows: Iterable[Invocation]) -> None:
        columns = [{"user_id": self._user_id, **_columns(row)} for row in rows]
        if not columns:
            return
        asked = {"owner": self._user_id, "ids": [each["id"] for each in columns]}
        known = self._connection.execute(_KNOWN, asked).scalars().first()
        if known is not None:
            raise ValueError(f"call {known} is recorded already: every attempt has one row")
        self._connection.execute(_RECORD, columns)

    def get(self, call_id: CallId) -> Invocation | None:
        asked = {"owner": self._user_id, "named": call_id}
        row = self._connection.execute(_GET, asked).mappings().one_or_none()
        return None if row is None else _invocation(row)

    def select(self, wanted: CallFilter, *, limit: int) -> tuple[Invocation, ...]:
        newest = _narrowed(_ALL, wanted).order_by(_C.timestamp.desc(), _C.id.desc()).limit(limit)
        rows = self._connection.execute(newest, {"owner": self._user_id}).mappings()
        return tuple(map(_invocation, rows))

    def sums(self, wanted: CallFilter, *, by: Dimension) -> tuple[CallSums, ...]:
        group = _GROUPS[by]
        added = _narrowed(select(group.label("name"), *_SUMS).where(_MINE), wanted).group_by(group)
        found = map(_call_sums, self._connection.execute(added, {"owner": self._user_id}))
        return tuple(
            sorted(found, key=lambda each: (-each.billed, -each.estimated, each.name or ""))
        )

    def assess(
        self,
        call_id: CallId,
        *,
        quality_score: float | None = None,
        was_right: bool | None = None,
        spot_check: bool | None = None,
    ) -> Invocation | None:
        row = self.get(call_id)
        if row is None:
            return None
        known = assessed(
            row, quality_score=quality_score, was_right=was_right, spot_check=spot_check
        )
        self._connection.execute(
            _ASSESS,
            {
                "owner": self._user_id,
                "named": call_id,
                "score": known.quality_score,
                "truth": known.was_right,
                "waiting": known.spot_check_queued,
            },
        )
        return known

    def forget_texts(self, *, before: datetime) -> int:
        asked = {"owner": self._user_id, "before": before}
        return self._connection.execute(_FORGET, asked).rowcount


def record_once(connection: Connection, user_id: UserId, row: Invocation) -> None:
    """Write a row whose id follows from what it says: one that is there is the same."""
    connection.execute(_RECORD_ONCE, {"user_id": user_id, **_columns(row)})


def _narrowed(statement: Select[Any], wanted: CallFilter) -> Select[Any]:
    pairs = (
        (_C.task_type, wanted.task_type),
        (_C.caller, wanted.caller),
        (_C.outcome, None if wanted.outcome is None else wanted.outcome.value),
        (_C.task_id, wanted.task_id),
        (_C.request_id, wanted.request_id),
        (_C.is_shadow, wanted.is_shadow),
        (_C.spot_check_queued, wanted.spot_check_queued),
    )
    for column, value in pairs:
        if value is not None:
            statement = statement.where(column == value)
    if wanted.model is not None:
        statement = statement.where(
            or_(_C.model_alias == wanted.model, _C.model_actual == wanted.model)
        )
    if wanted.sent is not None:
        statement = statement.where((_C.bytes_sent > 0) == wanted.sent)
    if not wanted.embeddings:
        statement = statement.where(~_C.task_type.startswith(EMBEDDING, autoescape=True))
    if wanted.since is not None:
        statement = statement.where(_C.timestamp >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(_C.timestamp < wanted.until)
    return statement


def _columns(row: Invocation) -> dict[str, Any]:
    columns = asdict(row, recurse=False)
    at, output = columns.pop("at"), columns.pop("output")
    del columns["sources"], columns["labels"]
    return {
        **columns,
        "timestamp": at,
        "outcome": row.outcome.value,
        "lane": row.lane.value,
        "output_json": None if output is None else to_json(output),
        "sources_json": to_json(row.sources),
        "labels_json": to_json(sorted(row.labels)),
    }


def _invocation(row: RowMapping) -> Invocation:
    fields = dict(row)
    at, output = fields.pop("timestamp"), fields.pop("output_json")
    sources, labels = fields.pop("sources_json"), fields.pop("labels_json")
    del fields["user_id"]
    return Invocation(
        **{
            **fields,
            "at": at,
            "outcome": Outcome(row["outcome"]),
            "lane": ModelLane(row["lane"]),
            "output": None if output is None else json.loads(output),
            "sources": tuple(json.loads(sources)),
            "labels": frozenset(map(Label, json.loads(labels))),
        }
    )


def _call_sums(row: Row[Any]) -> CallSums:
    return CallSums(
        name=row.name,
        calls=row.calls,
        failures=row.failures,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        latency_ms=row.latency_ms,
        billed=row.billed or NOTHING,
        estimated=row.estimated or NOTHING,
        judged=row.judged,
        quality=row.quality,
        checked=row.checked,
        right=row.truths / row.checked if row.checked else None,
    )
