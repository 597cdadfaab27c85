"""Procrastinate carries what is due to workers; Donna's own table stays the truth.

A job is claimed and deferred in one transaction, so that it is in the hands of a worker or
due, never neither. A worker that takes it asks under the fence whether it is still its own.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from donna_adapters.sql.due import due_users
from donna_adapters.sql.postgres import PostgresDatabase
from donna_adapters.sql.stores.jobs import SqlJobStore
from donna_core.domain.effects import ASIDE
from donna_core.domain.ids import UserId
from donna_core.ports.distribution import Distributor

TASK, QUEUE = "donna.perform", "donna"
IN_THE_QUEUE = timedelta(minutes=10)
"""How long a job may wait for a worker before it is given to another one."""

AT_ONCE = 500
HEARTBEAT, SILENCE = timedelta(seconds=5), timedelta(seconds=20)
_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers "
    "WHERE last_heartbeat > now() - make_interval(secs => :silence)"
)
_LEFT_BEHIND = text(
    "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR worker_id IN "
    "(SELECT id FROM procrastinate_workers "
    "WHERE last_heartbeat < now() - make_interval(secs => :silence)))"
)

Perform = Callable[[UserId, str, int], Awaitable[bool]]


class ProcrastinateDistributor(Distributor):
    """Gives due jobs to the workers of one database."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        app = App(connector=SyncPsycopgConnector())
        self._job = app.configure_task  # it defers on the connection it is given

    async def hand_out(self, *, now: datetime) -> int | None:
        if not await self._database.transact(_has_workers):
            return None
        users = await self._database.transact(
            lambda connection: due_users(connection, now=now, limit=AT_ONCE)
        )
        handed = 0
        for user_id in users:
            handed += await self._database.transact(
                lambda connection, user_id=user_id: self._hand_out(connection, user_id, now),  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                turn=user_id,
            )
        return handed

    def _hand_out(self, connection: Connection, user_id: UserId, now: datetime) -> int:
        rows = SqlJobStore(connection, user_id).claim(
            now=now, lease_until=now + IN_THE_QUEUE, limit=AT_ONCE, besides=ASIDE
        )
        driver = connection.connection.driver_connection
        try:
            for row in rows:
                self._job(TASK, queue=QUEUE, connection=driver).defer(
                    user_id=user_id, key=row.job.key, fence=row.fence
                )
        except ConnectorException as error:
            # The driver's own error decides whether the transaction is tried again.
            raise (error.__cause__ or error) from None
        return len(rows)


async def prepare(database: PostgresDatabase) -> None:
    """Create Procrastinate's tables beside Donna's, unless they are there."""

    def decide(connection: Connection) -> None:
        if not connection.execute(_THERE).scalar_one():
            connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]  # open while it is used

    await database.transact(decide, turn="schema of procrastinate")


async def serve(database: PostgresDatabase, perform: Perform, *, at_once: int = 1) -> None:
    """Do what is handed out, up to ``at_once`` jobs at a time, until cancelled.

    A job that ends this process, or whose worker is gone, is due again when its lease lapses.
    """
    await prepare(database)
    connector = PsycopgConnector(**database.connect_arguments(), min_size=1, max_size=at_once + 3)
    app = App(connector=connector)

    @app.task(name=TASK, queue=QUEUE)
    async def take(user_id: str, key: str, fence: int) -> None:
        await perform(UserId(user_id), key, fence)

    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=at_once,
            delete_jobs="always",
            install_signal_handlers=False,
            shutdown_graceful_timeout=5,
            update_heartbeat_interval=HEARTBEAT.total_seconds(),
            stalled_worker_timeout=SILENCE.total_seconds(),
        )


def _has_workers(connection: Connection) -> bool:
    """Whether a worker was heard of lately; what those that are gone left behind is dropped."""
    if not connection.execute(_THERE).scalar_one():
        return False
    silence = {"silence": SILENCE.total_seconds()}
    connection.execute(_LEFT_BEHIND, silence)
    return bool(connection.execute(_WORKERS, silence).scalar_one())
