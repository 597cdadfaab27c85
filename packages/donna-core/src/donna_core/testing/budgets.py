"""Caps for tests: the shipped ones in round numbers, but where something else is said."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from donna_core.domain.spending.budget import Caps, SpendingRules
from donna_core.domain.spending.ledger import ModelLane

BERLIN = ZoneInfo("Europe/Berlin")


def spending(
    *,
    daily: str = "20",
    monthly: str = "100",
    per_task: str = "5",
    per_request: str = "2",
    per_caller: Mapping[str, str] | None = None,
    per_lane: Mapping[ModelLane, str] | None = None,
    zone: ZoneInfo = BERLIN,
) -> SpendingRules:
    """Return the rules of a house in Berlin with these caps, in dollars."""
    callers = {name: Decimal(cap) for name, cap in (per_caller or {}).items()}
    lanes = {lane: Decimal(cap) for lane, cap in (per_lane or {}).items()}
    return SpendingRules(
        caps=Caps(
            daily=Decimal(daily),
            monthly=Decimal(monthly),
            per_task=Decimal(per_task),
            per_request=Decimal(per_request),
            per_caller=callers,
            per_lane=lanes,
        ),
        zone=zone,
    )
