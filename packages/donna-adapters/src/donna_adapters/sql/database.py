"""What a database is to the rest of Donna, whichever it is."""

from abc import abstractmethod
from types import TracebackType
from typing import Self

from donna_adapters.sql.unit_of_work import SqlUnitOfWork, Transactor
from donna_core.domain.ids import UserId


class Database(Transactor):
    """An open database with the present schema. Several processes may use the same one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What a person calls it: a path, or an address without its password."""

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
