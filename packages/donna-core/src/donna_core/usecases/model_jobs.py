"""What the jobs that wait for a model share: a deadline below their lease, and later attempts."""

from datetime import timedelta

from donna_core.domain.errors import ModelUnavailable
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.language_model import ModelReply, ModelRequest
from donna_core.usecases.patience import within
from donna_core.usecases.runtime import Runtime

PATIENCE = timedelta(seconds=35)
"""How long a model may take: less than the lease under which the job was claimed."""

PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = 48
"""After how many attempts a job is left."""


async def answer_within(runtime: Runtime, request: ModelRequest) -> ModelReply:
    """Return the answer; raise ``ModelUnavailable`` where it takes too long, and end the call."""
    until = runtime.clock.now() + PATIENCE
    try:
        return await within(runtime.clock, runtime.language_model.complete(request), until=until)
    except TimeoutError as error:
        problem = "the model took too long"
        raise ModelUnavailable(request.task_type, problem=problem) from error


async def put_off(runtime: Runtime, job: JobRow, problem: str) -> None:
    """Try again in an hour, or leave it after two days."""
    if job.attempts >= GIVE_UP_AFTER:
        await finish(runtime, job, JobState.DONE, note=f"left until next time: {problem}")
    else:
        await finish(runtime, job, JobState.PENDING, pause=PAUSE, note=problem)


async def finish(
    runtime: Runtime,
    job: JobRow,
    state: JobState,
    *,
    pause: timedelta | None = None,
    note: str = "",
) -> None:
    """Move the job on; one that is pending again is due after the pause."""
    at = runtime.clock.now()
    again = None if pause is None else at + pause
    await runtime.unit_of_work.run(
        lambda stores: stores.jobs.finish(
            job.job.key, fence=job.fence, state=state, at=at, run_at=again, note=note
        )
    )
