"""The demo's sentences show what they are there to show."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz

from donna_core.domain.capture.reading import Reading
from donna_core.domain.tasks.task import Domain

FILE = Path(__file__).resolve().parents[3] / "fixtures" / "demo" / "sentences.yaml"


@pytest.fixture(scope="module")
def readings(said: Callable[..., Reading]) -> list[Reading]:
    """Every sentence as read on a weekday morning."""
    return [said(entry["say"]) for entry in _entries()]


def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["sentences"]
    return entries


def test_offsets_rise_within_the_morning() -> None:
    """Each sentence says when it comes, in minutes since the start."""
    minutes = [entry["minute"] for entry in _entries()]

    assert minutes == sorted(minutes)
    assert minutes[-1] < 240


def test_every_kind_of_sentence_is_there(readings: list[Reading]) -> None:
    """Deadlines, appointments, repetition, urgency, preparation, talk and all domains."""
    assert any(reading.deadline for reading in readings)
    assert any(reading.start and reading.duration_stated for reading in readings)
    assert any(reading.recurrence for reading in readings)
    assert any(reading.prep_work_flag for reading in readings)
    assert any(reading.agent_eligible for reading in readings)
    assert max(reading.priority for reading in readings) == 5
    assert [reading.is_task for reading in readings].count(False) == 1
    assert {reading.domain for reading in readings} == set(Domain)
    assert any(reading.is_task and reading.confidence < 0.5 for reading in readings)


def test_one_pair_is_a_duplicate_in_other_words_and_one_is_only_related(
    readings: list[Reading],
) -> None:
    """The duplicate lies above the merge threshold, the related pair below it."""
    titles = [reading.title for reading in readings]
    pairs = {
        (one, other): fuzz.token_sort_ratio(one.casefold(), other.casefold())
        for place, one in enumerate(titles)
        for other in titles[place + 1 :]
    }

    assert [pair for pair, ratio in pairs.items() if ratio >= 85 and pair[0] != pair[1]] == [
        ("Call Mom about the birthday party", "Call Mom about her birthday party")
    ]
    assert pairs["Get oil change", "Get an oil change for the lawn mower"] < 85
