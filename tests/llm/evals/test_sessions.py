"""Sessions are kept as files and found again."""

import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from donna_llm.evals.dimensions import Measure
from donna_llm.evals.sessions import (
    CaseResult,
    NoSuchSession,
    Session,
    SessionFolder,
    SessionUnreadable,
    SuiteResult,
)

CASE = CaseResult(
    id="parse-1-01",
    digest="0123456789abcdef",
    passed=False,
    wrong=("title",),
    latency_ms=12.5,
    tokens_in=7,
    cost_usd=Decimal("0.00012"),
    confidence=0.5,
    output={"title": "Käse 🧀", "tasks": [{"title": None}]},
)
SUITE = SuiteResult(
    path="parse_task/tier1.json",
    task_type="parse_task",
    tier=1,
    name="baseline",
    gate=None,
    cases=(CASE,),
)
SESSION = Session(
    id="20261120-090000-one",
    model="ollama/qwen2.5:7b",
    model_actual="ollama/qwen2.5:7b",
    task_type="parse_task",
    started_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    finished_at=datetime(2026, 11, 20, 9, 5, tzinfo=UTC),
    hardware={"processor": "one"},
    suites=(SUITE,),
    measures=(Measure(name="escalation recall", value=None, of=0, goal=0.85),),
)
LATER = evolve(SESSION, id="20261121-two", started_at=SESSION.started_at + timedelta(days=1))


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """Give a folder with two sessions, the later one saved first."""
    kept = SessionFolder(tmp_path / "evaluations")
    kept.save(LATER)
    kept.save(SESSION)
    return kept


def test_a_session_is_read_as_it_was_saved(folder: SessionFolder) -> None:
    """Every field survives the file."""
    assert folder.all() == (SESSION, LATER)


def test_only_the_owner_may_read_it(folder: SessionFolder) -> None:
    """The answers of a model may hold what somebody wrote into fixtures of their own."""
    assert stat.S_IMODE(folder.save(SESSION).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("reference", "found"),
    [("1", SESSION), ("2", LATER), ("last", LATER), ("20261121", LATER), (SESSION.id, SESSION)],
)
def test_a_session_is_found_by_what_people_say(
    folder: SessionFolder, reference: str, found: Session
) -> None:
    """Its number from the oldest on, its id or the beginning of it, or the last one."""
    assert folder.find(reference) == found


def test_a_session_of_somebody_else_is_found_by_its_file(
    folder: SessionFolder, tmp_path: Path
) -> None:
    """Collaborators share files."""
    path = SessionFolder(tmp_path / "theirs").save(SESSION)

    assert folder.find(str(path)) == SESSION


@pytest.mark.parametrize("reference", ["3", "0", "2026", "x", "/nowhere.json"])
def test_what_fits_none_or_several_is_named(folder: SessionFolder, reference: str) -> None:
    """The message says how to see them all."""
    with pytest.raises(NoSuchSession, match="donna eval sessions"):
        folder.find(reference)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 1}', "[" * 9_999])
def test_a_file_that_is_no_session_is_named(
    folder: SessionFolder, tmp_path: Path, text: str
) -> None:
    """It is not passed over."""
    path = tmp_path / "evaluations" / "odd.json"
    path.write_text(text)

    with pytest.raises(SessionUnreadable, match=r"odd\.json"):
        folder.all()


def test_the_confidence_is_held_against_the_truth() -> None:
    """One wrong answer at 0.5 is off by a half; without a confidence there is nothing to hold."""
    mute = evolve(SUITE, cases=(evolve(CASE, confidence=None),))

    assert SESSION.confidence_error == 0.5
    assert evolve(SESSION, suites=(mute,)).confidence_error is None


def test_nothing_asked_has_no_rate() -> None:
    """A suite without cases, a gate or an answer has no figure, and no error."""
    empty = evolve(SUITE, cases=())

    assert (empty.rate, empty.reaches_gate, empty.latency_ms) == (None, None, None)
    assert evolve(empty, gate=0.9).reaches_gate is None
    assert evolve(SESSION, suites=(empty,)).latency_ms is None
