"""A plan as numbers: pieces of work, the ticks they may start at, and what each start costs.

Time is counted in ticks of the grid from an origin. Every job holds a stretch of ticks to
itself and may start only where a cost is given, so that windows, calendars, deadlines and wishes
are in the table of costs and not in the search. What is left is what jobs do to each other: no
two at once, some after others, and no more minutes on a day than it has room for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen


@frozen(kw_only=True)
class Job:
    """One piece of work. ``key`` is unique in its problem.

    It holds ``length`` ticks from its start on and takes ``minutes`` of its day. ``costs`` maps
    the ticks it may start at, in order, to whole costs of at least 0; ``unplaced`` is what it
    costs to leave it out. ``after`` names jobs with the least number of ticks from their start
    to its own; a job is left out wherever one of those is.
    """

    key: str
    length: int
    minutes: int
    costs: Mapping[int, int] = field(hash=False)
    unplaced: int
    after: tuple[tuple[str, int], ...] = ()


@frozen(kw_only=True)
class Problem:
    """Jobs by key, the day of each tick, and the minutes there is room for on each day."""

    jobs: tuple[Job, ...]
    day_of: tuple[int, ...]
    room: tuple[int, ...]

    @classmethod
    def of(cls, jobs: Iterable[Job], *, day_of: Sequence[int], room: Sequence[int]) -> "Problem":
        """Return the problem, whatever order the jobs come in.

        Starts that come too early for a job that has to be first are left out.
        """
        known = {job.key: job for job in jobs}
        trimmed: dict[str, Job] = {}
        for key in _first_to_last(known):
            job = known[key]
            after = tuple((needed, gap) for needed, gap in job.after if needed in known)
            soonest = max(
                (min(trimmed[needed].costs, default=len(day_of)) + gap for needed, gap in after),
                default=0,
            )
            costs = {tick: cost for tick, cost in sorted(job.costs.items()) if tick >= soonest}
            trimmed[key] = Job(
                key=key,
                length=job.length,
                minutes=job.minutes,
                costs=costs,
                unplaced=job.unplaced,
                after=after,
            )
        return cls(
            jobs=tuple(trimmed[key] for key in sorted(trimmed)),
            day_of=tuple(day_of),
            room=tuple(room),
        )

    def cost(self, starts: Mapping[str, int]) -> int:
        """Return what these starts cost, with the jobs that have none left out."""
        return sum(
            job.costs[starts[job.key]] if job.key in starts else job.unplaced for job in self.jobs
        )

    def faults(self, starts: Mapping[str, int]) -> Iterator[str]:
        """Yield what is wrong with these starts; nothing where they keep every rule."""
        held: dict[int, str] = {}
        used = [0] * len(self.room)
        for job in self.jobs:
            if job.key not in starts:
                continue
            start = starts[job.key]
            if start not in job.costs:
                yield f"{job.key} may not start at {start}"
                continue
            used[self.day_of[start]] += job.minutes
            for tick in range(start, start + job.length):
                if tick in held:
                    yield f"{job.key} and {held[tick]} are both at {tick}"
                held[tick] = job.key
            for needed, gap in job.after:
                if needed not in starts or starts[needed] + gap > start:
                    yield f"{job.key} comes before {needed}"
        for day, minutes in enumerate(used):
            if minutes > self.room[day]:
                yield f"day {day} has {minutes} minutes and room for {self.room[day]}"


@frozen(kw_only=True)
class Solution:
    """Starts by job, what they cost, and a proven floor that no other starts go below."""

    starts: Mapping[str, int] = field(hash=False)
    cost: int
    bound: int

    @property
    def gap(self) -> float:
        """How far the cost may be from the best, as a share of it; 0 is proven best."""
        return 0.0 if self.cost <= self.bound else (self.cost - self.bound) / self.cost


def _first_to_last(jobs: Mapping[str, Job]) -> tuple[str, ...]:
    """Return the keys so that each follows those it comes after; a ring is cut at its last key."""
    ordered: dict[str, None] = {}
    for root in sorted(jobs):
        waiting, entered = [root], {root}
        while waiting:
            key = waiting[-1]
            ahead = [
                needed
                for needed, _ in jobs[key].after
                if needed in jobs and needed not in ordered and needed not in entered
            ]
            if ahead:
                waiting.append(min(ahead))
                entered.add(min(ahead))
            else:
                ordered.setdefault(waiting.pop())
    return tuple(ordered)
