"""The ledger, the log of calls and the providers' health in memory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from heapq import nlargest

from donna_core.domain.ids import CallId
from donna_core.domain.spending.invocations import (
    CallFilter,
    CallSums,
    Dimension,
    Invocation,
    Outcome,
    assessed,
    without_texts,
)
from donna_core.domain.spending.ledger import (
    NOTHING,
    Account,
    Allowance,
    Amount,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
    released,
    settled,
)
from donna_core.domain.spending.limits import Breaker
from donna_core.local.journal import Journal, Table
from donna_core.ports.spending import InvocationLog, ProviderHealth, SpendLedger


class InMemorySpendLedger(SpendLedger):
    """Keeps entries by id and the sum of every account beside them."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[CallId, SpendEntry] = Table(journal)
        self._sums: Table[Account, Amount] = Table(journal)
        self._allowances: Table[str, Allowance] = Table(journal)

    def reserve(self, reservation: Reservation) -> None:
        if reservation.id in self._rows:
            raise ValueError(f"call {reservation.id} has an entry already: every attempt is one")
        entry = SpendEntry(reservation=reservation)
        self._rows.put(reservation.id, entry)
        self._book(entry, entry.amount)

    def settle(self, settlement: Settlement) -> SpendEntry | None:
        entry = self._rows.get(settlement.call_id)
        return None if entry is None else self._replace(entry, settled(entry, settlement))

    def release(self, call_id: CallId, *, at: datetime, note: str = "") -> SpendEntry | None:
        entry = self._rows.get(call_id)
        return None if entry is None else self._replace(entry, released(entry, at=at, note=note))

    def totals(self, accounts: Iterable[Account]) -> Mapping[Account, Amount]:
        return {account: self._sums.get(account) or Amount() for account in accounts}

    def select(
        self,
        *,
        states: Collection[SpendState] | None = None,
        lapsed_at: datetime | None = None,
        day: date | None = None,
    ) -> tuple[SpendEntry, ...]:
        found = [
            entry
            for entry in self._rows.values()
            if (states is None or entry.state in states)
            and (lapsed_at is None or entry.reservation.lapses_at <= lapsed_at)
            and (day is None or entry.reservation.day == day)
        ]
        return tuple(sorted(found, key=lambda entry: (entry.reservation.at, entry.reservation.id)))

    def allow(self, allowance: Allowance) -> None:
        if allowance.id not in self._allowances:
            self._allowances.put(allowance.id, allowance)

    def allowances(self, accounts: Iterable[Account]) -> tuple[Allowance, ...]:
        named = set(accounts)
        found = [each for each in self._allowances.values() if each.account in named]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    def _replace(self, former: SpendEntry, entry: SpendEntry) -> SpendEntry:
        if entry is not former:
            self._rows.put(entry.reservation.id, entry)
            self._book(entry, entry.amount - former.amount)
        return entry

    def _book(self, entry: SpendEntry, change: Amount) -> None:
        for account in entry.reservation.accounts:
            self._sums.put(account, (self._sums.get(account) or Amount()) + change)


class InMemoryInvocationLog(InvocationLog):
    """Keeps the calls of one user by id."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[CallId, Invocation] = Table(journal)

    def record(self, rows: Iterable[Invocation]) -> None:
        for row in rows:
            if row.id in self._rows:
                raise ValueError(f"call {row.id} is recorded already: every attempt has one row")
            self._rows.put(row.id, row)

    def get(self, call_id: CallId) -> Invocation | None:
        return self._rows.get(call_id)

    def select(self, wanted: CallFilter, *, limit: int) -> tuple[Invocation, ...]:
        found = (row for row in self._rows.values() if wanted.takes(row))
        return tuple(nlargest(limit, found, key=lambda row: (row.at, row.id)))

    def sums(self, wanted: CallFilter, *, by: Dimension) -> tuple[CallSums, ...]:
        groups: defaultdict[str | None, list[Invocation]] = defaultdict(list)
        for row in self._rows.values():
            if wanted.takes(row):
                groups[_name(row, by)].append(row)
        found = [_added_up(name, rows) for name, rows in groups.items()]
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
        row = self._rows.get(call_id)
        if row is None:
            return None
        known = assessed(
            row, quality_score=quality_score, was_right=was_right, spot_check=spot_check
        )
        self._rows.put(call_id, known)
        return known

    def forget_texts(self, *, before: datetime) -> int:
        old = [
            row
            for row in self._rows.values()
            if row.at < before and (row.prompt, row.output) != (None, None)
        ]
        for row in old:
            self._rows.put(row.id, without_texts(row))
        return len(old)


class InMemoryProviderHealth(ProviderHealth):
    """Keeps one breaker per provider."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, Breaker] = Table(journal)

    def get(self, provider: str) -> Breaker:
        return self._rows.get(provider) or Breaker()

    def save(self, provider: str, breaker: Breaker) -> None:
        self._rows.put(provider, breaker)

    def all(self) -> Mapping[str, Breaker]:
        return dict(sorted(self._rows.items()))


def _name(row: Invocation, by: Dimension) -> str | None:
    match by:
        case Dimension.CALLER:
            return row.caller
        case Dimension.MODEL:
            return row.model_actual
        case Dimension.TASK_TYPE:
            return row.task_type
        case Dimension.TASK:
            return row.task_id


def _added_up(name: str | None, rows: Sequence[Invocation]) -> CallSums:
    scores = [row.quality_score for row in rows if row.quality_score is not None]
    truths = [row.was_right for row in rows if row.was_right is not None]
    return CallSums(
        name=name,
        calls=len(rows),
        failures=sum(row.outcome is not Outcome.ANSWERED for row in rows),
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        latency_ms=sum(row.latency_ms for row in rows),
        billed=sum((row.cost for row in rows if row.billed), NOTHING),
        estimated=sum((row.cost for row in rows if not row.billed), NOTHING),
        judged=len(scores),
        quality=sum(scores) / len(scores) if scores else None,
        checked=len(truths),
        right=sum(truths) / len(truths) if truths else None,
    )
