"""Understanding a sentence: asking whoever reads best, and saying when it was somebody else."""

from datetime import datetime

from attrs import evolve, frozen

from donna_core.domain.capture.parse import clean
from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import from_plain
from donna_core.domain.ids import CallId
from donna_core.ports.language_model import ModelLane, ModelRequest
from donna_core.usecases.runtime import Runtime

STAND_IN = "The model did not answer, so this was read without it; I read it again when it is back."


@frozen(kw_only=True)
class Understood:
    """What a text means; ``stands_in`` tells that a better reader was wanted and did not answer.

    ``call`` is the call of a model whose answer it is, where one was written down.
    """

    reading: Reading
    stands_in: bool
    call: CallId | None


async def understand(
    runtime: Runtime,
    text: str,
    *,
    at: datetime | None = None,
    lane: ModelLane = ModelLane.EXTERNAL,
    caller: str = "capture",
) -> Understood:
    """Return what a text means, said at the instant ``at`` (now when left out).

    Raise ``InvalidInput`` for a text that is empty or too long. Nothing is stored.
    """
    cleaned, remarks = clean(text, limit=runtime.policy.text_limit, keeps_lines=True)
    reply = await runtime.language_model.complete(
        ModelRequest(
            task_type="parse_task",
            inputs={
                "text": cleaned,
                "at": (at or runtime.clock.now()).isoformat(),
                "zone": runtime.policy.zone.key,
                "day_first": runtime.policy.day_first,
            },
            caller=caller,
            lane=lane,
        )
    )
    reading = from_plain(Reading, reply.output)
    if reply.metadata.degraded:
        tasks = tuple(evolve(task, remarks=(*task.remarks, STAND_IN)) for task in reading.tasks)
        reading = evolve(reading, tasks=tasks, remarks=(*reading.remarks, STAND_IN))
    if remarks:
        reading = evolve(reading, remarks=(*remarks, *reading.remarks))
    call = reply.metadata.invocation_id
    return Understood(
        reading=reading,
        stands_in=reply.metadata.degraded,
        call=None if call is None else CallId(call),
    )
