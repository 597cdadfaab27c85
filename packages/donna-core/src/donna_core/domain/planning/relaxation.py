"""A floor under every plan, proven: jobs pay for the ticks they hold instead of keeping apart.

Without the rule that no two jobs share a tick, each job alone picks its cheapest start. Putting a
price on every tick, and on every minute of a crowded day, makes such picks avoid each other;
whatever the prices, the sum of the picks less the prices is no more than the best plan costs.
Jobs that wait for one another pick together, exactly, as far as they form trees.
Prices are found by subgradient steps (Held, Wolfe and Crowder, "Validation of subgradient
optimization", Mathematical Programming 6, 1974). At their best the floor is that of the
time-indexed linear program (Dyer and Wolsey, 1990).
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil, inf

from attrs import field, frozen

from donna_core.domain.planning.problem import Job, Problem

_EXACT = 1e-6


@frozen(kw_only=True)
class Floor:
    """``bound`` is below every plan's cost; ``extra`` is what each start adds to it at least.

    A plan in which a job starts at a tick costs no less than ``bound`` and the job's extra for
    it; the key ``None`` stands for leaving the job out.
    """

    bound: float
    extra: Mapping[str, Mapping[int | None, float]] = field(hash=False)

    def worth_trying(self, job: Job, *, below: int) -> tuple[int, ...]:
        """Return the starts of the job that a plan cheaper than ``below`` could still have."""
        extra = self.extra[job.key]
        return tuple(tick for tick in job.costs if self.bound + extra[tick] <= below - 1 + _EXACT)

    @property
    def whole(self) -> int:
        """The bound for whole costs."""
        return max(0, ceil(self.bound - _EXACT))


def floor(problem: Problem, *, above: int, rounds: int) -> Floor:
    """Return the best floor that so many rounds of prices find.

    ``above`` is the cost of a known plan; the steps are sized by the distance to it.
    """
    prices = _Prices(problem)
    best = prices.assess()
    best_bound, best_prices = best, prices.copied()
    scale, idle = 1.0, 0
    for _ in range(rounds):
        if above - best_bound < 1 - _EXACT or not prices.move(scale=scale, aim=above):
            break
        bound = prices.assess()
        idle += 1
        if bound > best_bound + _EXACT:
            best_bound, best_prices, idle = bound, prices.copied(), 0
        elif idle > 12:
            scale, idle = scale / 2, 0
            prices.restore(best_prices)
            prices.assess()
        if scale < 1e-3:
            break
    prices.restore(best_prices)
    return Floor(bound=best_bound, extra=prices.extras())


class _Prices:
    """Prices of ticks and of days, and the picks of the jobs at these prices."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        ticks = len(problem.day_of) + max((job.length for job in problem.jobs), default=0)
        self.tick = [0.0] * ticks
        self.day = [0.0] * len(problem.room)
        self.nodes = _forest(problem)
        self.bound = 0.0

    def copied(self) -> tuple[list[float], list[float]]:
        return list(self.tick), list(self.day)

    def restore(self, prices: tuple[list[float], list[float]]) -> None:
        self.tick, self.day = list(prices[0]), list(prices[1])

    def assess(self) -> float:
        """Let every job pick and return the bound that follows."""
        spent = list(accumulate(self.tick, initial=0.0))
        total = -sum(self.tick) - sum(
            price * room for price, room in zip(self.day, self.problem.room, strict=True)
        )
        for node in reversed(self.nodes):
            node.price(spent, day_of=self.problem.day_of, day=self.day)
        for node in self.nodes:
            if node.parent is None:
                total += node.pick()
            else:
                node.pick_after(node.parent)
        self.bound = total
        return total

    def move(self, *, scale: float, aim: int) -> bool:
        """Raise the price of what is wanted too often, lower the others; say if anything moved."""
        wanted = [-1.0] * len(self.tick)
        used = [-float(room) for room in self.problem.room]
        for node in self.nodes:
            if node.picked is not None:
                for tick in range(node.picked, node.picked + node.job.length):
                    wanted[tick] += 1
                used[self.problem.day_of[node.picked]] += node.job.minutes
        # A price of nothing cannot fall: only what can move counts for the length of the step.
        wanted = [
            want if want > 0 or price > 0 else 0.0
            for want, price in zip(wanted, self.tick, strict=True)
        ]
        used = [
            use if use > 0 or price > 0 else 0.0 for use, price in zip(used, self.day, strict=True)
        ]
        norm = sum(want * want for want in wanted) + sum((use / 60) ** 2 for use in used)
        if norm == 0:
            return False
        step = scale * max(aim - self.bound, 1.0) / norm
        self.tick = [
            max(0.0, price + step * want) if want else price
            for price, want in zip(self.tick, wanted, strict=True)
        ]
        self.day = [
            max(0.0, price + step * use / 3600) if use else price
            for price, use in zip(self.day, used, strict=True)
        ]
        return True

    def extras(self) -> dict[str, dict[int | None, float]]:
        """Return, for every job, what each of its starts adds to the bound at these prices."""
        self.assess()
        for node in self.nodes:
            node.totals()
        return {node.job.key: node.extra() for node in self.nodes}


class _Node:
    """A job among those that wait for it.

    ``values`` are the least its tree can cost with the job at each start, ``out`` with it left
    out. Of several jobs that one needs, a single one is kept: dropping rules keeps a floor one.
    """

    def __init__(self, job: Job, parent: "_Node | None", gap: int, *, ticks: int) -> None:
        self.job, self.parent, self.gap, self.ticks = job, parent, gap, ticks
        self.starts, self.costs = tuple(job.costs), tuple(job.costs.values())
        self.children: list[_Node] = []
        self.values: list[float] = []
        self.out = 0.0
        self.picked: int | None = None
        self.from_tick: list[float] = []  # the least value of a start at this tick or later
        self.whole: list[float] = []
        self.whole_out = 0.0

    def price(self, spent: Sequence[float], *, day_of: Sequence[int], day: Sequence[float]) -> None:
        length, minutes = self.job.length, self.job.minutes
        values = [
            cost + spent[start + length] - spent[start]
            for start, cost in zip(self.starts, self.costs, strict=True)
        ]
        if any(day):
            values = [
                value + minutes * day[day_of[start]]
                for value, start in zip(values, self.starts, strict=True)
            ]
        self.out = float(self.job.unplaced)
        for child in self.children:
            self.out += child.out
            given = child.given
            values = [
                value + given(start) for value, start in zip(values, self.starts, strict=True)
            ]
        self.values = values
        if self.parent is not None:
            least, following = inf, [inf] * (self.ticks + 1)
            value_at = dict(zip(self.starts, values, strict=True))
            for tick in range(self.ticks, -1, -1):
                least = min(least, value_at.get(tick, inf))
                following[tick] = least
            self.from_tick = following

    def given(self, start: int) -> float:
        """Return the least this tree costs when the job it waits for begins at that tick."""
        tick = max(0, start + self.gap)
        return min(self.out, self.from_tick[tick]) if tick <= self.ticks else self.out

    def pick(self) -> float:
        least = min(self.values, default=inf)
        self.picked = self.starts[self.values.index(least)] if least < self.out else None
        return min(least, self.out)

    def pick_after(self, parent: "_Node") -> None:
        self.picked = None
        if parent.picked is None or self.given(parent.picked) >= self.out:
            return
        wanted = self.given(parent.picked)
        for start, value in zip(self.starts, self.values, strict=True):
            if start >= parent.picked + self.gap and value == wanted:
                self.picked = start
                return

    def totals(self) -> None:
        """Work out the least the whole tree costs with this job at each start."""
        parent = self.parent
        if parent is None:
            self.whole, self.whole_out = self.values, self.out
            return
        rest = {
            start: whole - self.given(start)
            for start, whole in zip(parent.starts, parent.whole, strict=True)
        }
        least, before = inf, [inf] * (self.ticks + 1)
        for tick in range(self.ticks + 1):
            least = min(least, rest.get(tick, inf))
            before[tick] = least
        self.whole = [
            value + (before[min(start - self.gap, self.ticks)] if start >= self.gap else inf)
            for start, value in zip(self.starts, self.values, strict=True)
        ]
        self.whole_out = min(self.out + least, parent.whole_out)

    def extra(self) -> dict[int | None, float]:
        least = min(min(self.whole, default=inf), self.whole_out)
        found: dict[int | None, float] = {
            start: whole - least for start, whole in zip(self.starts, self.whole, strict=True)
        }
        found[None] = self.whole_out - least
        return found


def _forest(problem: Problem) -> list[_Node]:
    """Return a node for each job, each after the one it is kept to wait for."""
    nodes: dict[str, _Node] = {}
    waiting = {job.key: job for job in problem.jobs}
    ticks = len(problem.day_of)
    while waiting:
        ready = [
            job
            for job in waiting.values()
            if not job.after or any(needed in nodes for needed, _ in job.after)
        ]
        for job in ready or list(waiting.values()):  # a ring of jobs has no first: drop its rules
            needed = next(((nodes[key], gap) for key, gap in job.after if key in nodes), None)
            parent, gap = needed or (None, 0)
            node = _Node(job, parent, gap, ticks=ticks)
            if parent is not None:
                parent.children.append(node)
            nodes[job.key] = node
            del waiting[job.key]
    return list(nodes.values())
