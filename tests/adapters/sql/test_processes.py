"""Several processes use one database file, and some of them die."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.ports.jobs import JobState
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import HOUR, ME, NOON, job, message

HERE = Path(__file__).parent
EACH = 60


def ask(claimers: list[subprocess.Popen[str]]) -> list[tuple[list[str], list[int]]]:
    """Let all of them go at once and return what each got."""
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    answers = [claimer.communicate(timeout=60)[0] for claimer in claimers]
    return [json.loads(answer) for answer in answers]


def start(*paths: Path) -> subprocess.Popen[str]:
    """Start another process on the files."""
    return subprocess.Popen(
        [sys.executable, str(HERE / "claimer.py"), *map(str, paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def provide(stores: Stores) -> None:
    """Write jobs and messages that are due."""
    stores.jobs.want(job(f"job-{number}") for number in range(EACH))
    stores.outbox.add((message(f"message-{number}") for number in range(EACH)), at=NOON)


async def test_each_claim_is_one_processes(path: Path) -> None:
    """Of two processes that claim side by side, each row goes to one, as does each number."""
    with SqliteDatabase.open(path) as database:
        await database.unit_of_work(ME).run(provide)
    (keys, numbers), (others_keys, others_numbers) = ask([start(path), start(path)])

    expected = [f"{kind}-{number}" for kind in ("job", "message") for number in range(EACH)]
    assert sorted(keys + others_keys) == sorted(expected)
    drawn = numbers + others_numbers
    assert sorted(drawn) == list(range(1, len(drawn) + 1))


async def test_a_fence_holds_against_another_process(path: Path) -> None:
    """What this process claimed and slept over is the other's to finish."""
    with SqliteDatabase.open(path, busy_timeout=timedelta(seconds=60)) as database:
        await database.unit_of_work(ME).run(provide)
        slept = await database.unit_of_work(ME).run(
            lambda stores: (
                stores.jobs.claim(now=NOON - HOUR, lease_until=NOON, limit=EACH)
                or stores.jobs.claim(now=NOON, lease_until=NOON, limit=EACH)
            )
        )
        [(keys, _)] = ask([start(path)])
        finished = await database.unit_of_work(ME).run(
            lambda stores: [
                stores.jobs.finish(row.job.key, fence=row.fence, state=JobState.DONE, at=NOON)
                for row in slept
            ]
        )

    assert len(slept) == EACH
    assert set(keys) >= {row.job.key for row in slept}
    assert not any(finished)


def test_many_processes_may_open_a_fresh_file(tmp_path: Path) -> None:
    """One of them creates the tables, and none of them fails; so it is for file after file."""
    paths = [tmp_path / f"home-{number}" / "donna.db" for number in range(20)]
    answers = ask([start(*paths) for _ in range(4)])

    drawn = [numbers for _, numbers in answers]
    assert [sorted(of_one_file) for of_one_file in zip(*drawn, strict=True)] == [[1, 2, 3, 4]] * 20


@pytest.mark.skipif(sys.platform == "win32", reason="run this where a process can fork")
def test_no_acknowledged_capture_is_lost_to_a_kill(path: Path) -> None:
    """After each of twenty kills all that was acknowledged is there, whole, and can go on."""
    ran = subprocess.run(
        [sys.executable, str(HERE / "kill_storm.py"), str(path), "20"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["faults"] == []
    assert seen["acknowledged"] >= 20
