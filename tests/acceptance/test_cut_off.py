"""The process ends at the worst moment, and nothing is lost or done twice."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.world import SimulatedWorld

SCRIPT = """
import asyncio, os, signal, sys
from pathlib import Path
from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.sql.opening import open_database
from donna_core.local.notifier import InMemoryNotifier
from donna_core.ports.messaging import Sent
from donna_core.testing.world import BERLIN, SOMEBODY, SimulatedWorld

folder, where = Path(sys.argv[1]), sys.argv[2]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Deadly(InMemoryNotifier):
    async def send(self, message):
        if where == "before sending":
            die()
        (folder / "sent").open("a").write(message.key + "\\n")
        if where == "after sending":
            die()
        return Sent(remote_id=message.key)

class DeadlyCalendar(IcsCalendar):
    async def write(self, write):
        if where == "before writing":
            die()
        await super().write(write)
        if where == "after writing":
            die()

async def live(world):
    await world.say("call mom today at 3pm for 30 min")
    if where == "after the commit":
        die()
    await world.run_until(world.instant("2026-11-23 14:50"))

own = DeadlyCalendar("personal", folder / "donna.ics", zone=BERLIN, writable=True)
with open_database(
    path=folder / "donna.db", url=os.environ.get("DONNA_DATABASE_URL")
) as database:
    asyncio.run(live(SimulatedWorld(
        unit_of_work=database.unit_of_work(SOMEBODY), own_calendar=own, notifier=Deadly()
    )))
"""


@pytest.mark.parametrize(
    ("where", "sent_before"),
    [
        ("after the commit", 0),
        ("before writing", 0),
        ("after writing", 0),
        ("before sending", 0),
        ("after sending", 1),
    ],
)
async def test_a_kill_between_commit_and_delivery_is_made_good(
    household: Callable[..., SimulatedWorld], tmp_path: Path, where: str, sent_before: int
) -> None:
    """The next round delivers what was decided; a second one finds nothing to do."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, str(tmp_path), where, stderr=asyncio.subprocess.PIPE
    )
    _, problem = await process.communicate()
    assert process.returncode == -signal.SIGKILL, problem
    log = tmp_path / "sent"
    assert (len(log.read_text().split()) if log.exists() else 0) == sent_before

    world = household(ids=SequentialIds(start=1000))
    world.clock.advance(to=world.instant("2026-11-23 14:47"))
    await world.run_until(world.instant("2026-11-23 14:55"))
    await world.settle()

    task = await world.task(1)
    events = (await world.runtime.own_calendar.changes(world.view())).events
    assert [event.event_id for event in events] == [task.calendar_event_id]
    (reminder,) = [each for each in world.received if each.message.task_id == task.id]
    rows = await world.look(lambda stores: stores.outbox.select(lane=Lane.DISCORD))
    assert {row.state for row in rows} == {DeliveryState.SENT}
    # What left before its process ended is sent under the same key, which the channel knows.
    before = log.read_text().split() if log.exists() else [reminder.message.key]
    assert before == [reminder.message.key]
