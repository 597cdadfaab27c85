"""From money and model calls to the wire: one function for each object."""

from collections.abc import Iterable
from datetime import datetime

from attrs import asdict

from donna_cli.schema_spending import (
    BudgetObject,
    CallObject,
    CallsObject,
    CallSumsObject,
    CertaintyObject,
    PurseObject,
    QualityObject,
    RecipientObject,
    SentObject,
    ShadowObject,
    ShadowsObject,
)
from donna_cli.wire import allowance
from donna_cli.wire_records import dollars
from donna_core.domain.spending.invocations import CallSums, Dimension, Invocation
from donna_core.domain.spending.ledger import NOTHING
from donna_core.usecases.budget import Purse, Statement
from donna_core.usecases.calls import Comparison, Quality, Sent


def budget(view: Statement) -> BudgetObject:
    """Return what models cost."""
    return BudgetObject(
        at=view.at,
        paused=view.is_paused,
        day=_purse(view.day),
        month=_purse(view.month),
        caps=[_purse(each) for each in view.caps],
        expected=dollars(view.expected),
        by_caller=_sums(view.by[Dimension.CALLER]),
        by_model=_sums(view.by[Dimension.MODEL]),
        by_task_type=_sums(view.by[Dimension.TASK_TYPE]),
        by_task=_sums(view.by[Dimension.TASK]),
        unknown=len(view.unknown),
        unknown_dollars=dollars(sum((each.cost for each in view.unknown), NOTHING)),
        allowances=[allowance(each) for each in view.allowances],
    )


def calls(rows: Iterable[Invocation]) -> CallsObject:
    """Return calls of models."""
    return CallsObject(calls=[_call(row) for row in rows])


def quality(view: Quality) -> QualityObject:
    """Return what calls were worth."""
    return QualityObject(
        since=view.since,
        by=view.by.value,
        sums=_sums(view.sums),
        certainty=[CertaintyObject(**asdict(each)) for each in view.certainty],
    )


def shadows(since: datetime, several: Iterable[Comparison]) -> ShadowsObject:
    """Return models beside their shadows."""
    return ShadowsObject(
        since=since,
        comparisons=[
            ShadowObject(
                **{
                    **asdict(each),
                    "cost": dollars(each.cost),
                    "shadow_cost": dollars(each.shadow_cost),
                }
            )
            for each in several
        ],
    )


def sent(view: Sent, *, limit: int) -> SentObject:
    """Return what went to other machines, the latest calls with it."""
    return SentObject(
        since=view.since,
        recipients=[RecipientObject(**asdict(each)) for each in view.recipients],
        calls=[_call(row) for row in view.calls[:limit]],
        local_only=view.local_only,
    )


def _purse(each: Purse) -> PurseObject:
    return PurseObject(
        scope=each.account.scope.value,
        name=each.account.name,
        spent=dollars(each.amount.spent),
        reserved=dollars(each.amount.reserved),
        limit=dollars(each.limit),
        raised=dollars(each.raised),
        left=dollars(each.left),
    )


def _sums(several: Iterable[CallSums]) -> list[CallSumsObject]:
    return [
        CallSumsObject(
            **{
                **asdict(each),
                "billed": dollars(each.billed),
                "estimated": dollars(each.estimated),
            }
        )
        for each in several
    ]


def _call(row: Invocation) -> CallObject:
    return CallObject(
        **{
            **asdict(row, recurse=False),
            "outcome": row.outcome.value,
            "lane": row.lane.value,
            "cost": dollars(row.cost),
            "sources": [*row.sources],
            "labels": sorted(row.labels),
        }
    )
