"""Who does what is due: one leader, and where there is a server any number of workers."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta

from attrs import evolve

from donna_adapters.compose.build import Composed
from donna_adapters.sql.inspection import inspect
from donna_adapters.sql.leadership import Leadership
from donna_core.domain.errors import Refused, StorageUnavailable
from donna_core.domain.ids import UserId
from donna_core.ports.distribution import Distributor
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import perform


class NoServer(Refused):
    """Workers were asked for, and there is no server whose load they could share."""

    def __init__(self) -> None:
        super().__init__(
            "Workers share the load of a PostgreSQL server: name it in DONNA_DATABASE_URL. "
            "With a database in a file `donna run` does everything itself."
        )


def leadership_of(composed: Composed) -> Leadership:
    """Return the right of this process to lead, which it has not taken yet."""
    holder = f"{socket.gethostname()}, process {os.getpid()}"
    return Leadership(composed.database, composed.runtime.clock, holder=holder)


def leading_runtime(composed: Composed, leadership: Leadership) -> Runtime:
    """Return the runtime of a leader: nothing of it is kept once somebody else leads."""
    runtime = composed.runtime
    return evolve(
        runtime,
        unit_of_work=leadership.guarded(runtime.user_id),
        calendar_age=timedelta(minutes=composed.home.settings.calendar.poll_minutes),
    )


async def check_after_crash(composed: Composed, leadership: Leadership) -> None:
    """Look whether the database is whole, where the leader before did not end in good order.

    Raise ``StorageUnavailable`` where it is not: nothing is written to a damaged one.
    """
    followed = leadership.followed
    if followed is None or followed.lease_until is None:
        return
    state = await inspect(composed.database)
    if state.damage:
        raise StorageUnavailable(
            f"{composed.database.name} is damaged since {followed.holder} ended: {state.damage}",
            remedy="Move it aside and put the newest copy from beside it in its place.",
        )


async def distributor_of(composed: Composed) -> Distributor | None:
    """Return what hands jobs to workers, where there may be any."""
    if composed.home.place.database_url is None:
        return None
    from donna_adapters.sql.distribution import (  # noqa: PLC0415  # an extra
        ProcrastinateDistributor,
    )
    from donna_adapters.sql.postgres import PostgresDatabase  # noqa: PLC0415  # an extra

    if not isinstance(composed.database, PostgresDatabase):
        return None
    return ProcrastinateDistributor(composed.database)


async def serve_worker(
    composed: Composed, *, at_once: int, begun: Callable[[], object] = lambda: None
) -> None:
    """Do what a leader hands out, up to ``at_once`` jobs at a time, until cancelled.

    ``begun`` is called before the first of them. Raise ``NoServer`` where the database is a file.
    """
    if composed.home.place.database_url is None:
        raise NoServer
    from donna_adapters.sql.distribution import serve  # noqa: PLC0415  # an extra
    from donna_adapters.sql.postgres import PostgresDatabase  # noqa: PLC0415  # an extra

    database, runtime = composed.database, composed.runtime
    if not isinstance(database, PostgresDatabase):
        raise NoServer

    async def take(user_id: UserId, key: str, fence: int) -> bool:
        theirs = evolve(runtime, user_id=user_id, unit_of_work=database.unit_of_work(user_id))
        return await perform(theirs, key, fence=fence)

    begun()
    await serve(database, take, at_once=at_once)
