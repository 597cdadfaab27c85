"""The ledger of one user: entries, and beside them the sum of every account they count in."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from donna_adapters.sql.statements import adding, insert_unless_there, upsert
from donna_adapters.sql.tables import PROVIDER_HEALTH, SPEND, SPEND_ALLOWANCE, SPEND_TOTAL
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.ids import CallId, UserId
from donna_core.domain.spending.ledger import (
    Account,
    Allowance,
    Amount,
    ModelLane,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
    released,
    settled,
)
from donna_core.domain.spending.limits import Breaker
from donna_core.ports.spending import ProviderHealth, SpendLedger

_MINE = SPEND.c.user_id == bindparam("owner")
_NAMED = SPEND.c.id == bindparam("named")
_RESERVE = insert(SPEND)
_ALL = select(SPEND).where(_MINE).order_by(SPEND.c.at, SPEND.c.id)
_GET = select(SPEND).where(_MINE, _NAMED)
_CLOSE = (
    update(SPEND)
    .where(_MINE, _NAMED)
    .values(
        state=bindparam("reached"),
        cost=bindparam("known_cost"),
        closed_at=bindparam("closing"),
        note=bindparam("remark"),
    )
)
_BOOK = adding(SPEND_TOTAL, key=["user_id", "scope", "name"], sums=["spent", "reserved"])
_TOTAL = select(SPEND_TOTAL.c.spent, SPEND_TOTAL.c.reserved).where(
    SPEND_TOTAL.c.user_id == bindparam("owner"),
    SPEND_TOTAL.c.scope == bindparam("of_scope"),
    SPEND_TOTAL.c.name == bindparam("named"),
)
_ALLOW = insert_unless_there(SPEND_ALLOWANCE, key=["user_id", "id"])
_ALLOWANCES = select(SPEND_ALLOWANCE).where(
    SPEND_ALLOWANCE.c.user_id == bindparam("owner"),
    SPEND_ALLOWANCE.c.scope == bindparam("of_scope"),
    SPEND_ALLOWANCE.c.name == bindparam("named"),
)
_HEALTH = select(PROVIDER_HEALTH).where(PROVIDER_HEALTH.c.user_id == bindparam("owner"))
_SAVE_HEALTH = upsert(PROVIDER_HEALTH)


class SqlSpendLedger(SpendLedger):
    """Books every entry and every change of one on its accounts, in the same transaction."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def reserve(self, reservation: Reservation) -> None:
        if self._get(reservation.id) is not None:
            raise ValueError(f"call {reservation.id} has an entry already: every attempt is one")
        entry = SpendEntry(reservation=reservation)
        self._connection.execute(_RESERVE, {"user_id": self._user_id, **_columns(entry)})
        self._book(entry, entry.amount)

    def settle(self, settlement: Settlement) -> SpendEntry | None:
        entry = self._get(settlement.call_id)
        return None if entry is None else self._replace(entry, settled(entry, settlement))

    def release(self, call_id: CallId, *, at: datetime, note: str = "") -> SpendEntry | None:
        entry = self._get(call_id)
        return None if entry is None else self._replace(entry, released(entry, at=at, note=note))

    def totals(self, accounts: Iterable[Account]) -> Mapping[Account, Amount]:
        found = {}
        for account in accounts:
            row = self._connection.execute(_TOTAL, self._asked(account)).one_or_none()
            found[account] = (
                Amount() if row is None else Amount(spent=row.spent, reserved=row.reserved)
            )
        return found

    def select(
        self,
        *,
        states: Collection[SpendState] | None = None,
        lapsed_at: datetime | None = None,
        day: date | None = None,
    ) -> tuple[SpendEntry, ...]:
        wanted = _ALL
        if states is not None:
            wanted = wanted.where(SPEND.c.state.in_([state.value for state in states]))
        if lapsed_at is not None:
            wanted = wanted.where(SPEND.c.lapses_at <= lapsed_at)
        if day is not None:
            wanted = wanted.where(SPEND.c.day == day.isoformat())
        return tuple(map(_entry, self._connection.execute(wanted, {"owner": self._user_id})))

    def allow(self, allowance: Allowance) -> None:
        self._connection.execute(
            _ALLOW,
            {
                "user_id": self._user_id,
                "id": allowance.id,
                "at": allowance.at,
                "scope": allowance.account.scope.value,
                "name": allowance.account.name,
                "amount": allowance.amount,
                "approved_by": allowance.approved_by,
            },
        )

    def allowances(self, accounts: Iterable[Account]) -> tuple[Allowance, ...]:
        found = [
            _allowance(row, account)
            for account in accounts
            for row in self._connection.execute(_ALLOWANCES, self._asked(account))
        ]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    def _get(self, call_id: CallId) -> SpendEntry | None:
        asked = {"owner": self._user_id, "named": call_id}
        row = self._connection.execute(_GET, asked).one_or_none()
        return None if row is None else _entry(row)

    def _replace(self, former: SpendEntry, entry: SpendEntry) -> SpendEntry:
        if entry is not former:
            self._connection.execute(
                _CLOSE,
                {
                    "owner": self._user_id,
                    "named": entry.reservation.id,
                    "reached": entry.state.value,
                    "known_cost": entry.cost,
                    "closing": entry.closed_at,
                    "remark": entry.note,
                },
            )
            self._book(entry, entry.amount - former.amount)
        return entry

    def _book(self, entry: SpendEntry, change: Amount) -> None:
        booked = {"spent": change.spent, "reserved": change.reserved}
        self._connection.execute(
            _BOOK,
            [
                {
                    "user_id": self._user_id,
                    "scope": account.scope.value,
                    "name": account.name,
                    **booked,
                }
                for account in entry.reservation.accounts
            ],
        )

    def _asked(self, account: Account) -> dict[str, str]:
        return {"owner": self._user_id, "of_scope": account.scope.value, "named": account.name}


class SqlProviderHealth(ProviderHealth):
    """Keeps one breaker per provider, as JSON."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self, provider: str) -> Breaker:
        return self.all().get(provider, Breaker())

    def save(self, provider: str, breaker: Breaker) -> None:
        self._connection.execute(
            _SAVE_HEALTH,
            {
                "user_id": self._user_id,
                "provider": provider,
                "breaker_json": to_json(breaker),
            },
        )

    def all(self) -> Mapping[str, Breaker]:
        rows = self._connection.execute(_HEALTH, {"owner": self._user_id})
        found = {row.provider: from_json(Breaker, row.breaker_json) for row in rows}
        return dict(sorted(found.items()))


def _columns(entry: SpendEntry) -> dict[str, Any]:
    held = entry.reservation
    return {
        "id": held.id,
        "at": held.at,
        "day": held.day.isoformat(),
        "caller": held.caller,
        "lane": held.lane.value,
        "request_id": held.request_id,
        "provider": held.provider,
        "task_id": held.task_id,
        "worst_case": held.worst_case,
        "lapses_at": held.lapses_at,
        "state": entry.state.value,
        "cost": entry.cost,
        "closed_at": entry.closed_at,
        "note": entry.note,
    }


def _entry(row: Row[Any]) -> SpendEntry:
    return SpendEntry(
        reservation=Reservation(
            id=row.id,
            at=row.at,
            day=date.fromisoformat(row.day),
            caller=row.caller,
            lane=ModelLane(row.lane),
            request_id=row.request_id,
            provider=row.provider,
            task_id=row.task_id,
            worst_case=row.worst_case,
            lapses_at=row.lapses_at,
        ),
        state=SpendState(row.state),
        cost=row.cost,
        closed_at=row.closed_at,
        note=row.note,
    )


def _allowance(row: Row[Any], account: Account) -> Allowance:
    return Allowance(
        id=row.id, at=row.at, account=account, amount=row.amount, approved_by=row.approved_by
    )
