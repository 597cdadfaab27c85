"""May this call be made? Caps, what is committed already, and the most the call can cost.

The rule is ``spent + reserved + worst case <= cap`` for every account the call counts in, so
that no order of calls, time-outs and late bills can go beyond a cap. A call that costs nothing
is never held up.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import assert_never
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.errors import ApprovalNeeded, BudgetPausedError
from donna_core.domain.spending.ledger import (
    NOTHING,
    Account,
    Amount,
    ModelLane,
    Reservation,
    Scope,
    day_account,
    month_account,
)


@frozen(kw_only=True)
class Caps:
    """The most that may be committed, in dollars.

    ``per_caller`` and ``per_lane`` are for one day; who is not named has no cap of its own.
    """

    daily: Decimal
    monthly: Decimal
    per_task: Decimal
    per_request: Decimal
    per_caller: Mapping[str, Decimal] = field(factory=dict)
    per_lane: Mapping[ModelLane, Decimal] = field(factory=dict)

    def of(self, scope: Scope, wish: Reservation) -> Decimal | None:
        """Return the cap of the wish's account of this scope, or ``None`` where it has none."""
        match scope:
            case Scope.REQUEST:
                return self.per_request
            case Scope.TASK:
                return self.per_task
            case Scope.CALLER:
                return self.per_caller.get(wish.caller)
            case Scope.LANE:
                return self.per_lane.get(wish.lane)
            case Scope.DAY:
                return self.daily
            case Scope.MONTH:
                return self.monthly
            case _:
                assert_never(scope)


@frozen(kw_only=True)
class SpendingRules:
    """How money is spent in this house.

    ``warn_daily_at`` and ``warn_monthly_at`` are the shares of the cap, from 0 to 1, at which
    the owner is told. A day is raised by ``most_daily_increase`` in all, a month to
    ``monthly_ceiling`` at most. Days are those of ``zone``.
    """

    caps: Caps
    zone: ZoneInfo
    warn_daily_at: tuple[Decimal, ...] = (Decimal("0.8"),)
    warn_monthly_at: tuple[Decimal, ...] = (Decimal("0.8"), Decimal("0.9"))
    most_daily_increase: Decimal = Decimal(10)
    monthly_ceiling: Decimal = Decimal(150)


@frozen(kw_only=True)
class Granted:
    """The wish fits under every cap."""


@frozen(kw_only=True)
class Denied:
    """The wish does not fit under the cap of ``account``; all amounts are dollars.

    ``label`` is what its owner calls a task: its number.
    """

    account: Account
    limit: Decimal
    amount: Amount
    asked: Decimal
    label: str = ""

    @property
    def left(self) -> Decimal:
        """What may still be committed under the cap, never below nothing."""
        return max(self.limit - self.amount.committed, NOTHING)


Verdict = Granted | Denied


def decide(
    wish: Reservation,
    *,
    caps: Caps,
    totals: Mapping[Account, Amount],
    allowed: Mapping[Account, Decimal],
) -> Verdict:
    """Return whether the wish may be reserved; the narrowest cap in its way is named.

    ``totals`` and ``allowed`` (what was approved beyond the cap) are by the wish's accounts;
    an account that is not in them holds nothing.
    """
    if not wish.worst_case:
        return Granted()
    for account in wish.accounts:
        cap = caps.of(account.scope, wish)
        if cap is None:
            continue
        limit = cap + allowed.get(account, NOTHING)
        amount = totals.get(account, Amount())
        if amount.committed + wish.worst_case > limit:
            return Denied(account=account, limit=limit, amount=amount, asked=wish.worst_case)
    return Granted()


def refusal(denied: Denied) -> BudgetPausedError | ApprovalNeeded:
    """Return the error that says which cap stands in the way and how to raise it."""
    if denied.account.scope is Scope.TASK:
        return ApprovalNeeded(
            denied.account.name,
            label=denied.label or denied.account.name,
            limit=denied.limit,
            spent=denied.amount.committed,
            asked=denied.asked,
        )
    return BudgetPausedError(
        denied.account.scope,
        limit=denied.limit,
        spent=denied.amount.spent,
        reserved=denied.amount.reserved,
        asked=denied.asked,
        left=denied.left,
        remedy=_REMEDIES[denied.account.scope],
    )


@frozen(kw_only=True)
class Reached:
    """A share of a day's or a month's cap that is spent; the owner is told of it once."""

    account: Account
    share: Decimal
    limit: Decimal
    spent: Decimal


def reached(
    rules: SpendingRules,
    day: date,
    *,
    totals: Mapping[Account, Amount],
    allowed: Mapping[Account, Decimal],
) -> tuple[Reached, ...]:
    """Return for the day and its month the highest share to warn at that is spent by now."""
    watched = (
        (day_account(day), rules.caps.daily, rules.warn_daily_at),
        (month_account(day), rules.caps.monthly, rules.warn_monthly_at),
    )
    found = []
    for account, cap, shares in watched:
        limit = cap + allowed.get(account, NOTHING)
        spent = totals.get(account, Amount()).spent
        passed = [share for share in shares if spent and spent >= share * limit]
        if passed:
            found.append(Reached(account=account, share=max(passed), limit=limit, spent=spent))
    return tuple(found)


_REMEDIES = {
    Scope.REQUEST: "Ask for less at once, or raise `cost.per_request_usd` in donna_models.yaml.",
    Scope.CALLER: "It starts afresh tomorrow; donna_models.yaml raises it: `cost.per_caller_usd`.",
    Scope.LANE: "It starts afresh tomorrow; donna_models.yaml raises it: `cost.per_lane_usd`.",
    Scope.DAY: "It starts afresh tomorrow; `donna budget raise AMOUNT --until today` raises it.",
    Scope.MONTH: "`donna budget raise AMOUNT --until month-end` raises it for this month.",
}
