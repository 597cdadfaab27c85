"""What ``--json`` prints of skills."""

from typing import Any

from donna_cli.wire_object import Instant, Wire


class SkillObject(Wire):
    """A skill: where it stands since when, and in which version of its files."""

    skill: str
    capability: str
    state: str
    version: str
    since: Instant
    needs_owner: bool
    baseline: float | None


class SkillsObject(Wire):
    """All skills, by name."""

    skills: list[SkillObject]


class MeasureObject(Wire):
    """One figure and what it is held against; ``met`` is null where too little is known."""

    name: str
    value: float | None
    bound: float
    met: bool | None


class EvidenceObject(Wire):
    """What a gate found about one version, from how many observations."""

    gate: str
    version: str
    verdict: str
    count: int
    measures: list[MeasureObject]


class SkillStepObject(Wire):
    """One step a skill took: by whom, why, and on which evidence."""

    skill: str
    version: str
    before: str
    after: str
    reason: str
    actor: str
    at: Instant
    note: str
    evidence: EvidenceObject | None


class SkillAccountObject(Wire):
    """Why a skill stands where it stands; ``waits`` says that only its owner's word is missing."""

    skill: SkillObject
    steps: list[SkillStepObject]
    evidence: list[EvidenceObject]
    waits: bool


class CandidateObject(Wire):
    """Work that could become a skill; amounts are dollars for thirty days."""

    task_type: str
    fingerprint: str
    calls: int
    cost: str
    saving: str
    sameness: float


class CandidatesObject(Wire):
    """What is worth a skill, the best first."""

    candidates: list[CandidateObject]


class CheckedSkillObject(Wire):
    """A skill that can be used as it is written, and the tools it uses."""

    skill: str
    capability: str
    version: str
    steps: list[str]
    tools: list[str]
    fixtures: list[str]


class WrittenSkillObject(Wire):
    """The folder a skill was written to, and its files."""

    folder: str
    files: list[str]


class CaseObject(Wire):
    """How a fixture went; ``problem`` is empty where it passed."""

    name: str
    status: str
    passed: bool
    problem: str


class CasesObject(Wire):
    """How all fixtures of a skill went."""

    skill: str
    version: str
    cases: list[CaseObject]


class AddedSkillObject(Wire):
    """A skill that was taken in, and how its fixtures went."""

    skill: SkillObject
    cases: list[CaseObject]


class SkillAnswerObject(Wire):
    """What a tool or a model answered; ``fault`` is null where it did."""

    call_id: str
    tool: str | None
    attempt: int
    latency_ms: int
    cost_usd: str
    invocation_id: str | None
    fault: str | None
    value: Any


class RunStepObject(Wire):
    """One step of a run, with every answer it was given."""

    step: str
    status: str
    started_at: Instant
    ended_at: Instant
    output: Any
    error: str
    labels: list[str]
    answers: list[SkillAnswerObject]


class EffectObject(Wire):
    """An effect that waits for its owner's word, which holds for exactly these arguments."""

    tool: str
    step: str
    args: dict[str, Any]
    argument_hash: str


class RunObject(Wire):
    """A run of a skill; ``state`` is how far it was trusted, null for files nobody took in."""

    run_id: str
    skill: str
    capability: str
    version: str
    state: str | None
    status: str
    reason: str
    started_at: Instant
    ended_at: Instant | None
    inputs: dict[str, Any]
    output: Any
    labels: list[str]
    waits_for: EffectObject | None
    corrected_at: Instant | None
    correction: str


class RunStepsObject(Wire):
    """A run and its steps."""

    run: RunObject
    steps: list[RunStepObject]


class RunsObject(Wire):
    """The latest runs, newest first."""

    runs: list[RunObject]


class CapabilityObject(Wire):
    """Something that can be asked for, and the tools that its skills may use."""

    name: str
    description: str
    trigger: str
    status: str
    tools: list[str]
    missing: list[str]


class CapabilitiesObject(Wire):
    """What can be asked for."""

    capabilities: list[CapabilityObject]


class MatchObject(Wire):
    """A capability and how near a message comes to it, from -1 to 1."""

    capability: str
    score: float
    band: str


class InputsObject(Wire):
    """What a message says of the inputs of the nearest capability."""

    values: dict[str, Any]
    missing: list[str]
    problems: list[str]


class MatchesObject(Wire):
    """The nearest capabilities, the best first; ``inputs`` is null where none is near enough."""

    matches: list[MatchObject]
    inputs: InputsObject | None


PRINTED_BY: dict[str, type[Wire]] = {
    "donna skills list": SkillsObject,
    "donna skills why": SkillAccountObject,
    "donna skills promote, donna skills demote, donna skills rollback": SkillStepObject,
    "donna skills candidates": CandidatesObject,
    "donna skills check": CheckedSkillObject,
    "donna skills match": MatchesObject,
    "donna skills capabilities": CapabilitiesObject,
    "donna skills import, donna skills export": WrittenSkillObject,
    "donna skills add": AddedSkillObject,
    "donna skills fixtures": CasesObject,
    "donna skills run, donna skills show, donna skills approve, donna skills wrong": RunStepsObject,
    "donna skills runs": RunsObject,
}
