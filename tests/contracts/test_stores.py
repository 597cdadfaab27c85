"""Every unit of work and every store in it keep the contracts of their ports."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from donna_adapters.sql.database import Database
from donna_adapters.sql.opening import open_database
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.tables import METADATA
from donna_core.domain.ids import UserId
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import UnitOfWork
from donna_core.testing.contracts.calendar_mirror import CalendarMirrorContract
from donna_core.testing.contracts.cursor_store import CursorStoreContract
from donna_core.testing.contracts.event_log import EventLogContract
from donna_core.testing.contracts.followup_stores import (
    AttentionStoreContract,
    EscalationStoreContract,
)
from donna_core.testing.contracts.history_store import HistoryStoreContract
from donna_core.testing.contracts.invocation_log import InvocationLogContract
from donna_core.testing.contracts.job_store import JobStoreContract
from donna_core.testing.contracts.lifecycle_store import LifecycleStoreContract
from donna_core.testing.contracts.outbox import OutboxContract
from donna_core.testing.contracts.provider_health import ProviderHealthContract
from donna_core.testing.contracts.skill_stores import SkillRunStoreContract, SkillStoreContract
from donna_core.testing.contracts.spend_ledger import SpendLedgerContract
from donna_core.testing.contracts.spending_together import SpendingTogetherContract
from donna_core.testing.contracts.task_store import TaskStoreContract
from donna_core.testing.contracts.unit_of_work import UnitOfWorkContract


class InMemory:
    @pytest.fixture(autouse=True)
    def storage(self) -> None:
        """Give each test memory of its own."""
        self.units: dict[UserId, InMemoryUnitOfWork] = {}

    def unit_of_work(self, user_id: UserId) -> UnitOfWork:
        if user_id not in self.units:
            self.units[user_id] = InMemoryUnitOfWork(user_id)
        return self.units[user_id]


class Sqlite:
    @pytest.fixture(autouse=True)
    def storage(self, tmp_path: Path) -> Iterator[None]:
        """Give each test a file of its own."""
        with SqliteDatabase.open(tmp_path / "donna.db") as self.database:
            yield

    def unit_of_work(self, user_id: UserId) -> UnitOfWork:
        return self.database.unit_of_work(user_id)


@pytest.fixture(scope="module")
def server(postgres_url: str) -> Iterator[Database]:
    """Give a database on a server for all tests of this module."""
    with open_database(url=postgres_url) as database:
        yield database


class Postgres:
    @pytest.fixture(autouse=True)
    def storage(self, server: Database) -> None:
        """Give each test empty tables."""
        self.database = server
        asyncio.run(server.transact(empty))

    def unit_of_work(self, user_id: UserId) -> UnitOfWork:
        return self.database.unit_of_work(user_id)


def empty(connection: Connection) -> None:
    """Take all rows away, those that refer to others first."""
    for table in reversed(METADATA.sorted_tables):
        connection.execute(table.delete())


CONTRACTS = [
    UnitOfWorkContract,
    TaskStoreContract,
    HistoryStoreContract,
    EventLogContract,
    CursorStoreContract,
    EscalationStoreContract,
    AttentionStoreContract,
    JobStoreContract,
    OutboxContract,
    CalendarMirrorContract,
    SpendLedgerContract,
    InvocationLogContract,
    ProviderHealthContract,
    LifecycleStoreContract,
    SkillRunStoreContract,
    SkillStoreContract,
    SpendingTogetherContract,
]
# A new store is one line above: it keeps its contract in memory, in a file and on a server.
for _storage in (InMemory, Sqlite, Postgres):
    for _contract in CONTRACTS:
        _name = f"Test{_storage.__name__}{_contract.__name__.removesuffix('Contract')}"
        globals()[_name] = type(_name, (_storage, _contract), {})


@pytest.mark.slow
class TestManyCallsInAFile(Sqlite, SpendingTogetherContract):
    """A thousand calls at once, each decision on the disk before the next."""

    calls = 1000
