"""A good plan soon: first fit by value, then tearing out a few jobs and putting them back better.

The improvement is ruin and recreate (Schrimpf, Schneider, Stamm-Wilbrandt and Dueck, "Record
breaking optimization results using the ruin and recreate principle", Journal of Computational
Physics 159, 2000). Occupied ticks are the bits of one whole number, so that whether a job fits
anywhere is a handful of shifts.
"""

from collections.abc import Iterable, Mapping

from donna_core.domain.planning.chance import chances
from donna_core.domain.planning.problem import Job, Problem
from donna_core.domain.planning.relaxation import Floor

_TORN_OUT = 6
_NEAR = 3
_SLACK = 60  # thousandths of what the best plan costs beyond the unavoidable


class PlanSearch:
    """One search over one problem; its rounds repeat exactly for the same problem and seed."""

    def __init__(self, problem: Problem, *, seed: int = 1) -> None:
        self.problem = problem
        self.jobs = {job.key: job for job in problem.jobs}
        self.by_cost = {
            job.key: tuple(sorted(job.costs, key=lambda tick: (job.costs[tick], tick)))
            for job in problem.jobs
        }
        self.followers: dict[str, list[str]] = {job.key: [] for job in problem.jobs}
        for job in problem.jobs:
            for needed, _ in job.after:
                self.followers[needed].append(job.key)
        self.chance = chances(seed)
        self.depth = _depths(self.jobs)
        self.unavoidable = sum(
            min(job.unplaced, min(job.costs.values(), default=job.unplaced)) for job in problem.jobs
        )
        self.worth = {
            job.key: (job.unplaced - min(job.costs.values(), default=0)) / job.length
            for job in problem.jobs
        }

    def first(self, *, kept: Mapping[str, int] | None = None) -> dict[str, int]:
        """Return a plan by first fit: what costs most to leave out, per tick, goes first.

        ``kept`` are starts that are taken over as far as they keep every rule.
        """
        state = _State(self)
        for key, start in sorted((kept or {}).items(), key=lambda each: (each[1], each[0])):
            state.put_at(key, start)
        self.refill(state, self.by_value(key for key in self.jobs if key not in state.starts))
        return state.starts

    def priced(self, floor: Floor) -> dict[str, int]:
        """Return a plan by the prices of a floor: what is dearest to leave out goes first.

        Each job takes the place that adds least at these prices, so that it keeps off the ticks
        that others want more.
        """
        state = _State(self)
        extra = floor.extra
        keys = sorted(self.jobs, key=lambda key: (-extra[key][None], key))
        for key in self.in_order(keys):
            table = extra[key]
            state.put(key, sorted(self.jobs[key].costs, key=lambda tick: (table[tick], tick)))
        self.refill(state, self.by_value(self.jobs))
        return state.starts

    def improved(self, starts: Mapping[str, int], *, rounds: int) -> dict[str, int]:
        """Return the best plan that so many rounds find from this one.

        A round that makes the plan a little dearer may stand, less and less as rounds go by.
        """
        state = _State(self)
        for key in sorted(starts, key=lambda each: (self.depth[each], starts[each])):
            state.put_at(key, starts[key])
        best, least = dict(state.starts), state.cost()
        present, unavoidable = least, self.unavoidable
        for turn in range(rounds):
            before = dict(state.starts)
            torn = self.torn_out(state)
            for key in torn:
                state.take(key)
            self.refill(state, self.shuffled(torn))
            cost = state.cost()
            if cost < least:
                best, least = dict(state.starts), cost
            slack = (least - unavoidable) * _SLACK * (rounds - turn) // (rounds * 1000)
            if cost <= least + slack and (cost <= present or cost <= present + slack // 4):
                present = cost
            else:
                state.restore(before)
        return best

    def torn_out(self, state: "_State") -> tuple[str, ...]:
        """Return which jobs to take out: some that lie near each other, some left out, all after.

        Whatever follows one of them goes too, because it may not come before it.
        """
        keys = sorted(self.jobs)
        centre = keys[next(self.chance) % len(keys)]
        chosen = {centre}
        if centre in state.starts:
            at = state.starts[centre]
        else:
            options = self.by_cost[centre]
            at = options[next(self.chance) % len(options)] if options else 0
        near = sorted(state.starts, key=lambda key: (abs(state.starts[key] - at), key))
        count = 1 + next(self.chance) % _TORN_OUT
        chosen.update(near[: min(count, len(near))])
        for _ in range(next(self.chance) % _NEAR):
            chosen.add(keys[next(self.chance) % len(keys)])
        missing = [key for key in keys if key not in state.starts]
        if missing:
            chosen.add(missing[next(self.chance) % len(missing)])
        reach = list(chosen)
        while reach:
            for follower in self.followers[reach.pop()]:
                if follower not in chosen:
                    chosen.add(follower)
                    reach.append(follower)
        return tuple(sorted(chosen))

    def by_value(self, keys: Iterable[str]) -> list[str]:
        """Return the keys by what each tick of them is worth, each after what it needs."""
        worth = self.worth
        return self.in_order(
            sorted(keys, key=lambda key: (-worth[key], len(self.by_cost[key]), key))
        )

    def shuffled(self, keys: Iterable[str]) -> list[str]:
        """Return the keys by value, length or choice of starts, with a little chance in it."""
        how = next(self.chance) % 4

        def rank(key: str) -> tuple[float, str]:
            job = self.jobs[key]
            noise = 0.5 + (next(self.chance) % 1024) / 1024
            if how == 0:
                return (-noise * self.worth[key], key)
            if how == 1:
                return (-noise * job.length, key)
            if how == 2:
                return (noise * len(job.costs), key)
            return (noise, key)

        return self.in_order(sorted(keys, key=rank))

    def in_order(self, keys: list[str]) -> list[str]:
        """Return the keys in their order, except that what one needs goes right before it."""
        wanted, ordered = set(keys), dict[str, None]()

        def enter(key: str) -> None:
            wanted.discard(key)
            for needed, _ in self.jobs[key].after:
                if needed in wanted:
                    enter(needed)
            ordered[key] = None

        for key in keys:
            if key in wanted:
                enter(key)
        return list(ordered)

    def refill(self, state: "_State", keys: Iterable[str]) -> None:
        """Put each job at the cheapest place that is left; those without one stay out."""
        for key in keys:
            if key not in state.starts:
                state.put(key)


class _State:
    """A plan under way: starts, occupied ticks as bits, and the room left on each day."""

    def __init__(self, search: PlanSearch) -> None:
        self.search = search
        self.starts: dict[str, int] = {}
        self.occupied = 0
        self.room = list(search.problem.room)

    def cost(self) -> int:
        return self.search.problem.cost(self.starts)

    def put(self, key: str, choices: Iterable[int] | None = None) -> None:
        job = self.search.jobs[key]
        soonest = self._soonest(job)
        if soonest is None:
            return
        blocked = self._blocked(job.length)
        day_of, room, minutes = self.search.problem.day_of, self.room, job.minutes
        for start in choices or self.search.by_cost[key]:
            if start >= soonest and not blocked >> start & 1 and room[day_of[start]] >= minutes:
                self._hold(job, start)
                return

    def put_at(self, key: str, start: int) -> None:
        job = self.search.jobs.get(key)
        if job is None or start not in job.costs or key in self.starts:
            return
        soonest = self._soonest(job)
        stretch = ((1 << job.length) - 1) << start
        fits = self.room[self.search.problem.day_of[start]] >= job.minutes
        if soonest is not None and start >= soonest and fits and not self.occupied & stretch:
            self._hold(job, start)

    def take(self, key: str) -> None:
        if key not in self.starts:
            return
        job, start = self.search.jobs[key], self.starts.pop(key)
        self.occupied &= ~(((1 << job.length) - 1) << start)
        self.room[self.search.problem.day_of[start]] += job.minutes

    def restore(self, starts: Mapping[str, int]) -> None:
        for key in [key for key in self.starts if starts.get(key) != self.starts[key]]:
            self.take(key)
        for key, start in starts.items():
            if key not in self.starts:
                self._hold(self.search.jobs[key], start)

    def _hold(self, job: Job, start: int) -> None:
        self.starts[job.key] = start
        self.occupied |= ((1 << job.length) - 1) << start
        self.room[self.search.problem.day_of[start]] -= job.minutes

    def _soonest(self, job: Job) -> int | None:
        """Return the first tick after all it follows, or ``None`` where one of those is out."""
        soonest = 0
        for needed, gap in job.after:
            if needed not in self.starts:
                return None
            soonest = max(soonest, self.starts[needed] + gap)
        return soonest

    def _blocked(self, length: int) -> int:
        """Return the ticks at which a job of that length would meet another, as bits."""
        blocked, covered = self.occupied, 1
        while covered < length:
            step = min(covered, length - covered)
            blocked |= blocked >> step
            covered += step
        return blocked


def _depths(jobs: Mapping[str, Job]) -> dict[str, int]:
    """Return how many jobs in a row come before each."""
    depths: dict[str, int] = {}

    def depth(key: str, under: frozenset[str]) -> int:
        if key not in depths:
            ahead = [needed for needed, _ in jobs[key].after if needed not in under]
            depths[key] = 1 + max((depth(each, under | {key}) for each in ahead), default=-1)
        return depths[key]

    for key in sorted(jobs):
        depth(key, frozenset())
    return depths
