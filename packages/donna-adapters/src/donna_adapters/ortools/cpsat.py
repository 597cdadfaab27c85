"""The solver that proves: the linear program of a plan first, then CP-SAT for what is left.

A plan by search and a floor by prices come first; every start that the floor shows to be too
dear is left out. SCIP solves the linear program of what remains, which leaves a gap of a percent
or two even for hundreds of tasks, and CP-SAT closes it where it can. Each of the three counts its
work and not the time: with one worker and a fixed seed the result is the same on every machine.
Importing OR-Tools takes about a second, so it is imported when a plan is solved.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from math import ceil

from donna_adapters.ortools.linear import relaxed
from donna_adapters.ortools.rows import costs, options, rows
from donna_core.domain.planning.improve import improved_plan
from donna_core.domain.planning.problem import Problem, Solution
from donna_core.ports.solver import Solver, SolverUnavailable

_SEED = 1
_SEARCHED, _PROVED = 3, 2  # so much effort is one of search, and one second of CP-SAT
_EXACT = 1e-6


class CpSatSolver(Solver):
    """OR-Tools' solvers, one after the other.

    A unit of effort is a third of one of search and half a deterministic second of CP-SAT,
    together about a second's work; the linear program comes besides.

    Raise ``SolverUnavailable`` where OR-Tools is not installed.
    """

    def __init__(self) -> None:
        if not is_installed():
            raise SolverUnavailable(
                "cp-sat", remedy="Install it with `pip install 'donna-adapters[exact]'`."
            )

    async def solve(self, problem: Problem, *, kept: Mapping[str, int], effort: int) -> Solution:
        plan, ground = improved_plan(problem, kept=kept, effort=-(-effort // _SEARCHED))
        for improve in (relaxed, partial(_proved, effort=-(-effort // _PROVED))):
            if plan.cost > plan.bound:
                below = plan.cost + 1
                starts = {job.key: ground.worth_trying(job, below=below) for job in problem.jobs}
                plan = await asyncio.to_thread(improve, problem, starts, plan)
        return plan


def is_installed() -> bool:
    """Say whether OR-Tools is there, without the second that importing it takes."""
    return find_spec("ortools") is not None


def _proved(
    problem: Problem, starts: Mapping[str, Sequence[int]], plan: Solution, *, effort: int
) -> Solution:
    """Return the best plan that CP-SAT finds among these starts, and its floor."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  # it takes a second

    model = cp_model.CpModel()
    literals = {each: model.new_bool_var("") for each in costs(problem, starts)}
    for (key, tick), literal in literals.items():
        model.add_hint(literal, tick == plan.starts.get(key))
    for chosen in options(problem, starts).values():
        model.add_exactly_one(literals[each] for each in chosen)
    total = cp_model.LinearExpr.weighted_sum
    for row in rows(problem, starts):
        several = [literals[each] for _, each in row.terms]
        if row.is_choice:
            model.add_at_most_one(several)
        else:
            model.add(total(several, [weight for weight, _ in row.terms]) <= row.most)
    model.minimize(total(list(literals.values()), list(costs(problem, starts).values())))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = float(effort)
    status = solver.solve(model)
    bound = max(plan.bound, ceil(solver.best_objective_bound - _EXACT))
    found = dict(plan.starts)
    # The hint satisfies the model, but the budget may end before even that was seen.
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        seen = {
            key: tick
            for (key, tick), literal in literals.items()
            if tick is not None and solver.boolean_value(literal)
        }
        found = min((found, seen), key=problem.cost)
    cost = problem.cost(found)
    return Solution(starts=found, cost=cost, bound=min(bound, cost))
