"""Which wishes are granted, and what the others are told."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.errors import ApprovalNeeded, BudgetPausedError
from donna_core.domain.ids import TaskId
from donna_core.domain.spending.budget import Denied, Granted, Verdict, decide, reached, refusal
from donna_core.domain.spending.ledger import (
    Account,
    Amount,
    ModelLane,
    Scope,
    day_account,
    month_account,
)
from donna_core.testing.budgets import spending
from donna_core.testing.contracts.spending import TODAY, reservation

CENTS = st.integers(0, 3000).map(lambda cents: Decimal(cents) / 100)


def judged(
    worst_case: str,
    *,
    held: dict[Scope, Amount] | None = None,
    raised: dict[Scope, str] | None = None,
    **changed: Any,
) -> Verdict:
    """Return the verdict on a wish whose accounts hold these amounts."""
    wish = reservation(worst_case=worst_case, task_id=TaskId("task-1"))
    by_scope = {account.scope: account for account in wish.accounts}
    return decide(
        wish,
        caps=spending(**changed).caps,
        totals={by_scope[scope]: amount for scope, amount in (held or {}).items()},
        allowed={by_scope[scope]: Decimal(more) for scope, more in (raised or {}).items()},
    )


def test_a_wish_up_to_the_cap_is_granted() -> None:
    """What is spent and what is held count alike, and the last cent may be used."""
    held = {Scope.DAY: Amount(spent=Decimal("12.50"), reserved=Decimal(6))}

    assert judged("1.50", held=held) == Granted()
    denied = judged("1.500000001", held=held)
    assert isinstance(denied, Denied)
    assert (denied.account, denied.left) == (day_account(TODAY), Decimal("1.50"))


@pytest.mark.parametrize("scope", Scope)
def test_every_cap_stands_in_the_way(scope: Scope) -> None:
    """Each kind of account can be the one that is full, and it is the one that is named."""
    full = {scope: Amount(spent=Decimal(100))}
    denied = judged(
        "0.01", held=full, per_caller={"digest": "1"}, per_lane={ModelLane.INTERNAL: "1"}
    )

    assert isinstance(denied, Denied)
    assert denied.account.scope is scope


def test_a_raise_makes_room() -> None:
    """The limit that is told includes what was approved."""
    held = {Scope.MONTH: Amount(spent=Decimal(100))}

    assert judged("1", held=held, raised={Scope.MONTH: "1"}) == Granted()
    denied = judged("2", held=held, raised={Scope.MONTH: "1"})
    assert isinstance(denied, Denied)
    assert (denied.limit, denied.left) == (Decimal(101), Decimal(1))


def test_what_is_free_is_never_held_up() -> None:
    """Rules and local models answer however much is spent."""
    full = dict.fromkeys(Scope, Amount(spent=Decimal(1000)))

    assert judged("0", held=full) == Granted()


def test_who_has_no_cap_is_held_by_the_wider_ones() -> None:
    """A caller or a lane that is not named may go up to the day's cap."""
    others = {ModelLane.EXTERNAL: "0"}

    assert judged("2", per_caller={"chat": "0"}, per_lane=others) == Granted()


@given(spent=CENTS, reserved=CENTS, asked=CENTS)
def test_granted_means_that_it_fits(spent: Decimal, reserved: Decimal, asked: Decimal) -> None:
    """Granted and only granted wishes leave the account at its cap or below."""
    held = {Scope.DAY: Amount(spent=spent, reserved=reserved)}
    verdict = judged(str(asked), held=held, per_task="1000", per_request="1000")

    assert (verdict == Granted()) == (not asked or spent + reserved + asked <= 20)


def test_a_pause_says_which_cap_what_is_left_and_how_to_raise_it() -> None:
    """Everything is on attributes as well, in dollars."""
    held = {Scope.DAY: Amount(spent=Decimal("19.25"), reserved=Decimal("0.50"))}
    denied = judged("0.50", held=held)
    assert isinstance(denied, Denied)
    error = refusal(denied)

    assert isinstance(error, BudgetPausedError)
    assert (error.cap, error.limit, error.left) == ("day", Decimal(20), Decimal("0.25"))
    assert "donna budget raise AMOUNT --until today" in str(error)
    assert "$19.25 of it spent, $0.50 held" in str(error)


def test_a_dear_task_wants_its_owners_word() -> None:
    """The error names the task as its owner does, and what all of it may cost."""
    denied = judged("1.50", held={Scope.TASK: Amount(spent=Decimal(4))})
    assert isinstance(denied, Denied)
    error = refusal(denied)

    assert isinstance(error, ApprovalNeeded)
    assert (error.task_id, error.spent + error.asked) == ("task-1", Decimal("5.50"))
    assert "donna budget approve task-1" in str(error)


@pytest.mark.parametrize(
    ("spent", "expected"),
    [
        ("15.99", []),
        ("16", [(Scope.DAY, "0.8")]),
        ("85", [(Scope.DAY, "0.8"), (Scope.MONTH, "0.8")]),
        ("95", [(Scope.DAY, "0.8"), (Scope.MONTH, "0.9")]),
    ],
)
def test_the_highest_share_passed_is_reached(spent: str, expected: list[tuple[Scope, str]]) -> None:
    """Of the day and of the month, by what is spent and not by what is held."""
    amount = Amount(spent=Decimal(spent), reserved=Decimal(50))
    totals: dict[Account, Amount] = {day_account(TODAY): amount, month_account(TODAY): amount}
    found = reached(spending(), TODAY, totals=totals, allowed={})

    assert [(each.account.scope, str(each.share)) for each in found] == expected
