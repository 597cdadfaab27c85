"""The shipped fixtures, and what the rules answer to them; each suite is asked once."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from donna_core.testing.evaluation import Result, Suite, evaluate, load_suites
from donna_core.testing.world import SimulatedWorld

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
FOLDERS = [
    "parse_task",
    "classify_priority",
    "deduplication",
    "chat_intent",
    "generate_digest",
    "escalation_awareness",
    "instruction_following",
]


@pytest.fixture(scope="session")
def suites() -> tuple[Suite, ...]:
    """Return all suites, by path."""
    return load_suites(FIXTURES, *FOLDERS)


@pytest.fixture(scope="session")
def results(suites: tuple[Suite, ...]) -> Mapping[str, Result]:
    """Return what the rules answer to every suite, by path."""
    model = SimulatedWorld().runtime.language_model
    return {suite.path: asyncio.run(evaluate(model, suite)) for suite in suites}
