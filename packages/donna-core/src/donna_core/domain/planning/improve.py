"""Planning without a solver: a first plan at once, a better one, and a proven floor under it."""

from collections.abc import Mapping

from donna_core.domain.planning.problem import Problem, Solution
from donna_core.domain.planning.recreate import PlanSearch
from donna_core.domain.planning.relaxation import Floor, floor

_ROUNDS = 600
_PRICINGS = 40


def first_plan(problem: Problem, *, kept: Mapping[str, int]) -> dict[str, int]:
    """Return a plan at once: what has a place keeps it, the rest goes first fit by value.

    Where starting afresh is cheaper, that is returned instead.
    """
    search = PlanSearch(problem)
    plans = [search.first(kept=kept), *([search.first()] if kept else [])]
    return min(plans, key=problem.cost)


def repaired_plan(problem: Problem, *, kept: Mapping[str, int], effort: int) -> Solution:
    """Return a plan that keeps every place it can and moves others only for what has none.

    The floor is that of the cheapest start of each job alone.
    """
    search = PlanSearch(problem)
    plan = search.first(kept=kept)
    if len(plan) < len(problem.jobs):
        plan = search.improved(plan, rounds=_ROUNDS * effort)
    cost = problem.cost(plan)
    return Solution(starts=plan, cost=cost, bound=min(cost, search.unavoidable))


def improved_plan(
    problem: Problem, *, kept: Mapping[str, int], effort: int
) -> tuple[Solution, Floor]:
    """Return the best plan that so much effort finds, with its floor.

    A unit of effort is 600 rounds of search and 40 rounds of prices, whatever the machine.
    """
    search = PlanSearch(problem)
    plan = first_plan(problem, kept=kept)
    ground = floor(problem, above=problem.cost(plan), rounds=_PRICINGS * effort)
    priced = search.priced(ground)
    for start in (plan, priced):
        if problem.cost(plan) > ground.whole:
            found = search.improved(start, rounds=_ROUNDS * effort // 2)
            plan = min((plan, found), key=problem.cost)
    cost = problem.cost(plan)
    return Solution(starts=plan, cost=cost, bound=min(cost, ground.whole)), ground
