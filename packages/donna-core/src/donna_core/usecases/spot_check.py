"""Judging the answers that wait for it, one after the other, and telling of the poor ones.

The judge is a model like any other: it is asked through the same port, within the same budget.
What it reads is data to it, never an instruction.
"""

from datetime import timedelta

from attrs import frozen

from donna_core.domain.errors import DonnaError
from donna_core.domain.ids import TaskId
from donna_core.domain.spending.invocations import CallFilter, Invocation
from donna_core.domain.spending.spot_checks import (
    JUDGE_TASK,
    REVIEW_TAG,
    review_title,
    to_review,
)
from donna_core.domain.tasks.history import Actor
from donna_core.domain.tasks.task import OPEN, Domain, InputChannel, Task
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.language_model import ModelLane, ModelRequest, Urgency
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.model_jobs import answer_within, finish, put_off
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime

GOES_ON = timedelta(seconds=20)
"""For how long one run begins with further answers; with the last one it fits into its lease."""

CALLER = "spot_check"
_PRIORITY = 2


@frozen(kw_only=True)
class _Judged:
    """What the judge says of an answer; ``score`` is from 0 to 1."""

    score: float
    why: str


async def spot_check(runtime: Runtime, job: JobRow) -> None:
    """Judge what waits, as much as fits into one run; the job comes back for the rest.

    Where the judge does not answer, or the budget does not allow it, it is tried again later.
    """
    until = runtime.clock.now() + GOES_ON
    while runtime.clock.now() < until:
        row = await _next(runtime)
        if row is None:
            await finish(runtime, job, JobState.DONE)
            return
        try:
            judged = await _judge(runtime, row)
        except DonnaError as error:
            await put_off(runtime, job, str(error))
            return
        await _note(runtime, row, judged)
    await finish(runtime, job, JobState.PENDING, pause=timedelta(0), note="there are more")


async def _next(runtime: Runtime) -> Invocation | None:
    """Return an answer that waits, and take those off the list whose texts are gone."""

    def decide(stores: Stores) -> Invocation | None:
        wanted = CallFilter(spot_check_queued=True)
        while waiting := stores.invocations.select(wanted, limit=1):
            [row] = waiting
            if row.prompt is not None and row.output is not None:
                return row
            stores.invocations.assess(row.id, spot_check=False)
        return None

    return await runtime.unit_of_work.run(decide)


async def _judge(runtime: Runtime, row: Invocation) -> _Judged:
    reply = await answer_within(
        runtime,
        ModelRequest(
            task_type=JUDGE_TASK,
            inputs={"task_type": row.task_type, "prompt": row.prompt, "answer": row.output},
            model_alias=runtime.policy.spot_checks.judge,
            caller=CALLER,
            lane=ModelLane.INTERNAL,
            priority=Urgency.BACKGROUND,
            labels=row.labels,
            sources=row.sources,
        ),
    )
    return _Judged(score=float(reply.output["score"]), why=str(reply.output["why"]))


async def _note(runtime: Runtime, row: Invocation, judged: _Judged) -> None:
    """Attach the score, and put a poor answer on the list of what its owner is to look at."""
    rules = runtime.policy.spot_checks
    origin = Origin.draw(runtime, "review", row.id, actor=Actor.DONNA)
    task_id = TaskId(runtime.ids.new())

    def decide(stores: Stores) -> None:
        stores.invocations.assess(row.id, quality_score=judged.score)
        if judged.score < rules.flag_below:
            recorder = Recorder(stores, runtime.policy, origin)
            _list(stores, recorder, runtime, row, judged, task_id=task_id)
            recorder.commit()

    await runtime.unit_of_work.run(decide)


def _list(
    stores: Stores,
    recorder: Recorder,
    runtime: Runtime,
    row: Invocation,
    judged: _Judged,
    *,
    task_id: TaskId,
) -> None:
    tasks = stores.tasks.select(statuses=OPEN)
    known = next((task for task in tasks if REVIEW_TAG in task.tags), None)
    if known is not None:
        recorder.put(to_review(known, row, score=judged.score, why=judged.why))
        return
    task = Task(
        id=task_id,
        user_id=runtime.user_id,
        number=stores.tasks.next_number(),
        title=review_title(1),
        domain=Domain.WORK,
        priority=_PRIORITY,
        base_priority=_PRIORITY,
        tags=(REVIEW_TAG,),
        created_at=recorder.at,
        created_via=InputChannel.APP,
    )
    listed = recorder.add(to_review(task, row, score=judged.score, why=judged.why))
    prioritise(recorder, runtime.policy, listed, others=tasks)
