"""The solver that proves: CP-SAT over the starts that could still beat the plan in hand.

A plan by search and a floor by prices come first; every start that the floor shows to be too
dear is left out, and CP-SAT closes the gap on what remains. Its budget is the solver's own
deterministic time, which counts work: with one worker and a fixed seed the result is the same on
every machine. Importing OR-Tools takes about a second, so it is imported when a plan is solved.
"""

import asyncio
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from math import ceil
from typing import Any

from donna_core.domain.planning.improve import improved_plan
from donna_core.domain.planning.problem import Problem, Solution
from donna_core.ports.solver import Solver, SolverUnavailable

_SEED = 1
_EXACT = 1e-6


class CpSatSolver(Solver):
    """OR-Tools' CP-SAT; one unit of effort is one deterministic second, about a second's work.

    Raise ``SolverUnavailable`` where OR-Tools is not installed.
    """

    def __init__(self) -> None:
        if not is_installed():
            raise SolverUnavailable(
                "cp-sat", remedy="Install it with `pip install 'donna-adapters[exact]'`."
            )

    async def solve(self, problem: Problem, *, kept: Mapping[str, int], effort: int) -> Solution:
        plan, ground = improved_plan(problem, kept=kept, effort=effort)
        if plan.cost <= plan.bound:
            return plan
        starts = {job.key: ground.worth_trying(job, below=plan.cost + 1) for job in problem.jobs}
        return await asyncio.to_thread(_proved, problem, starts, plan, effort)


def is_installed() -> bool:
    """Say whether OR-Tools is there, without the second that importing it takes."""
    return find_spec("ortools") is not None


def _proved(
    problem: Problem, choices: Mapping[str, tuple[int, ...]], plan: Solution, effort: int
) -> Solution:
    """Return the best plan that CP-SAT finds among these starts, and its floor."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  # it takes a second

    model = cp_model.CpModel()
    chosen = {
        job.key: _choices_of(model, choices[job.key], plan.starts.get(job.key))
        for job in problem.jobs
    }
    _one_at_a_time(model, problem, chosen)
    _in_order(model, problem, chosen, total=cp_model.LinearExpr.sum)
    _within_days(model, problem, chosen)
    model.minimize(
        sum(
            (job.unplaced if tick is None else job.costs[tick]) * literal
            for job in problem.jobs
            for tick, literal in chosen[job.key].items()
        )
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = float(effort)
    status = solver.solve(model)
    bound = max(plan.bound, ceil(solver.best_objective_bound - _EXACT))
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        # The hint satisfies the model, so the budget ended before even that was seen.
        return Solution(starts=plan.starts, cost=plan.cost, bound=plan.bound)
    starts = {
        key: tick
        for key, literals in chosen.items()
        for tick, literal in literals.items()
        if tick is not None and solver.boolean_value(literal)
    }
    cost = problem.cost(starts)
    if cost > plan.cost:
        starts, cost = dict(plan.starts), plan.cost
    return Solution(starts=starts, cost=cost, bound=min(bound, cost))


def _choices_of(model: Any, ticks: tuple[int, ...], hinted: int | None) -> dict[int | None, Any]:
    """Return a literal for each start of the job, and one (``None``) for leaving it out."""
    options: list[int | None] = [*ticks, None]
    literals: dict[int | None, Any] = {option: model.new_bool_var("") for option in options}
    model.add_exactly_one(literals.values())
    for option, literal in literals.items():
        model.add_hint(literal, option == hinted)
    return literals


def _one_at_a_time(
    model: Any, problem: Problem, chosen: Mapping[str, Mapping[int | None, Any]]
) -> None:
    covering: dict[int, list[Any]] = {}
    for job in problem.jobs:
        for start, literal in chosen[job.key].items():
            if start is not None:
                for tick in range(start, start + job.length):
                    covering.setdefault(tick, []).append(literal)
    for literals in covering.values():
        model.add_at_most_one(literals)


def _in_order(
    model: Any,
    problem: Problem,
    chosen: Mapping[str, Mapping[int | None, Any]],
    *,
    total: Callable[[list[Any]], Any],
) -> None:
    """Let a job start by a tick only where what it needs has started early enough."""
    for job in problem.jobs:
        own = [(tick, lit) for tick, lit in chosen[job.key].items() if tick is not None]
        for needed, gap in job.after:
            first = [(tick, lit) for tick, lit in chosen[needed].items() if tick is not None]
            for position, (tick, _) in enumerate(own):
                early = [lit for other, lit in first if other + gap <= tick]
                following = own[position + 1][0] if position + 1 < len(own) else None
                if following is not None and not any(
                    tick < other + gap <= following for other, _ in first
                ):
                    continue  # the next tick says the same and more
                started = [lit for _, lit in own[: position + 1]]
                model.add(total(started) <= total(early))


def _within_days(
    model: Any, problem: Problem, chosen: Mapping[str, Mapping[int | None, Any]]
) -> None:
    used: list[list[Any]] = [[] for _ in problem.room]
    most = [0] * len(problem.room)
    for job in problem.jobs:
        days = set()
        for start, literal in chosen[job.key].items():
            if start is not None:
                day = problem.day_of[start]
                used[day].append(job.minutes * literal)
                days.add(day)
        for day in days:
            most[day] += job.minutes
    for day, terms in enumerate(used):
        if most[day] > problem.room[day]:
            model.add(sum(terms) <= problem.room[day])
