"""The log of model calls: one row for every attempt, also failed, shadow and local ones.

Rows are kept for good, because costs, comparisons and what is learnt are read from them; the
texts in them are cut, cleaned of secrets and dropped after a while.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen

from donna_core.domain.ids import CallId, RequestId, TaskId
from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.spending.ledger import NOTHING, ModelLane, to_dollars

EMBEDDING = "embed_"
"""How the task types of an embedder's calls begin."""


class Outcome(StrEnum):
    """What became of an attempt."""

    ANSWERED = "answered"
    MALFORMED = "malformed"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    PREEMPTED = "preempted"


@frozen(kw_only=True)
class Invocation:
    """One attempt to get an answer from a model.

    ``id`` is also its entry in the ledger, where it has one. ``cost`` is dollars: what is
    ``billed``, or else an estimate of what local work is worth. ``latency_ms`` and
    ``queue_wait_ms`` are milliseconds, tokens are counts. ``model_alias`` is the configured
    name, ``model_actual`` the provider and model that were asked. ``confidence`` is the model's
    own, ``quality_score`` a judge's (both from 0 to 1), ``was_right`` what turned out to be
    true. ``input_hash`` is the same for the same question. ``interrupted`` marks what a more
    urgent call pushed aside or what was billed for nothing, ``chain_id`` the calls of one longer
    piece of work, ``degraded`` an answer of the rules where a model was wanted.

    ``bytes_sent`` is how much went, or may have gone, to another machine; zero for what stayed on
    this one. ``sources`` are the URIs of the texts in it (``vault:…``, ``task:…``), as far as
    whoever asked named them, ``labels`` those of everything in it.
    """

    id: CallId
    at: datetime
    task_type: str
    request_id: RequestId
    model_alias: str
    model_actual: str
    provider: str
    input_hash: str
    outcome: Outcome
    attempt: int = 1
    lane: ModelLane = ModelLane.INTERNAL
    caller: str = "donna"
    task_id: TaskId | None = None
    latency_ms: int = 0
    queue_wait_ms: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated_tokens_in: int | None = None
    cost: Decimal = field(default=NOTHING, converter=to_dollars)
    billed: bool = False
    prompt: str | None = None
    output: Mapping[str, Any] | None = None
    error_type: str | None = None
    error: str | None = None
    confidence: float | None = None
    quality_score: float | None = None
    was_right: bool | None = None
    spot_check_queued: bool = False
    is_shadow: bool = False
    shadow_of: CallId | None = None
    degraded: bool = False
    interrupted: bool = False
    overflow_escalated: bool = False
    eval_session_id: str | None = None
    chain_id: str | None = None
    skill_id: str | None = None
    agent_id: str | None = None
    correlation_id: str | None = None
    channel: str | None = None
    escalation_request_id: str | None = None
    bytes_sent: int = 0
    sources: tuple[str, ...] = ()
    labels: Labels = NO_LABELS


def assessed(
    row: Invocation,
    *,
    quality_score: float | None = None,
    was_right: bool | None = None,
    spot_check: bool | None = None,
) -> Invocation:
    """Return the row with what was found out about its answer; ``None`` leaves as it was.

    ``spot_check`` says whether it waits for a judge, whose score takes it off the list.
    """
    waits = row.spot_check_queued and quality_score is None
    return evolve(
        row,
        quality_score=row.quality_score if quality_score is None else quality_score,
        was_right=row.was_right if was_right is None else was_right,
        spot_check_queued=waits if spot_check is None else spot_check,
    )


def without_texts(row: Invocation) -> Invocation:
    """Return the row without what was asked and answered."""
    return evolve(row, prompt=None, output=None)


@frozen(kw_only=True)
class CallFilter:
    """Which calls are meant; ``None`` means any. ``since`` is included, ``until`` is not.

    ``embeddings`` says whether those of an embedder are, which are many and free; ``sent``
    whether they went to another machine.
    """

    since: datetime | None = None
    until: datetime | None = None
    task_type: str | None = None
    caller: str | None = None
    model: str | None = None
    outcome: Outcome | None = None
    task_id: TaskId | None = None
    request_id: RequestId | None = None
    is_shadow: bool | None = None
    spot_check_queued: bool | None = None
    embeddings: bool = True
    sent: bool | None = None

    def takes(self, row: Invocation) -> bool:
        """Say whether the row is meant; ``model`` is an alias or an actual name."""
        pairs = (
            (self.task_type, row.task_type),
            (self.caller, row.caller),
            (self.outcome, row.outcome),
            (self.task_id, row.task_id),
            (self.request_id, row.request_id),
            (self.is_shadow, row.is_shadow),
            (self.spot_check_queued, row.spot_check_queued),
            (self.sent, row.bytes_sent > 0),
        )
        return (
            all(wanted is None or wanted == found for wanted, found in pairs)
            and (self.since is None or self.since <= row.at)
            and (self.until is None or row.at < self.until)
            and (self.model is None or self.model in {row.model_alias, row.model_actual})
            and (self.embeddings or not row.task_type.startswith(EMBEDDING))
        )


class Dimension(StrEnum):
    """By what calls are added up."""

    CALLER = "caller"
    MODEL = "model"
    TASK_TYPE = "task_type"
    TASK = "task"


@frozen(kw_only=True)
class CallSums:
    """The calls that share a caller, a model, a task type or a task (``None``: no task).

    Costs are dollars, tokens and ``latency_ms`` are sums. Scores and truths are means from 0
    to 1 over the ``judged`` and the ``checked`` calls, ``None`` where there are none.
    """

    name: str | None
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    latency_ms: int
    billed: Decimal
    estimated: Decimal
    judged: int
    quality: float | None
    checked: int
    right: float | None
