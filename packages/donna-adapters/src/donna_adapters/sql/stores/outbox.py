"""The deliveries of one user, in the order they were decided."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from attrs import evolve
from sqlalchemy import Connection, Row, and_, bindparam, case, exists, func, or_, select, update

from donna_adapters.sql.statements import any_of, next_value, numbered
from donna_adapters.sql.tables import OUTBOX
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.effects import Delivery, Message
from donna_core.domain.ids import TaskId, UserId
from donna_core.ports.outbox import DeliveryState, Lane, Outbox, OutboxRow, lane_of

_FENCES = "outbox_fence"
_PENDING, _IN_FLIGHT, _UNKNOWN = (
    DeliveryState.PENDING.value,
    DeliveryState.IN_FLIGHT.value,
    DeliveryState.UNKNOWN.value,
)
_OWNED = OUTBOX.c.user_id == bindparam("owner")
_NAMED = OUTBOX.c.key == bindparam("named")
_IS_PENDING = OUTBOX.c.state == _PENDING
_IS_CLAIMED = any_of(OUTBOX.c.state, [DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN])

_ADD = numbered(OUTBOX, OUTBOX.c.sequence).on_conflict_do_nothing(index_elements=["user_id", "key"])
_ALL = select(OUTBOX).where(_OWNED).order_by(OUTBOX.c.sequence)
_OF_LANE = (_OWNED, OUTBOX.c.lane == bindparam("on_lane"))
_AHEAD = OUTBOX.alias("ahead")
_ON_ITS_WAY = exists().where(
    _AHEAD.c.user_id == bindparam("owner"),
    _AHEAD.c.lane == bindparam("on_lane"),
    _AHEAD.c.lane != Lane.CALENDAR.value,
    _AHEAD.c.state == _IN_FLIGHT,
    _AHEAD.c.lease_until > bindparam("now"),
    _AHEAD.c.sequence < OUTBOX.c.sequence,
)
_MAY_GO = _ALL.where(
    *_OF_LANE,
    ~_ON_ITS_WAY,
    or_(
        and_(_IS_PENDING, OUTBOX.c.not_before <= bindparam("now")),
        and_(_IS_CLAIMED, OUTBOX.c.lease_until <= bindparam("now")),
    ),
).limit(bindparam("limit"))
_CLAIM = (
    update(OUTBOX)
    .where(_OWNED, _NAMED)
    .values(
        state=case((_IS_PENDING, _IN_FLIGHT), else_=_UNKNOWN),
        attempts=OUTBOX.c.attempts + 1,
        fence=bindparam("new_fence"),
        lease_until=bindparam("lease"),
        left_at=case(
            (_IS_PENDING, bindparam("leaving", type_=OUTBOX.c.left_at.type)),
            else_=OUTBOX.c.left_at,
        ),
    )
)
_SETTLE = (
    update(OUTBOX)
    .where(_OWNED, _NAMED, OUTBOX.c.fence == bindparam("held_fence"), _IS_CLAIMED)
    .values(
        state=bindparam("reached"),
        note=bindparam("remark"),
        not_before=func.coalesce(
            bindparam("again", type_=OUTBOX.c.not_before.type), OUTBOX.c.not_before
        ),
        # One that nobody knows the fate of is looked at again when its lease lapses.
        lease_until=case((bindparam("reached") == _UNKNOWN, OUTBOX.c.lease_until), else_=None),
        sent_at=func.coalesce(bindparam("gone_at", type_=OUTBOX.c.sent_at.type), OUTBOX.c.sent_at),
        remote_id=func.coalesce(bindparam("remote_name"), OUTBOX.c.remote_id),
    )
)
_QUARANTINE = (
    update(OUTBOX)
    .where(_OWNED, or_(_IS_PENDING, _IS_CLAIMED), OUTBOX.c.not_before < bindparam("before"))
    .values(state=DeliveryState.QUARANTINED.value, note=bindparam("remark"), lease_until=None)
)
_DUE = select(func.min(OUTBOX.c.not_before)).where(*_OF_LANE, _IS_PENDING)
_LAPSE = select(func.min(OUTBOX.c.lease_until)).where(*_OF_LANE, _IS_CLAIMED)


class SqlOutbox(Outbox):
    """Keeps deliveries as JSON beside what they are searched by."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def add(
        self, deliveries: Iterable[Delivery], *, at: datetime, cause: str | None = None
    ) -> None:
        mine = {"owner": self._user_id, "user_id": self._user_id, "cause": cause}
        rows = [{**mine, **_columns(delivery, at)} for delivery in deliveries]
        if rows:
            self._connection.execute(_ADD, rows)

    def claim(
        self, lane: Lane, *, now: datetime, lease_until: datetime, limit: int
    ) -> tuple[OutboxRow, ...]:
        asked = {"owner": self._user_id, "on_lane": lane.value, "now": now, "limit": limit}
        ripe = list(map(_outbox_row, self._connection.execute(_MAY_GO, asked)))
        if not ripe:
            return ()
        fence = next_value(self._connection, self._user_id, _FENCES)
        holder = {
            "owner": self._user_id,
            "new_fence": fence,
            "lease": lease_until,
            "leaving": now,
        }
        self._connection.execute(_CLAIM, [{**holder, "named": row.delivery.key} for row in ripe])
        return tuple(
            evolve(
                row,
                state=_next_state(row.state),
                attempts=row.attempts + 1,
                fence=fence,
                lease_until=lease_until,
                left_at=now if row.state is DeliveryState.PENDING else row.left_at,
            )
            for row in ripe
        )

    def settle(
        self,
        key: str,
        *,
        fence: int,
        state: DeliveryState,
        at: datetime,
        remote_id: str | None = None,
        not_before: datetime | None = None,
        note: str = "",
    ) -> bool:
        settled = self._connection.execute(
            _SETTLE,
            {
                "owner": self._user_id,
                "named": key,
                "held_fence": fence,
                "reached": state.value,
                "remark": note,
                "again": not_before if state is DeliveryState.PENDING else None,
                "gone_at": at if state is DeliveryState.SENT else None,
                "remote_name": remote_id,
            },
        )
        return settled.rowcount == 1

    def quarantine(self, *, before: datetime, note: str) -> int:
        asked = {"owner": self._user_id, "before": before, "remark": note}
        return int(self._connection.execute(_QUARANTINE, asked).rowcount)

    def next_due(self, lane: Lane) -> datetime | None:
        asked = {"owner": self._user_id, "on_lane": lane.value}
        found = [self._connection.execute(query, asked).scalar() for query in (_DUE, _LAPSE)]
        return min(filter(None, found), default=None)

    def select(
        self,
        *,
        lane: Lane | None = None,
        states: Collection[DeliveryState] | None = None,
        task_id: TaskId | None = None,
    ) -> tuple[OutboxRow, ...]:
        wanted = _ALL
        if lane is not None:
            wanted = wanted.where(OUTBOX.c.lane == lane.value)
        if states is not None:
            wanted = wanted.where(OUTBOX.c.state.in_([state.value for state in states]))
        if task_id is not None:
            wanted = wanted.where(OUTBOX.c.task_id == task_id)
        return tuple(map(_outbox_row, self._connection.execute(wanted, {"owner": self._user_id})))


def _columns(delivery: Delivery, at: datetime) -> dict[str, Any]:
    return {
        "key": delivery.key,
        "lane": lane_of(delivery).value,
        "kind": delivery.kind.value if isinstance(delivery, Message) else None,
        "task_id": delivery.task_id,
        "delivery_json": to_json(delivery),
        "state": _PENDING,
        "not_before": delivery.not_before if isinstance(delivery, Message) else at,
        "attempts": 0,
        "fence": 0,
        "note": "",
    }


def _next_state(state: DeliveryState) -> DeliveryState:
    return DeliveryState.IN_FLIGHT if state is DeliveryState.PENDING else DeliveryState.UNKNOWN


def _outbox_row(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        delivery=from_json(Delivery, row.delivery_json),
        state=DeliveryState(row.state),
        sequence=row.sequence,
        not_before=row.not_before,
        attempts=row.attempts,
        fence=row.fence,
        lease_until=row.lease_until,
        sent_at=row.sent_at,
        remote_id=row.remote_id,
        note=row.note,
        cause=row.cause,
        left_at=row.left_at,
    )
