"""Whatever ends a command, the session goes on exactly where it was."""

import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[[str], Any]
Place = Callable[[dict[str, str], list[str]], None]
Read = Callable[[str], Any]
STEPS = 12
KILLS = 8

SCRIPT = """
## S{n}

```toml donna
id = "s{n}"
kind = "donna.lib.run_script"
save_stdout_to = "out"
goto_on_success = "{after}"
goto_on_failure = "{after}"
{extra}
```

```bash donna script
{text}
```
"""
HEAD = """# Chain

```toml donna
kind = "donna.lib.workflow"
start_operation_id = "s0"
```
"""
END = """
## End

```toml donna
id = "end"
kind = "donna.lib.finish"
```

Last was {{ donna.lib.task_variable("out") }}
"""


def chain(steps: int, text: str, *, extra: str = "") -> str:
    """Return a workflow of scripts, one after the other; `N` in the text is the number."""
    parts = [HEAD]
    for n in range(steps):
        after = f"s{n + 1}" if n + 1 < steps else "end"
        parts.append(SCRIPT.format(n=n, after=after, extra=extra, text=text.replace("N", str(n))))
    return "".join([*parts, END])


@pytest.fixture
def ready(donna: Donna, place: Place) -> Donna:
    """Give the command, in a workspace with a session."""
    donna("workspaces init --no-instructions")
    donna("sessions start")
    place({}, ["parent"])
    return donna


def started(*words: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own."""
    command = [sys.executable, "-m", "donna_cli", "-p", "llm", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_script_that_may_have_run_is_asked_about(
    ready: Donna, place: Place, read: Read, project: Path
) -> None:
    """A kill during a script leaves a question with three answers, and nothing runs by itself."""
    text = "echo N >> ran\ntest -e armed && { rm armed; kill -9 $PPID; }\ntrue"
    place({".donna/project/chain.md": chain(2, text), "armed": ""}, [])
    process = started("sessions", "run", "project:chain")
    assert process.wait(60) == -9
    process.communicate()

    status = read(ready("-p llm sessions status").out).cells[0].header
    assert (status["queued_work_units"], status["tasks"]) == ("1", "1")
    asked = read(ready("-p llm sessions continue").out)
    assert (project / "ran").read_text() == "0\n"
    request = asked.cells[1]
    assert request.header["kind"] == "action_request"
    assert "'project:chain:s0'" in request.body
    assert "'project:chain:s1'" in request.body

    identity = request.header["action_request_id"]
    ended = ready(f"-p llm sessions action-request-completed {identity} project:chain:s1")
    assert read(ended.out).logs == ["project:chain:s1: S1", "project:chain:end: End"]
    assert (project / "ran").read_text() == "0\n1\n"


@pytest.mark.slow
def test_an_idempotent_script_runs_again(ready: Donna, place: Place, project: Path) -> None:
    """One that does no harm twice needs nobody to be asked."""
    text = "echo N >> ran\ntest -e armed && { rm armed; kill -9 $PPID; }\ntrue"
    workflow = chain(1, text, extra="idempotent = true")
    place({".donna/project/chain.md": workflow, "armed": ""}, [])
    process = started("sessions", "run", "project:chain")
    process.communicate(timeout=60)

    assert "tasks=0" in ready("-p llm sessions continue").out
    assert (project / "ran").read_text() == "0\n0\n"


@pytest.mark.slow
@pytest.mark.usefixtures("ready")
def test_random_kills_lose_and_repeat_nothing(place: Place, project: Path) -> None:
    """However often it is killed, each script runs once, and more often only where it was told."""
    dice = random.Random(8)
    place({".donna/project/chain.md": chain(STEPS, "echo N >> ran; sleep 0.05; echo N")}, [])
    again: Counter[str] = Counter()
    words = ["sessions", "run", "project:chain"]
    kills = 0
    while True:
        process = started(*words)
        try:
            out, _ = process.communicate(timeout=dice.uniform(0.5, 2.0) if kills < KILLS else 60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
        else:
            assert process.returncode == 0
            assert "error_code" not in out
        state = json.loads((project / ".donna/session/state.json").read_text())
        if state["started"] and not state["tasks"]:
            break
        assert len(state["tasks"]) <= 1
        words = ["sessions", "continue"]
        if not state["tasks"]:
            words = ["sessions", "run", "project:chain"]
        for request in state["action_requests"]:
            again[request["operation_id"].rpartition(":s")[2]] += 1
            words = ["sessions", "action-request-completed", request["id"], request["operation_id"]]

    ran = Counter((project / "ran").read_text().split())
    assert set(ran) == {str(n) for n in range(STEPS)}
    for step, times in ran.items():
        assert times <= 1 + again[step], (step, times, again)
    assert kills >= 1


@pytest.mark.slow
@pytest.mark.usefixtures("ready")
def test_four_processes_at_once_lose_nothing(place: Place, project: Path) -> None:
    """Each waits for its turn: four tasks, four requests, and every script ran once."""
    workflow = chain(1, "echo x >> ran; sleep 0.2").replace('"end"', '"ask"', 2)
    ask = '\n## Ask\n\n```toml donna\nid = "ask"\nkind = "donna.lib.request_action"\n```\n\n'
    workflow += ask + "Then `{{ donna.lib.goto('end') }}`.\n"
    workflow = workflow.replace(
        'id = "ask"\nkind = "donna.lib.finish"', 'id = "end"\nkind = "donna.lib.finish"'
    )
    place({".donna/project/four.md": workflow}, [])

    processes = [started("sessions", "run", "project:four") for _ in range(4)]
    outputs = [process.communicate(timeout=100)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 4
    state = json.loads((project / ".donna/session/state.json").read_text())
    assert len(state["tasks"]) == len(state["action_requests"]) == 4
    identities = [each["id"] for each in (*state["tasks"], *state["action_requests"])]
    assert len(set(identities)) == 8
    assert (project / "ran").read_text() == "x\n" * 4
    assert sorted(len(re.findall("kind=action_request", out)) for out in outputs) == [1, 2, 3, 4]


def test_an_end_that_was_noted_is_acted_upon(ready: Donna, place: Place, project: Path) -> None:
    """A script whose end stands in the journal is not asked about and not run again."""
    place({".donna/project/chain.md": chain(1, "echo N >> ran")}, [])
    state = {
        "tasks": [{"id": "T-1-b", "context": {}}],
        "work_units": [
            {
                "id": "WU-3-d",
                "task_id": "T-1-b",
                "operation_id": "project:chain:s0",
                "context": {},
                "begun": True,
            }
        ],
        "action_requests": [],
        "started": True,
        "last_id": 3,
    }
    entry = {"at": "2026-01-01T00:00:00+00:00", "event": "script_ended", "unit": "WU-3-d"}
    (project / ".donna/session/state.json").write_text(json.dumps(state))
    with (project / ".donna/journal/session.jsonl").open("a") as journal:
        journal.write(json.dumps({**entry, "code": 0, "stdout": "kept"}) + '\n{"at": "half a li')

    out = ready("-p llm sessions continue").out

    assert "Last was kept" in out
    assert not (project / "ran").exists()
