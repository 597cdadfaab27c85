"""Fixtures that any model answers, and how its answers are scored.

The shape of the files is told in fixtures/README.md. Every answer is compared with the expected
fields only. A model that cannot answer a task type fails its cases like one that answers wrongly.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.timing.zones import zone_named
from donna_core.ports.language_model import LanguageModel, ModelRequest
from donna_core.testing.answers import local_fields
from donna_core.testing.expectations import fits


@frozen(kw_only=True)
class Case:
    """One question and what a right answer has, field by field; the rubric is for a judge.

    ``applies`` says whether the rule that the question tells has to do with its data.
    """

    id: str
    input: Mapping[str, Any]
    expected: Mapping[str, Any]
    notes: str | None = None
    rubric: Sequence[Mapping[str, Any]] = ()
    applies: bool | None = None


@frozen(kw_only=True)
class Suite:
    """One fixture file. ``pass_gate`` is a share in [0, 1], ``tier`` 1 to 4, each may be open."""

    path: str
    task_type: str
    tier: int | None
    name: str
    description: str
    pass_gate: float | None
    cases: tuple[Case, ...]


@frozen(kw_only=True)
class Answer:
    """What became of a case; ``wrong`` names the fields that do not fit."""

    case: Case
    output: Mapping[str, Any] | None
    wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every expected field fits."""
        return self.output is not None and not self.wrong


@frozen(kw_only=True)
class Result:
    """All answers of a model to one suite."""

    suite: Suite
    answers: tuple[Answer, ...]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(answer.passed for answer in self.answers)

    @property
    def pass_rate(self) -> float:
        """The share of cases that passed, in [0, 1]."""
        return self.passed / len(self.answers)

    @property
    def reaches_gate(self) -> bool:
        """Whether the pass rate is at the gate or above it, or there is none."""
        return self.suite.pass_gate is None or self.pass_rate >= self.suite.pass_gate


def load_suites(folder: Path, *task_folders: str) -> tuple[Suite, ...]:
    """Return the suites of the named folders below ``folder``, by path.

    Raise ``ValueError`` for a file of another shape, with its name and what is wrong.
    """
    paths = [path for name in task_folders for path in sorted((folder / name).glob("*.json"))]
    return tuple(_suite(path, path.relative_to(folder).as_posix()) for path in paths)


def graded(suite: Suite, case: Case, output: Mapping[str, Any] | None) -> Answer:
    """Return what an answer is worth; ``None`` is no answer, and fails in every field."""
    if output is None:
        return Answer(case=case, output=None, wrong=tuple(case.expected))
    if suite.task_type == "parse_task":
        output = local_fields(output, zone=zone_named(case.input["zone"]))
    wrong = [name for name, want in case.expected.items() if not fits(output.get(name), want)]
    return Answer(case=case, output=output, wrong=tuple(wrong))


async def evaluate(model: LanguageModel, suite: Suite) -> Result:
    """Let the model answer every case of a suite."""
    return Result(
        suite=suite, answers=tuple([await _answer(model, suite, case) for case in suite.cases])
    )


def _suite(path: Path, name: str) -> Suite:
    plain = json.loads(path.read_text(encoding="utf-8"))
    try:
        cases = tuple(Case(**case) for case in plain.pop("cases"))
        suite = Suite(path=name, cases=cases, **plain)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name} has not the shape of fixtures/README.md: {error}") from error
    if not cases or len({case.id for case in cases}) < len(cases):
        raise ValueError(f"{name} has no cases, or two of one id")
    return suite


async def _answer(model: LanguageModel, suite: Suite, case: Case) -> Answer:
    request = ModelRequest(task_type=suite.task_type, inputs=case.input, caller="evaluation")
    try:
        reply = await model.complete(request)
    except ModelUnavailable:
        return graded(suite, case, None)
    return graded(suite, case, reply.output)
