"""`donna` as a program: pipes, signals, terminals, other processes, and homes that fail."""

import json
import os
import pty
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # each starts a program or more

Process = Callable[..., "subprocess.Popen[bytes]"]
Donna = Callable[..., Any]

SILENCE = 0.3
INTERRUPT = b"\x03"


def ended(started: "subprocess.Popen[bytes]", text: bytes | None = None) -> tuple[int, str, str]:
    """Wait for the end and return the exit code, what was printed and what went wrong."""
    out, err = started.communicate(text, timeout=60)
    return started.returncode, out.decode(), err.decode()


def test_a_pipe_feeds_it(process: Process) -> None:
    """As in: echo "Buy milk" | donna add -."""
    code, out, err = ended(process("add", "-", "--json"), b"Buy milk\n")

    assert (code, err) == (0, "")
    assert json.loads(out)["tasks"][0]["title"] == "Buy milk"


def test_a_closed_pipe_ends_it_quietly(process: Process) -> None:
    """A reader that has seen enough, such as head, leaves no traceback."""
    with process("config") as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.readline()
        started.stdout.close()
        err = started.stderr.read()

    assert b"Traceback" not in err


def test_two_at_once_lose_nothing(process: Process, donna: Donna) -> None:
    """Many processes on one empty home: every task is kept under a number of its own."""
    several = [process("add", f"Task of process {chr(65 + n)}") for n in range(6)]
    results = [ended(each) for each in several]
    tasks = donna("list", "--json").json["tasks"]

    assert [code for code, _, _ in results] == [0] * 6, results
    assert [task["number"] for task in tasks] == [1, 2, 3, 4, 5, 6]


def test_the_interrupt_key_ends_it_with_130(process: Process, tmp_path: Path) -> None:
    """While it waits for a pipe, and without a traceback."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    started = process("parse", "--jsonl")
    assert started.stdin is not None
    assert started.stdout is not None
    started.stdin.write(b'{"text": "Buy milk"}\n')
    started.stdin.flush()
    started.stdout.readline()
    started.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        started.wait(timeout=1)
    code, _, err = ended(started)

    assert code == 130
    assert "Traceback" not in err


def test_a_home_under_a_file_is_refused(process: Process, tmp_path: Path) -> None:
    """With what to do instead."""
    (tmp_path / "file").write_text("")
    code, out, err = ended(process("add", "Buy milk", DONNA_HOME=str(tmp_path / "file" / "home")))

    assert (code, out) == (4, "")
    assert "DONNA_HOME" in err
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="run this where /proc is mounted")
def test_a_read_only_home_is_refused(process: Process) -> None:
    """Even root cannot write there."""
    code, out, err = ended(process("add", "Buy milk", DONNA_HOME="/proc/self"))

    assert (code, out) == (4, "")
    assert "Not saved" in err
    assert "Traceback" not in err


def test_an_unknown_zone_is_refused(process: Process, home: Path) -> None:
    """The key is named, and near names."""
    (home / "config" / "calendar.yaml").write_text("timezone: Europe/Berlinn\n")
    code, _, err = ended(process("add", "Buy milk"))

    assert code == 2
    assert "timezone" in err
    assert "Europe/Berlin" in err


def test_a_newer_schema_is_refused(process: Process, donna: Donna, home: Path) -> None:
    """A database from the future is left alone."""
    donna("add", "Buy milk")
    connection = sqlite3.connect(home / "donna_tasks.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    code, _, err = ended(process("add", "Buy milk"))

    assert code == 1
    assert "9999" in err


def test_a_missing_configuration_folder_is_refused(process: Process) -> None:
    """Nobody's settings are silently ignored."""
    code, _, err = ended(process("list", DONNA_CONFIG_DIR="/no/such/folder"))

    assert code == 2
    assert "/no/such/folder" in err


@pytest.fixture
def terminal(home: Path) -> Callable[..., str]:
    """Give a function that runs ``donna`` on a terminal and types what it is told to."""

    def run(*words: str, typed: str = "", **environment: str) -> str:
        pid, descriptor = pty.fork()
        if pid == 0:
            os.environ.update(DONNA_HOME=str(home), TERM="xterm", **environment)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.execv(sys.executable, [sys.executable, "-m", "donna_cli", *words])
        shown = b""
        typing = typed.encode()
        with suppress(OSError):
            while True:
                # Typed when it has fallen silent behind a question, as people do: what comes
                # between the question and the wait for its answer is not heard.
                if not select.select([descriptor], [], [], SILENCE)[0]:
                    if typing and shown.rstrip().endswith((b":", b"?")):
                        os.write(descriptor, typing)
                        typing = typing if typing == INTERRUPT else b""
                    continue
                piece = os.read(descriptor, 4096)
                if not piece:
                    break
                shown += piece
        os.waitpid(pid, 0)
        os.close(descriptor)
        return shown.decode()

    return run


def test_a_terminal_gets_colour_unless_it_is_declined(terminal: Callable[..., str]) -> None:
    """NO_COLOR and --no-color are respected."""
    assert "\x1b[" in terminal("add", "Buy milk")
    assert "\x1b[" in terminal("list")
    assert "\x1b[3" not in terminal("list", NO_COLOR="1")
    assert "\x1b[" not in terminal("--no-color")


def test_a_backfill_says_how_far_it_is(terminal: Callable[..., str], donna: Donna) -> None:
    """On one line that is gone at the end, and only where somebody watches it."""
    donna("add", "Call the mechanic")

    shown = terminal("memory", "backfill", "--source", "task")
    again = terminal("memory", "backfill", "--source", "task")
    told = donna("memory", "backfill", "--source", "task")

    assert "\r\x1b[Ktask: 1 looked at, 1 kept anew\r\r\x1b[K" in shown
    assert "1 looked at, 0 kept anew" in again
    assert "kept anew" not in told.out + told.err
    assert "kept anew" not in terminal("memory", "backfill", "--source", "task", "--json")


@pytest.mark.parametrize(
    ("typed", "left"),
    [("m\n", [("Call the mechanic", 3)]), ("u\n", [("Call mechanic", 3)]), ("k\n", None)],
)
def test_a_twin_is_asked_about(
    terminal: Callable[..., str], donna: Donna, typed: str, left: Any
) -> None:
    """Merge, update and keep do what they say; keeping takes the mark off."""
    donna("add", "Call the mechanic")
    shown = terminal("add", "Call mechanic !3", typed=typed)
    tasks = donna("list", "--json").json["tasks"]

    assert "[m]erge" in shown
    if left is None:
        assert len(tasks) == 2
        assert all("needs-review" not in task["tags"] for task in tasks)
    else:
        assert [(task["title"], task["priority"]) for task in tasks] == left


def test_hanging_up_instead_of_an_answer_loses_nothing(
    terminal: Callable[..., str], donna: Donna
) -> None:
    """The task was kept before the question."""
    donna("add", "Call the mechanic")
    terminal("add", "Call mechanic", typed=INTERRUPT.decode())

    assert len(donna("list", "--json").json["tasks"]) == 2


def test_many_tasks_are_confirmed(terminal: Callable[..., str], donna: Donna) -> None:
    """No changes nothing, yes changes all."""
    donna("add", "-", text="Buy milk\nPay rent\nFix the roof\nCall mum\n")
    terminal("drop", "1-4", typed="n\n")
    before = len(donna("list", "--json").json["tasks"])
    terminal("drop", "1-4", typed="y\n")

    assert before == 4
    assert donna("list", "--json").json["tasks"] == []


def test_run_does_what_is_due_until_it_is_interrupted(process: Process, donna: Donna) -> None:
    """/health answers while it runs, and the interrupt key ends it."""
    donna("add", "Buy milk")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = process("run", "--port", str(port))
    seen = _health(port)
    started.send_signal(signal.SIGINT)
    code, _, err = ended(started)

    assert seen["status"] in {"ok", "healthy", "degraded"}
    assert code in {0, 130}
    assert "Traceback" not in err


def _health(port: int) -> Any:
    for _ in range(100):
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer,
        ):
            return json.load(answer)
        time.sleep(0.1)
    raise AssertionError("nobody answered /health within ten seconds")
