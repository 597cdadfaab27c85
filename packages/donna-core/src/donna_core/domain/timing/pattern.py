"""What the notations for recurring times have in common: times on a wall clock, in order."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from donna_core.domain.errors import InvalidInput


class InvalidRecurrence(InvalidInput):
    """The rule is not a cron expression or RRULE that Donna can follow."""

    def __init__(self, rule: str, *, problem: str, remedy: str) -> None:
        self.rule, self.problem, self.remedy = rule, problem, remedy
        super().__init__(f"Recurrence '{rule}': {problem}. {remedy}")


class MonthEnd(StrEnum):
    """What becomes of the 29th, 30th or 31st in a month that is too short for it."""

    LAST_DAY = "last_day"
    SKIP = "skip"


class Pattern(Protocol):
    """A rule as read from its notation."""

    @property
    @abstractmethod
    def ends(self) -> bool:
        """Whether the rule itself says when it is over."""

    @property
    @abstractmethod
    def runs_all_day(self) -> bool:
        """Whether it fires hour after hour, rather than at times of its own on a date."""

    @abstractmethod
    def walls(self, after: datetime, *, anchor: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Yield the naive wall times strictly after ``after`` and not before ``anchor``, rising.

        Both are naive and on the clock of ``zone``. The iterator ends with the rule, or where
        nothing follows for decades; each step costs a bounded amount of work.
        """

    @abstractmethod
    def words(self) -> str:
        """Return the rule in plain words."""
