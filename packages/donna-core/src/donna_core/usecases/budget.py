"""The owner's hand on the money: what was spent, and allowing more of it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import frozen

from donna_core.domain.errors import InvalidInput, Refused
from donna_core.domain.spending.budget import SpendingRules
from donna_core.domain.spending.invocations import CallFilter, CallSums, Dimension
from donna_core.domain.spending.ledger import (
    NOTHING,
    Account,
    Allowance,
    Amount,
    Scope,
    SpendEntry,
    SpendState,
    day_account,
    month_account,
    month_of,
    task_account,
)
from donna_core.domain.spending.notices import dollars
from donna_core.domain.timing.zones import MIDNIGHT, instant_at, local
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve_one
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.spend import allowed

_TREND = 7
"""Over how many days the average for the rest of the month is taken."""


class RaiseTooHigh(Refused):
    """The configuration does not let a budget be raised so far; amounts are dollars."""

    def __init__(self, *, asked: Decimal, possible: Decimal, key: str) -> None:
        self.asked, self.possible = asked, possible
        super().__init__(
            f"{dollars(asked)} more is too much: {dollars(possible)} more is possible. "
            f"`donna config set donna_models.cost.{key}` changes that."
        )


@frozen(kw_only=True)
class Purse:
    """An account under its cap; ``limit`` includes what was allowed beyond it."""

    account: Account
    amount: Amount
    limit: Decimal
    raised: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be committed, never below nothing."""
        return max(self.limit - self.amount.committed, NOTHING)

    @property
    def share(self) -> float:
        """How much of the limit is committed, from 0; more than 1 where a cap was lowered."""
        if not self.limit:
            return 1.0
        return float(self.amount.committed / self.limit)


@frozen(kw_only=True)
class Statement:
    """What models cost on a local day and in its month, and who spent it.

    ``expected`` is what the month will have cost at the pace of the last days. ``by`` are this
    month's calls added up. ``unknown`` are entries whose real cost nobody knows, counted in
    full. ``caps`` are the purses of callers and lanes that have a cap of their own.
    """

    at: datetime
    day: Purse
    month: Purse
    caps: tuple[Purse, ...]
    expected: Decimal
    by: Mapping[Dimension, tuple[CallSums, ...]]
    unknown: tuple[SpendEntry, ...]
    allowances: tuple[Allowance, ...]

    @property
    def is_paused(self) -> bool:
        """Whether nothing is left of the day or of the month."""
        return not (self.day.left and self.month.left)


async def statement(runtime: Runtime) -> Statement:
    """Return what models cost today and this month."""
    at, rules = runtime.clock.now(), runtime.policy.spending
    return await runtime.unit_of_work.run(lambda stores: statement_of(stores, rules, at=at))


def statement_of(stores: Stores, rules: SpendingRules, *, at: datetime) -> Statement:
    """Return the statement at an instant, within a decision."""
    day = local(at, rules.zone).date()
    first = day.replace(day=1)
    wanted = CallFilter(since=instant_at(first, MIDNIGHT, rules.zone))
    accounts = (day_account(day), month_account(day))
    month = _purse(stores, accounts[1], rules.caps.monthly)
    return Statement(
        at=at,
        day=_purse(stores, accounts[0], rules.caps.daily),
        month=month,
        caps=_own_caps(stores, rules, day),
        expected=_expected(stores, month.amount, day),
        by={each: stores.invocations.sums(wanted, by=each) for each in Dimension},
        unknown=tuple(
            entry
            for entry in stores.spend.select(states={SpendState.KEPT})
            if entry.reservation.month == month_of(day)
        ),
        allowances=stores.spend.allowances(accounts),
    )


async def raise_budget(
    runtime: Runtime, amount: Decimal, *, until: Scope, approved_by: str
) -> Changed:
    """Allow so many dollars more until the end of the local day or of its month.

    Raise ``InvalidInput`` or ``RaiseTooHigh``.
    """
    origin = Origin.draw(runtime, "raise", f"{amount} {until}")
    rules = runtime.policy.spending
    day = local(origin.at, rules.zone).date()
    account = day_account(day) if until is Scope.DAY else month_account(day)

    def decide(stores: Stores) -> Changed:
        _check_raise(stores, rules, account, amount)
        recorder = Recorder(stores, runtime.policy, origin)
        recorder.allow(account, amount, approved_by=approved_by)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


async def approve(
    runtime: Runtime, reference: str, amount: Decimal | None, *, approved_by: str
) -> Changed:
    """Let work on a task cost so many dollars more; as much as any task may, where none is named.

    Raise ``TaskNotFound``, ``AmbiguousReference`` or ``InvalidInput``.
    """
    origin = Origin.draw(runtime, "approve", reference)
    more = runtime.policy.spending.caps.per_task if amount is None else amount

    def decide(stores: Stores) -> Changed:
        _check_amount(more)
        task = resolve_one(stores, reference)
        recorder = Recorder(stores, runtime.policy, origin)
        recorder.allow(task_account(task.id), more, approved_by=approved_by)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def spoken(stores: Stores, rules: SpendingRules, *, at: datetime, day: date) -> tuple[str, ...]:
    """Return a digest's lines on money for a local day; none in a month without any."""
    accounts = (day_account(day), month_account(local(at, rules.zone).date()))
    that_day, month = (
        _purse(stores, account, cap)
        for account, cap in zip(accounts, (rules.caps.daily, rules.caps.monthly), strict=True)
    )
    if not month.amount.committed:
        return ()
    spent = (
        f"{dollars(that_day.amount.committed)} of {dollars(that_day.limit)} for the day, "
        f"{dollars(month.amount.committed)} of {dollars(month.limit)} for the month"
    )
    if month.left:
        return (spent,)
    return spent, "paid models are paused until the month ends, or you raise it"


def _check_amount(amount: Decimal) -> None:
    if amount <= 0:
        raise InvalidInput(
            f"{amount} is no amount to allow. Name dollars above nothing: 5 or 2.50."
        )


def _check_raise(stores: Stores, rules: SpendingRules, account: Account, amount: Decimal) -> None:
    _check_amount(amount)
    so_far = allowed(stores, [account]).get(account, NOTHING)
    if account.scope is Scope.DAY:
        possible, key = rules.most_daily_increase - so_far, "max_daily_increase_usd"
    else:
        possible = rules.monthly_ceiling - rules.caps.monthly - so_far
        key = "monthly_ceiling_usd"
    if amount > possible:
        raise RaiseTooHigh(asked=amount, possible=max(possible, NOTHING), key=key)


def _purse(stores: Stores, account: Account, cap: Decimal) -> Purse:
    more = allowed(stores, [account]).get(account, NOTHING)
    amount = stores.spend.totals([account])[account]
    return Purse(account=account, amount=amount, limit=cap + more, raised=more)


def _own_caps(stores: Stores, rules: SpendingRules, day: date) -> tuple[Purse, ...]:
    caps = {
        **{(Scope.CALLER, name): cap for name, cap in rules.caps.per_caller.items()},
        **{(Scope.LANE, lane.value): cap for lane, cap in rules.caps.per_lane.items()},
    }
    return tuple(
        _purse(stores, Account(scope=scope, name=f"{day.isoformat()} {name}"), cap)
        for (scope, name), cap in caps.items()
    )


def _expected(stores: Stores, month: Amount, day: date) -> Decimal:
    """Return this month's sum at the average of the days just before, today included."""
    days = [day_account(day - timedelta(days=back)) for back in range(_TREND)]
    spent = sum((each.committed for each in stores.spend.totals(days).values()), NOTHING)
    rest = monthrange(day.year, day.month)[1] - day.day
    return month.committed + spent / _TREND * rest
