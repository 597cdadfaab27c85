"""The loop that keeps Donna's promises while she runs in the foreground."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import define, field

from donna_adapters.compose.build import Composed
from donna_adapters.compose.leading import (
    check_after_crash,
    distributor_of,
    leadership_of,
    leading_runtime,
)
from donna_adapters.sql.leadership import RENEWAL, Leadership, LeadershipLost
from donna_adapters.system.leadership import AlreadyLed, leading
from donna_core.domain.errors import Degraded, StorageUnavailable
from donna_core.domain.timing.zones import local
from donna_core.ports.clock import Clock
from donna_core.ports.distribution import Distributor
from donna_core.ports.jobs import JobRow
from donna_core.ports.outbox import DeliveryState
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.mirroring import Glance
from donna_core.usecases.reread import reread
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import Round, work
from donna_memory.review import Review, latest_review
from donna_server.assessing import Assess, assessing
from donna_server.http.health import (
    Check,
    CheckName,
    Health,
    create_app,
    serve,
    work_loop_check,
)
from donna_server.remembering import Recall, read_along

POLL = timedelta(seconds=15)
"""How soon what another process wrote is noticed."""

GLANCE, WATCHED = timedelta(seconds=1), timedelta(seconds=30)
"""How soon, and how long after, what workers were handed is looked for."""

STANDBY = timedelta(seconds=5)
"""How often a second process looks whether the leader is gone."""

LONGEST_ROUND = timedelta(minutes=2)
_UNDELIVERED = frozenset({DeliveryState.UNKNOWN, DeliveryState.DEAD})


@define
class Heartbeat:
    """When the loop last finished a round, and what stood in its way, for ``/health``."""

    beat_at: datetime | None = None
    problem: str = ""
    unreadable: tuple[str, ...] = ()
    stands_by_for: str = ""
    recall: Recall = field(factory=Recall)


async def supervise(composed: Composed, *, port: int, host: str = "127.0.0.1") -> None:
    """Do the work and answer ``/health`` until cancelled.

    Raise ``AlreadyLed`` when another process does the work of this data folder, and
    ``CannotListen`` when the port cannot be had; nothing was started then.
    """
    runtime, heartbeat = composed.runtime, Heartbeat()
    leadership = leadership_of(composed)

    def beat() -> Check:
        if heartbeat.stands_by_for:
            waits = f"stands by for {heartbeat.stands_by_for}"
            return Check(name=CheckName.WORK_LOOP, ok=True, detail=waits)
        return work_loop_check(heartbeat.beat_at, now=runtime.clock.now(), limit=LONGEST_ROUND)

    async def checks() -> Health:
        return Health(checks=(beat(), *await _findings(runtime, heartbeat)))

    app = create_app(checks, beat=beat)
    async with _leading_the_folder(composed, leadership):
        serving = asyncio.create_task(serve(app, host=host, port=port))
        working = asyncio.create_task(_lead(composed, leadership, heartbeat))
        try:
            done, _ = await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            for task in (serving, working):
                task.cancel()
            await asyncio.gather(serving, working, return_exceptions=True)


@asynccontextmanager
async def _leading_the_folder(composed: Composed, leadership: Leadership) -> AsyncIterator[None]:
    """Hold the lock of the data folder; say who holds it where that cannot be had."""
    with ExitStack() as held:
        try:
            held.enter_context(leading(composed.home.place.data))
        except AlreadyLed as error:
            leader = await leadership.current()
            raise AlreadyLed(error.folder, holder=leader.holder if leader else None) from None
        yield


async def _lead(composed: Composed, leadership: Leadership, heartbeat: Heartbeat) -> None:
    """Lead as soon as nobody else does, and again after it was lost, until cancelled."""
    runtime = leading_runtime(composed, leadership)
    distributor = await distributor_of(composed)
    while True:
        await _stand_by(composed, leadership, heartbeat)
        await check_after_crash(composed, leadership)
        beside = [
            asyncio.create_task(_keep(leadership, runtime.clock)),
            asyncio.create_task(read_along(composed, heartbeat.recall)),
        ]
        try:
            await orchestrate(
                runtime, heartbeat, distributor=distributor, assess=assessing(composed)
            )
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            with suppress(StorageUnavailable):
                await leadership.give_up()


async def _stand_by(composed: Composed, leadership: Leadership, heartbeat: Heartbeat) -> None:
    """Wait until nobody else leads this database.

    A file is led by whoever holds the lock of its folder: a leader before it is gone.
    """
    clock, is_alone = composed.runtime.clock, composed.home.place.database_url is None
    while (leader := await leadership.take(at_once=is_alone)) is not None:
        now = clock.now()
        heartbeat.beat_at, heartbeat.stands_by_for = now, leader.holder
        await clock.sleep_until(now + STANDBY)
    heartbeat.stands_by_for = ""


async def _keep(leadership: Leadership, clock: Clock) -> None:
    """Renew the leadership; a loop that lost it learns so from its next decision."""
    while True:
        await clock.sleep_until(clock.now() + RENEWAL)
        with suppress(StorageUnavailable):
            await leadership.renew()


async def orchestrate(
    runtime: Runtime,
    heartbeat: Heartbeat,
    *,
    poll: timedelta = POLL,
    distributor: Distributor | None = None,
    assess: Assess = assess_models,
) -> None:
    """Run round after round until cancelled, each when something is due or a poll has passed.

    It ends where somebody else leads.

    What cannot be reached is noted in the heartbeat and tried again; nothing is lost between
    rounds, because all that is owed is in the database. Messages that wait for a model are read
    beside the rounds.
    """
    async with asyncio.TaskGroup() as beside:
        await _rounds(runtime, heartbeat, beside, poll=poll, distributor=distributor, assess=assess)


async def _rounds(
    runtime: Runtime,
    heartbeat: Heartbeat,
    beside: asyncio.TaskGroup,
    *,
    poll: timedelta,
    distributor: Distributor | None,
    assess: Assess,
) -> None:
    watching_until = runtime.clock.now()
    while True:
        try:
            done = await work(runtime, distributor)
        except LeadershipLost as lost:
            heartbeat.problem = str(lost)
            return
        except Degraded as error:
            heartbeat.problem = str(error)
            await runtime.clock.sleep_until(runtime.clock.now() + poll)
            continue
        for row in done.to_reread:
            beside.create_task(_reread(runtime, row, done.mirrored, heartbeat))
        for row in done.to_assess:
            beside.create_task(_assess(runtime, row, heartbeat, assess))
        now = runtime.clock.now()
        heartbeat.beat_at = now
        heartbeat.problem = ""
        heartbeat.unreadable = tuple(str(error) for error in done.mirrored.unreadable)
        if done.handed_out:
            watching_until = now + WATCHED
        pause = GLANCE if now < watching_until else poll
        await runtime.clock.sleep_until(_wake_at(done, now, pause))


async def _reread(runtime: Runtime, row: JobRow, seen: Glance, heartbeat: Heartbeat) -> None:
    """Read a message again; what cannot be written down now is due again when its lease ends."""
    try:
        await reread(runtime, row, seen=seen)
    except Degraded as error:
        heartbeat.problem = str(error)


async def _assess(runtime: Runtime, row: JobRow, heartbeat: Heartbeat, assess: Assess) -> None:
    """Compare or judge answers; what cannot be written down now is due again later."""
    try:
        await assess(runtime, row)
    except Degraded as error:
        heartbeat.problem = str(error)


async def _findings(runtime: Runtime, heartbeat: Heartbeat) -> tuple[Check, ...]:
    """Return what a look at the database, the calendars and the outbox finds."""
    stuck, reviewed = await runtime.unit_of_work.run(
        lambda stores: (len(stores.outbox.select(states=_UNDELIVERED)), latest_review(stores))
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
        Check(
            name=CheckName.MEMORY,
            ok=not heartbeat.recall.trouble,
            detail=heartbeat.recall.trouble
            or _told(heartbeat.recall, reviewed, runtime.policy.zone),
        ),
    )


def _wake_at(done: Round, now: datetime, poll: timedelta) -> datetime:
    if done.next_due is None:
        return now + poll
    return max(now, min(done.next_due, now + poll))


def _told(recall: Recall, reviewed: Review | None, zone: ZoneInfo) -> str:
    told = [f"{recall.changed} changes read"]
    if recall.renewed:
        told.append(f"{recall.renewed} chunks embedded anew")
    if recall.stated:
        told.append(f"{recall.stated} statements told by a model")
    if reviewed is not None:
        when = f"{local(reviewed.at, zone):%Y-%m-%d %H:%M}"
        told.append(f"{reviewed.share:.0%} of the texts are junk, looked at {when}")
    return ", ".join(told)
