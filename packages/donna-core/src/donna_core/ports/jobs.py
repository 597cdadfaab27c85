"""Acts that wait for an instant.

A job is claimed under a lease with a fence; only the holder of the latest fence may finish it,
so a worker that slept past its lease cannot undo what its successor did.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.ids import TaskId


class JobState(StrEnum):
    """Where a job stands; ``done``, ``missed`` and ``dead`` are final."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"
    DEAD = "dead"


@frozen(kw_only=True)
class JobRow:
    """A job as stored. ``attempts`` counts claims, the present one included."""

    job: Job
    state: JobState
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    note: str = ""
    finished_at: datetime | None = None


class JobStore(Protocol):
    """The jobs of one user."""

    @abstractmethod
    def want(self, jobs: Iterable[Job]) -> None:
        """Make sure each job is pending with this instant and payload, unless it already ran.

        A pending or cancelled job of the same key is replaced and pending again; one that is
        running, done, missed or dead is left as it is.
        """

    @abstractmethod
    def retract(self, task_id: TaskId, *, keep: Collection[str] = ()) -> None:
        """Cancel the task's pending jobs whose keys are not to be kept."""

    @abstractmethod
    def claim(
        self,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        besides: Collection[JobKind] = (),
    ) -> tuple[JobRow, ...]:
        """Take jobs that are due, or whose lease has lapsed, oldest first.

        Each becomes running with its attempt counted and a fence higher than any before. Those
        of the kinds ``besides`` are left.
        """

    @abstractmethod
    def hold(self, key: str, *, fence: int, lease_until: datetime) -> JobRow | None:
        """Renew the lease of a running job if this fence is still the latest, and return it."""

    @abstractmethod
    def finish(
        self,
        key: str,
        *,
        fence: int,
        state: JobState,
        at: datetime,
        note: str = "",
        run_at: datetime | None = None,
    ) -> bool:
        """Move a running job on if this fence is still the latest; else return False.

        ``at`` is noted as the end of one that is not pending again. ``run_at`` goes with
        ``pending``: when to try again.
        """

    @abstractmethod
    def next_due(self) -> datetime | None:
        """Return when the next job is due or the next lease lapses, or ``None``."""

    @abstractmethod
    def select(
        self, *, states: Collection[JobState] | None = None, task_id: TaskId | None = None
    ) -> tuple[JobRow, ...]:
        """Return the jobs that meet every filter given, ordered by due time, then key."""
