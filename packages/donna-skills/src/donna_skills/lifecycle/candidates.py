"""Which work that models do again and again would be worth a skill."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from attrs import frozen

from donna_core.domain.spending.invocations import EMBEDDING, Invocation, Outcome

WINDOW = timedelta(days=30)
"""What is looked at; savings are for so long."""

RESIDUE = Decimal("0.15")
"""The share of the cost that a skill keeps, for its shadow and its misses."""

WORTH = Decimal(5)
OWN = ("skill_", EMBEDDING)


@frozen(kw_only=True)
class Candidate:
    """Work that could become a skill: how often, what it cost and what a skill would save.

    Amounts are dollars for thirty days. ``sameness`` is from 0, each output of its own shape,
    towards 1, all of one.
    """

    task_type: str
    fingerprint: str
    calls: int
    cost: Decimal
    saving: Decimal
    sameness: float


def candidates(
    rows: Iterable[Invocation], *, taken: Collection[str] = (), worth: Decimal = WORTH
) -> tuple[Candidate, ...]:
    """Return the task types whose calls of thirty days are worth a skill, the best first.

    ``taken`` are the task types that have a skill or are looked at already. Shadows, trials and
    calls for skills themselves do not count.
    """
    grouped: dict[str, list[Invocation]] = defaultdict(list)
    for row in rows:
        own = row.task_type.startswith(OWN) or row.skill_id is not None
        real = row.outcome is Outcome.ANSWERED and not row.is_shadow and not row.eval_session_id
        if real and not own and row.task_type not in taken:
            grouped[row.task_type].append(row)
    found = (_candidate(name, calls) for name, calls in grouped.items())
    worthy = [each for each in found if each.saving >= worth]
    return tuple(sorted(worthy, key=lambda each: (-each.saving, each.task_type)))


def fingerprint(text: str) -> str:
    """Return the name of the work a text describes, whatever its case and white space."""
    return sha256(" ".join(text.lower().split()).encode()).hexdigest()[:32]


def _candidate(task_type: str, calls: list[Invocation]) -> Candidate:
    cost = sum((row.cost for row in calls), Decimal(0))
    shapes = {_shape(row.output) for row in calls if row.output is not None}
    return Candidate(
        task_type=task_type,
        fingerprint=fingerprint(task_type),
        calls=len(calls),
        cost=cost,
        saving=cost * (1 - RESIDUE),
        sameness=1 - len(shapes) / len(calls),
    )


def _shape(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_shape(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(sorted({_shape(each) for each in value})) + "]"
    return type(value).__name__
