"""What ``--json`` prints of skills."""

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


PRINTED_BY: dict[str, type[Wire]] = {
    "donna skills list": SkillsObject,
    "donna skills why": SkillAccountObject,
    "donna skills promote, donna skills demote, donna skills rollback": SkillStepObject,
    "donna skills candidates": CandidatesObject,
}
