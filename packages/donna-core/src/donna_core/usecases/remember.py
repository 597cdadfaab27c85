"""Remembering: what a person tells Donna is kept as said, though there is nothing to do."""

from donna_core.domain.capture.cleaning import clean
from donna_core.domain.events import EventKind
from donna_core.domain.ids import CallId
from donna_core.domain.tasks.history import REMEMBER
from donna_core.domain.tasks.task import InputChannel
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime


async def remember(
    runtime: Runtime,
    text: str,
    *,
    channel: InputChannel = InputChannel.APP,
    understood_by: CallId | None = None,
) -> Changed:
    """Keep the text as it was said, for whoever reads the log along; one undo takes it back.

    ``understood_by`` is the call of a model that took it for talk. Raise ``InvalidInput`` for
    text that is empty or too long and ``StorageUnavailable`` when it could not be kept.
    """
    clean(text, limit=runtime.policy.text_limit, keeps_lines=True)
    origin = Origin.draw(runtime, REMEMBER, text, channel=channel, understood_by=understood_by)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        recorder.tell(EventKind.TALK_HEARD, talk=origin.command_id)
        return Changed(command=recorder.commit(keep=True))

    return await runtime.unit_of_work.run(decide)
