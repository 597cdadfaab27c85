"""The rules of a plan as inequalities over its starts, for the solvers of OR-Tools."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from donna_core.domain.planning.problem import Problem

Start = tuple[str, int | None]
"""A job's key with a tick it may start at, or with ``None`` for leaving it out."""


@frozen(kw_only=True)
class Row:
    """Of these starts those that are chosen may weigh ``most`` together."""

    terms: tuple[tuple[int, Start], ...]
    most: int

    @property
    def is_choice(self) -> bool:
        """Whether it says that at most one of the starts is chosen."""
        return self.most == 1 and all(weight == 1 for weight, _ in self.terms)


def options(problem: Problem, starts: Mapping[str, Sequence[int]]) -> dict[str, tuple[Start, ...]]:
    """Return what there is to choose from for each job: one of its starts, or to leave it out."""
    return {
        job.key: (*((job.key, tick) for tick in starts[job.key]), (job.key, None))
        for job in problem.jobs
    }


def costs(problem: Problem, starts: Mapping[str, Sequence[int]]) -> dict[Start, int]:
    """Return what each choice costs."""
    return {
        (key, tick): job.unplaced if tick is None else job.costs[tick]
        for job, chosen in zip(problem.jobs, options(problem, starts).values(), strict=True)
        for key, tick in chosen
    }


def rows(problem: Problem, starts: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    """Yield all that holds besides that each job has one start or none."""
    yield from _one_at_a_time(problem, starts)
    yield from _in_order(problem, starts)
    yield from _within_days(problem, starts)


def _one_at_a_time(problem: Problem, starts: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    covering: dict[int, list[tuple[int, Start]]] = {}
    for job in problem.jobs:
        for start in starts[job.key]:
            for tick in range(start, start + job.length):
                covering.setdefault(tick, []).append((1, (job.key, start)))
    yield from (Row(terms=tuple(terms), most=1) for terms in covering.values())


def _in_order(problem: Problem, starts: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    """Let a job start by a tick only where what it needs has started early enough."""
    for job in problem.jobs:
        own = starts[job.key]
        for needed, gap in job.after:
            first = starts[needed]
            for position, tick in enumerate(own):
                following = own[position + 1] if position + 1 < len(own) else None
                if following is not None and not any(
                    tick < other + gap <= following for other in first
                ):
                    continue  # the next tick says the same and more
                begun = [(1, (job.key, each)) for each in own[: position + 1]]
                early = [(-1, (needed, other)) for other in first if other + gap <= tick]
                yield Row(terms=(*begun, *early), most=0)


def _within_days(problem: Problem, starts: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    used: list[list[tuple[int, Start]]] = [[] for _ in problem.room]
    most = [0] * len(problem.room)
    for job in problem.jobs:
        for start in starts[job.key]:
            used[problem.day_of[start]].append((job.minutes, (job.key, start)))
        for day in {problem.day_of[start] for start in starts[job.key]}:
            most[day] += job.minutes
    for day, terms in enumerate(used):
        if most[day] > problem.room[day]:
            yield Row(terms=tuple(terms), most=problem.room[day])
