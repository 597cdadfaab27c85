"""The skills one user taught Donna, and their runs."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.runs import SkillRun, StepRecord


class SkillStore(Protocol):
    """What one user's skills are made of, and what was granted to them.

    The files of each version and the fixtures of each skill are texts by name.
    """

    @abstractmethod
    def put(self, skill: str, version: str, files: Mapping[str, str]) -> None:
        """Keep the files of a version; those of one that is kept already stay."""

    @abstractmethod
    def files(self, skill: str, version: str) -> Mapping[str, str] | None:
        """Return the files of the version by their paths, or ``None``."""

    @abstractmethod
    def put_fixture(self, skill: str, name: str, text: str) -> None:
        """Insert or replace a fixture of the skill, whatever its version."""

    @abstractmethod
    def fixtures(self, skill: str) -> Mapping[str, str]:
        """Return the fixtures of the skill by name, in the order of their names."""

    @abstractmethod
    def put_capability(self, capability: Capability) -> None:
        """Insert or replace the capability of this name."""

    @abstractmethod
    def capabilities(self) -> tuple[Capability, ...]:
        """Return the capabilities that were put, by name."""


class SkillRunStore(Protocol):
    """The runs of one user's skills; part of a transaction."""

    @abstractmethod
    def save(self, run: SkillRun) -> None:
        """Insert or replace the run."""

    @abstractmethod
    def get(self, run_id: str) -> SkillRun | None:
        """Return the run, or ``None``."""

    @abstractmethod
    def recent(self, *, skill: str | None = None, limit: int) -> tuple[SkillRun, ...]:
        """Return the latest runs, newest first; of one skill where one is named."""

    @abstractmethod
    def add_step(self, run_id: str, step: StepRecord) -> bool:
        """Append a step; ``False``, and nothing is kept, where its position is taken."""

    @abstractmethod
    def steps(self, run_id: str) -> tuple[StepRecord, ...]:
        """Return the steps of the run that are over, in order."""

    @abstractmethod
    def forget(self, *, before: datetime) -> int:
        """Drop the runs begun before, with their steps, and return how many they were."""
