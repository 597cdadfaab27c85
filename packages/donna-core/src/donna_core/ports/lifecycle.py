"""Where the skills of one user stand, and what was observed of them."""

from abc import abstractmethod
from typing import Protocol

from donna_core.domain.skill.gates import Divergence, RunRecord
from donna_core.domain.skill.lifecycle import Standing, Transition


class LifecycleStore(Protocol):
    """The standings, steps and observations of one user's skills; part of a transaction."""

    @abstractmethod
    def get(self, skill: str) -> Standing | None:
        """Return where the skill stands, or ``None``."""

    @abstractmethod
    def all(self) -> tuple[Standing, ...]:
        """Return where every skill stands, ordered by name."""

    @abstractmethod
    def save(self, standing: Standing, *, step: Transition | None = None) -> None:
        """Insert or replace the standing, and append the step that led to it."""

    @abstractmethod
    def steps(self, skill: str) -> tuple[Transition, ...]:
        """Return every step the skill took, in the order of taking."""

    @abstractmethod
    def observe(self, skill: str, seen: RunRecord | Divergence) -> None:
        """Keep what was seen of a run; of the same run and kind the first one counts."""

    @abstractmethod
    def runs(self, skill: str, *, version: str, limit: int) -> tuple[RunRecord, ...]:
        """Return the latest runs of the version, oldest first, then by id."""

    @abstractmethod
    def divergences(self, skill: str, *, version: str, limit: int) -> tuple[Divergence, ...]:
        """Return the latest comparisons of the version, oldest first, then by run."""
