"""From the lifecycles of skills to the wire."""

from collections.abc import Collection, Sequence
from pathlib import Path

from donna_cli import schema_skills as schema
from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.gates import Evidence
from donna_core.domain.skill.lifecycle import Standing, Transition
from donna_core.domain.skill.requests import Fault, ModelAnswer
from donna_core.domain.skill.runs import Answered, SkillRun, StepRecord
from donna_core.domain.tools import ToolCall, ToolResult
from donna_skills.capabilities.inputs import Inputs
from donna_skills.capabilities.matching import Match
from donna_skills.execution.shelf import Shelved
from donna_skills.execution.validation import CaseResult
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


def checked(found: Shelved) -> schema.CheckedSkillObject:
    """Return a skill that can be used."""
    skill = found.skill
    return schema.CheckedSkillObject(
        skill=found.name,
        capability=skill.capability,
        version=skill.version,
        steps=[step.name for step in skill.steps],
        tools=sorted(skill.tools),
        fixtures=[each.name for each in found.fixtures],
    )


def added(standing: Standing, results: Sequence[CaseResult]) -> schema.AddedSkillObject:
    """Return a skill that was taken in."""
    return schema.AddedSkillObject(skill=_skill(standing), cases=[_case(each) for each in results])


def cases(found: Shelved, results: Sequence[CaseResult]) -> schema.CasesObject:
    """Return how the fixtures of a skill went."""
    return schema.CasesObject(
        skill=found.name,
        version=found.skill.version,
        cases=[_case(each) for each in results],
    )


def written(folder: Path, files: Sequence[str]) -> schema.WrittenSkillObject:
    """Return where a skill was written to."""
    return schema.WrittenSkillObject(folder=str(folder), files=list(files))


def capabilities(found: Sequence[Capability], tools: Collection[str]) -> schema.CapabilitiesObject:
    """Return what can be asked for."""
    return schema.CapabilitiesObject(
        capabilities=[
            schema.CapabilityObject(
                name=each.name,
                description=each.description,
                trigger=each.trigger,
                status=each.status,
                tools=sorted(each.tools),
                missing=sorted(each.tools - set(tools)),
            )
            for each in found
        ]
    )


def matches(found: Sequence[Match], inputs: Inputs | None) -> schema.MatchesObject:
    """Return what a message means."""
    return schema.MatchesObject(
        matches=[
            schema.MatchObject(
                capability=each.name, score=round(each.score, 4), band=each.band.value
            )
            for each in found
        ],
        inputs=None
        if inputs is None
        else schema.InputsObject(
            values=dict(inputs.values),
            missing=list(inputs.missing),
            problems=list(inputs.problems),
        ),
    )


def runs(found: Sequence[SkillRun]) -> schema.RunsObject:
    """Return runs."""
    return schema.RunsObject(runs=[_run(each) for each in found])


def run(found: SkillRun, steps: Sequence[StepRecord]) -> schema.RunStepsObject:
    """Return a run with its steps."""
    return schema.RunStepsObject(run=_run(found), steps=[_run_step(each) for each in steps])


def _case(result: CaseResult) -> schema.CaseObject:
    return schema.CaseObject(
        name=result.name, status=result.run.status, passed=result.passed, problem=result.problem
    )


def _run(found: SkillRun) -> schema.RunObject:
    outcome = found.outcome
    return schema.RunObject(
        run_id=found.run_id,
        skill=found.skill,
        capability=found.capability,
        version=found.version,
        state=found.state,
        status=found.status,
        reason="" if outcome is None else outcome.reason,
        started_at=found.started_at,
        ended_at=found.ended_at,
        inputs=dict(found.inputs),
        output=None if outcome is None else outcome.output,
        labels=[] if outcome is None else sorted(outcome.labels),
        waits_for=None if found.waits_for is None else _effect(found.waits_for),
        corrected_at=found.corrected_at,
        correction=found.correction,
    )


def _effect(call: ToolCall) -> schema.EffectObject:
    return schema.EffectObject(
        tool=call.tool, step=call.step, args=dict(call.args), argument_hash=call.argument_hash
    )


def _run_step(step: StepRecord) -> schema.RunStepObject:
    return schema.RunStepObject(
        step=step.ended.step,
        status=step.ended.status,
        started_at=step.started_at,
        ended_at=step.ended_at,
        output=step.ended.output,
        error=step.ended.error,
        labels=sorted(step.ended.labels),
        answers=[_answer(each) for each in step.answers],
    )


def _answer(answered: Answered) -> schema.SkillAnswerObject:
    reply = answered.reply
    value: object = None
    if isinstance(reply, ToolResult):
        value = reply.value
    elif isinstance(reply, ModelAnswer):
        value = reply.output
    return schema.SkillAnswerObject(
        call_id=answered.call_id,
        tool=answered.tool or None,
        attempt=answered.attempt,
        latency_ms=answered.latency_ms,
        cost_usd=str(answered.cost_usd),
        invocation_id=answered.invocation_id,
        fault=str(reply) if isinstance(reply, Fault) else None,
        value=value,
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
