"""Where a skill stands, which steps it may take from there, and what they rest on."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from donna_core.domain.errors import Refused
from donna_core.domain.skill.gates import Evidence, Gate, Verdict


class SkillState(StrEnum):
    """How far a skill is trusted; ``claude_native`` means that a model does the work itself."""

    NATIVE = "claude_native"
    CANDIDATE = "skill_candidate"
    DRAFT = "draft"
    SANDBOX = "sandbox"
    SHADOW = "shadow_primary"
    TRUSTED = "trusted"
    FLAGGED = "flagged_for_review"
    DEGRADED = "degraded"


class Reason(StrEnum):
    """Why a skill takes a step."""

    GATE_PASSED = "gate_passed"
    HUMAN_APPROVAL = "human_approval"
    MANUAL_OVERRIDE = "manual_override"
    DEGRADATION = "degradation"
    EVOLUTION_FAILED = "evolution_failed"
    VERSION_CHANGED = "version_changed"


class Actor(StrEnum):
    """Who takes it."""

    SYSTEM = "system"
    OWNER = "owner"


_GATE = frozenset({Reason.GATE_PASSED, Reason.MANUAL_OVERRIDE})
_HUMAN = frozenset({Reason.HUMAN_APPROVAL, Reason.MANUAL_OVERRIDE})
_DECLINE = frozenset({Reason.DEGRADATION, Reason.MANUAL_OVERRIDE})
_OVERRIDE = frozenset({Reason.MANUAL_OVERRIDE})

STEPS: Mapping[tuple[SkillState, SkillState], frozenset[Reason]] = {
    (SkillState.NATIVE, SkillState.CANDIDATE): _GATE,
    (SkillState.CANDIDATE, SkillState.DRAFT): _GATE,
    (SkillState.DRAFT, SkillState.SANDBOX): _HUMAN,
    (SkillState.SANDBOX, SkillState.SHADOW): _GATE | _HUMAN,
    (SkillState.SHADOW, SkillState.TRUSTED): _GATE | _HUMAN,
    (SkillState.SHADOW, SkillState.FLAGGED): _DECLINE,
    (SkillState.TRUSTED, SkillState.FLAGGED): _DECLINE,
    (SkillState.FLAGGED, SkillState.TRUSTED): _HUMAN,
    (SkillState.FLAGGED, SkillState.DEGRADED): _HUMAN,
    (SkillState.DEGRADED, SkillState.DRAFT): _GATE,
    **{
        (state, SkillState.NATIVE): _OVERRIDE
        for state in SkillState
        if state not in (SkillState.NATIVE, SkillState.DEGRADED)
    },
    (SkillState.DEGRADED, SkillState.NATIVE): frozenset(
        {Reason.EVOLUTION_FAILED, Reason.MANUAL_OVERRIDE}
    ),
}
"""Every step there is, with the reasons that allow it; none leads from a state to itself."""

GATES: Mapping[tuple[SkillState, SkillState], Gate] = {
    (SkillState.NATIVE, SkillState.CANDIDATE): Gate.CANDIDATE,
    (SkillState.CANDIDATE, SkillState.DRAFT): Gate.FIXTURES,
    (SkillState.SANDBOX, SkillState.SHADOW): Gate.SANDBOX,
    (SkillState.SHADOW, SkillState.TRUSTED): Gate.SHADOW,
    (SkillState.DEGRADED, SkillState.DRAFT): Gate.EVOLUTION,
}
"""The gate that each step by ``gate_passed`` leads through."""

GUARDED = frozenset({SkillState.SANDBOX, SkillState.SHADOW, SkillState.TRUSTED})
"""The states into which a skill with a human gate is let by its owner alone."""

ACTING = frozenset({SkillState.SHADOW, SkillState.TRUSTED})
"""The states in which what a skill returns is used."""


class IllegalTransition(Refused):
    """The skill cannot take this step for this reason."""

    def __init__(self, skill: str, *, state: SkillState, to: SkillState, problem: str) -> None:
        self.skill, self.state, self.to, self.problem = skill, state, to, problem
        listed = ", ".join(step.value for step in reachable(state))
        super().__init__(
            f"The skill '{skill}' is {state} and cannot become {to}: {problem}. "
            f"From here it can become {listed}."
        )


class HumanGateRequired(Refused):
    """Only the owner lets this skill into a state in which it is run."""

    def __init__(self, skill: str, *, to: SkillState) -> None:
        self.skill, self.to = skill, to
        super().__init__(
            f"The skill '{skill}' becomes {to} by its owner's word only. "
            f"`donna skills promote {skill}` gives it."
        )


class EvidenceMissing(Refused):
    """The evidence does not carry the step: it is of another version or gate, or says no."""

    def __init__(self, skill: str, *, to: SkillState, problem: str) -> None:
        self.skill, self.to, self.problem = skill, to, problem
        super().__init__(
            f"The skill '{skill}' did not become {to}: {problem}. "
            f"`donna skills why {skill}` shows what was measured."
        )


@frozen(kw_only=True)
class Standing:
    """Where a skill stands since when, in which version of its files (a hash of them).

    ``baseline`` is its mean agreement when it was trusted; ``needs_owner`` is its human gate.
    ``previous`` are the versions before, latest last.
    """

    skill: str
    capability: str
    version: str
    since: datetime
    state: SkillState = SkillState.DRAFT
    baseline: float | None = None
    needs_owner: bool = False
    previous: tuple[str, ...] = ()


@frozen(kw_only=True)
class Transition:
    """One step that was taken: by whom, why, and on which evidence."""

    skill: str
    version: str
    before: SkillState
    after: SkillState
    reason: Reason
    actor: Actor
    at: datetime
    note: str = ""
    evidence: Evidence | None = None


def reachable(state: SkillState) -> tuple[SkillState, ...]:
    """Return the states one step away, in the order of trust."""
    return tuple(to for to in SkillState if (state, to) in STEPS)


def move(
    standing: Standing,
    to: SkillState,
    *,
    reason: Reason,
    actor: Actor,
    at: datetime,
    evidence: Evidence | None = None,
    note: str = "",
) -> tuple[Standing, Transition]:
    """Return the skill in its new state and the step as it is recorded.

    Raise ``IllegalTransition`` for a step or a reason that is not in the table,
    ``HumanGateRequired`` and ``EvidenceMissing``. No gate stands before a step down.
    """
    before = standing.state
    reasons = STEPS.get((before, to))
    if reasons is None:
        raise IllegalTransition(standing.skill, state=before, to=to, problem="it is no step")
    if reason not in reasons:
        problem = f"{reason} is no reason for it"
        raise IllegalTransition(standing.skill, state=before, to=to, problem=problem)
    owners_word = reason in (Reason.HUMAN_APPROVAL, Reason.MANUAL_OVERRIDE)
    if owners_word and actor is Actor.SYSTEM:
        problem = f"{reason} is the owner's to give"
        raise IllegalTransition(standing.skill, state=before, to=to, problem=problem)
    if standing.needs_owner and actor is Actor.SYSTEM and to in GUARDED:
        raise HumanGateRequired(standing.skill, to=to)
    _check_evidence(standing, to, reason=reason, evidence=evidence)
    moved = evolve(
        standing,
        state=to,
        since=at,
        baseline=_baseline(standing, to, evidence),
    )
    return moved, Transition(
        skill=standing.skill,
        version=standing.version,
        before=before,
        after=to,
        reason=reason,
        actor=actor,
        at=at,
        note=note,
        evidence=evidence,
    )


def swapped(
    standing: Standing, version: str, *, actor: Actor, at: datetime, note: str = ""
) -> tuple[Standing, Transition]:
    """Return the skill in another version, of which nothing is proved, and the record of it.

    Its baseline goes with the old version. A skill that acts, or is flagged, starts again in
    the sandbox; below that it stays where it is. Raise ``HumanGateRequired``, and
    ``IllegalTransition`` where it has that version already.
    """
    if version == standing.version:
        problem = f"it is in version {version[:12]} already"
        raise IllegalTransition(
            standing.skill, state=standing.state, to=standing.state, problem=problem
        )
    proved = standing.state in (*ACTING, SkillState.FLAGGED)
    state = SkillState.SANDBOX if proved else standing.state
    if actor is Actor.SYSTEM and standing.needs_owner and state in GUARDED:
        raise HumanGateRequired(standing.skill, to=state)
    changed = evolve(
        standing,
        version=version,
        previous=(*standing.previous, standing.version),
        state=state,
        baseline=None,
        since=at,
    )
    return changed, Transition(
        skill=standing.skill,
        version=version,
        before=standing.state,
        after=state,
        reason=Reason.VERSION_CHANGED,
        actor=actor,
        at=at,
        note=note or f"version {standing.version[:12]} gave way to {version[:12]}",
    )


def rolled_back(standing: Standing, *, actor: Actor, at: datetime) -> tuple[Standing, Transition]:
    """Return the skill in the version before; raise ``IllegalTransition`` where there is none."""
    if not standing.previous:
        problem = "there is no version before this one"
        raise IllegalTransition(
            standing.skill, state=standing.state, to=standing.state, problem=problem
        )
    return swapped(standing, standing.previous[-1], actor=actor, at=at, note="rolled back")


def _check_evidence(
    standing: Standing, to: SkillState, *, reason: Reason, evidence: Evidence | None
) -> None:
    if evidence is not None and evidence.version != standing.version:
        problem = f"the evidence is of version {evidence.version[:12]}"
        raise EvidenceMissing(standing.skill, to=to, problem=problem)
    if reason is Reason.GATE_PASSED:
        gate = GATES[(standing.state, to)]
        if evidence is None or evidence.gate is not gate:
            raise EvidenceMissing(standing.skill, to=to, problem=f"the gate '{gate}' was not asked")
        if evidence.verdict is not Verdict.PASS:
            problem = f"the gate '{gate}' says {evidence.verdict}"
            raise EvidenceMissing(standing.skill, to=to, problem=problem)
    if reason is Reason.DEGRADATION and (evidence is None or evidence.verdict is not Verdict.FAIL):
        raise EvidenceMissing(standing.skill, to=to, problem="no decline was measured")


def _baseline(standing: Standing, to: SkillState, evidence: Evidence | None) -> float | None:
    if to is not SkillState.TRUSTED or evidence is None:
        return standing.baseline
    measured = evidence.value("agreement")
    return standing.baseline if measured is None else measured
