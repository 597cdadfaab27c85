"""The linear program of a plan, solved by SCIP at its root: a tight floor, and a plan beside it.

Every start that is worth trying is a variable between 0 and 1; no tick is held twice, no day has
more work than room (the time-indexed formulation: Dyer and Wolsey, "Formulating the single
machine sequencing problem with release dates as a mixed integer program", Discrete Applied
Mathematics 26, 1990). SCIP solves it, sharpens it by cuts and rounds it by its heuristics, but
never branches, so that the work follows from the problem alone.
"""

from collections.abc import Mapping, Sequence
from math import ceil, gcd
from typing import Any

from donna_adapters.ortools.rows import costs, options, rows
from donna_core.domain.planning.problem import Problem, Solution

_RULES = "limits/nodes = 1\nrandomization/randomseedshift = 1\nparallel/maxnthreads = 1"
_TOLERANCE = 1e-6
"""By how much, as a share, SCIP's floating point may take a floor for higher than it is."""


def relaxed(problem: Problem, starts: Mapping[str, Sequence[int]], plan: Solution) -> Solution:
    """Return the better of the plan and what SCIP rounds to, over the higher of both floors.

    ``starts`` must hold every start that a plan cheaper than this one could have.
    """
    from ortools.linear_solver.python import model_builder  # noqa: PLC0415  # it takes a second

    model: Any = model_builder.Model()  # type: ignore[no-untyped-call]  # they left it out
    total: Any = model_builder.LinearExpr.weighted_sum
    share = {each: model.new_bool_var("") for each in costs(problem, starts)}
    for chosen in options(problem, starts).values():
        model.add(total([share[each] for each in chosen], [1] * len(chosen)) == 1)
    for row in rows(problem, starts):
        weights = [weight for weight, _ in row.terms]
        model.add(total([share[each] for _, each in row.terms], weights) <= row.most)
    model.minimize(total(list(share.values()), list(costs(problem, starts).values())))
    for (key, tick), variable in share.items():
        model.add_hint(variable, float(tick == plan.starts.get(key)))
    solver = model_builder.Solver("scip")
    solver.set_solver_specific_parameters(_RULES)
    status = solver.solve(model)
    if status not in {model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE}:
        return plan
    found = {
        key: tick
        for (key, tick), variable in share.items()
        if tick is not None and solver.value(variable) > 1 / 2
    }
    if any(problem.faults(found)) or problem.cost(found) > plan.cost:
        found = dict(plan.starts)
    cost = problem.cost(found)
    bound = max(plan.bound, _whole(solver.best_objective_bound, problem))
    return Solution(starts=found, cost=cost, bound=min(bound, cost))


def _whole(bound: float, problem: Problem) -> int:
    """Return the least cost a plan can have that the solver's floor surely allows."""
    unit = gcd(*(cost for job in problem.jobs for cost in (job.unplaced, *job.costs.values())))
    surely = bound - _TOLERANCE * max(1.0, abs(bound))
    return ceil(surely / unit) * unit if unit else 0
