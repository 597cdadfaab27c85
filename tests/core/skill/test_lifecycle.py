"""A skill is trusted no further than its evidence reaches."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.errors import Refused
from donna_core.domain.skill.gates import (
    Divergence,
    Evidence,
    Gate,
    GateRules,
    RunRecord,
    Verdict,
    correction_gate,
    decline_gate,
    sandbox_gate,
    shadow_gate,
    share_gate,
)
from donna_core.domain.skill.lifecycle import (
    GUARDED,
    STEPS,
    Actor,
    EvidenceMissing,
    HumanGateRequired,
    IllegalTransition,
    Reason,
    SkillState,
    Standing,
    move,
    reachable,
    rolled_back,
    swapped,
)
from donna_core.domain.skill.statistics import paired, wilson

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULES = GateRules()


BASE = Standing(skill="news", capability="news_check", version="v1", since=NOON)
PASSED = Evidence(gate=Gate.SANDBOX, version="v1", verdict=Verdict.PASS, count=20)


def runs(*valid: bool, version: str = "v1") -> list[RunRecord]:
    """Return runs a minute apart."""
    return [
        RunRecord(run_id=f"r{n:03}", version=version, at=NOON + timedelta(minutes=n), valid=one)
        for n, one in enumerate(valid)
    ]


def divergences(
    *agreements: float | None, version: str = "v1", native: bool | None = True
) -> list[Divergence]:
    """Return comparisons a minute apart, in which the skill gave a fitting answer."""
    return [
        Divergence(
            run_id=f"r{n:03}",
            version=version,
            at=NOON + timedelta(minutes=n),
            agreement=one,
            skill_right=True,
            native_right=native,
            judged_by="comparator",
        )
        for n, one in enumerate(agreements)
    ]


def test_every_state_can_be_left_and_be_reached() -> None:
    """No state is a trap, and none is out of the way."""
    assert {before for before, _ in STEPS} == {after for _, after in STEPS} == set(SkillState)
    assert all(before is not after for before, after in STEPS)


@given(
    st.sampled_from(SkillState),
    st.lists(
        st.tuples(
            st.sampled_from(SkillState),
            st.sampled_from(Reason),
            st.sampled_from(Verdict),
            st.sampled_from(Gate),
            st.sampled_from(["v1", "v2"]),
        ),
        max_size=30,
    ),
)
def test_the_system_never_passes_a_human_gate(
    start: SkillState, tries: list[tuple[SkillState, Reason, Verdict, Gate, str]]
) -> None:
    """Whatever it tries with whatever evidence, it gets a skill down, never up."""
    skill = evolve(BASE, state=start, needs_owner=True)
    for to, reason, verdict, gate, version in tries:
        evidence = Evidence(gate=gate, version=version, verdict=verdict, count=99)
        try:
            skill, step = move(
                skill, to, reason=reason, actor=Actor.SYSTEM, at=NOON, evidence=evidence
            )
        except Refused:
            continue
        assert step.after not in GUARDED
        assert reason in STEPS[(step.before, step.after)]
        assert reason is not Reason.GATE_PASSED or (verdict, version) == (Verdict.PASS, "v1")


@pytest.mark.parametrize("state", sorted(GUARDED))
def test_its_owner_takes_a_skill_down_from_anywhere(state: SkillState) -> None:
    """Nothing needs to be measured to trust less."""
    skill = evolve(BASE, state=state, needs_owner=True)
    down, _ = move(
        skill, SkillState.NATIVE, reason=Reason.MANUAL_OVERRIDE, actor=Actor.OWNER, at=NOON
    )

    assert down.state is SkillState.NATIVE


def test_a_gate_is_passed_on_evidence_of_this_version_that_says_so() -> None:
    """Another version, another gate, too little or none: the skill stays where it is."""
    skill = evolve(BASE, state=SkillState.SANDBOX)
    wrong = (
        None,
        evolve(PASSED, version="v0"),
        evolve(PASSED, gate=Gate.SHADOW),
        evolve(PASSED, verdict=Verdict.UNKNOWN),
        evolve(PASSED, verdict=Verdict.FAIL),
    )
    for evidence in wrong:
        with pytest.raises(EvidenceMissing):
            move(
                skill,
                SkillState.SHADOW,
                reason=Reason.GATE_PASSED,
                actor=Actor.SYSTEM,
                at=NOON,
                evidence=evidence,
            )
    up, step = move(
        skill,
        SkillState.SHADOW,
        reason=Reason.GATE_PASSED,
        actor=Actor.SYSTEM,
        at=NOON,
        evidence=PASSED,
    )
    assert (up.state, step.evidence) == (SkillState.SHADOW, PASSED)


def test_a_refusal_names_the_steps_there_are() -> None:
    """Who asks for the impossible learns the possible."""
    with pytest.raises(IllegalTransition) as caught:
        move(BASE, SkillState.TRUSTED, reason=Reason.HUMAN_APPROVAL, actor=Actor.OWNER, at=NOON)

    assert reachable(BASE.state) == (SkillState.NATIVE, SkillState.SANDBOX)
    assert "sandbox" in str(caught.value)


def test_a_new_version_has_proved_nothing() -> None:
    """It starts in the sandbox without the baseline of the old one, and so does the old one."""
    trusted = evolve(BASE, state=SkillState.TRUSTED, baseline=0.9)
    second, step = swapped(trusted, "v2", actor=Actor.OWNER, at=NOON)
    back, _ = rolled_back(second, actor=Actor.OWNER, at=NOON)

    assert (second.state, second.baseline, second.version) == (SkillState.SANDBOX, None, "v2")
    assert (step.before, step.after) == (SkillState.TRUSTED, SkillState.SANDBOX)
    assert (back.version, back.previous) == ("v1", ("v1", "v2"))
    with pytest.raises(HumanGateRequired):
        swapped(evolve(trusted, needs_owner=True), "v2", actor=Actor.SYSTEM, at=NOON)
    with pytest.raises(IllegalTransition, match="no version before"):
        rolled_back(trusted, actor=Actor.OWNER, at=NOON)


def test_of_nothing_nothing_is_known() -> None:
    """No gate takes the absence of evidence for evidence, and none takes another version's."""
    others = runs(*[True] * 200, version="v0")
    apart = divergences(*[1.0] * 200, version="v0")
    asked = (
        sandbox_gate(others, version="v1", rules=RULES),
        shadow_gate(apart, others, version="v1", rules=RULES),
        decline_gate(apart, version="v1", baseline=0.9, rules=RULES),
        correction_gate([NOON] * 9, others, version="v1", rules=RULES),
        share_gate(Gate.EVOLUTION, version="v1", passed=0, count=0, needed=0.95),
    )

    assert [evidence.verdict for evidence in asked] == [Verdict.UNKNOWN] * 5


@pytest.mark.parametrize(
    ("valid", "verdict"),
    [
        ([True] * 19, Verdict.UNKNOWN),
        ([False] * 19, Verdict.UNKNOWN),
        ([True] * 18 + [False] * 2, Verdict.PASS),
        ([True] * 17 + [False] * 3, Verdict.FAIL),
        ([False] * 9 + [True] * 20, Verdict.PASS),
    ],
)
def test_the_sandbox_counts_the_latest_twenty(valid: list[bool], verdict: Verdict) -> None:
    """Nine of ten have to be whole."""
    assert sandbox_gate(runs(*valid), version="v1", rules=RULES).verdict is verdict


def test_agreement_alone_is_not_enough_where_pairs_are_few() -> None:
    """Twenty perfect comparisons leave room for a skill that is worse; a hundred do not."""
    few = shadow_gate(divergences(*[1.0] * 20), runs(*[True] * 20), version="v1", rules=RULES)
    many = shadow_gate(divergences(*[1.0] * 100), runs(*[True] * 100), version="v1", rules=RULES)

    assert few.verdict is Verdict.UNKNOWN
    assert many.verdict is Verdict.PASS
    assert many.value("agreement") == 1.0


def test_a_judge_that_failed_is_no_disagreement() -> None:
    """What nobody could judge counts neither for nor against."""
    judged = divergences(*([1.0, None] * 50))
    evidence = shadow_gate(judged, runs(*[True] * 100), version="v1", rules=RULES)
    decline = decline_gate(divergences(*[None] * 100), version="v1", baseline=0.9, rules=RULES)

    assert (evidence.value("agreement"), evidence.count) == (1.0, 50)
    assert decline.verdict is Verdict.UNKNOWN


def test_a_decline_is_told_from_bad_luck() -> None:
    """Three misses in thirty are luck at a baseline of 0.9, fifteen are none."""
    luck = divergences(*[0.0] * 3, *[1.0] * 27)
    decline = divergences(*[1.0] * 15, *[0.0] * 15)

    assert decline_gate(luck, version="v1", baseline=0.9, rules=RULES).verdict is Verdict.PASS
    found = decline_gate(decline, version="v1", baseline=0.9, rules=RULES)
    assert found.verdict is Verdict.FAIL
    trusted = evolve(BASE, state=SkillState.TRUSTED, needs_owner=True, baseline=0.9)
    flagged, _ = move(
        trusted,
        SkillState.FLAGGED,
        reason=Reason.DEGRADATION,
        actor=Actor.SYSTEM,
        at=NOON,
        evidence=found,
    )
    assert flagged.state is SkillState.FLAGGED


def test_corrections_count_since_the_tenth_last_run() -> None:
    """One correction is an accident, two of the latest runs are a pattern."""
    latest = runs(*[True] * 30)
    old, new = NOON, NOON + timedelta(minutes=25)

    def asked(*at: datetime) -> Verdict:
        return correction_gate(at, latest, version="v1", rules=RULES).verdict

    assert asked(old, old, new) is Verdict.PASS
    assert asked(new, new) is Verdict.FAIL


def test_the_intervals_are_the_published_ones() -> None:
    """Wilson's of 81 in 263 and Newcombe's of 50 pairs, as in his papers of 1998."""
    share = wilson(81, 263)
    pairs = [(True, True)] * 20 + [(True, False)] * 12 + [(False, True)] * 2
    difference = paired(pairs + [(False, False)] * 16)

    assert (share.low, share.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert (difference.low, difference.high) == pytest.approx((0.0562, 0.329), abs=5e-4)
