"""The transaction: one closure over the stores of one user, run whole by the database."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from donna_adapters.sql.stores.attention import SqlAttentionStore
from donna_adapters.sql.stores.cursors import SqlCursorStore
from donna_adapters.sql.stores.escalations import SqlEscalationStore
from donna_adapters.sql.stores.events import SqlEventLog
from donna_adapters.sql.stores.history import SqlHistoryStore
from donna_adapters.sql.stores.invocations import SqlInvocationLog
from donna_adapters.sql.stores.jobs import SqlJobStore
from donna_adapters.sql.stores.lifecycle import SqlLifecycleStore
from donna_adapters.sql.stores.mirror import SqlCalendarMirror
from donna_adapters.sql.stores.outbox import SqlOutbox
from donna_adapters.sql.stores.skills import SqlSkillRunStore, SqlSkillStore
from donna_adapters.sql.stores.spending import SqlProviderHealth, SqlSpendLedger
from donna_adapters.sql.stores.tasks import SqlTaskStore
from donna_adapters.sql.stores.work import SqlWorkLog
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import Stores, UnitOfWork

T = TypeVar("T")


class Transactor(Protocol):
    """Runs closures in transactions."""

    @abstractmethod
    async def transact(self, work: Callable[[Connection], T], *, turn: str | None = None) -> T:
        """Return what the closure returned once it is durable; undo all of it if it raises.

        A closure runs whole. Those of one ``turn`` run one after the other, whichever process
        asks; it may be run again where the database could not tell it from another one that
        ran beside it. A cancelled caller leaves its closure running. Raise
        ``StorageUnavailable``.
        """


class SqlUnitOfWork(UnitOfWork):
    """Runs the decisions of one user on a database."""

    def __init__(self, database: Transactor, user_id: UserId) -> None:
        self._database = database
        self._user_id = user_id

    async def run(self, decide: Callable[[Stores], T]) -> T:
        return await self._database.transact(
            lambda connection: decide(stores_of(self._user_id, connection)), turn=self._user_id
        )


def stores_of(user_id: UserId, connection: Connection) -> Stores:
    """Return the stores of the user within the connection's transaction."""
    return Stores(
        tasks=SqlTaskStore(connection, user_id),
        work=SqlWorkLog(connection, user_id),
        history=SqlHistoryStore(connection, user_id),
        events=SqlEventLog(connection, user_id),
        cursors=SqlCursorStore(connection, user_id),
        escalations=SqlEscalationStore(connection, user_id),
        attention=SqlAttentionStore(connection, user_id),
        jobs=SqlJobStore(connection, user_id),
        outbox=SqlOutbox(connection, user_id),
        mirror=SqlCalendarMirror(connection, user_id),
        spend=SqlSpendLedger(connection, user_id),
        invocations=SqlInvocationLog(connection, user_id),
        health=SqlProviderHealth(connection, user_id),
        lifecycles=SqlLifecycleStore(connection, user_id),
        skills=SqlSkillStore(connection, user_id),
        skill_runs=SqlSkillRunStore(connection, user_id),
    )
