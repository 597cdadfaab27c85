"""Whose turn it is: the order in which questions to one provider are asked.

A state machine without time and without waiting; ``turns`` is the part that waits. The more
urgent goes first, then what a person waits for; among equals, what was interrupted, then the
caller who had the fewest turns, then who came first. Nobody is overtaken for ever: whoever was
overtaken ``most_overtaken`` times by later questions goes next.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from attrs import define, field, frozen

from donna_core.domain.spending.ledger import ModelLane
from donna_core.ports.language_model import Urgency

_RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


@frozen(kw_only=True)
class QueueRules:
    """How many may wait in each lane, and how often one steps aside or is overtaken."""

    depth: Mapping[ModelLane, int]
    most_interruptions: int = 3
    most_overtaken: int = 8


@define(eq=False, kw_only=True)
class Ticket:
    """A question in the queue; ``number`` is its place in the order of arrival.

    It can be interrupted only while ``is_movable``, and was asked to if ``is_yielding``.
    """

    number: int
    caller: str
    lane: ModelLane
    urgency: Urgency
    interruptions: int = 0
    overtaken: int = 0
    is_movable: bool = False
    is_yielding: bool = False

    @property
    def rank(self) -> tuple[int, bool]:
        """How far behind it stands: by urgency, then by whether nobody waits for it."""
        return _RANKS[self.urgency], self.lane is ModelLane.INTERNAL

    @property
    def is_for_nobody(self) -> bool:
        """Whether it can wait for as long as people are busy."""
        return self.lane is ModelLane.INTERNAL and self.urgency is Urgency.BACKGROUND


@frozen(kw_only=True)
class Full:
    """The lane holds as many as may wait; one more is refused."""

    lane: ModelLane
    depth: int


@define
class Turns:
    """Who waits and who is being asked; ``at_once`` is how many are asked at the same time."""

    rules: QueueRules
    at_once: int
    waiting: list[Ticket] = field(factory=list)
    running: list[Ticket] = field(factory=list)
    _number: int = 0
    _served: Counter[str] = field(factory=Counter)

    def offer(self, *, caller: str, lane: ModelLane, urgency: Urgency) -> Ticket | Full:
        """Take a question in, or say that its lane is full."""
        depth = sum(ticket.lane is lane for ticket in self.waiting)
        if depth >= self.rules.depth[lane]:
            return Full(lane=lane, depth=depth)
        self._number += 1
        if not self._is_known(caller):
            # A newcomer has no claim to the turns of the past.
            self._served[caller] = min(self._served.values(), default=0)
        ticket = Ticket(number=self._number, caller=caller, lane=lane, urgency=urgency)
        self.waiting.append(ticket)
        return ticket

    def start_next(self, *, hold_background: bool = False) -> Ticket | None:
        """Let the next one start, if there is room and somebody may; return it."""
        if len(self.running) >= self.at_once:
            return None
        ticket = self._next(hold_background=hold_background)
        if ticket is None:
            return None
        self.waiting.remove(ticket)
        self.running.append(ticket)
        self._served[ticket.caller] += 1
        for other in self.waiting:
            if other.number < ticket.number and not (hold_background and other.is_for_nobody):
                other.overtaken += 1
        return ticket

    def victim(self) -> Ticket | None:
        """Choose who has to step aside just now and mark it, or return ``None``.

        Only a person who waits pushes somebody aside, and only Donna's own, less urgent work:
        the least urgent, of those the one that started last. Whoever has had to often enough,
        or waited long enough, stays.
        """
        pushing = sorted(
            (each for each in self.waiting if each.lane is ModelLane.EXTERNAL),
            key=lambda each: (each.rank, each.number),
        )
        yielding = sum(each.is_yielding for each in self.running)
        if yielding >= len(pushing) or len(self.running) < self.at_once:
            return None
        rank = pushing[yielding].rank
        movable = [each for each in self.running if self._is_movable(each, rank)]
        worst = max((each.rank for each in movable), default=None)
        found = next((each for each in reversed(movable) if each.rank == worst), None)
        if found is not None:
            found.is_yielding = True
        return found

    def interrupt(self, ticket: Ticket) -> None:
        """Put a running question back among those that wait."""
        self.running.remove(ticket)
        ticket.interruptions += 1
        ticket.is_yielding = False
        self.waiting.append(ticket)

    def leave(self, ticket: Ticket) -> None:
        """Take a question out, wherever it stands."""
        for place in (self.waiting, self.running):
            if ticket in place:
                place.remove(ticket)
        if not self._is_known(ticket.caller):
            del self._served[ticket.caller]

    def _next(self, *, hold_background: bool) -> Ticket | None:
        may = [each for each in self.waiting if not (hold_background and each.is_for_nobody)]
        if not may:
            return None
        oldest = min(may, key=lambda each: each.number)
        if oldest.overtaken >= self.rules.most_overtaken:
            return oldest
        return min(
            may,
            key=lambda each: (
                each.rank,
                not each.interruptions,
                self._served[each.caller],
                each.number,
            ),
        )

    def _is_movable(self, ticket: Ticket, rank: tuple[int, bool]) -> bool:
        """Whether a running question steps aside for one of this rank."""
        return (
            ticket.is_movable
            and not ticket.is_yielding
            and ticket.lane is ModelLane.INTERNAL
            and ticket.rank > rank
            and ticket.interruptions < self.rules.most_interruptions
            and ticket.overtaken < self.rules.most_overtaken
        )

    def _is_known(self, caller: str) -> bool:
        return any(each.caller == caller for each in (*self.waiting, *self.running))


RETRY_AFTER_FULL = timedelta(seconds=30)
"""How long somebody who was refused had better wait."""
