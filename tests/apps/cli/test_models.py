"""Donna with a language model, as a person uses her: asked, away, and looked at."""

import asyncio
import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from donna_cli.exits import ExitCode
from donna_llm.testing.loopback import Request, Turn
from donna_llm.testing.ollama_server import OllamaServer, said

pytest.importorskip("ollama", reason="pip install 'donna-adapters[ollama]' runs these")

Donna = Callable[..., Any]
MODELS = """
models:
  small: {{provider: ollama, model: tiny}}
routing:
  parse_task: {{model: small, confidence_threshold: 0.7}}
  read_statements: {{model: small}}
ollama: {{base_url: "{url}"}}
"""


def stated(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Tell the day that each part names, and for one of them what nobody said."""
    found = [
        {"text": each["number"], "subject": each["said_by"], "attribute": "judo day",
         "value": each["text"].rstrip(".").split()[-1], "quote": each["text"]}
        for each in parts
    ]  # fmt: skip
    return {"statements": [*found, {**found[0], "attribute": "belt", "value": "black"}]}


def reading(request: Request) -> Turn:
    """Read the message as a model would that knows better."""
    content = request.body["messages"][-1]["content"]
    if "Parts: " in content:
        return said(stated(json.loads(content.rsplit("Parts: ", 1)[-1])), model="tiny")
    words = json.loads(content.rsplit("Message: ", 1)[-1])
    task = {"title": f"{words} for the choir", "domain": "family", "priority": 3}
    answer = {"intent": "task", "confidence": 0.9, "tasks": [task]}
    return said(answer, model="tiny")


class Served:
    """A server in a thread of its own, as commands of the same process bring their own loop."""

    def __init__(self, server: OllamaServer) -> None:
        self.server = server
        self._loop = asyncio.new_event_loop()
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        async with self.server.serving():
            self._ready.set()
            await self._end.wait()

    def stop(self) -> None:
        """End the server; harmless when repeated."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._loop.close()


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    """A model that is configured and answers."""
    running = Served(OllamaServer(reading, models=["tiny"]))
    text = MODELS.format(url=running.server.url)
    (home / "config" / "donna_models.yaml").write_text(text)
    yield running
    running.stop()


def test_a_model_reads_what_is_captured(donna: Donna, served: Served) -> None:
    """The task is as the model reads it, and nothing is said of a stand-in."""
    found = donna("add", "copy the sheets")

    assert found.code == ExitCode.OK
    assert "Added: #1 copy the sheets for the choir" in found.out
    assert "read without it" not in found.out
    assert len(served.server.requests) == 1


def test_the_rules_stand_in_for_a_model_that_is_away(donna: Donna, served: Served) -> None:
    """Nothing is lost, the receipt says who read it, and the task carries the note."""
    served.stop()
    found = donna("add", "copy the sheets")

    assert found.code == ExitCode.OK
    assert "Added: #1 Copy the sheets" in found.out
    assert "I read it again when it is back" in found.out.replace("\n", " ")
    assert "I read it again" in donna("show", "1").out.replace("\n", " ")


def test_the_doctor_looks_at_models_without_asking(donna: Donna, served: Served) -> None:
    """It says that one could answer, that it is not installed, or that nobody listens."""
    assert "model small: ollama/tiny could answer" in donna("doctor").out
    donna("config", "set", "donna_models.models.small.model", "huge")
    missing = donna("doctor")
    served.stop()
    gone = donna("doctor")

    assert (missing.code, gone.code) == (ExitCode.DEGRADED, ExitCode.DEGRADED)
    assert "WRONG  model small" in missing.out
    assert "huge" in missing.out
    assert "Check the address" in gone.out
    assert [request.path for request in served.server.requests] == ["/api/show"] * 2


def test_a_missing_key_is_named(donna: Donna, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Donna goes on by the rules and says what is missing."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    (home / "config" / "donna_models.yaml").write_text("routing: {parse_task: {model: parser}}\n")

    assert donna("add", "copy the sheets").code == ExitCode.OK
    found = donna("doctor").out.replace("\n", " ")
    assert "the environment variable ANTHROPIC_API_KEY holds no key" in found


def test_a_route_to_nobody_is_refused(donna: Donna, home: Path) -> None:
    """A mistake in the files is found at its line, before anything is done."""
    config = home / "config" / "donna_models.yaml"
    config.write_text("routing:\n  parse_task: {model: parsr}\n")

    found = donna("add", "copy the sheets")

    assert found.code != ExitCode.OK
    assert f"{config}:2" in found.err.replace("\n", "")


def test_the_loop_says_at_its_start_who_is_away(
    process: Callable[..., "subprocess.Popen[bytes]"], served: Served
) -> None:
    """A model that cannot answer is named before the first sentence is read."""
    served.stop()
    started = process("run", "--port", "0")
    assert started.stderr is not None
    said_first = [started.stderr.readline().decode() for _ in range(2)]
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=60)

    assert "Donna begins" in said_first[0]
    assert "The rules stand in for small" in said_first[1]


def following(request: Request) -> Turn:
    """Do what a step of the skill that reads a sentence asks."""
    prompt = request.body["messages"][-1]["content"]
    title = "Call mom" if "call mom" in prompt else "?"
    answer = {
        "title": title,
        "due": None,
        "minutes": 10,
        "domain": "family",
        "priority": 3,
        "confidence": 0.9,
    }
    return said(answer, model="tiny")


def test_a_skill_asks_the_model_its_steps_are_routed_to(donna: Donna, home: Path) -> None:
    """It is held to the step's schema, on record with its call, and no task's prompt is sent."""
    running = Served(OllamaServer(following, models=["tiny"]))
    text = MODELS.format(url=running.server.url).replace("  parse_task:", "  skill_step:")
    (home / "config" / "donna_models.yaml").write_text(text)
    given = ("-i", "text=call mom", "-i", "now=2026-11-27T08:00:00+01:00")
    try:
        done = donna("skills", "run", "parse_task", *given, "--json").json
    finally:
        running.stop()
    away = donna("skills", "run", "parse_task", *given, "--json").json

    assert done["run"]["status"] == "succeeded"
    assert done["run"]["output"]["title"] == "Call mom"
    [answer] = done["steps"][0]["answers"]
    [request] = running.server.requests
    assert request.body["format"]["required"][0] == "title"
    calls = donna("llm", "calls", "--json").json["calls"]
    assert answer["invocation_id"] in {call["id"] for call in calls}
    assert {call["task_type"] for call in calls} == {"skill_step::parse_task::read"}
    assert away["run"]["status"] == "escalated"


@pytest.mark.usefixtures("served")
def test_a_model_reads_what_was_said_and_the_rules_check_it(donna: Donna, tmp_path: Path) -> None:
    """Each text once; what it does not bear out is not believed, what holds now comes first."""
    lines = tmp_path / "talks.jsonl"
    lines.write_text(
        '{"id": "a", "text": "Judo is on Thursdays.", "speaker": "Jo", "session": "1",'
        ' "time": "2026-01-05T10:00:00Z"}\n'
        '{"id": "b", "text": "I am on the mat on Wednesdays.", "speaker": "Jo", "session": "2",'
        ' "time": "2026-05-05T10:00:00Z"}\n'
    )
    donna("memory", "ingest", "--file", str(lines))

    [first, again] = [donna("memory", "backfill", "--json").json["sources"][-1] for _ in range(2)]
    known = donna("memory", "why", "judo", "--json").json
    then = donna("memory", "why", "judo", "--on", "2026-03-01", "--json").json

    assert (first["source"], first["looked_at"], first["changed"]) == ("statements", 2, 2)
    assert (again["looked_at"], again["changed"]) == (0, 0)
    assert [(each["value"], each["valid_to"] is None) for each in known["statements"]] == [
        ("Thursdays", False), ("Wednesdays", True),
    ]  # fmt: skip
    assert {each["told_by"] for each in known["statements"]} == {"ollama/tiny"}
    assert "model" in donna("memory", "why", "judo").out
    assert [each["id"] for each in known["hits"]][:2] == ["b", "a"]
    assert [each["value"] for each in then["statements"]] == ["Thursdays"]
    assert [each["id"] for each in then["hits"]] == ["a"]
