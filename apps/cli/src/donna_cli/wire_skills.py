"""From the lifecycles of skills to the wire."""

from collections.abc import Sequence

from donna_cli import schema_skills as schema
from donna_core.domain.skill.gates import Evidence
from donna_core.domain.skill.lifecycle import Standing, Transition
from donna_skills.lifecycle.candidates import Candidate
from donna_skills.lifecycle.keeping import Account


def skills(standings: Sequence[Standing]) -> schema.SkillsObject:
    """Return where all skills stand."""
    return schema.SkillsObject(skills=[_skill(each) for each in standings])


def account(found: Account) -> schema.SkillAccountObject:
    """Return why a skill stands where it stands."""
    return schema.SkillAccountObject(
        skill=_skill(found.standing),
        steps=[step(each) for each in found.steps],
        evidence=[_evidence(each) for each in found.evidence],
        waits=found.waits,
    )


def step(taken: Transition) -> schema.SkillStepObject:
    """Return one step."""
    return schema.SkillStepObject(
        skill=taken.skill,
        version=taken.version,
        before=taken.before,
        after=taken.after,
        reason=taken.reason,
        actor=taken.actor,
        at=taken.at,
        note=taken.note,
        evidence=None if taken.evidence is None else _evidence(taken.evidence),
    )


def candidates(found: Sequence[Candidate]) -> schema.CandidatesObject:
    """Return what is worth a skill."""
    return schema.CandidatesObject(
        candidates=[
            schema.CandidateObject(
                task_type=each.task_type,
                fingerprint=each.fingerprint,
                calls=each.calls,
                cost=str(each.cost),
                saving=str(each.saving),
                sameness=round(each.sameness, 4),
            )
            for each in found
        ]
    )


def _skill(standing: Standing) -> schema.SkillObject:
    return schema.SkillObject(
        skill=standing.skill,
        capability=standing.capability,
        state=standing.state,
        version=standing.version,
        since=standing.since,
        needs_owner=standing.needs_owner,
        baseline=standing.baseline,
    )


def _evidence(evidence: Evidence) -> schema.EvidenceObject:
    return schema.EvidenceObject(
        gate=evidence.gate,
        version=evidence.version,
        verdict=evidence.verdict,
        count=evidence.count,
        measures=[
            schema.MeasureObject(name=each.name, value=each.value, bound=each.bound, met=each.met)
            for each in evidence.measures
        ],
    )
