"""Models are evaluated, listed and compared from the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from donna_cli.exits import ExitCode
from donna_cli.schema_evaluation import ComparisonObject, SessionListObject, SessionObject

Donna = Callable[..., Any]
ASK = ("eval", "--task-type", "dedup_check", "--tier", "1")


def test_the_rules_are_evaluated_and_the_session_is_kept(donna: Donna) -> None:
    """The figures are shown at once, and again later."""
    said = donna(*ASK)

    assert said.code == ExitCode.OK, said.err
    assert "tier 1 baseline" in said.out
    assert "90 % ok" in said.out
    assert donna("eval", "show", "1").out == said.out


def test_two_sessions_are_compared(donna: Donna) -> None:
    """Nothing lies between a model and itself."""
    donna(*ASK)
    donna(*ASK)

    said = donna("eval", "compare", "1", "2")

    assert "A difference of 0.0 points is noise here" in said.out
    assert donna("eval", "sessions").out.count("rules/default") == 2


def test_machines_get_objects(donna: Donna) -> None:
    """Each of the four prints what its schema says."""
    asked = donna(*ASK, "--hardware", "RTX 3090", "--json")
    donna(*ASK)

    session = SessionObject.model_validate(json.loads(asked.out))
    assert session.hardware["answered on"] == "RTX 3090"
    assert session.asked == len(session.suites[0].cases) == 40
    listed = SessionListObject.model_validate(json.loads(donna("eval", "sessions", "--json").out))
    assert listed.sessions[0].id == session.id
    told = donna("eval", "compare", session.id, "last", "--json").out
    assert ComparisonObject.model_validate(json.loads(told)).pairs.noise


def test_fixtures_of_ones_own_are_asked(donna: Donna, tmp_path: Path) -> None:
    """A folder of the same shape stands in for the shipped ones."""
    (tmp_path / "mine").mkdir()
    case = {"id": "a", "input": {"new": {"title": "Buy milk"}, "existing": {"title": "Buy milk"}},
            "expected": {"verdict": "same"}}  # fmt: skip
    suite = {"task_type": "dedup_check", "tier": 1, "name": "mine", "description": "",
             "pass_gate": None, "cases": [case]}  # fmt: skip
    (tmp_path / "mine" / "one.json").write_text(json.dumps(suite))

    said = donna("eval", "-t", "dedup_check", "--fixtures-dir", str(tmp_path))

    assert "1/1 100 %" in said.out
    assert "none" in said.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["eval", "-t", "fly"], ExitCode.REFUSED, "There are: classify_chat_intent"),
        (["eval", "-m", "gpt"], ExitCode.REFUSED, "'gpt' names no model"),
        (["eval", "-m", "cloud/gpt"], ExitCode.REFUSED, "'cloud/gpt' names no model"),
        (["eval", "show", "1"], ExitCode.NOT_FOUND, "`donna eval sessions` lists them"),
        (["eval", "compare", "1"], ExitCode.REFUSED, "compare A B"),
        (["eval", "--fixtures-dir", "nowhere"], ExitCode.REFUSED, "no folder with fixtures"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(
    donna: Donna, words: list[str], code: ExitCode, told: str
) -> None:
    """The next step is in the message."""
    said = donna(*words)

    assert said.code == code
    assert told in said.err


def test_no_session_is_no_failure(donna: Donna) -> None:
    """The empty list says how to begin."""
    assert "donna eval --task-type parse_task" in donna("eval", "sessions").out
