"""Every solver keeps the contract of the port."""

import pytest

from donna_core.domain.planning.problem import Problem
from donna_core.local.solver import SearchingSolver
from donna_core.ports.solver import Solver, SolverUnavailable
from donna_core.testing.contracts.solver import SolverContract, a_problem, every_plan

cpsat = pytest.importorskip("donna_adapters.ortools.cpsat", reason="donna-adapters is not here")
EXACT = "install donna-adapters[exact] to run what OR-Tools proves"


class TestSearchingSolver(SolverContract):
    def solver(self) -> Solver:
        return SearchingSolver()


@pytest.mark.skipif(not cpsat.is_installed(), reason=EXACT)
class TestCpSatSolver(SolverContract):
    def solver(self) -> Solver:
        solver: Solver = cpsat.CpSatSolver()
        return solver

    async def test_small_problems_are_solved_and_proven(self) -> None:
        """What it finds is the best there is, and it says so."""
        for seed in range(6):
            problem: Problem = a_problem(seed, jobs=4)

            solution = await self.solver().solve(problem, kept={}, effort=4)

            assert solution.cost == min(map(problem.cost, every_plan(problem))) == solution.bound


@pytest.mark.skipif(cpsat.is_installed(), reason="OR-Tools is here")
def test_without_ortools_the_extra_is_named() -> None:
    """Who asks for the exact solver learns what to install."""
    with pytest.raises(SolverUnavailable, match=r"donna-adapters\[exact\]"):
        cpsat.CpSatSolver()
