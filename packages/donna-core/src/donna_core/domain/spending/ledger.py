"""The ledger of model calls: what is held for calls under way, and what was spent.

An entry begins as a reservation of the most its call can cost. Real usage settles it; where
nobody knows what was billed (a time-out, a lost reply, a process that died) the whole
reservation is kept as spent; it is released only where the call provably never left.
Money is dollars, rounded up to a billionth, so that every store adds up to the same sums.
"""

from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from attrs import evolve, field, frozen
from attrs.validators import ge, optional

from donna_core.domain.ids import CallId, RequestId, TaskId

NOTHING = Decimal(0)
SMALLEST = Decimal("0.000000001")


def to_dollars(amount: Decimal) -> Decimal:
    """Return the amount rounded up to a billionth of a dollar."""
    return amount.quantize(SMALLEST, rounding=ROUND_CEILING)


def _known_dollars(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else to_dollars(amount)


class ModelLane(StrEnum):
    """Who waits for the answer: a person (external), or only Donna herself (internal)."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Scope(StrEnum):
    """What an account adds up, from the narrowest to the widest."""

    REQUEST = "request"
    TASK = "task"
    CALLER = "caller"
    LANE = "lane"
    DAY = "day"
    MONTH = "month"


@frozen(kw_only=True)
class Account:
    """A sum in the ledger: all entries of one request, task, day, month, or caller's day."""

    scope: Scope
    name: str


@frozen(kw_only=True)
class Amount:
    """What an account holds, in dollars."""

    spent: Decimal = NOTHING
    reserved: Decimal = NOTHING

    @property
    def committed(self) -> Decimal:
        """What counts against a cap: spent, or held for calls whose cost is not known yet."""
        return self.spent + self.reserved

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(spent=self.spent + other.spent, reserved=self.reserved + other.reserved)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(spent=self.spent - other.spent, reserved=self.reserved - other.reserved)


@frozen(kw_only=True)
class Reservation:
    """What one attempt may cost at most, and on whose account.

    ``day`` is the owner's local day at ``at`` and stays what it was when the zone changes.
    ``lapses_at`` is the call's last deadline: an entry still reserved then was left behind.
    """

    id: CallId
    at: datetime
    day: date
    caller: str
    lane: ModelLane
    request_id: RequestId
    provider: str
    worst_case: Decimal = field(converter=to_dollars, validator=ge(NOTHING))
    lapses_at: datetime
    task_id: TaskId | None = None

    @property
    def month(self) -> str:
        """The month of the day, as ``2026-11``."""
        return month_of(self.day)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts this entry counts in, the narrowest first."""
        of_task = () if self.task_id is None else (task_account(self.task_id),)
        return (
            Account(scope=Scope.REQUEST, name=self.request_id),
            *of_task,
            Account(scope=Scope.CALLER, name=f"{self.day.isoformat()} {self.caller}"),
            Account(scope=Scope.LANE, name=f"{self.day.isoformat()} {self.lane}"),
            day_account(self.day),
            month_account(self.day),
        )


def month_of(day: date) -> str:
    """Return the month of the day, as ``2026-11``."""
    return f"{day:%Y-%m}"


def task_account(task_id: TaskId) -> Account:
    """Return the account of everything that was spent on a task."""
    return Account(scope=Scope.TASK, name=task_id)


def day_account(day: date) -> Account:
    """Return the account of one local day."""
    return Account(scope=Scope.DAY, name=day.isoformat())


def month_account(day: date) -> Account:
    """Return the account of the month this local day belongs to."""
    return Account(scope=Scope.MONTH, name=month_of(day))


class SpendState(StrEnum):
    """Where an entry stands; ``settled`` and ``released`` are final."""

    RESERVED = "reserved"
    SETTLED = "settled"
    KEPT = "kept"
    RELEASED = "released"


@frozen(kw_only=True)
class Settlement:
    """What a call cost in the end; ``cost`` is ``None`` where nobody knows: then all is kept."""

    call_id: CallId
    at: datetime
    cost: Decimal | None = field(converter=_known_dollars, validator=optional(ge(NOTHING)))
    note: str = ""


@frozen(kw_only=True)
class SpendEntry:
    """One attempt in the ledger. ``cost`` is what counts as spent, nothing while reserved."""

    reservation: Reservation
    state: SpendState = SpendState.RESERVED
    cost: Decimal = NOTHING
    closed_at: datetime | None = None
    note: str = ""

    @property
    def amount(self) -> Amount:
        """What the entry adds to each of its accounts."""
        if self.state is SpendState.RESERVED:
            return Amount(reserved=self.reservation.worst_case)
        return Amount(spent=self.cost)


def settled(entry: SpendEntry, settlement: Settlement) -> SpendEntry:
    """Return the entry once the cost is known, or given up on; a closed one stays as it is.

    Usage that comes to light later still corrects an entry that was kept for want of it.
    """
    if settlement.cost is not None:
        if entry.state not in {SpendState.RESERVED, SpendState.KEPT}:
            return entry
        state, cost = SpendState.SETTLED, settlement.cost
    else:
        if entry.state is not SpendState.RESERVED:
            return entry
        state, cost = SpendState.KEPT, entry.reservation.worst_case
    return evolve(entry, state=state, cost=cost, closed_at=settlement.at, note=settlement.note)


def released(entry: SpendEntry, *, at: datetime, note: str) -> SpendEntry:
    """Return the entry of a call that never left; a closed one stays as it is."""
    if entry.state is not SpendState.RESERVED:
        return entry
    return evolve(entry, state=SpendState.RELEASED, closed_at=at, note=note)


@frozen(kw_only=True)
class Allowance:
    """A raise that a person approved: the account's cap is higher by ``amount``.

    Days and months end, and the raise with them.
    """

    id: str
    at: datetime
    account: Account
    amount: Decimal = field(converter=to_dollars)
    approved_by: str
