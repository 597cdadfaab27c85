"""The solver that needs nothing: local search and a floor of prices, in pure Python."""

from collections.abc import Mapping

from donna_core.domain.planning.improve import improved_plan
from donna_core.domain.planning.problem import Problem, Solution
from donna_core.ports.solver import Solver


class SearchingSolver(Solver):
    """Searches in the domain itself; its floor is proven and weaker than an exact solver's."""

    async def solve(self, problem: Problem, *, kept: Mapping[str, int], effort: int) -> Solution:
        return improved_plan(problem, kept=kept, effort=effort)[0]
