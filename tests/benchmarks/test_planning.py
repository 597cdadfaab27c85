"""Plans of weeks and orders of work: how soon, how good, beside simpler ways in the same run."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any, TypeVar

import pytest
from attrs import evolve

from donna_core.domain.planning.busy import BusySet, Occupied, busy_for
from donna_core.domain.planning.improve import first_plan, repaired_plan
from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.planning.problem import Problem, Solution
from donna_core.domain.planning.proposal import proposal_of
from donna_core.domain.planning.sequencing import sequence, tardiness
from donna_core.domain.planning.slots import Placement, SlotRequest, SlotRules, find_slot
from donna_core.domain.tasks.task import DeadlineType, Domain, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.solver import SearchingSolver
from donna_core.ports.solver import Solver
from donna_core.testing.weeks import HOUR, MONDAY, QUARTER, WINDOWS, Situation, event, hours, task

T = TypeVar("T")
OPEN_HOURS = evolve(
    WINDOWS,
    work_life=(
        evolve(hours("work", 8, 17, Domain.WORK), weekdays=frozenset(range(5))),
        hours("evening", 17, 20, Domain.PERSONAL, Domain.FAMILY),
        evolve(hours("weekend", 6, 20, Domain.PERSONAL, Domain.FAMILY), weekdays=frozenset({5, 6})),
    ),
)


def crowded(tasks: int, meetings: int, *, days: int, seed: int) -> Situation:
    """Return a week as households have it, only fuller."""
    dice = random.Random(seed)
    kinds = [DeadlineType.NONE] * 3 + [DeadlineType.SOFT, DeadlineType.HARD]
    made: list[Task] = []
    for number in range(1, tasks + 1):
        kind = dice.choice(kinds)
        due = MONDAY + dice.randrange(10, days * 24) * HOUR
        made.append(
            task(
                number,
                domain=dice.choice([Domain.WORK, Domain.WORK, Domain.PERSONAL, Domain.FAMILY]),
                priority=dice.randint(1, 5),
                estimated_duration=dice.choice([1, 2, 2, 3, 4, 4, 6, 8]) * QUARTER,
                deadline_type=kind,
                deadline=None if kind is DeadlineType.NONE else due,
                dependencies=(made[-1].id,) if made and dice.random() < 0.1 else (),
            )
        )
    events = tuple(
        event(
            f"Meeting {number}",
            MONDAY + timedelta(days=dice.randrange(days)) + dice.randrange(48) * QUARTER,
            dice.choice([1, 2, 2, 3, 4]) * QUARTER,
        )
        for number in range(meetings)
    )
    return Situation(
        tasks=tuple(made), events=events, rules=PlanRules(days=days), windows=OPEN_HOURS
    )


def timed(act: Callable[..., T], *given: Any, **named: Any) -> tuple[T, float]:
    """Return what the act returns and the seconds it took."""
    begun = perf_counter()
    return act(*given, **named), perf_counter() - begun


def solved(solver: Solver, problem: Problem, effort: int) -> Solution:
    """Return the solution of a problem where nothing has a place."""
    return asyncio.run(solver.solve(problem, kept={}, effort=effort))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("tasks", "meetings", "days", "effort"), [(40, 60, 7, 6), (200, 100, 14, 14)]
)
def test_a_week_is_planned(tasks: int, meetings: int, days: int, effort: int) -> None:
    """A first plan at once; then the gap of search alone, and of CP-SAT where it is installed."""
    cpsat = pytest.importorskip("donna_adapters.ortools.cpsat")
    report: list[str] = []
    for seed in range(3):
        situation = crowded(tasks, meetings, days=days, seed=seed)
        situation.model()  # windows are cached from day to day

        model, building = timed(situation.model)
        starts, first = timed(first_plan, model.problem, kept={})
        solvers: list[Solver] = [SearchingSolver()]
        solvers += [cpsat.CpSatSolver()] if cpsat.is_installed() else []
        report.clear()
        solution = Solution(starts=starts, cost=model.problem.cost(starts), bound=0)
        for solver in solvers:
            solution, seconds = timed(solved, solver, model.problem, effort)
            assert list(model.problem.faults(solution.starts)) == []
            report.append(f"{type(solver).__name__} gap {solution.gap:.2%} in {seconds:.1f} s")
        explained = timed(proposal_of, model, solution)[1]
        ratio = model.problem.cost(starts) / solution.cost
        print(
            f"\n{tasks} tasks, {meetings} meetings: first plan {1e3 * (building + first):.0f} ms "
            f"({ratio:.2f} : 1 against the last), reasons {1e3 * explained:.0f} ms; "
            + "; ".join(report)
        )


def test_one_arrival_among_a_thousand_placed_tasks() -> None:
    """The place of one more task, beside building the whole plan anew."""
    dice = random.Random(7)
    held = [
        Occupied(
            task_id=task(number).id,
            title=f"Task {number}",
            when=Interval(start, start + QUARTER),
            priority=2,
        )
        for number in range(1000)
        for start in [MONDAY + dice.randrange(14 * 96) * QUARTER]
    ]
    request = SlotRequest(
        domain=Domain.WORK, priority=3, duration=HOUR, earliest=MONDAY, task_id=task(1001).id
    )

    def arrive() -> Placement:
        busy = busy_for(Domain.WORK, (), held, OPEN_HOURS)
        found = find_slot(request, windows=OPEN_HOURS, busy=busy, rules=SlotRules())
        assert isinstance(found, Placement)
        return found

    arrive()
    seconds = min(timed(arrive)[1] for _ in range(20))
    bare = min(timed(lambda: BusySet.of(()))[1] for _ in range(20))
    print(
        f"\none arrival among 1 000 places: {1e3 * seconds:.2f} ms "
        f"({seconds / bare:.0f} : 1 against none)"
    )


def test_a_branch_of_fifty_tasks() -> None:
    """A day off among fifty planned tasks, beside planning them all afresh."""
    situation = crowded(50, 30, days=7, seed=1)
    model, starts, proposal = situation.planned()
    del model, starts
    placed = {each.task.id: each.when.start for each in proposal.placements}
    settled = tuple(
        evolve(each, status=TaskStatus.SCHEDULED, scheduled_start=placed[each.id])
        if each.id in placed
        else each
        for each in situation.tasks
    )
    off = event("Off", MONDAY + timedelta(days=2) - HOUR * 8, 24 * HOUR)
    branch = evolve(situation, tasks=settled, events=(*situation.events, off))

    def repaired() -> int:
        model = branch.model()
        return repaired_plan(model.problem, kept=model.current(), effort=1).cost

    cost, seconds = timed(repaired)
    fresh, anew = timed(lambda: branch.planned()[2].objective)
    print(
        f"\noff for a day, 50 tasks: {seconds:.2f} s, {anew / seconds:.1f} times as fast as "
        f"anew ({cost} against {fresh})"
    )


def test_work_is_put_in_order() -> None:
    """Instances by the rule of the public ones: a twentieth of a second beside ten times that."""
    dice = random.Random(5)
    sums, spent = [0, 0, 0], 0.0
    for spread in (0.2, 0.6, 1.0):
        for tight in (0.2, 0.4, 0.6, 0.8, 1.0):
            durations = [dice.randint(1, 100) for _ in range(40)]
            weights = [dice.randint(1, 10) for _ in range(40)]
            total = sum(durations)
            low, high = (int(total * (1 - tight + side * spread / 2)) for side in (-1, 1))
            due = [max(0, dice.randint(low, high)) for _ in range(40)]
            work = (durations, weights, due)
            order, seconds = timed(sequence, *work)
            spent += seconds
            by_date = sorted(range(40), key=due.__getitem__)
            long = sequence(*work, budget=4_000_000)
            for place, found in enumerate((order, long, by_date)):
                sums[place] += tardiness(found, *work)
    print(
        f"\n15 instances of 40: {1e3 * spent / 15:.0f} ms each, {sums[0] / sums[1] - 1:.4%} above "
        f"ten times the budget, 1 : {sums[2] / sums[0]:.1f} against the order of due dates"
    )
