"""Who finds the best plan: a search that proves how good its answer is."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Protocol

from donna_core.domain.errors import DonnaError
from donna_core.domain.planning.problem import Problem, Solution


class SolverUnavailable(DonnaError):
    """The solver that was asked for cannot be used here."""

    def __init__(self, name: str, *, remedy: str) -> None:
        self.name, self.remedy = name, remedy
        super().__init__(f"The solver '{name}' is not there. {remedy}")


class Solver(Protocol):
    """Solves the problem of a week."""

    @abstractmethod
    async def solve(self, problem: Problem, *, kept: Mapping[str, int], effort: int) -> Solution:
        """Return starts that keep every rule of the problem, with a proven floor.

        ``kept`` are the starts of what has a place already, a plan to begin from. ``effort``
        (at least 1) bounds the work, not the time: the same problem, ``kept`` and effort give
        the same solution on every machine.
        """
