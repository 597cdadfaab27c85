"""Samples of what is reserved, settled, allowed and logged."""

from datetime import date
from decimal import Decimal
from typing import Any

from donna_core.domain.ids import CallId, RequestId
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.domain.spending.ledger import (
    Allowance,
    ModelLane,
    Reservation,
    Settlement,
    month_account,
)
from donna_core.testing.contracts.stores import MINUTE, NOON

TODAY = date(2026, 11, 20)


def reservation(name: str = "call-1", worst_case: str = "0.50", **fields: Any) -> Reservation:
    """Return what the digest reserves at noon."""
    defaults = {
        "at": NOON,
        "day": TODAY,
        "caller": "digest",
        "lane": ModelLane.INTERNAL,
        "request_id": RequestId("request-1"),
        "provider": "anthropic",
        "lapses_at": NOON + MINUTE,
    }
    return Reservation(
        **{"id": CallId(name), "worst_case": Decimal(worst_case), **defaults, **fields}
    )


def settlement(name: str = "call-1", cost: str | None = "0.10", **fields: Any) -> Settlement:
    """Return what the call cost, known a minute later."""
    known = None if cost is None else Decimal(cost)
    return Settlement(**{"call_id": CallId(name), "at": NOON + MINUTE, "cost": known, **fields})


def allowance(name: str = "raise-1", **fields: Any) -> Allowance:
    """Return five dollars more, approved at noon."""
    defaults = {
        "at": NOON,
        "account": month_account(TODAY),
        "amount": Decimal(5),
        "approved_by": "Ana",
    }
    return Allowance(**{"id": name, **defaults, **fields})


def invocation(name: str = "call-1", **fields: Any) -> Invocation:
    """Return an answer a model gave at noon."""
    defaults = {
        "at": NOON,
        "task_type": "parse_task",
        "request_id": RequestId("request-1"),
        "model_alias": "parser",
        "model_actual": "anthropic/small",
        "provider": "anthropic",
        "input_hash": "0123456789abcdef",
        "outcome": Outcome.ANSWERED,
    }
    return Invocation(**{"id": CallId(name), **defaults, **fields})
