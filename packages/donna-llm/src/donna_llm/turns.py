"""Waiting for a turn, and stepping aside for somebody more urgent.

``TurnQueue`` drives the state machine of ``queue`` with asyncio: one instance per provider, used
from one event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define, frozen

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.spending.ledger import ModelLane
from donna_core.ports.clock import Clock
from donna_core.ports.language_model import Urgency
from donna_llm.queue import RETRY_AFTER_FULL, Full, Ticket, Turns

T = TypeVar("T")


class QueueFull(ModelUnavailable):
    """So many questions wait already that one more is refused; try again after a while."""

    def __init__(self, task_type: str, full: Full) -> None:
        self.lane, self.depth, self.retry_after = full.lane, full.depth, RETRY_AFTER_FULL
        seconds = int(RETRY_AFTER_FULL.total_seconds())
        super().__init__(
            task_type,
            problem=f"{full.depth} {full.lane} questions wait already; try again in {seconds} s",
        )


class NoTurnInTime(ModelUnavailable):
    """The turn did not come while somebody was still waiting for the answer."""

    def __init__(self, task_type: str, *, waited: timedelta) -> None:
        self.waited = waited
        seconds = waited.total_seconds()
        super().__init__(task_type, problem=f"its turn did not come within {seconds:g} s")


@frozen(kw_only=True)
class Period:
    """What holds just now: may people push others aside, is background work held, until when."""

    preempts: bool = True
    holds_background: bool = False
    until: datetime | None = None


@define(eq=False)
class Turn:
    """A turn that came. ``waited_ms`` is how long for, ``interruptions`` how many came before."""

    ticket: Ticket
    began: datetime
    _became_movable: Callable[[], None]
    waited_ms: int = 0
    woken: asyncio.Future[None] | None = None
    asking: "asyncio.Task[object] | None" = None

    @property
    def interruptions(self) -> int:
        """How often the work was pushed aside before."""
        return self.ticket.interruptions

    @contextmanager
    def may_be_interrupted(self) -> Iterator[None]:
        """Let the work within be cancelled for somebody more urgent; raise ``PushedAside`` then."""
        self.asking = task = asyncio.current_task()
        before = 0 if task is None else task.cancelling()
        self.ticket.is_movable = True
        self._became_movable()
        try:
            yield
        except asyncio.CancelledError:
            # As asyncio.timeout does: a cancellation of ours is taken back, any other goes on.
            if self.ticket.is_yielding and task is not None and task.uncancel() <= before:
                raise PushedAside from None
            raise
        finally:
            self.ticket.is_movable = False


class PushedAside(Exception):  # an event between two parts of the gateway
    """The work was cancelled to make room; whoever catches it lets it go on."""


class TurnQueue:
    """Lets so many work at once and the rest wait, each for its turn."""

    def __init__(self, turns: Turns, *, clock: Clock, period: Callable[[], Period]) -> None:
        self.turns = turns
        self._clock, self._period = clock, period
        self._here: dict[Ticket, Turn] = {}
        self._opening: asyncio.Task[None] | None = None

    async def run(
        self,
        work: Callable[[Turn], Awaitable[T]],
        *,
        task_type: str,
        caller: str,
        lane: ModelLane,
        urgency: Urgency,
        patience: timedelta | None = None,
    ) -> T:
        """Do the work once it is its turn and return its result.

        Work that is pushed aside is cancelled and done anew when its turn comes again. Raise
        ``QueueFull`` at once, or ``NoTurnInTime`` after ``patience`` of waiting.
        """
        ticket = self.turns.offer(caller=caller, lane=lane, urgency=urgency)
        if isinstance(ticket, Full):
            raise QueueFull(task_type, ticket)
        turn = self._here[ticket] = Turn(ticket, self._clock.now(), self._push_somebody_aside)
        try:
            while True:
                if not await self._come(turn, patience):
                    raise NoTurnInTime(task_type, waited=patience or timedelta(0))
                waited = (self._clock.now() - turn.began) // timedelta(milliseconds=1)
                turn.waited_ms = max(waited, 0)
                try:
                    return await work(turn)
                except PushedAside:
                    turn.began = self._clock.now()
                    self.turns.interrupt(ticket)
        finally:
            del self._here[ticket]
            self.turns.leave(ticket)
            self._pump()

    async def close(self) -> None:
        """Stop the alarm clock."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)

    async def _come(self, turn: Turn, patience: timedelta | None) -> bool:
        """Wait until it is the question's turn; return False when that took too long."""
        self._pump()
        if turn.ticket in self.turns.running:
            return True
        self._push_somebody_aside()
        woken = turn.woken = asyncio.get_running_loop().create_future()
        if patience is None:
            await woken
            return True
        alarm = asyncio.ensure_future(self._clock.sleep_until(turn.began + patience))
        try:
            await asyncio.wait({woken, alarm}, return_when=asyncio.FIRST_COMPLETED)
            return turn.ticket in self.turns.running
        finally:
            turn.woken = None
            alarm.cancel()

    def _push_somebody_aside(self) -> None:
        if not self.turns.waiting or not self._period().preempts:
            return
        victim = self.turns.victim()
        if victim is not None and (asking := self._here[victim].asking) is not None:
            asking.cancel()

    def _pump(self) -> None:
        """Let start whoever may, and see to it that held work is looked at again."""
        if not self.turns.waiting:
            return
        period = self._period()
        while (
            ticket := self.turns.start_next(hold_background=period.holds_background)
        ) is not None:
            woken = self._here[ticket].woken
            if woken is not None and not woken.done():
                woken.set_result(None)
        held = period.holds_background and any(each.is_for_nobody for each in self.turns.waiting)
        if held and period.until is not None and self._opening is None:
            self._opening = asyncio.ensure_future(self._open_at(period.until))

    async def _open_at(self, instant: datetime) -> None:
        await self._clock.sleep_until(instant)
        self._opening = None
        self._pump()
