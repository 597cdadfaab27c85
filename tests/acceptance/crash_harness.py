"""Lives that end at the worst moment: every failpoint in turn, then kills at random moments.

Run as a program with a folder, ``storm`` and a number of kills, or ``exhaust`` and a stride; it
prints what it saw as JSON. Where DONNA_DATABASE_URL names a server, the lives share it. It
forks, so that each life starts at once, and holds no thread and no connection while it does.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Engine

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.sql.backup import quick_check
from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.opening import open_database
from donna_core.domain.effects import CalendarWrite, Message
from donna_core.local.ids import UuidSource
from donna_core.ports.messaging import Notifier, Sent
from donna_core.ports.outbox import DeliveryState
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.world import A_MONDAY, BERLIN, SOMEBODY, SimulatedWorld

T = TypeVar("T")
URL = os.environ.get("DONNA_DATABASE_URL")
UNENDING = 1_000_000
JUMPS = (0, 0, 0, 1, -1, 24, -24)
"""By how many hours the clock jumps between two lives, each as likely."""

UNTIL_REMINDED = timedelta(minutes=50)
"""From the first moment until the first appointment was reminded of."""


class Failpoints:
    """Ends the process, as kill -9 does, at the n-th moment that could matter.

    That is before each statement that writes, before and after each commit of such, and on
    both sides of whatever reaches the world: reading leaves nothing behind.
    """

    def __init__(self, at: int) -> None:
        self._left = at
        self._writes = False
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self.commit)

    def pass_one(self) -> None:
        """Die if this is the one."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(self, *_: object) -> None:
        """Pass one where something was written."""
        if self._writes:
            self.pass_one()

    def kept(self) -> None:
        """Pass one where something was written, which is over now."""
        self.commit()
        self._writes = False

    def _statement(self, *heard: Any) -> None:
        if heard[2].lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            self._writes = True
            self.pass_one()


class Remote(Notifier):
    """A channel that keeps all it took, and answers what that was."""

    def __init__(self, folder: Path, failpoints: Failpoints) -> None:
        self._log, self._failpoints = folder / "sent", failpoints

    async def send(self, message: Message) -> Sent:
        self._failpoints.pass_one()
        append(self._log, message.key)
        self._failpoints.pass_one()
        return Sent(remote_id=message.key)

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        del since
        return Sent(remote_id=message.key) if message.key in lines(self._log) else None


class FailingCalendar(IcsCalendar):
    """Its file is written between two failpoints."""

    failpoints: Failpoints

    async def write(self, write: CalendarWrite) -> None:
        self.failpoints.pass_one()
        await super().write(write)
        self.failpoints.pass_one()


class FailingUnitOfWork(UnitOfWork):
    """A decision may be kept without anybody being told."""

    def __init__(self, behind: UnitOfWork, failpoints: Failpoints) -> None:
        self._behind, self._failpoints = behind, failpoints

    async def run(self, decide: Callable[[Stores], T]) -> T:
        result = await self._behind.run(decide)
        self._failpoints.kept()
        return result


def main(folder: Path, mode: str, kills: int) -> None:
    """Report the lives, the captures acknowledged, every fault and the times to recover."""
    seen = exhaust(folder, stride=kills) if mode == "exhaust" else storm(folder, kills)
    sys.stdout.write(json.dumps(seen))


def exhaust(folder: Path, *, stride: int) -> dict[str, Any]:
    """Die at one failpoint after the other, until a life has no more of them.

    ``stride`` above 1 leaves some out.
    """
    faults: list[str] = []
    failpoint = 1 - stride
    completed = False
    while not completed:
        failpoint += stride
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        completed = in_child(lambda home=home, n=failpoint: live(home, sentences(1), n))  # type: ignore[misc]  # a lambda with defaults
        if not in_child(lambda home=home: live(home, sentences(1), UNENDING)):  # type: ignore[misc]  # the same
            faults.append(f"no life after failpoint {failpoint}")
        faults += [f"failpoint {failpoint}: {fault}" for fault in what_is_wrong(home)]
    return {"failpoints": failpoint, "faults": faults}


def storm(folder: Path, kills: int) -> dict[str, Any]:
    """Kill at random moments; the next life goes on where the last one ended.

    Between two lives the wall clock jumps now and then, forwards or backwards.
    """
    dice = random.Random(11)
    folder.mkdir(parents=True, exist_ok=True)
    recovered: list[float] = []
    for number in range(1, kills + 1):
        said = sentences(2 * number)
        began = time.monotonic()
        victim = os.fork()
        if victim == 0:
            live(folder, said, UNENDING)
            os._exit(0)
        while not (folder / "up").exists() and os.waitpid(victim, os.WNOHANG) == (0, 0):
            time.sleep(0.002)
        recovered.append(time.monotonic() - began)
        time.sleep(dice.uniform(0, 0.4))
        if Path(f"/proc/{victim}").exists():
            os.kill(victim, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(victim, 0)
        (folder / "up").unlink(missing_ok=True)
        set_clock(folder, by=timedelta(hours=dice.choice(JUMPS)))
    finished = in_child(lambda: live(folder, sentences(2 * kills), UNENDING))
    faults = what_is_wrong(folder) if finished else ["the last life did not end well"]
    recovered.sort()
    return {
        "acknowledged": len(lines(folder / "acked")),
        "sent": len(lines(folder / "sent")),
        "faults": faults,
        "recovery_p99_s": round(recovered[int(len(recovered) * 0.99) - 1], 3),
        "recovery_median_s": round(recovered[len(recovered) // 2], 3),
    }


def set_clock(folder: Path, *, by: timedelta) -> None:
    """Let the clock stand elsewhere when the next life begins, but never before the first."""
    clock = folder / "clock"
    if by and clock.exists() and (stood := clock.read_text()):
        note(clock, max(A_MONDAY, datetime.fromisoformat(stood) + by).isoformat())


def sentences(count: int) -> list[str]:
    """Return what is said: appointments of one afternoon, each of its own kind."""
    return [
        f"call person number {n} on {day_of(n):%d %B %Y} at {9 + n % 8}:{n % 4 * 15:02} for 10 min"
        for n in range(count)
    ]


def day_of(number: int) -> datetime:
    """Return the day of an appointment: some on each, so that the days do not fill."""
    return A_MONDAY + timedelta(days=number // 12)


def live(folder: Path, said: list[str], failpoint: int) -> None:
    """Say what was not kept yet, and live until a little after the first appointments."""
    failpoints = Failpoints(failpoint)
    own = FailingCalendar("personal", folder / "donna.ics", zone=BERLIN, writable=True)
    own.failpoints = failpoints
    with open_database(path=folder / "donna.db", url=URL) as database:
        world = SimulatedWorld(
            unit_of_work=FailingUnitOfWork(database.unit_of_work(SOMEBODY), failpoints),
            own_calendar=own,
            notifier=Remote(folder, failpoints),
            ids=UuidSource(),
        )
        asyncio.run(act(world, folder, said))


async def act(world: SimulatedWorld, folder: Path, said: list[str]) -> None:
    """Do what the person and the clock do; the clock goes on where the last life left it."""
    known = {each.text for each in await world.look(lambda s: s.history.recent(100_000))}
    (folder / "up").touch()
    clock = folder / "clock"
    if clock.exists() and clock.read_text():
        world.clock.advance(to=datetime.fromisoformat(clock.read_text()))
    for text in said:
        if text not in known:
            await world.say(text)
        if text not in lines(folder / "acked"):
            append(folder / "acked", text)
    await world.run_until(world.clock.now() + UNTIL_REMINDED)
    note(clock, world.clock.now().isoformat())


def what_is_wrong(folder: Path) -> list[str]:
    """Return what is lost, doubled, half written or damaged."""
    faults: list[str] = []
    if URL is None:
        connection = DRIVER.connect(folder / "donna.db")
        faults += quick_check(connection)
        connection.close()
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(looked_into(folder)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        faults += json.loads(answer.read() or '["nobody could look"]')
    os.wait()
    return faults


def looked_into(folder: Path) -> list[str]:
    """Compare what was acknowledged and sent with what is kept."""

    def decide(stores: Stores) -> list[str]:
        kept = {command.text for command in stores.history.recent(100_000)}
        lost = [f"{text} is lost" for text in lines(folder / "acked") if text not in kept]
        sent = Counter(lines(folder / "sent"))
        doubled = [f"{key} was sent {n} times" for key, n in sent.items() if n > 1]
        done = {
            row.delivery.key
            for row in stores.outbox.select(states={DeliveryState.SENT})
            if isinstance(row.delivery, Message)
        }
        subjects = {s for command in stores.history.recent(100_000) for s in command.subjects}
        halves = [task.title for task in stores.tasks.select() if task.id not in subjects]
        forgotten = [f"{key} is not known as sent" for key in sent if key not in done]
        return [*lost, *doubled, *halves, *forgotten]

    with open_database(path=folder / "donna.db", url=URL) as database:
        return asyncio.run(database.unit_of_work(SOMEBODY).run(decide))


def in_child(work: Callable[[], None]) -> bool:
    """Run the work in a process of its own; say whether it came to its end."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status == 0


def lines(path: Path) -> list[str]:
    """Return the whole lines of a file that may not be there; half a line was never said."""
    text = path.read_text() if path.exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()


def append(path: Path, line: str) -> None:
    """Add a line by one write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def note(path: Path, text: str) -> None:
    """Replace a file whole."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
