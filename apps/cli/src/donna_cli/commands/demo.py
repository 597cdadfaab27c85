"""Two days of Donna in half a minute: the real composition on a virtual clock.

Everything runs as it does at home (the same database, calendar file, rules and work loop) in a
folder of its own that is gone afterwards. Only the clock, the ids and the owner are played: the
clock jumps to what is due next, and the owner answers as the script of sentences says.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from attrs import evolve

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.settings import Options
from donna_cli import views
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.playing import Intention, Owner, Script, read_script
from donna_cli.render import Block, Grid, show
from donna_cli.words import CommandLine
from donna_core.domain.effects import Message
from donna_core.domain.errors import Refused
from donna_core.domain.followup.phrasing import clock
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, InputChannel
from donna_core.domain.timing.zones import instant_at, local
from donna_core.domain.wording import Line, Scene, Tone, handle
from donna_core.domain.wording import day as named_day
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.usecases.capture import capture
from donna_core.usecases.deliver import deliver
from donna_core.usecases.overview import week
from donna_core.usecases.receipt import Receipt, lines
from donna_core.usecases.work import work


def demo(
    invocation: Invocation,
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="How many days to watch.")] = 2,
) -> ExitCode:
    """Watch two days with Donna, on data of its own.

    Examples:
      donna demo
      donna demo --days 5
    """
    with tempfile.TemporaryDirectory(prefix="donna-demo-") as folder:
        asyncio.run(_watch(invocation, Path(folder), days=days))
    return ExitCode.OK


async def _watch(invocation: Invocation, folder: Path, *, days: int) -> None:
    script = read_script()

    def write(text: str) -> None:
        show((Line(line, depth=1) for line in text.splitlines()), invocation)

    options = Options(output=write, data_dir=folder, environment={})
    clock = FakeClock(script.starts_at.astimezone())
    async with open_runtime(options, clock=clock, ids=SequentialIds()) as composed:
        zone = composed.runtime.policy.zone
        clock.advance(to=instant_at(script.starts_at.date(), script.starts_at.time(), zone))
        stage = _Stage(composed, clock, invocation)
        show(_opening(composed, clock), invocation)
        await stage.speak(script)
        await stage.show_week("The week as planned")
        await stage.live(until=stage.midnight_after(days))
        await stage.show_week("The week as it went")
        show(await _balance(composed), invocation)


def _opening(composed: Composed, clock: FakeClock) -> Iterator[Block]:
    zone = composed.runtime.policy.zone
    yield Line("Donna, on a virtual clock", Tone.HEADING)
    yield Line(
        f"Real database, calendar file and work loop in {composed.home.place.data}; "
        f"it is {local(clock.now(), zone):%A %d %B %Y %H:%M} in {zone.key}.",
        Tone.QUIET,
    )


class _Stage:
    """The demo as it runs: one composed Donna, one clock, one owner."""

    def __init__(self, composed: Composed, clock: FakeClock, invocation: Invocation) -> None:
        self._clock, self._invocation = clock, invocation
        self._owner = Owner(composed.runtime.notifier, clock)
        self._runtime = evolve(composed.runtime, notifier=self._owner)
        self._day: date | None = None

    @property
    def _zone(self) -> ZoneInfo:
        return self._runtime.policy.zone

    async def speak(self, script: Script) -> None:
        """Say every sentence in its minute and show the receipt."""
        begin = self._clock.now()
        for spoken in script.sentences:
            await self.live(until=begin + timedelta(minutes=spoken.minute))
            self._say(f"You: {spoken.say}", Tone.HEADING)
            captured = await capture(self._runtime, spoken.say, channel=InputChannel.DISCORD)
            await deliver(self._runtime, Lane.CALENDAR)
            receipt = Receipt(scene=self._scene(), command=captured.command, captured=captured)
            show(lines(receipt), self._invocation)
            if captured.task is not None and spoken.owner == "forgets":
                self._owner.forgetful.add(captured.task.id)

    async def live(self, *, until: datetime) -> None:
        """Let everything due until then happen, each at its own time."""
        while True:
            self._announce_day()
            await self._act()
            done = await work(self._runtime)
            upcoming = [done.next_due, self._owner.next_at()]
            following = min((each for each in upcoming if each is not None), default=until)
            if following >= until:
                self._clock.advance(to=max(until, self._clock.now()))
                return
            self._clock.advance(to=max(following, self._clock.now()))

    async def show_week(self, title: str) -> None:
        """Show the week as a table."""
        self._say(title, Tone.HEADING)
        planned, _ = await week(self._runtime)
        show(views.week(planned, self._scene()), self._invocation)

    def midnight_after(self, days: int) -> datetime:
        """Return the instant at which that many more days are over."""
        today = local(self._clock.now(), self._zone).date()
        return instant_at(today + timedelta(days=days), time(23, 59), self._zone)

    async def _act(self) -> None:
        """Let the owner do what is due; what no longer makes sense is let go."""
        while (intention := self._owner.due()) is not None:
            try:
                await intention.answer(self._runtime)
            except Refused:
                continue
            await self._tell(intention)

    async def _tell(self, intention: Intention) -> None:
        task = await self._runtime.unit_of_work.run(
            lambda stores: stores.tasks.get(intention.task_id)
        )
        if task is not None:
            self._say(f"The owner {intention.words} {handle(task)}")

    def _announce_day(self) -> None:
        today = local(self._clock.now(), self._zone).date()
        if today != self._day:
            self._day = today
            show([Line(""), Line(named_day(today, self._scene()), Tone.HEADING)], self._invocation)

    def _say(self, words: str, tone: Tone = Tone.QUIET) -> None:
        at = clock(self._clock.now(), zone=self._zone)
        show([Line(f"{at}  {words}", tone)], self._invocation)

    def _scene(self) -> Scene:
        return Scene(zone=self._zone, at=self._clock.now(), spelling=CommandLine())


async def _balance(composed: Composed) -> list[Block]:
    """Return what went out and what was held back, counted from the outbox itself."""
    zone = composed.runtime.policy.zone

    def decide(stores: Stores) -> tuple[OutboxRow, ...]:
        rows = stores.outbox.select()
        return tuple(row for row in rows if isinstance(row.delivery, Message))

    rows = await composed.runtime.unit_of_work.run(decide)
    sent = [row for row in rows if row.state is DeliveryState.SENT]
    counts = Counter(
        (str(row.delivery.channel), str(row.delivery.kind))
        for row in sent
        if isinstance(row.delivery, Message)
    )
    grid = Grid(
        columns=("Channel", "What", "Sent"),
        rows=tuple((*names, str(number)) for names, number in sorted(counts.items())),
        wide="What",
    )
    return [Line("What went out", Tone.HEADING), grid, *_night(composed, sent, zone)]


def _night(composed: Composed, sent: list[OutboxRow], zone: ZoneInfo) -> Iterator[Block]:
    """Yield how the quiet hours were kept."""
    windows = composed.runtime.policy.windows
    ordinary = [
        row.sent_at
        for row in sent
        if isinstance(row.delivery, Message)
        and row.delivery.priority < HIGHEST_PRIORITY
        and row.sent_at is not None
    ]
    disturbing = [at for at in ordinary if windows.in_quiet(at) or windows.in_blackout(at)]
    clocks = sorted(local(at, zone).time() for at in ordinary)
    if clocks:
        yield Line(
            f"Below priority {HIGHEST_PRIORITY}: first at {clocks[0]:%H:%M}, last at "
            f"{clocks[-1]:%H:%M}, {len(disturbing)} in quiet hours.",
            Tone.GOOD,
        )
