"""Answering Donna: acknowledging a pursuit, asking her to come back later, for quiet or a pause."""

from collections.abc import Callable
from datetime import datetime

from attrs import evolve

from donna_core.domain.errors import NextStep, NotFound
from donna_core.domain.events import EventKind
from donna_core.domain.followup.escalation import (
    Escalation,
    acknowledge,
    back_off,
    carries_ref,
)
from donna_core.domain.tasks.task import InputChannel
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve
from donna_core.usecases.runtime import Runtime


class NothingPursued(NotFound):
    """Donna is not waiting for an answer about this."""

    def __init__(self, reference: str | None) -> None:
        self.reference = reference
        about = f" about '{reference}'" if reference else ""
        self.next_step = NextStep("today", "shows what is")
        super().__init__(f"Donna is not waiting for an answer{about}.")


async def ack(
    runtime: Runtime, reference: str | None = None, *, channel: InputChannel = InputChannel.APP
) -> Changed:
    """Stop the ladder: of one task or reference code, or every one that is climbing."""

    def change(stores: Stores, pursuit: Escalation) -> Escalation:
        del stores
        return acknowledge(pursuit, at=origin.at)

    origin = Origin.draw(runtime, "ack", reference or "", channel=channel)
    return await _answer(runtime, origin, reference, change)


async def busy(
    runtime: Runtime, reference: str | None = None, *, channel: InputChannel = InputChannel.APP
) -> Changed:
    """Back off for the time the ladder names, then ask again."""

    def change(stores: Stores, pursuit: Escalation) -> Escalation:
        task = stores.tasks.get(pursuit.task_id)
        if task is None:
            return acknowledge(pursuit, at=origin.at)
        return back_off(
            pursuit,
            task,
            at=origin.at,
            ladder=runtime.policy.ladder,
            windows=runtime.policy.windows,
            quiet_until=stores.attention.get().quiet_until,
        )

    origin = Origin.draw(runtime, "busy", reference or "", channel=channel)
    return await _answer(runtime, origin, reference, change)


async def quiet(runtime: Runtime, *, until: datetime | None) -> Changed:
    """Hold everything below priority 5 until then; ``None`` ends the quiet."""
    origin = Origin.draw(runtime, "quiet", until.isoformat() if until else "off")

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        attention = stores.attention.get()
        recorder.attend(evolve(attention, quiet_until=until, version=attention.version + 1))
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


async def pause(runtime: Runtime) -> Changed:
    """Let nothing leave from now on, calendar writes included; what is said is kept."""
    return await _pause(runtime, Origin.draw(runtime, "pause"), paused=True)


async def resume(runtime: Runtime) -> Changed:
    """Let what waited leave, as far as it is of use still."""
    return await _pause(runtime, Origin.draw(runtime, "resume"), paused=False)


async def _pause(runtime: Runtime, origin: Origin, *, paused: bool) -> Changed:
    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        attention = stores.attention.get()
        if (attention.paused_at is not None) != paused:
            at = origin.at if paused else None
            recorder.attend(evolve(attention, paused_at=at, version=attention.version + 1))
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


async def _answer(
    runtime: Runtime,
    origin: Origin,
    reference: str | None,
    change: Callable[[Stores, Escalation], Escalation],
) -> Changed:
    def decide(stores: Stores) -> Changed:
        pursuits = _pursued(stores, reference)
        if not pursuits:
            raise NothingPursued(reference)
        recorder = Recorder(stores, runtime.policy, origin)
        for pursuit in pursuits:
            recorder.pursue(change(stores, pursuit))
            recorder.tell(EventKind.ACKNOWLEDGED, pursuit.task_id, verb=origin.verb)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _pursued(stores: Stores, reference: str | None) -> tuple[Escalation, ...]:
    active = stores.escalations.active()
    if reference is None:
        return active
    by_code = tuple(each for each in active if carries_ref(reference, ref=each.ref))
    if by_code:
        return by_code
    wanted = {task.id for task in resolve(stores, reference)}
    return tuple(each for each in active if each.task_id in wanted)
