"""The best order of work on one pair of hands: total weighted tardiness on a single machine.

Each piece of work takes its duration, is due at an instant and costs its weight for every unit
of time it is late; one piece is done at a time and none pauses. The problem is strongly NP-hard
(Lenstra, Rinnooy Kan and Brucker, 1977). ``sequence`` searches it by iterated local search over
exchanges and insertions, the neighbourhoods in which Congram, Potts and van de Velde ("An
iterated dynasearch algorithm for the single-machine total weighted tardiness scheduling
problem", INFORMS Journal on Computing 14, 2002) reach the best known values of the public
instances. Insertions cost one step per place. Exchanges are passed over by a bound from prefix
sums where the work between the two cannot make up for what the two themselves lose.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from donna_core.domain.errors import InvalidInput
from donna_core.domain.planning.chance import chances

DEFAULT_BUDGET = 400_000
"""Moves weighed for 40 pieces of work in about a twentieth of a second."""

_KICK_LEAST, _KICK_MOST = 2, 5
_PATIENCE = 12


class InvalidSequence(InvalidInput):
    """The lists that describe the work do not fit together."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"This work cannot be put in order: {problem}.")


def tardiness(
    order: Sequence[int], durations: Sequence[int], weights: Sequence[int], due: Sequence[int]
) -> int:
    """Return the total weighted tardiness of the work done in this order from time 0 on."""
    total = time = 0
    for job in order:
        time += durations[job]
        if time > due[job]:
            total += weights[job] * (time - due[job])
    return total


def sequence(
    durations: Sequence[int],
    weights: Sequence[int],
    due: Sequence[int],
    *,
    budget: int = DEFAULT_BUDGET,
) -> tuple[int, ...]:
    """Return an order of the work, as indices, with little total weighted tardiness.

    ``durations`` (not negative), ``weights`` (not negative) and ``due`` are whole numbers in one
    unit of time, all lists equally long. ``budget`` is the number of moves that may be weighed;
    the same input and budget give the same order, a larger budget never a worse one. Raise
    ``InvalidSequence``.
    """
    _check(durations, weights, due, budget)
    if len(durations) < 2:
        return tuple(range(len(durations)))
    search = _Search(durations, weights, due, budget=budget)
    return tuple(search.run())


def _check(
    durations: Sequence[int], weights: Sequence[int], due: Sequence[int], budget: int
) -> None:
    if not len(durations) == len(weights) == len(due):
        counts = f"{len(durations)} durations, {len(weights)} weights, {len(due)} due dates"
        raise InvalidSequence(f"there are {counts}")
    if any(duration < 0 for duration in durations):
        raise InvalidSequence("a duration is negative")
    if any(weight < 0 for weight in weights):
        raise InvalidSequence("a weight is negative")
    if budget < 0:
        raise InvalidSequence("the budget is negative")


class _Search:
    """One iterated local search; ``left`` counts the moves it may still weigh."""

    def __init__(
        self, durations: Sequence[int], weights: Sequence[int], due: Sequence[int], *, budget: int
    ) -> None:
        self.durations, self.weights, self.due = list(durations), list(weights), list(due)
        self.left = budget
        self.size = len(durations)
        self.chance = chances()

    def run(self) -> list[int]:
        """Return the best order found before the budget is spent."""
        best, value = min(
            ((order, self.cost(order)) for order in self.starts()), key=lambda found: found[1]
        )
        best = self.descended(best)
        value = self.cost(best)
        current, present, idle = best, value, 0
        while self.left > 0 and value > 0:
            trial = self.descended(self.kicked(current))
            found = self.cost(trial)
            idle = 0 if found < present else idle + 1
            if found <= present:
                current, present = trial, found
            if found < value:
                best, value = trial, found
            if idle > _PATIENCE * self.size:
                # A long plateau: walk on from what the last kick led to.
                current, present, idle = trial, found, 0
        return best

    def starts(self) -> Iterator[list[int]]:
        """Yield the orders to begin from: by due date, by weight, by apparent urgency."""
        jobs = range(self.size)
        durations, weights, due = self.durations, self.weights, self.due
        yield sorted(jobs, key=lambda job: (due[job], job))
        yield sorted(jobs, key=lambda job: (durations[job] / (weights[job] or 0.1), job))
        yield self.by_slack()

    def by_slack(self) -> list[int]:
        """Return the order by apparent urgency: the weight per time, less the slack that is left.

        The rule is Vepsalainen and Morton's, in its linear form, so that it needs no exponential.
        """
        durations, weights, due = self.durations, self.weights, self.due
        usual = max(1, sum(durations) // self.size)
        waiting, time, order = set(range(self.size)), 0, []
        while waiting:
            now = time

            def urgency(job: int, now: int = now) -> tuple[float, int]:
                slack = max(0, due[job] - now - durations[job])
                return (weights[job] / ((durations[job] or 0.1) * (1 + slack / usual)), -job)

            chosen = max(waiting, key=urgency)
            waiting.remove(chosen)
            order.append(chosen)
            time += durations[chosen]
        return order

    def cost(self, order: Sequence[int]) -> int:
        """Return the total weighted tardiness."""
        return tardiness(order, self.durations, self.weights, self.due)

    def kicked(self, order: list[int]) -> list[int]:
        """Return the order after a few random exchanges of work that lies close together."""
        order, size = list(order), self.size
        for _ in range(_KICK_LEAST + next(self.chance) % (_KICK_MOST - _KICK_LEAST + 1)):
            one = next(self.chance) % size
            other = (one + 1 + next(self.chance) % min(size - 1, 10)) % size
            order[one], order[other] = order[other], order[one]
        return order

    def descended(self, order: list[int]) -> list[int]:
        """Return the order after moves that each save something, until none is left."""
        order = list(order)
        while self.left > 0:
            if not (self.inserted(order) or self.exchanged(order)):
                break
        return order

    def inserted(self, order: list[int]) -> bool:
        """Take, for every piece of work, the best other place; return whether any helped."""
        helped, place = False, 0
        ends = self.ends(order)
        while place < self.size:
            best, target = min(self.later(order, ends, place), self.sooner(order, ends, place))
            self.left -= self.size
            if best >= 0:
                place += 1
                continue
            helped = True
            order.insert(target, order.pop(place))
            ends = self.ends(order)
            if target < place:
                place += 1
        return helped

    def later(self, order: list[int], ends: list[int], place: int) -> tuple[int, int]:
        """Return what the best later place for the work changes, and which place that is."""
        durations, weights, due = self.durations, self.weights, self.due
        job = order[place]
        long, weight, latest = durations[job], weights[job], due[job]
        own = weight * (ends[place] - latest) if ends[place] > latest else 0
        best, target, others = 0, place, -own
        for later in range(place + 1, self.size):
            other, time = order[later], ends[later]
            over = time - due[other]
            if over > 0:
                others -= weights[other] * (over if over < long else long)  # noqa: FURB136  # min() is a call
            change = others + (weight * (time - latest) if time > latest else 0)
            if change < best:
                best, target = change, later
        return best, target

    def sooner(self, order: list[int], ends: list[int], place: int) -> tuple[int, int]:
        """Return what the best sooner place for the work changes, and which place that is."""
        durations, weights, due = self.durations, self.weights, self.due
        job = order[place]
        long, weight, latest = durations[job], weights[job], due[job]
        best, target = 0, place
        if ends[place] <= latest:
            return best, target
        others = -weight * (ends[place] - latest)
        for sooner in range(place - 1, -1, -1):
            other, time = order[sooner], ends[sooner]
            over = time + long - due[other]
            if over > 0:
                others += weights[other] * (over if over < long else long)  # noqa: FURB136  # min() is a call
                if others >= 0:
                    break
            late = time - durations[other] + long - latest
            change = others + (weight * late if late > 0 else 0)
            if change < best:
                best, target = change, sooner
        return best, target

    def exchanged(self, order: list[int]) -> bool:
        """Exchange pairs that are better the other way round; return whether any helped."""
        helped = False
        ends = self.ends(order)
        paid, late = self.sums(order, ends)
        for one in range(self.size - 2):
            while (two := self.exchange(order, ends, paid, late, one)) is not None:
                order[one], order[two] = order[two], order[one]
                ends = self.ends(order)
                paid, late = self.sums(order, ends)
                helped = True
        return helped

    def exchange(
        self, order: list[int], ends: list[int], paid: list[int], late: list[int], one: int
    ) -> int | None:
        """Return the first place whose work is better exchanged with that at ``one``."""
        durations, weights, due = self.durations, self.weights, self.due
        first = order[one]
        long, weight, latest = durations[first], weights[first], due[first]
        begin, own = ends[one] - long, max(0, weight * (ends[one] - latest))
        paid_before, late_before = paid[one + 1], late[one + 1]
        self.left -= self.size - one - 2
        for two in range(one + 2, self.size):
            second, time = order[two], ends[two]
            change = (weight * (time - latest) if time > latest else 0) - own
            over = time - due[second]
            shift = durations[second] - long
            if over > 0:
                change -= weights[second] * over
                over = begin + durations[second] - due[second]
                if over > 0:
                    change += weights[second] * over
            # What the work between can save at most, or must lose at least.
            if shift < 0:
                if change >= min(paid[two] - paid_before, -shift * (late[two] - late_before)):
                    continue
            elif change + shift * (late[two] - late_before) >= 0:
                continue
            if change + self.shifted(order, ends, one, two, shift) < 0:
                return two
        return None

    def shifted(self, order: list[int], ends: list[int], one: int, two: int, shift: int) -> int:
        """Return what it changes when the work between the two comes so much later."""
        weights, due, change = self.weights, self.due, 0
        for between in range(one + 1, two):
            job = order[between]
            over = ends[between] - due[job]
            moved = over + shift
            if over > 0:
                change -= weights[job] * over
            if moved > 0:
                change += weights[job] * moved
        return change

    def ends(self, order: list[int]) -> list[int]:
        """Return when each piece of work is done."""
        return list(accumulate([self.durations[job] for job in order]))

    def sums(self, order: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
        """Return what the first pieces of work cost together, and what their late ones weigh."""
        weights, due = self.weights, self.due
        over = [(weights[job], end - due[job]) for job, end in zip(order, ends, strict=True)]
        paid = accumulate([w * o if o > 0 else 0 for w, o in over], initial=0)
        late = accumulate([w if o > 0 else 0 for w, o in over], initial=0)
        return list(paid), list(late)
