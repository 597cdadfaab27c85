"""The rules answer the fixtures like any model; README.md shows how well.

Write its table anew with: .venv/bin/python tests/core/evaluation/test_rules.py
"""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from donna_core.domain.tasks.dedup import DedupRules
from donna_core.testing.calibration import Bin, Reliability, reliability
from donna_core.testing.duplicates import Confusion, find_duplicates
from donna_core.testing.evaluation import Result, evaluate, load_suites
from donna_core.testing.world import SimulatedWorld

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"
BEGIN, END = "<!-- evaluation -->\n", "<!-- end of evaluation -->"
ANSWERED = ["parse_task", "classify_priority", "deduplication", "chat_intent"]
# The tiers whose gate the rules have to reach; the others are printed and grow.
CLAIMED = [
    "parse_task/tier1_baseline.json",
    "parse_task/tier2_nuance.json",
    "parse_task/tier3_complexity.json",
    "classify_priority/tier1_baseline.json",
    "classify_priority/tier2_nuance.json",
    "deduplication/tier1_baseline.json",
    "chat_intent/tier1_baseline.json",
]
MOST_ERROR = 0.05  # expected calibration error of the confidence
# Precision and recall below which the search for duplicates may not fall.
FLOORS = {
    "deduplication/tier1_baseline.json": (0.95, 0.95),
    "deduplication/pairs.json": (0.95, 0.95),
    "deduplication/held_out.json": (0.95, 0.9),
    "deduplication/held_out_second.json": (0.95, 0.9),
    "deduplication/held_out_third.json": (0.95, 0.9),
    "deduplication/held_out_fourth.json": (0.95, 0.9),
}


@pytest.mark.parametrize("path", CLAIMED)
def test_the_rules_reach_the_gates_they_claim(results: Mapping[str, Result], path: str) -> None:
    """A tier the rules are trusted with passes its gate."""
    result = results[path]
    failed = {answer.case.id: answer.wrong for answer in result.answers if not answer.passed}

    assert result.reaches_gate, failed


@pytest.mark.parametrize("path", FLOORS)
def test_duplicates_are_found_and_nothing_else(results: Mapping[str, Result], path: str) -> None:
    """Precision and recall of both passes stay above their floors."""
    precision, recall = FLOORS[path]

    confusion = duplicates(results[path])

    figures = f"{percent(confusion.precision)} precision, {percent(confusion.recall)} recall"
    print(f"\n{path}: {figures}")  # noqa: T201  # shown with -s: the figures are the point
    assert (confusion.precision >= precision, confusion.recall >= recall) == (True, True)


def test_every_answer_is_whole(results: Mapping[str, Result]) -> None:
    """Whatever the sentence, the rules answer, with a confidence that is one."""
    answered = [result for path, result in results.items() if path.split("/")[0] in ANSWERED]

    for result in answered:
        for answer in result.answers:
            assert answer.output is not None, answer.case.id
            assert 0 <= answer.output["confidence"] <= 1, answer.case.id


@pytest.mark.parametrize("held_out", [False, True])
def test_the_confidence_keeps_its_word(results: Mapping[str, Result], *, held_out: bool) -> None:
    """It is off by five points at most, on the tiers and on what no rule was made for."""
    assert reliability(read_confidences(results, held_out=held_out)).error <= MOST_ERROR


def test_the_readme_shows_what_the_rules_answer(results: Mapping[str, Result]) -> None:
    """The tables are the present ones, the reliability of the confidence among them."""
    print(f"\n{block(results)}")  # noqa: T201  # shown with -s: the figures are the point

    assert inserted(README.read_text(), results) == README.read_text(), "write it anew, see above"


def read_confidences(results: Mapping[str, Result], *, held_out: bool) -> list[tuple[float, bool]]:
    """Return how sure each reading of a sentence is, and whether all of it is right.

    The sentences are those of the tiers, or the held-out ones. Cases that ask for a doubt are
    left out: there being unsure is what is right.
    """
    return [
        (answer.output["confidence"], answer.passed)
        for path, result in results.items()
        if path.startswith("parse_task/") and ("held_out" in path) is held_out
        for answer in result.answers
        if answer.output is not None and "confidence" not in answer.case.expected
    ]


def duplicates(result: Result) -> Confusion:
    """Return how well both passes tell the pairs of a suite."""
    model = SimulatedWorld().runtime.language_model
    return asyncio.run(find_duplicates(model, result.suite, rules=DedupRules()))


def block(results: Mapping[str, Result]) -> str:
    """Return the tables of the README."""
    rows = ["| fixtures | cases | passed | gate |", "|---|---|---|---|"]
    found = ["| pairs of titles | pairs | precision | recall |", "|---|---|---|---|"]
    for path, result in results.items():
        suite, folder = result.suite, path.split("/")[0]
        count = len(suite.cases)
        if folder in ANSWERED and (suite.tier is not None or folder != "deduplication"):
            gate = "none" if suite.pass_gate is None else percent(suite.pass_gate)
            tier = "" if suite.tier is None else f"tier {suite.tier} "
            name = f"{folder}, {tier}{suite.name}"
            rows.append(f"| {name} | {count} | {percent(result.pass_rate)} | {gate} |")
        if folder == "deduplication":
            told = duplicates(result)
            figures = f"{percent(told.precision)} | {percent(told.recall)}"
            found.append(f"| {suite.name} | {count} | {figures} |")
    tiers, unseen = (
        reliability(read_confidences(results, held_out=held_out)) for held_out in (False, True)
    )
    last = (
        f"The confidence of a reading is off by {100 * tiers.error:.1f} points on the tiers and by "
        f"{100 * unseen.error:.1f} on held-out sentences (expected calibration error)."
    )
    return "\n".join([*rows, "", *found, "", last, "", *reliability_table(tiers, unseen), ""])


def reliability_table(tiers: Reliability, unseen: Reliability) -> Iterator[str]:
    """Yield the bins of the confidence on the tiers and on held-out sentences."""
    yield "| confidence | tiers | said | right | held out | said | right |"
    yield "|---|---|---|---|---|---|---|"
    columns = [{each.low: each for each in table.bins} for table in (tiers, unseen)]
    for low in sorted({low for column in columns for low in column}):
        cells = [cell for column in columns for cell in _cells(column.get(low))]
        yield f"| {low:.1f}–{low + 0.1:.1f} | {' | '.join(cells)} |"


def _cells(bin_: Bin | None) -> tuple[str, str, str]:
    if bin_ is None:
        return "0", "", ""
    return str(bin_.count), percent(bin_.mean_confidence), percent(bin_.accuracy)


def percent(share: float) -> str:
    """Return a share in whole percent, never rounded up to what was not reached."""
    return f"{int(100 * share + 1e-9)} %"


def inserted(text: str, results: Mapping[str, Result]) -> str:
    """Return the text with the present tables between the marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + block(results) + END + after


if __name__ == "__main__":
    rules = SimulatedWorld().runtime.language_model
    shipped = load_suites(ROOT / "fixtures", *ANSWERED)
    now = {suite.path: asyncio.run(evaluate(rules, suite)) for suite in shipped}
    README.write_text(inserted(README.read_text(), now))
