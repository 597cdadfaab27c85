"""What a database is to the rest of Donna, whichever it is."""

from abc import abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from donna_adapters.sql.unit_of_work import SqlUnitOfWork, Transactor
from donna_core.domain.ids import UserId

T = TypeVar("T")


class Database(Transactor):
    """An open database with the present schema. Several processes may use the same one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What a person calls it: a path, or an address without its password."""

    @abstractmethod
    def wait_for(self, work: Callable[[Connection], T]) -> T:
        """Do as ``transact`` does, for code that runs on a thread of its own and may block."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was asked for, then let go of it; closing again does nothing."""

    def unit_of_work(self, user_id: UserId) -> SqlUnitOfWork:
        """Return what runs the decisions of this user."""
        return SqlUnitOfWork(self, user_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
