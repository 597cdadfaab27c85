"""What is measured before a skill is trusted more, or less.

All evidence is of one version of a skill. Where there is too little of it the verdict is
``unknown``, which opens no gate and closes none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from statistics import fmean

from attrs import frozen

from donna_core.domain.skill.statistics import paired, wilson


class Gate(StrEnum):
    """What is asked."""

    CANDIDATE = "candidate"
    FIXTURES = "fixtures"
    SANDBOX = "sandbox"
    SHADOW = "shadow"
    DECLINE = "decline"
    CORRECTIONS = "corrections"
    EVOLUTION = "evolution"


class Verdict(StrEnum):
    """What the evidence says."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class Measure:
    """One figure, what it is held against, and whether it meets that; ``None`` is not known."""

    name: str
    value: float | None
    bound: float
    met: bool | None


@frozen(kw_only=True)
class Evidence:
    """What a gate found about one version of a skill, from how many observations."""

    gate: Gate
    version: str
    verdict: Verdict
    count: int
    measures: tuple[Measure, ...] = ()

    def value(self, name: str) -> float | None:
        """Return the figure of this name, or ``None``."""
        return next((m.value for m in self.measures if m.name == name), None)


@frozen(kw_only=True)
class RunRecord:
    """How one run of a version ended; ``valid`` means whole: no step failed or was passed over."""

    run_id: str
    version: str
    at: datetime
    valid: bool


@frozen(kw_only=True)
class Divergence:
    """How a run compares with a model that did the same with the same inputs and results.

    ``agreement`` is from 0 to 1, ``None`` where nobody could tell, which is no disagreement.
    ``skill_right`` and ``native_right`` say whether each gave an answer of the expected shape;
    ``None`` for a model that could not be asked.
    """

    run_id: str
    version: str
    at: datetime
    agreement: float | None
    skill_right: bool
    native_right: bool | None
    judged_by: str
    note: str = ""


@frozen(kw_only=True)
class GateRules:
    """The thresholds; shares are from 0 to 1, windows are counts of the latest observations.

    ``margin`` is how much worse than the model a skill may be at most, with ``confidence``.
    """

    sandbox_runs: int = 20
    valid_rate: float = 0.90
    shadow_window: int = 100
    agreement: float = 0.85
    failure_rate: float = 0.10
    margin: float = 0.05
    decline_window: int = 30
    agrees_from: float = 0.5
    confidence: float = 0.95
    correction_runs: int = 10
    corrections: int = 2


def sandbox_gate(runs: Iterable[RunRecord], *, version: str, rules: GateRules) -> Evidence:
    """Say whether the latest runs in the sandbox were whole often enough."""
    latest = _latest_runs(runs, version=version, limit=rules.sandbox_runs)
    enough = len(latest) >= rules.sandbox_runs
    rate = fmean(run.valid for run in latest) if latest else None
    return _evidence(
        Gate.SANDBOX,
        version,
        len(latest),
        _at_least("runs", len(latest), rules.sandbox_runs, known=enough),
        _at_least("valid_rate", rate, rules.valid_rate, known=enough),
    )


def shadow_gate(
    divergences: Iterable[Divergence],
    runs: Iterable[RunRecord],
    *,
    version: str,
    rules: GateRules,
) -> Evidence:
    """Say whether the skill agrees with the model, fails seldom, and is no worse than it.

    The last is told in pairs: the lower bound of the difference of right answers, skill less
    model, must lie above the margin. Few pairs have a wide bound, so that they open nothing.
    """
    shadowed = [d for d in divergences if d.version == version]
    latest = sorted(shadowed, key=lambda d: (d.at, d.run_id))[-rules.shadow_window :]
    agreements = [d.agreement for d in latest if d.agreement is not None]
    pairs = [(d.skill_right, d.native_right) for d in latest if d.native_right is not None]
    records = _latest_runs(runs, version=version, limit=rules.shadow_window)
    failures = fmean(not run.valid for run in records) if records else None
    bounds = paired(pairs, confidence=rules.confidence)
    told = bounds.low >= -rules.margin or bounds.high < -rules.margin
    return _evidence(
        Gate.SHADOW,
        version,
        len(agreements),
        _at_least("agreement", fmean(agreements) if agreements else None, rules.agreement),
        _at_most("failure_rate", failures, rules.failure_rate),
        _at_least("paired_low", bounds.low if pairs else None, -rules.margin, known=told),
    )


def decline_gate(
    divergences: Iterable[Divergence], *, version: str, baseline: float | None, rules: GateRules
) -> Evidence:
    """Say whether a trusted skill agrees less than it did: fail means it surely does.

    A baseline without a fault was luck in part: it is held down by the margin, or else the first
    disagreement would be a decline.
    """
    judged = [d for d in divergences if d.version == version and d.agreement is not None]
    latest = sorted(judged, key=lambda d: (d.at, d.run_id))[-rules.decline_window :]
    agreed = sum((d.agreement or 0.0) >= rules.agrees_from for d in latest)
    known = baseline is not None and len(latest) >= rules.decline_window
    high = wilson(agreed, len(latest), confidence=rules.confidence).high if latest else None
    bound = min(baseline or 0.0, 1.0 - rules.margin)
    return _evidence(
        Gate.DECLINE,
        version,
        len(latest),
        _at_least("agreement_high", high, bound, known=known),
    )


def correction_gate(
    corrected: Sequence[datetime], runs: Iterable[RunRecord], *, version: str, rules: GateRules
) -> Evidence:
    """Say whether the owner corrected the latest runs too often; fail means so.

    ``corrected`` are the instants of corrections to what the skill's capability did.
    """
    latest = _latest_runs(runs, version=version, limit=rules.correction_runs)
    since = latest[0].at if latest else None
    count = 0 if since is None else sum(at >= since for at in corrected)
    return _evidence(
        Gate.CORRECTIONS,
        version,
        len(latest),
        _at_most("corrections", count if latest else None, rules.corrections - 1),
    )


def share_gate(gate: Gate, *, version: str, passed: int, count: int, needed: float) -> Evidence:
    """Say whether enough of the cases passed; of no cases nothing is known."""
    share = passed / count if count else None
    return _evidence(gate, version, count, _at_least("pass_rate", share, needed))


def _latest_runs(runs: Iterable[RunRecord], *, version: str, limit: int) -> list[RunRecord]:
    mine = sorted((r for r in runs if r.version == version), key=lambda r: (r.at, r.run_id))
    return mine[-limit:]


def _at_least(name: str, value: float | None, bound: float, *, known: bool = True) -> Measure:
    met = value >= bound if known and value is not None else None
    return Measure(name=name, value=value, bound=bound, met=met)


def _at_most(name: str, value: float | None, bound: float) -> Measure:
    return Measure(
        name=name, value=value, bound=bound, met=None if value is None else value <= bound
    )


def _evidence(gate: Gate, version: str, count: int, *measures: Measure) -> Evidence:
    if any(measure.met is False for measure in measures):
        verdict = Verdict.FAIL
    elif all(measure.met for measure in measures):
        verdict = Verdict.PASS
    else:
        verdict = Verdict.UNKNOWN
    return Evidence(gate=gate, version=version, verdict=verdict, count=count, measures=measures)
