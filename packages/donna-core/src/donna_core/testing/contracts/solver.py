"""What every solver keeps to."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import product

from donna_core.domain.planning.chance import chances
from donna_core.domain.planning.problem import Job, Problem
from donna_core.ports.solver import Solver

EFFORT = 2


class SolverContract(ABC):
    """Subclass this in a test module, say which solver, and every promise is tested on it."""

    @abstractmethod
    def solver(self) -> Solver:
        """Return the solver to test."""

    async def test_every_rule_of_the_problem_is_kept(self) -> None:
        """No overlap, no start without a cost, nothing before what it needs, no day too full."""
        for seed in range(8):
            problem = a_problem(seed, jobs=7)

            solution = await self.solver().solve(problem, kept={}, effort=EFFORT)

            assert list(problem.faults(solution.starts)) == []
            assert solution.cost == problem.cost(solution.starts)

    async def test_the_bound_is_below_every_plan(self) -> None:
        """Beside all plans of small problems there are, counted out one by one."""
        for seed in range(8):
            problem = a_problem(seed, jobs=4)

            solution = await self.solver().solve(problem, kept={}, effort=EFFORT)

            best = min(problem.cost(starts) for starts in every_plan(problem))
            assert 0 <= solution.bound <= best <= solution.cost

    async def test_the_order_of_jobs_changes_nothing(self) -> None:
        """The same jobs in any order, twice: the same starts, the same bound."""
        problem = a_problem(3, jobs=7)
        turned = Problem.of(reversed(problem.jobs), day_of=problem.day_of, room=problem.room)

        one = await self.solver().solve(problem, kept={}, effort=EFFORT)
        other = await self.solver().solve(turned, kept={}, effort=EFFORT)

        assert one == other
        assert dict(one.starts) == dict(other.starts)

    async def test_what_has_a_place_is_a_plan_to_begin_from(self) -> None:
        """The solution is never dearer than the places there are already."""
        for seed in range(4):
            problem = a_problem(seed, jobs=5)
            kept = min(every_plan(problem), key=problem.cost)

            solution = await self.solver().solve(problem, kept=kept, effort=1)

            assert solution.cost <= problem.cost(kept)

    async def test_nothing_to_plan_is_a_plan(self) -> None:
        """It costs nothing, and that is proven."""
        problem = Problem.of([], day_of=[0] * 8, room=[60])

        solution = await self.solver().solve(problem, kept={}, effort=EFFORT)

        assert (dict(solution.starts), solution.cost, solution.bound) == ({}, 0, 0)


def a_problem(seed: int, *, jobs: int) -> Problem:
    """Return a small crowded problem of two days, always the same for a seed."""
    dice = chances(seed + 1)
    days, ticks = 2, 12
    made: list[Job] = []
    for number in range(jobs):
        length, weight = 1 + next(dice) % 3, 1 + next(dice) % 9
        opens = next(dice) % 8
        costs = {tick: weight * tick for tick in range(opens, ticks - length + 1)}
        for tick in list(costs):
            if next(dice) % 4 == 0:
                del costs[tick]
        made.append(
            Job(
                key=f"{number:03}",
                length=length,
                minutes=15 * length,
                costs=costs,
                unplaced=weight * (20 + next(dice) % 20),
                after=((made[-1].key, made[-1].length),) if made and next(dice) % 3 == 0 else (),
            )
        )
    half = ticks // days
    return Problem.of(made, day_of=[tick // half for tick in range(ticks + 1)], room=[75, 75, 0])


def every_plan(problem: Problem) -> Iterator[Mapping[str, int]]:
    """Yield every plan that keeps the rules."""
    choices = [(None, *job.costs) for job in problem.jobs]
    for picks in product(*choices):
        starts = {
            job.key: tick for job, tick in zip(problem.jobs, picks, strict=True) if tick is not None
        }
        if next(problem.faults(starts), None) is None:
            yield starts
