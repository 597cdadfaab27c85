"""What models cost and how they do: the ledger, the log of calls and the providers' health."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from donna_core.domain.ids import CallId
from donna_core.domain.spending.invocations import CallFilter, CallSums, Dimension, Invocation
from donna_core.domain.spending.ledger import (
    Account,
    Allowance,
    Amount,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
)
from donna_core.domain.spending.limits import Breaker


class SpendLedger(Protocol):
    """The money of one user. It keeps sums and does not judge: that is ``usecases.spend``."""

    @abstractmethod
    def reserve(self, reservation: Reservation) -> None:
        """Hold the worst case; raise ``ValueError`` where the ledger has an entry of this id."""

    @abstractmethod
    def settle(self, settlement: Settlement) -> SpendEntry | None:
        """Close the entry at its cost, as ``ledger.settled`` says, and return it as it is now.

        Settling again changes nothing. Return ``None`` for an id that was never reserved.
        """

    @abstractmethod
    def release(self, call_id: CallId, *, at: datetime, note: str = "") -> SpendEntry | None:
        """Give back what a call that provably never left had reserved, and return the entry.

        A closed entry stays as it is. Return ``None`` for an id that was never reserved.
        """

    @abstractmethod
    def totals(self, accounts: Iterable[Account]) -> Mapping[Account, Amount]:
        """Return what each account holds; one that nothing was booked on holds nothing."""

    @abstractmethod
    def select(
        self,
        *,
        states: Collection[SpendState] | None = None,
        lapsed_at: datetime | None = None,
        day: date | None = None,
    ) -> tuple[SpendEntry, ...]:
        """Return the entries that meet every filter given, oldest first, then by id.

        ``lapsed_at`` takes those whose ``lapses_at`` is not later.
        """

    @abstractmethod
    def allow(self, allowance: Allowance) -> None:
        """Note the raise; one whose id is known already is left as it is."""

    @abstractmethod
    def allowances(self, accounts: Iterable[Account]) -> tuple[Allowance, ...]:
        """Return the raises of these accounts, oldest first, then by id."""


class InvocationLog(Protocol):
    """Every attempt to reach a model, for one user."""

    @abstractmethod
    def record(self, rows: Iterable[Invocation]) -> None:
        """Append the rows; raise ``ValueError`` where one of their ids is known already."""

    @abstractmethod
    def get(self, call_id: CallId) -> Invocation | None:
        """Return the row, or ``None``."""

    @abstractmethod
    def select(self, wanted: CallFilter, *, limit: int) -> tuple[Invocation, ...]:
        """Return the calls that are meant, newest first, then by id backwards."""

    @abstractmethod
    def sums(self, wanted: CallFilter, *, by: Dimension) -> tuple[CallSums, ...]:
        """Return the calls that are meant, added up; the dearest first, then by name.

        A model is ``model_actual``. What is billed and what is estimated are told apart.
        """

    @abstractmethod
    def assess(
        self,
        call_id: CallId,
        *,
        quality_score: float | None = None,
        was_right: bool | None = None,
        spot_check: bool | None = None,
    ) -> Invocation | None:
        """Attach what was found out, as ``invocations.assessed`` says; return the row as it is.

        Return ``None`` where there is no such row.
        """

    @abstractmethod
    def forget_texts(self, *, before: datetime) -> int:
        """Drop prompts and outputs of older calls and return how many rows lost theirs."""


class ProviderHealth(Protocol):
    """The circuit breakers of one user's providers, over restarts."""

    @abstractmethod
    def get(self, provider: str) -> Breaker:
        """Return the provider's breaker; a closed one when nothing was ever noted."""

    @abstractmethod
    def save(self, provider: str, breaker: Breaker) -> None:
        """Put the provider's breaker in place."""

    @abstractmethod
    def all(self) -> Mapping[str, Breaker]:
        """Return every breaker that was ever noted, by provider, in order of name."""
