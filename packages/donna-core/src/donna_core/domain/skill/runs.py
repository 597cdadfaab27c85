"""What is kept of a run: enough to show it, to go on with it, and to play it again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from donna_core.domain.errors import NotFound, Refused
from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.skill.gates import RunRecord
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.domain.skill.requests import (
    Fault,
    ModelAnswer,
    Outcome,
    RunStatus,
    StepEnded,
    StepStatus,
)
from donna_core.domain.tools import ToolCall, ToolResult

WHOLE = frozenset({StepStatus.VALID, StepStatus.SKIPPED})
"""What became of the steps of a run on which nothing has to be forgiven."""


class RunNotFound(NotFound):
    """There is no run of this id."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"There is no run '{run_id}'. `donna skills runs` lists the latest.")


class NothingToApprove(Refused):
    """The run waits for nobody's word."""

    def __init__(self, run: "SkillRun") -> None:
        self.run_id = run.run_id
        super().__init__(
            f"The run {run.run_id} waits for nobody: it is {run.status}. "
            "`donna skills runs` lists those that are waiting."
        )


class RunChanged(Refused):
    """The record of a run is not that of this skill, or somebody else goes on with it."""

    def __init__(self, run_id: str, *, problem: str) -> None:
        self.run_id, self.problem = run_id, problem
        super().__init__(
            f"The run {run_id} cannot go on: {problem}. "
            f"`donna skills show {run_id}` shows how far it came."
        )


@frozen(kw_only=True)
class Answered:
    """One request of a step and what came back, in milliseconds and dollars.

    ``tool`` is empty for a question to a model. ``fingerprint`` is the name under which a
    tool's result is played back, ``invocation_id`` the row of a model's answer in its log.
    """

    call_id: str
    reply: ModelAnswer | ToolResult | Fault
    attempt: int = 1
    tool: str = ""
    fingerprint: str = ""
    latency_ms: int = 0
    cost_usd: Decimal = Decimal(0)
    invocation_id: str | None = None


@frozen(kw_only=True)
class StepRecord:
    """A step that is over, with every answer it was given, in order; positions count from 0."""

    position: int
    ended: StepEnded
    started_at: datetime
    ended_at: datetime
    answers: tuple[Answered, ...] = ()

    @property
    def cost_usd(self) -> Decimal:
        """What its questions to models cost, in dollars."""
        return sum((each.cost_usd for each in self.answers), Decimal(0))


@frozen(kw_only=True)
class SkillRun:
    """One run of one version of a skill.

    ``state`` is how far the skill was trusted when it began; ``None`` for files that nobody
    took in yet. ``outcome`` is ``None`` while it is under way, or was cut off. ``waits_for`` is
    an effect that its owner has to approve first, ``answered`` what its step was told before;
    ``approved`` are the argument hashes of those that were. ``intents`` are the calls whose
    effects were about to be tried. ``corrected_at`` is when its owner said that it was wrong,
    ``correction`` how.
    """

    run_id: str
    skill: str
    capability: str
    version: str
    started_at: datetime
    inputs: Mapping[str, Any] = field(factory=dict)
    labels: Labels = NO_LABELS
    state: SkillState | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    waits_for: ToolCall | None = None
    answered: tuple[Answered, ...] = ()
    approved: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    corrected_at: datetime | None = None
    correction: str = ""

    @property
    def status(self) -> str:
        """How it ended, or whether it is ``running`` or ``waiting`` for its owner."""
        if self.outcome is not None:
            return self.outcome.status.value
        return "running" if self.waits_for is None else "waiting"


def record_of(run: SkillRun, steps: Iterable[StepRecord], *, at: datetime) -> RunRecord:
    """Return what the gates are told of a run that ended at this instant."""
    ended = run.outcome is not None and run.outcome.status is RunStatus.SUCCEEDED
    whole = all(step.ended.status in WHOLE for step in steps)
    return RunRecord(run_id=run.run_id, version=run.version, at=at, valid=ended and whole)


def results_of(steps: Iterable[StepRecord]) -> dict[str, Mapping[str, Any]]:
    """Return what tools returned in a run, by fingerprint; of one fingerprint the last."""
    return {
        each.fingerprint: each.reply.value
        for step in steps
        for each in step.answers
        if isinstance(each.reply, ToolResult)
    }
