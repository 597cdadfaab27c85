"""The loop that keeps Donna's promises while she runs in the foreground."""

import asyncio
from datetime import datetime, timedelta

from attrs import define

from donna_adapters.compose.build import Composed
from donna_adapters.system.leadership import leading
from donna_core.domain.errors import Degraded
from donna_core.ports.jobs import JobRow
from donna_core.ports.outbox import DeliveryState
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.mirroring import Glance
from donna_core.usecases.reread import reread
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import Round, work
from donna_server.http.health import (
    Check,
    CheckName,
    Health,
    create_app,
    serve,
    work_loop_check,
)

POLL = timedelta(seconds=15)
"""How soon what another process wrote is noticed."""

LONGEST_ROUND = timedelta(minutes=2)
_UNDELIVERED = frozenset({DeliveryState.UNKNOWN, DeliveryState.DEAD})


@define
class Heartbeat:
    """When the loop last finished a round, and what stood in its way, for ``/health``."""

    beat_at: datetime | None = None
    problem: str = ""
    unreadable: tuple[str, ...] = ()


async def supervise(composed: Composed, *, port: int, host: str = "127.0.0.1") -> None:
    """Do the work and answer ``/health`` until cancelled.

    Raise ``AlreadyLed`` when another process does the work of this data folder, and
    ``CannotListen`` when the port cannot be had; nothing was started then.
    """
    runtime, heartbeat = composed.runtime, Heartbeat()

    def beat() -> Check:
        return work_loop_check(heartbeat.beat_at, now=runtime.clock.now(), limit=LONGEST_ROUND)

    async def checks() -> Health:
        return Health(checks=(beat(), *await _findings(runtime, heartbeat)))

    app = create_app(checks, beat=beat)
    with leading(composed.home.place.data):
        serving = asyncio.create_task(serve(app, host=host, port=port))
        working = asyncio.create_task(orchestrate(runtime, heartbeat))
        try:
            done, _ = await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            for task in (serving, working):
                task.cancel()
            await asyncio.gather(serving, working, return_exceptions=True)


async def orchestrate(runtime: Runtime, heartbeat: Heartbeat, *, poll: timedelta = POLL) -> None:
    """Run round after round until cancelled, each when something is due or a poll has passed.

    What cannot be reached is noted in the heartbeat and tried again; nothing is lost between
    rounds, because all that is owed is in the database. Messages that wait for a model are read
    beside the rounds.
    """
    async with asyncio.TaskGroup() as beside:
        await _rounds(runtime, heartbeat, poll, beside)


async def _rounds(
    runtime: Runtime, heartbeat: Heartbeat, poll: timedelta, beside: asyncio.TaskGroup
) -> None:
    while True:
        try:
            done = await work(runtime)
        except Degraded as error:
            heartbeat.problem = str(error)
            await runtime.clock.sleep_until(runtime.clock.now() + poll)
            continue
        for row in done.to_reread:
            beside.create_task(_reread(runtime, row, done.mirrored, heartbeat))
        for row in done.to_assess:
            beside.create_task(_assess(runtime, row, heartbeat))
        now = runtime.clock.now()
        heartbeat.beat_at = now
        heartbeat.problem = ""
        heartbeat.unreadable = tuple(str(error) for error in done.mirrored.unreadable)
        await runtime.clock.sleep_until(_wake_at(done, now, poll))


async def _reread(runtime: Runtime, row: JobRow, seen: Glance, heartbeat: Heartbeat) -> None:
    """Read a message again; what cannot be written down now is due again when its lease ends."""
    try:
        await reread(runtime, row, seen=seen)
    except Degraded as error:
        heartbeat.problem = str(error)


async def _assess(runtime: Runtime, row: JobRow, heartbeat: Heartbeat) -> None:
    """Compare or judge answers; what cannot be written down now is due again later."""
    try:
        await assess_models(runtime, row)
    except Degraded as error:
        heartbeat.problem = str(error)


async def _findings(runtime: Runtime, heartbeat: Heartbeat) -> tuple[Check, ...]:
    """Return what a look at the database, the calendars and the outbox finds."""
    stuck = await runtime.unit_of_work.run(
        lambda stores: len(stores.outbox.select(states=_UNDELIVERED))
    )
    return (
        Check(
            name=CheckName.DATABASE,
            ok=not heartbeat.problem,
            detail=heartbeat.problem or "answers",
        ),
        Check(
            name=CheckName.CALENDARS,
            ok=not heartbeat.unreadable,
            detail="; ".join(heartbeat.unreadable) or "all readable",
        ),
        Check(name=CheckName.OUTBOX, ok=not stuck, detail=f"{stuck} undelivered for good"),
    )


def _wake_at(done: Round, now: datetime, poll: timedelta) -> datetime:
    if done.next_due is None:
        return now + poll
    return max(now, min(done.next_due, now + poll))
