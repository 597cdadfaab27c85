"""A model climbs the tiers as far as its gates let it, and everything it said is kept."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from donna_core.domain.errors import DonnaError
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.contracts.failures import failure
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_llm.evals.fixtures import FixturesUnusable, plan
from donna_llm.evals.harness import GIVE_UP, Harness, Progress, Subject, describe_machine
from donna_llm.evals.report import session_report
from donna_llm.evals.sessions import Session

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
RIGHT, WRONG = {"priority": 3, "confidence": 0.9}, {"priority": 1, "confidence": 0.8}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give fixtures of three tiers, each with ten cases, the last without a gate."""
    for tier, gate in ((1, 0.9), (2, 0.8), (3, None)):
        write(tmp_path, f"classify_priority/tier{tier}.json", tier=tier, gate=gate)
    write(tmp_path, "classify_priority/held_out.json", tier=None, gate=None)
    return tmp_path


def write(folder: Path, path: str, *, tier: int | None, gate: float | None) -> None:
    """Write a file of fixtures whose right answer is priority 3."""
    name = Path(path).stem
    cases = [{"id": f"{name}-{n}", "input": {"text": f"{name} {n}"}, "expected": {"priority": 3}}
             for n in range(10)]  # fmt: skip
    suite = {"task_type": "classify_priority", "tier": tier, "name": name, "description": "",
             "pass_gate": gate, "cases": cases}  # fmt: skip
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(json.dumps(suite))


class Runs:
    """An evaluation on a simulated clock; ``saved`` are the states it was saved in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saved: list[Session] = []
        self.told: list[Progress] = []

    async def of(self, model: LanguageModel, **chosen: Any) -> Session:
        """Evaluate a model."""
        harness = Harness(
            clock=FakeClock(START),
            ids=SequentialIds(),
            save=self.saved.append,
            told=self.told.append,
        )
        asked = plan("classify_priority", folder=self.folder, **chosen)
        return await harness.run(Subject(name="test/model", model=model), asked, hardware={})


@pytest.fixture
def runs(folder: Path) -> Runs:
    """Give evaluations over the fixtures."""
    return Runs(folder)


def answering(by_tier: Mapping[str, int]) -> ScriptedLanguageModel:
    """Return a model that gets so many cases of each file right."""

    def answer(request: ModelRequest) -> Mapping[str, Any]:
        name, _, number = request.inputs["text"].partition(" ")
        return RIGHT if int(number) < by_tier[name] else WRONG

    return ScriptedLanguageModel({"classify_priority": answer})


async def test_every_tier_is_asked_while_the_gates_are_reached(runs: Runs) -> None:
    """At the gate is reached; a tier without one only diagnoses."""
    session = await runs.of(answering({"tier1": 9, "tier2": 8, "tier3": 0}))

    told = [(suite.passed, suite.reaches_gate, suite.skipped) for suite in session.suites]
    assert told == [(9, True, ""), (8, True, ""), (0, None, "")]
    assert session.complete
    assert [each.done for each in runs.told] == list(range(1, 31))


async def test_a_missed_gate_ends_the_climb(runs: Runs) -> None:
    """Higher tiers are not asked, and the session says why."""
    model = answering({"tier1": 8, "tier2": 10, "tier3": 10})

    session = await runs.of(model)

    assert [suite.skipped for suite in session.suites] == ["", *["tier 1 is below its gate"] * 2]
    assert (len(model.requests), session.suites[1].rate) == (10, None)
    assert list(session_report(session))


async def test_one_tier_or_a_set_beside_them_can_be_asked(runs: Runs) -> None:
    """A tier alone is asked whatever the one below it would say."""
    model = answering({"tier2": 10, "held_out": 5})

    session = await runs.of(model, tier=2, sets=["held_out"])

    assert [(suite.name, suite.passed) for suite in session.suites] == [
        ("tier2", 10),
        ("held_out", 5),
    ]


async def test_what_an_answer_took_is_kept(runs: Runs) -> None:
    """Confidence, output and the fields that are wrong are there to be looked at."""
    session = await runs.of(answering({"tier1": 9}), tier=1)

    last = session.suites[0].cases[-1]
    assert (last.passed, last.wrong, last.confidence) == (False, ("priority",), 0.8)
    assert last.output == WRONG
    assert last.latency_ms >= 0


async def test_a_silent_model_is_not_asked_on_and_on(runs: Runs) -> None:
    """After five cases without an answer the rest of the file counts as unanswered."""
    model = ScriptedLanguageModel({})

    session = await runs.of(model, tier=1)

    assert len(model.requests) == GIVE_UP
    assert (session.suites[0].answered, session.suites[0].reaches_gate) == (0, False)
    assert session.latency_ms is None
    assert list(session_report(session))


class Spent(LanguageModel):
    """Answers three times; then the money is gone."""

    def __init__(self, error: BaseException) -> None:
        self._left, self._error = 3, error

    async def complete(self, request: ModelRequest) -> ModelReply:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return await answering({"tier1": 10}).complete(request)


async def test_a_spent_budget_ends_the_run_and_loses_nothing(runs: Runs) -> None:
    """The answers so far are saved as an incomplete session, and the reason is raised."""
    problem = await failure(runs.of(Spent(DonnaError("The money is gone."))))

    [kept] = runs.saved
    assert str(problem) == kept.note == "The money is gone."
    assert (kept.complete, len(kept.suites[0].cases)) == (False, 3)
    assert kept.suites[0].skipped == "stopped in the middle"


async def test_whoever_stops_a_run_keeps_what_was_answered(runs: Runs) -> None:
    """Cancellation passes through, after the session was saved."""
    with pytest.raises(asyncio.CancelledError):
        await runs.of(Spent(asyncio.CancelledError()))

    assert len(runs.saved[-1].suites[0].cases) == 3


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"task_type": "fly"}, "No fixtures ask 'fly'. There are: classify_priority"),
        ({"task_type": "classify_priority", "tier": 7}, "no tier 7. Its tiers are 1, 2, 3"),
        ({"task_type": "classify_priority", "sets": ["x"]}, "no set 'x'"),
    ],
)
def test_what_is_not_there_is_named(folder: Path, asked: dict[str, Any], told: str) -> None:
    """The message says what there is instead."""
    with pytest.raises(FixturesUnusable, match=told):
        plan(**asked, folder=folder)


def test_a_folder_without_fixtures_is_named(tmp_path: Path) -> None:
    """It says where the shipped ones are."""
    with pytest.raises(FixturesUnusable, match="shipped"):
        plan("parse_task", folder=tmp_path / "nowhere")
    with pytest.raises(FixturesUnusable, match="has no fixtures"):
        plan("parse_task", folder=tmp_path)


def test_a_broken_file_is_named(folder: Path) -> None:
    """A file that says it is a fixture has to be one."""
    (folder / "classify_priority" / "tier2.json").write_text('{"task_type": "classify_priority"}')

    with pytest.raises(FixturesUnusable, match=r"classify_priority/tier2\.json"):
        plan("classify_priority", folder=folder)


async def test_the_machine_is_described() -> None:
    """Whoever reads a latency later knows what it was measured on."""
    facts = await describe_machine()

    assert {"processor", "system", "python"} <= facts.keys()
    assert all(facts.values())
