"""What ``donna eval --json`` prints."""

from typing import Any

from donna_cli.wire_object import Instant, Wire


class CaseObject(Wire):
    """One case: ``wrong`` names the fields that do not fit, ``problem`` why nothing came."""

    id: str
    digest: str
    passed: bool
    wrong: list[str]
    latency_ms: float
    tokens_in: int
    tokens_out: int
    cost_usd: str
    confidence: float | None
    output: dict[str, Any] | None
    problem: str


class SuiteObject(Wire):
    """One file of fixtures. A ``gate`` of ``null`` only diagnoses; ``skipped`` says why not."""

    path: str
    task_type: str
    tier: int | None
    name: str
    gate: float | None
    reaches_gate: bool | None
    rate: float | None
    passed: int
    asked: int
    latency_ms: float | None
    cost_usd: str
    skipped: str
    cases: list[CaseObject]


class MeasureObject(Wire):
    """One figure of a dimension, a share in [0, 1] over ``of`` cases."""

    name: str
    value: float | None
    of: int
    goal: float
    below: bool
    reached: bool | None


class SessionObject(Wire):
    """One evaluation; ``confidence_error`` is the expected calibration error in [0, 1]."""

    id: str
    model: str
    model_actual: str
    task_type: str
    started_at: Instant
    finished_at: Instant
    complete: bool
    note: str
    fixtures: str
    hardware: dict[str, str]
    passed: int
    asked: int
    latency_ms: float | None
    cost_usd: str
    confidence_error: float | None
    suites: list[SuiteObject]
    measures: list[MeasureObject]


class SessionListObject(Wire):
    """The sessions from the oldest on, without their cases; the first is number 1."""

    sessions: list[SessionObject]


class IntervalObject(Wire):
    """A difference, B less A, and what it lies between with 95 % confidence."""

    difference: float
    low: float
    high: float


class PairsObject(Wire):
    """How many cases both got right, A alone, B alone, or neither; ``noise`` at p > 0.05."""

    path: str | None
    both: int
    first: int
    second: int
    neither: int
    p_value: float
    noise: bool


class ComparisonObject(Wire):
    """Two sessions, case by case: ``gained`` and ``lost`` by B, ``alone`` asked of one only."""

    a: str
    b: str
    pairs: PairsObject
    accuracy: IntervalObject
    latency_ms: IntervalObject | None
    cost_usd: list[str]
    suites: list[PairsObject]
    gained: list[str]
    lost: list[str]
    alone: int
    verdict: str


PRINTED_BY: dict[str, type[Wire]] = {
    "donna eval, donna eval show": SessionObject,
    "donna eval sessions": SessionListObject,
    "donna eval compare": ComparisonObject,
}
