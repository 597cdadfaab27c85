"""Kill a process that captures, again and again, and look at what is left each time.

Run as a program with a path and a number of kills; it prints what it saw as JSON. It forks, so
that each victim starts at once, and therefore holds no thread while it does.
"""

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

from donna_adapters.sql.backup import quick_check
from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.effects import Job
from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.history import Command
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import ME, NOON, capture, job, message, task


def main(path: Path, kills: int) -> None:
    """Report how many captures were acknowledged, how many are there, and every fault."""
    dice = random.Random(7)
    faults: list[str] = []
    acknowledged = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, kill_one(path, after=dice.randint(1, 40)))
        faults += what_is_wrong(path, acknowledged)
    sys.stdout.write(json.dumps({"acknowledged": acknowledged, "faults": faults}))


def kill_one(path: Path, *, after: int) -> int:
    """Start a victim, kill it after some captures, and return the last one acknowledged."""
    read_end, write_end = os.pipe()
    victim = os.fork()
    if victim == 0:
        os.close(read_end)
        asyncio.run(capture_for_ever(path, write_end))
    os.close(write_end)
    with os.fdopen(read_end, "rb") as acknowledgements:
        last = max(int(acknowledgements.readline()) for _ in range(after))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        # A last line without its end was not acknowledged whole.
        rest = [int(line) for line in acknowledgements if line.endswith(b"\n")]
    return max([last, *rest])


async def capture_for_ever(path: Path, acknowledgements: int) -> None:
    """Capture a task and say so, until the end."""
    with SqliteDatabase.open(path) as database:
        while True:
            number = await database.unit_of_work(ME).run(capture_one)
            os.write(acknowledgements, b"%d\n" % number)


def capture_one(stores: Stores) -> int:
    """Write a task with all that belongs to it; return its number."""
    number = stores.tasks.next_number()
    captured = task(number)
    stores.tasks.save(captured)
    stores.history.record(capture(captured, f"command-{number}"))
    stores.jobs.want([job(f"job-{number}", task_id=captured.id)])
    stores.outbox.add([message(f"message-{number}", task_id=captured.id)], at=NOON)
    return number


def what_is_wrong(path: Path, acknowledged: int) -> list[str]:
    """Return what is missing, half written or damaged."""
    with SqliteDatabase.open(path) as database:
        tasks, commands, jobs = asyncio.run(database.unit_of_work(ME).run(everything))
    numbers = {kept.number for kept in tasks}
    ids = {kept.id for kept in tasks}
    connection = DRIVER.connect(path)
    found = [*quick_check(connection)]
    connection.close()
    found += [f"{n} is lost" for n in range(1, acknowledged + 1) if n not in numbers]
    if ids != {subject for command in commands for subject in command.subjects}:
        found.append("commands and tasks differ")
    if ids != {due.task_id for due in jobs}:
        found.append("jobs and tasks differ")
    return found


def everything(stores: Stores) -> tuple[tuple[Task, ...], tuple[Command, ...], list[Job]]:
    """Return all tasks, commands and jobs, and prove that writing goes on."""
    stores.tasks.remove(TaskId("none"))
    rows = stores.jobs.select()
    return stores.tasks.select(), stores.history.recent(100_000), [row.job for row in rows]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
