"""Looking into the log of model calls: which there were, and what they were worth."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from attrs import evolve, frozen

from donna_core.domain.errors import AmbiguousReference, NotFound
from donna_core.domain.labels import Label
from donna_core.domain.spending.agreement import agreement
from donna_core.domain.spending.invocations import (
    CallFilter,
    CallSums,
    Dimension,
    Invocation,
    Outcome,
)
from donna_core.domain.spending.ledger import NOTHING
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

SEARCHED = 10_000
"""How many of the latest calls are looked through for an id, or for confidences."""

_BINS = 5


class CallNotFound(NotFound):
    """No call of a model has an id that begins or ends so."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"No call matches '{reference}'. `donna llm calls` lists the latest.")


@frozen(kw_only=True)
class Certainty:
    """How often models were right that said they were sure from ``low`` up to ``high``."""

    low: float
    high: float
    calls: int
    said: float
    right: float


@frozen(kw_only=True)
class Quality:
    """What the calls since then were worth; ``certainty`` holds only bins that have calls."""

    since: datetime
    by: Dimension
    sums: tuple[CallSums, ...]
    certainty: tuple[Certainty, ...]


@frozen(kw_only=True)
class Comparison:
    """A model beside its shadow on one task type, over the pairs of which both answered.

    ``agreement`` is from 0 to 1; costs are dollars for a call, latencies milliseconds, means.
    ``answers`` and ``failures`` count what became of the shadow's calls.
    """

    task_type: str
    model: str
    shadow: str
    answers: int
    failures: int
    agreement: float | None
    cost: Decimal
    shadow_cost: Decimal
    latency_ms: int
    shadow_latency_ms: int


@frozen(kw_only=True)
class Recipient:
    """A model on another machine, and how much it was sent."""

    recipient: str
    calls: int
    bytes_sent: int


@frozen(kw_only=True)
class Sent:
    """What models on other machines were asked since then, newest first, and who got how much.

    ``local_only`` counts calls with something in them that must not leave: none, or there is a
    fault in Donna.
    """

    since: datetime
    calls: tuple[Invocation, ...]
    recipients: tuple[Recipient, ...]
    local_only: int


async def sent(runtime: Runtime, wanted: CallFilter, *, since: datetime) -> Sent:
    """Return which of the calls that are meant went to another machine, the latest of them."""
    leaving = evolve(wanted, since=since, sent=True)
    rows = await calls(runtime, leaving, limit=SEARCHED)
    several: dict[str, list[Invocation]] = defaultdict(list)
    for row in rows:
        several[row.model_actual].append(row)
    return Sent(
        since=since,
        calls=rows,
        recipients=tuple(
            Recipient(
                recipient=name, calls=len(own), bytes_sent=sum(each.bytes_sent for each in own)
            )
            for name, own in sorted(several.items())
        ),
        local_only=sum(Label.LOCAL_ONLY in row.labels for row in rows),
    )


async def calls(runtime: Runtime, wanted: CallFilter, *, limit: int) -> tuple[Invocation, ...]:
    """Return the latest calls that are meant, newest first."""
    return await runtime.unit_of_work.run(
        lambda stores: stores.invocations.select(wanted, limit=limit)
    )


async def call(runtime: Runtime, reference: str) -> tuple[Invocation, tuple[Invocation, ...]]:
    """Return a call by its id, or the beginning or end of it, and the others of its request.

    Raise ``CallNotFound`` or ``AmbiguousReference``.
    """

    def decide(stores: Stores) -> tuple[Invocation, tuple[Invocation, ...]]:
        found = _found(stores, reference)
        same = CallFilter(request_id=found.request_id)
        others = stores.invocations.select(same, limit=SEARCHED)
        return found, tuple(row for row in reversed(others) if row.id != found.id)

    return await runtime.unit_of_work.run(decide)


async def quality(
    runtime: Runtime, *, since: datetime, by: Dimension, task_type: str | None = None
) -> Quality:
    """Return what calls cost and how good they were, by model, caller, task type or task."""
    wanted = CallFilter(since=since, task_type=task_type)

    def decide(stores: Stores) -> Quality:
        rows = stores.invocations.select(wanted, limit=SEARCHED)
        return Quality(
            since=since,
            by=by,
            sums=stores.invocations.sums(wanted, by=by),
            certainty=certainty_of(rows),
        )

    return await runtime.unit_of_work.run(decide)


async def comparisons(
    runtime: Runtime, *, since: datetime, task_type: str | None = None
) -> tuple[Comparison, ...]:
    """Return each model beside its shadow, by task type and then by name."""
    wanted = CallFilter(since=since, task_type=task_type, is_shadow=True)

    def decide(stores: Stores) -> list[tuple[Invocation, Invocation]]:
        shadows = stores.invocations.select(wanted, limit=SEARCHED)
        pairs = [(stores.invocations.get(row.shadow_of), row) for row in shadows if row.shadow_of]
        return [(first, row) for first, row in pairs if first is not None]

    pairs = await runtime.unit_of_work.run(decide)
    groups: defaultdict[tuple[str, str, str], list[tuple[Invocation, Invocation]]]
    groups = defaultdict(list)
    for first, row in pairs:
        groups[first.task_type, first.model_actual, row.model_actual].append((first, row))
    return tuple(_compared(*names, groups[names]) for names in sorted(groups))


def _compared(
    task_type: str, model: str, shadow: str, pairs: Sequence[tuple[Invocation, Invocation]]
) -> Comparison:
    answered = [(one, two) for one, two in pairs if two.outcome is Outcome.ANSWERED]
    texts = [(one.output, two.output) for one, two in answered]
    agreed = [agreement(one, two) for one, two in texts if one is not None and two is not None]
    count = len(pairs)
    return Comparison(
        task_type=task_type,
        model=model,
        shadow=shadow,
        answers=len(answered),
        failures=count - len(answered),
        agreement=sum(agreed) / len(agreed) if agreed else None,
        cost=sum((one.cost for one, _ in pairs), NOTHING) / count,
        shadow_cost=sum((two.cost for _, two in pairs), NOTHING) / count,
        latency_ms=sum(one.latency_ms for one, _ in pairs) // count,
        shadow_latency_ms=sum(two.latency_ms for _, two in pairs) // count,
    )


def certainty_of(rows: Sequence[Invocation]) -> tuple[Certainty, ...]:
    """Return how confident models were beside how often they were right, by fifths."""
    known = [
        (row.confidence, row.was_right)
        for row in rows
        if row.confidence is not None and row.was_right is not None
    ]
    found = []
    for place in range(_BINS):
        inside = [each for each in known if min(int(each[0] * _BINS), _BINS - 1) == place]
        if inside:
            found.append(
                Certainty(
                    low=place / _BINS,
                    high=(place + 1) / _BINS,
                    calls=len(inside),
                    said=sum(confidence for confidence, _ in inside) / len(inside),
                    right=sum(right for _, right in inside) / len(inside),
                )
            )
    return tuple(found)


def _found(stores: Stores, reference: str) -> Invocation:
    text = reference.strip().lower()
    rows = stores.invocations.select(CallFilter(), limit=SEARCHED)
    found = [row for row in rows if text and (row.id.startswith(text) or row.id.endswith(text))]
    exact = [row for row in found if row.id == text]
    match exact or found:
        case []:
            raise CallNotFound(reference)
        case [row]:
            return row
        case several:
            raise AmbiguousReference(reference, candidates=[row.id for row in several[:5]])
