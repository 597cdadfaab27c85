"""A whole Donna in a world of its own: time jumps, messages are kept, people react."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.effects import Message
from donna_core.domain.ids import UserId
from donna_core.domain.tasks.task import OPEN, Task
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.local.household import policy_from
from donna_core.local.rules_model import RulesModel
from donna_core.local.settings import load_settings
from donna_core.local.solver import SearchingSolver
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.calendar import Calendar
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import LanguageModel
from donna_core.ports.messaging import Notifier, Sent
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.recording_notifier import RecordingNotifier
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.capture import Captured, OnDuplicate, capture
from donna_core.usecases.reread import reread
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.work import Round, work

T = TypeVar("T")

SOMEBODY = UserId("somebody")
BERLIN = ZoneInfo("Europe/Berlin")
A_MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""Eight in the morning in Berlin, where time windows and digests are easy to follow."""

MOST_ROUNDS_AT_ONCE = 1000

Reaction = Callable[[Message], Awaitable[None] | None]
"""What the person does when a message arrives; it may use the world."""


class StandsStill(AssertionError):
    """Rounds follow each other at one instant without an end; something is due for ever."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(f"{MOST_ROUNDS_AT_ONCE} rounds at {at.isoformat()} and still one is due.")


@frozen(kw_only=True)
class Received:
    """A message that reached the person, and when."""

    at: datetime
    message: Message


class SimulatedWorld:
    """A runtime of the packaged defaults whose clock jumps from one due act to the next.

    Ids count up and nothing depends on real time, so that equal worlds have equal histories.
    Whatever is not given is the one in memory; ``runtime`` is what the use cases take, and
    may be replaced. ``received`` are the messages in the order they arrived.
    """

    def __init__(
        self,
        *,
        start: datetime = A_MONDAY,
        zone: ZoneInfo = BERLIN,
        config: Path | None = None,
        own_calendar: Calendar | None = None,
        foreign_calendars: Iterable[Calendar] = (),
        unit_of_work: UnitOfWork | None = None,
        language_model: LanguageModel | None = None,
        notifier: Notifier | None = None,
        ids: IdSource | None = None,
        on_message: Reaction | None = None,
    ) -> None:
        self.clock = FakeClock(start)
        self.received: list[Received] = []
        self.on_message = on_message
        self._settings = load_settings(config)
        policy = policy_from(self._settings, zone=zone)
        own = own_calendar or InMemoryCalendar("personal")
        self.runtime = Runtime(
            user_id=SOMEBODY,
            policy=policy,
            clock=self.clock,
            ids=ids or SequentialIds(),
            unit_of_work=unit_of_work or InMemoryUnitOfWork(SOMEBODY),
            language_model=language_model
            or RulesModel(
                policy.lexicon, priorities=policy.priorities, text_limit=policy.text_limit
            ),
            calendars=(own, *foreign_calendars),
            own_calendar=own,
            notifier=_Letterbox(self, notifier or RecordingNotifier()),
            solver=SearchingSolver(),
        )

    def instant(self, text: str) -> datetime:
        """Return the instant at which the clocks of the person's zone show ``text``.

        For example ``2026-11-23 09:30``.
        """
        wall = datetime.fromisoformat(text).replace(tzinfo=self.runtime.policy.zone)
        return wall.astimezone(UTC)

    def view(self) -> Interval:
        """Return the time a person looks over: a month back and two months ahead."""
        now = self.clock.now()
        return Interval(now - timedelta(days=30), now + timedelta(days=60))

    def travel(self, zone: ZoneInfo) -> None:
        """Take the person to another time zone."""
        self.runtime = evolve(self.runtime, policy=policy_from(self._settings, zone=zone))

    async def say(self, text: str, *, on_duplicate: OnDuplicate = OnDuplicate.KEEP) -> Captured:
        """Capture a sentence."""
        return await capture(self.runtime, text, on_duplicate=on_duplicate)

    async def look(self, decide: Callable[[Stores], T]) -> T:
        """Return what the function finds in the stores."""
        return await self.runtime.unit_of_work.run(decide)

    async def task(self, number: int) -> Task:
        """Return the task of that number as it stands now."""
        (task,) = await self.look(lambda stores: stores.tasks.select(numbers={number}))
        return task

    async def open_tasks(self) -> tuple[Task, ...]:
        """Return the open tasks by number."""
        return await self.look(lambda stores: stores.tasks.select(statuses=OPEN))

    async def settle(self) -> Round:
        """Do what is due at this moment, and let the person react to what arrived."""
        known = len(self.received)
        done = await work(self.runtime)
        for row in done.to_reread:
            await reread(self.runtime, row, seen=done.mirrored)
        for row in done.to_assess:
            await assess_models(self.runtime, row)
        for each in self.received[known:]:
            reaction = self.on_message(each.message) if self.on_message else None
            if inspect.isawaitable(reaction):
                await reaction
        return done

    async def run_until(self, instant: datetime) -> None:
        """Let everything due up to the instant happen, each at its own time, and stop there."""
        rounds_at_once = 0
        while (due := (await self._settled()).next_due) is not None and due <= instant:
            rounds_at_once = rounds_at_once + 1 if due <= self.clock.now() else 0
            if rounds_at_once > MOST_ROUNDS_AT_ONCE:
                raise StandsStill(self.clock.now())
            self.clock.advance(to=max(due, self.clock.now()))
        self.clock.advance(to=max(instant, self.clock.now()))

    async def _settled(self) -> Round:
        """Return the round after which nobody reacts any more: reactions change what is due."""
        while True:
            known = len(self.received)
            done = await self.settle()
            if len(self.received) == known or self.on_message is None:
                return done


class _Letterbox(Notifier):
    """Notes when a message arrived at the notifier it stands in front of."""

    def __init__(self, world: SimulatedWorld, behind: Notifier) -> None:
        self._world, self._behind = world, behind

    async def send(self, message: Message) -> Sent:
        sent = await self._behind.send(message)
        self._world.received.append(Received(at=self._world.clock.now(), message=message))
        return sent

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        return await self._behind.find(message, since=since)
