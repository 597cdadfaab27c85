"""A Donna composed of nothing but memory, and the way her use cases are run there."""

from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Protocol, TypeVar, runtime_checkable

from donna_core.domain.errors import DonnaError, Refused
from donna_core.domain.ids import EventKey, UserId
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import zone_named
from donna_core.local.calendar import InMemoryCalendar
from donna_core.local.clock import SystemClock
from donna_core.local.household import policy_from
from donna_core.local.ids import UuidSource
from donna_core.local.notifier import InMemoryNotifier
from donna_core.local.rules_model import RulesModel
from donna_core.local.settings import load_settings
from donna_core.local.solver import SearchingSolver
from donna_core.local.stepping import finish, one_by_one
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.local.views import MethodCalls, Told
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.outbox import Lane
from donna_core.usecases.deliver import deliver
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import work

T = TypeVar("T")

SYSTEM_ZONE, FALLBACK_ZONE = "system", "UTC"
_USER = UserId("local")
_OWN, _OTHERS = "donna", "others"


class ClosedDonna(Refused):
    """This Donna was closed, and what she kept is gone with her."""

    def __init__(self) -> None:
        super().__init__("This Donna is closed. Begin anew with Donna.local().")


class UnmovableClock(Refused):
    """Only a clock that was made for it can be moved."""

    def __init__(self, clock: Clock) -> None:
        self.clock = type(clock).__name__
        super().__init__(
            f"A {self.clock} cannot be moved. Compose Donna with one that can: "
            "Donna.local(clock=FakeClock(start)) from donna_core.testing.fake_clock."
        )


@runtime_checkable
class MovableClock(Protocol):
    """A clock whose hands its owner moves."""

    def now(self) -> datetime:
        """Return the instant the hands show."""

    def advance(self, *, to: datetime | None = None) -> None:
        """Put the hands at ``to``."""


class Session:
    """One composed Donna in memory; requests take turns, from whatever thread they come."""

    def __init__(self, *, zone: str | None, clock: Clock, ids: IdSource, config: Path | None):
        settings = load_settings(config)
        named = zone or settings.calendar.timezone
        policy = policy_from(
            settings, zone=zone_named(FALLBACK_ZONE if named == SYSTEM_ZONE else named)
        )
        own = InMemoryCalendar(_OWN)
        self._others = InMemoryCalendar(_OTHERS, writable=False)
        self._notifier = InMemoryNotifier()
        self._turn = RLock()
        self.told: list[Told] = []
        self.is_closed = False
        self.runtime = Runtime(
            user_id=_USER,
            policy=policy,
            clock=clock,
            ids=ids,
            unit_of_work=InMemoryUnitOfWork(_USER),
            language_model=RulesModel(
                policy.lexicon, priorities=policy.priorities, text_limit=policy.text_limit
            ),
            calendars=(own, self._others),
            own_calendar=own,
            notifier=self._notifier,
            solver=SearchingSolver(),
        )

    @classmethod
    def open(
        cls, *, zone: str | None, clock: Clock | None, ids: IdSource | None, config: Path | None
    ) -> "Session":
        """Return a session; what is not named is the machine's own."""
        return cls(zone=zone, clock=clock or SystemClock(), ids=ids or UuidSource(), config=config)

    def close(self) -> None:
        """Refuse everything from now on."""
        with self._turn:
            self.is_closed = True

    def look(self, act: Coroutine[Any, Any, T]) -> T:
        """Run a use case to its end; raise ``ClosedDonna`` after the end.

        What it raises carries its next step as a note, in the words of this face.
        """
        with self._turn:
            if self.is_closed:
                act.close()
                raise ClosedDonna
            try:
                return finish(act)
            except DonnaError as error:
                if error.next_step is not None:
                    error.add_note(error.told(MethodCalls().command).removeprefix(f"{error} "))
                raise

    def change(self, act: Coroutine[Any, Any, T]) -> T:
        """Run a use case that changes something, and carry what it writes to the calendar."""
        with self._turn:
            result = self.look(act)
            self.look(deliver(self.runtime, Lane.CALENDAR))
        return result

    def block(self, title: str, when: Interval) -> None:
        """Put an event of somebody else's in the calendar."""
        self.look(self._block(title, when))

    def work(self) -> tuple[Told, ...]:
        """Do what is due now and return what was said."""
        with self._turn:
            known = len(self.told)
            self.look(self._round())
            return tuple(self.told[known:])

    def live(self, *, until: datetime) -> tuple[Told, ...]:
        """Move the clock from one due thing to the next, and return what was said.

        Raise ``UnmovableClock``.
        """
        clock = self.runtime.clock
        if not isinstance(clock, MovableClock):
            raise UnmovableClock(clock)
        with self._turn:
            known = len(self.told)
            self.look(self._live(clock, until=until))
            return tuple(self.told[known:])

    async def _block(self, title: str, when: Interval) -> None:
        event = CalendarEvent(
            event_id=EventKey(self.runtime.ids.new()),
            calendar_id=_OTHERS,
            title=title,
            when=when,
        )
        self._others.add(event)
        await mirror_calendars(self.runtime)

    async def _live(self, clock: MovableClock, *, until: datetime) -> None:
        while (due := await self._round()) is not None and due < until:
            clock.advance(to=max(due, clock.now()))
        clock.advance(to=until)
        await self._round()

    async def _round(self) -> datetime | None:
        """Do what is due, remember what was said, and return when the next thing is due."""
        known = len(self._notifier.delivered)
        done = await work(self.runtime, together=one_by_one)
        at = self.runtime.clock.now()
        self.told += [Told(at=at, message=each) for each in self._notifier.delivered[known:]]
        return done.next_due
