"""Asking a second model the same, for comparison; nobody ever waits for it or acts on it.

The job is wanted in the transaction that wrote the first answer down and asks what stands in the
log, so that it outlives the process that asked first, and holds no text of its own.
"""

from datetime import datetime

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.errors import DonnaError
from donna_core.domain.ids import CallId
from donna_core.domain.spending.invocations import Invocation
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.language_model import ModelLane, ModelRequest, Urgency
from donna_core.usecases.model_jobs import answer_within, finish, put_off
from donna_core.usecases.runtime import Runtime

CALLER = "shadow"
SHADOW_OF = "shadow_of"
"""The tag of a request that names the call it is the shadow of."""


def shadow_job(row: Invocation, alias: str, *, at: datetime) -> Job:
    """Return the job that asks the model of this alias what the call asked."""
    return Job(
        key=f"shadow:{row.id}:{alias}",
        kind=JobKind.SHADOW,
        run_at=at,
        payload={"call": row.id, "model": alias},
    )


async def shadow(runtime: Runtime, job: JobRow) -> None:
    """Ask the second model; where it may not or cannot answer, try later, and not for ever."""
    call_id = CallId(job.job.payload["call"])
    row = await runtime.unit_of_work.run(lambda stores: stores.invocations.get(call_id))
    if row is None or row.prompt is None:
        await finish(runtime, job, JobState.DONE, note="what was asked is not kept")
        return
    request = ModelRequest(
        task_type=row.task_type,
        prompt=row.prompt,
        model_alias=job.job.payload["model"],
        caller=CALLER,
        lane=ModelLane.INTERNAL,
        priority=Urgency.BACKGROUND,
        tags={SHADOW_OF: row.id},
        labels=row.labels,
        sources=row.sources,
    )
    try:
        await answer_within(runtime, request)
    except DonnaError as error:
        await put_off(runtime, job, str(error))
    else:
        await finish(runtime, job, JobState.DONE)
