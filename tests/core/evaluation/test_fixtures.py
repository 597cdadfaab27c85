"""The fixtures have one shape, and enough of each kind."""

from datetime import datetime
from pathlib import Path

import pytest

from donna_core.domain.capture.reading import Intent
from donna_core.domain.tasks.dedup import Verdict
from donna_core.domain.timing.zones import local, zone_named
from donna_core.testing.evaluation import Suite, load_suites
from donna_core.testing.expectations import fits

LEAST = {
    "parse_task/tier1_baseline.json": 10,
    "parse_task/tier2_nuance.json": 15,
    "parse_task/tier3_complexity.json": 10,
    "parse_task/tier4_adversarial.json": 5,
    "parse_task/held_out.json": 30,
    "parse_task/held_out_second.json": 60,
    "parse_task/held_out_third.json": 30,
    "classify_priority/tier1_baseline.json": 10,
    "classify_priority/tier2_nuance.json": 8,
    "classify_priority/held_out.json": 40,
    "classify_priority/held_out_second.json": 40,
    "classify_priority/held_out_third.json": 30,
    "deduplication/tier1_baseline.json": 30,
    "deduplication/pairs.json": 150,
    "deduplication/held_out.json": 60,
    "deduplication/held_out_second.json": 80,
    "deduplication/held_out_third.json": 80,
    "deduplication/held_out_fourth.json": 40,
    "generate_digest/tier1_baseline.json": 2,
    "escalation_awareness/should_escalate.json": 5,
    "escalation_awareness/should_handle.json": 5,
    "instruction_following/claude_decomposition.json": 4,
    "instruction_following/constraint_compliance.json": 5,
    "instruction_following/correction_application.json": 6,
    "chat_intent/tier1_baseline.json": 12,
}
# Every answer there is, by the field it stands in.
WHOLE: dict[str, tuple[str, list[object]]] = {
    "deduplication/tier1_baseline.json": ("verdict", [*Verdict]),
    "chat_intent/tier1_baseline.json": ("intent", [*Intent]),
    "classify_priority/tier1_baseline.json": ("priority", [1, 2, 3, 4, 5]),
}


def test_every_file_is_there_with_enough_cases(suites: tuple[Suite, ...]) -> None:
    """The files of the tiers and dimensions exist and hold at least what they should."""
    counts = {suite.path: len(suite.cases) for suite in suites}

    assert counts.keys() == LEAST.keys()
    assert {path: count for path, count in counts.items() if count < LEAST[path]} == {}


def test_cases_are_whole(suites: tuple[Suite, ...]) -> None:
    """Ids are unique everywhere, no input is asked twice, and every case expects something."""
    cases = [case for suite in suites for case in suite.cases]
    inputs = [(suite.task_type, str(case.input)) for suite in suites for case in suite.cases]

    assert len({case.id for case in cases}) == len(cases)
    assert len(set(inputs)) == len(inputs)
    assert [case.id for case in cases if not case.expected] == []


def test_every_sentence_has_its_moment(suites: tuple[Suite, ...]) -> None:
    """A sentence is said at an instant whose offset is that of its zone on that day."""
    spoken = [case for suite in suites for case in suite.cases if "at" in case.input]

    for case in spoken:
        at = datetime.fromisoformat(case.input["at"])
        zone = zone_named(case.input["zone"])
        assert at.utcoffset() == local(at, zone).utcoffset(), case.id
    parsed = {case.id for case in spoken if case.id.startswith("parse-")}
    assert len(parsed) == sum(len(s.cases) for s in suites if s.task_type == "parse_task")


def test_every_verdict_and_intent_is_covered(suites: tuple[Suite, ...]) -> None:
    """The baselines ask for every answer there is."""
    by_path = {suite.path: suite for suite in suites}

    for path, (name, values) in WHOLE.items():
        expected = [case.expected[name] for case in by_path[path].cases]
        assert all(any(fits(value, want) for want in expected) for value in values), path


def test_rubrics_weigh_one(suites: tuple[Suite, ...]) -> None:
    """The weights of a rubric add up to a whole, and every digest has one."""
    judged = [case for suite in suites for case in suite.cases if case.rubric]

    assert len(judged) == sum(len(s.cases) for s in suites if s.task_type == "generate_digest")
    for case in judged:
        assert sum(each["weight"] for each in case.rubric) == pytest.approx(1), case.id
        assert all(each["question"].endswith("?") for each in case.rubric)


def test_a_file_of_another_shape_is_named(tmp_path: Path) -> None:
    """A missing field is told with the name of the file."""
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "one.json").write_text('{"cases": [{"id": "x", "input": {}}]}')

    with pytest.raises(ValueError, match=r"odd/one\.json"):
        load_suites(tmp_path, "odd")
