"""Every unit of work and every store in it keep the contracts of their ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import UserId
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import UnitOfWork
from donna_core.testing.contracts.calendar_mirror import CalendarMirrorContract
from donna_core.testing.contracts.event_log import EventLogContract
from donna_core.testing.contracts.followup_stores import (
    AttentionStoreContract,
    EscalationStoreContract,
)
from donna_core.testing.contracts.history_store import HistoryStoreContract
from donna_core.testing.contracts.invocation_log import InvocationLogContract
from donna_core.testing.contracts.job_store import JobStoreContract
from donna_core.testing.contracts.outbox import OutboxContract
from donna_core.testing.contracts.provider_health import ProviderHealthContract
from donna_core.testing.contracts.spend_ledger import SpendLedgerContract
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


class TestInMemoryUnitOfWork(InMemory, UnitOfWorkContract): ...


class TestInMemoryTaskStore(InMemory, TaskStoreContract): ...


class TestInMemoryHistoryStore(InMemory, HistoryStoreContract): ...


class TestInMemoryEventLog(InMemory, EventLogContract): ...


class TestInMemoryEscalationStore(InMemory, EscalationStoreContract): ...


class TestInMemoryAttentionStore(InMemory, AttentionStoreContract): ...


class TestInMemoryJobStore(InMemory, JobStoreContract): ...


class TestInMemoryOutbox(InMemory, OutboxContract): ...


class TestInMemoryCalendarMirror(InMemory, CalendarMirrorContract): ...


class TestInMemorySpendLedger(InMemory, SpendLedgerContract): ...


class TestInMemoryInvocationLog(InMemory, InvocationLogContract): ...


class TestInMemoryProviderHealth(InMemory, ProviderHealthContract): ...


class TestSqlUnitOfWork(Sqlite, UnitOfWorkContract): ...


class TestSqlTaskStore(Sqlite, TaskStoreContract): ...


class TestSqlHistoryStore(Sqlite, HistoryStoreContract): ...


class TestSqlEventLog(Sqlite, EventLogContract): ...


class TestSqlEscalationStore(Sqlite, EscalationStoreContract): ...


class TestSqlAttentionStore(Sqlite, AttentionStoreContract): ...


class TestSqlJobStore(Sqlite, JobStoreContract): ...


class TestSqlOutbox(Sqlite, OutboxContract): ...


class TestSqlCalendarMirror(Sqlite, CalendarMirrorContract): ...


class TestSqlSpendLedger(Sqlite, SpendLedgerContract): ...


class TestSqlInvocationLog(Sqlite, InvocationLogContract): ...


class TestSqlProviderHealth(Sqlite, ProviderHealthContract): ...
