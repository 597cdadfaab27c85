"""Comparing a run with what a model makes of the same, later and without anybody waiting for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.errors import InvalidInput, NotFound, Refused
from donna_core.domain.skill.requests import RunStatus
from donna_core.domain.skill.runs import SkillRun, StepRecord, results_of
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.model_jobs import GIVE_UP_AFTER, PATIENCE, finish, put_off
from donna_core.usecases.patience import within
from donna_core.usecases.runtime import Runtime
from donna_skills.execution.fixtures import Fixture, shape_of
from donna_skills.execution.shelf import Shelved, SkillShelf
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.lifecycle.shadow import NOBODY, Shadow, ShadowedRun


def comparison_job(run_id: str, *, at: datetime) -> Job:
    """Return the job that compares the run."""
    return Job(
        key=f"skill_shadow:{run_id}",
        kind=JobKind.SKILL_SHADOW,
        run_at=at,
        payload={"run": run_id},
    )


@frozen(kw_only=True)
class Comparison:
    """Compares runs that are on record."""

    shelf: SkillShelf
    lifecycles: Lifecycles

    async def do(self, runtime: Runtime, job: JobRow) -> None:
        """Compare the run of a claimed job; where no model answers, later, and not for ever.

        Only a comparison of the version that counts by now is evidence.
        """
        run_id = job.job.payload["run"]

        def read(stores: Stores) -> tuple[SkillRun | None, tuple[StepRecord, ...]]:
            return stores.skill_runs.get(run_id), stores.skill_runs.steps(run_id)

        run, steps = await runtime.unit_of_work.run(read)
        try:
            shelved = await self.shelf.get(run.skill) if run is not None else None
        except (InvalidInput, NotFound, Refused) as error:
            await finish(runtime, job, JobState.DONE, note=str(error))
            return
        if run is None or shelved is None or shelved.skill.version != run.version:
            await finish(runtime, job, JobState.DONE, note="the version that ran is gone")
            return
        until = runtime.clock.now() + PATIENCE
        comparing = Shadow(runtime.language_model).compare(_shadowed(run, steps, shelved))
        try:
            seen = await within(runtime.clock, comparing, until=until)
        except TimeoutError:
            await put_off(runtime, job, "the model took too long")
            return
        if seen.judged_by == NOBODY and job.attempts < GIVE_UP_AFTER:
            await put_off(runtime, job, seen.note)
            return
        await self.lifecycles.observe(run.skill, seen)
        await finish(runtime, job, JobState.DONE)


def _shadowed(run: SkillRun, steps: Sequence[StepRecord], found: Shelved) -> ShadowedRun:
    output = run.outcome.output if run.outcome is not None else None
    said = output if isinstance(output, Mapping) else {"value": output}
    return ShadowedRun(
        run_id=run.run_id,
        skill=run.skill,
        version=run.version,
        description=found.description,
        inputs=run.inputs,
        tool_results=results_of(steps),
        output=said,
        output_schema=_expected(found.fixtures, said),
        at=run.started_at,
        labels=frozenset().union(run.labels, *(step.ended.labels for step in steps)),
    )


def _expected(fixtures: Sequence[Fixture], output: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the shape an answer has to have: that of the fixtures where they agree on one."""
    shapes = [each.shape for each in fixtures if each.status is RunStatus.SUCCEEDED and each.shape]
    if shapes and all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    return shape_of(output)
