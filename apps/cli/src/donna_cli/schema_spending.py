"""What ``--json`` prints about models and money; dollars are decimal text, exact to a billionth."""

from typing import Any, Literal

from donna_cli.schema import AllowanceObject
from donna_cli.wire_object import Instant, Wire


class PurseObject(Wire):
    """A sum under its cap. ``scope`` is ``day``, ``month``, ``caller`` or ``lane``.

    ``limit`` includes what was ``raised``; ``reserved`` is held for calls under way.
    """

    scope: str
    name: str
    spent: str
    reserved: str
    limit: str
    raised: str
    left: str


class CallSumsObject(Wire):
    """Calls added up. ``estimated`` is what local work is worth, ``billed`` what is paid.

    ``quality`` is a judge's mean score over the ``judged`` calls, ``right`` the share that
    turned out right among the ``checked`` ones, both from 0 to 1.
    """

    name: str | None
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    latency_ms: int
    billed: str
    estimated: str
    judged: int
    quality: float | None
    checked: int
    right: float | None


class BudgetObject(Wire):
    """What models cost today and this month, and who spent it.

    ``expected`` is what the month will have cost at the present pace. ``unknown`` counts calls
    whose cost nobody knows, in full in every sum; ``unknown_dollars`` is what they count for.
    """

    at: Instant
    paused: bool
    day: PurseObject
    month: PurseObject
    caps: list[PurseObject]
    expected: str
    by_caller: list[CallSumsObject]
    by_model: list[CallSumsObject]
    by_task_type: list[CallSumsObject]
    by_task: list[CallSumsObject]
    unknown: int
    unknown_dollars: str
    allowances: list[AllowanceObject]


class CallObject(Wire):
    """One attempt to get an answer from a model; texts are there until they are forgotten.

    ``bytes_sent`` went to another machine, ``sources`` are where the texts in it came from.
    """

    id: str
    at: Instant
    task_type: str
    request_id: str
    model_alias: str
    model_actual: str
    provider: str
    input_hash: str
    outcome: str
    attempt: int
    lane: str
    caller: str
    task_id: str | None
    latency_ms: int
    queue_wait_ms: int
    tokens_in: int
    tokens_out: int
    estimated_tokens_in: int | None
    cost: str
    billed: bool
    prompt: str | None
    output: dict[str, Any] | None
    error_type: str | None
    error: str | None
    confidence: float | None
    quality_score: float | None
    was_right: bool | None
    spot_check_queued: bool
    is_shadow: bool
    shadow_of: str | None
    degraded: bool
    interrupted: bool
    overflow_escalated: bool
    eval_session_id: str | None
    chain_id: str | None
    skill_id: str | None
    agent_id: str | None
    correlation_id: str | None
    channel: str | None
    escalation_request_id: str | None
    bytes_sent: int
    sources: list[str]
    labels: list[str]


class CallsObject(Wire):
    """Calls, newest first; for one call it comes first, then the others of its request."""

    calls: list[CallObject]


class CertaintyObject(Wire):
    """How often models were right whose own confidence was from ``low`` to ``high``."""

    low: float
    high: float
    calls: int
    said: float
    right: float


class QualityObject(Wire):
    """What calls cost and how good they were since an instant."""

    since: Instant
    by: Literal["caller", "model", "task_type", "task"]
    sums: list[CallSumsObject]
    certainty: list[CertaintyObject]


class ShadowObject(Wire):
    """A model beside its shadow on one task type; costs are dollars for a call, on average."""

    task_type: str
    model: str
    shadow: str
    answers: int
    failures: int
    agreement: float | None
    cost: str
    shadow_cost: str
    latency_ms: int
    shadow_latency_ms: int


class ShadowsObject(Wire):
    """What shadows said since an instant, beside what was answered."""

    since: Instant
    comparisons: list[ShadowObject]


class RecipientObject(Wire):
    """Who was sent how much, in how many calls."""

    recipient: str
    calls: int
    bytes_sent: int


class SentObject(Wire):
    """What models on other machines were asked since an instant: the latest calls, and sums.

    ``local_only`` counts calls with something in them that is to stay here: there must be none.
    """

    since: Instant
    recipients: list[RecipientObject]
    calls: list[CallObject]
    local_only: int


PRINTED_BY: dict[str, type[Wire]] = {
    "donna budget": BudgetObject,
    "donna llm calls": CallsObject,
    "donna llm quality": QualityObject,
    "donna llm shadows": ShadowsObject,
    "donna llm sent": SentObject,
}
"""What prints which object, for the reference."""
