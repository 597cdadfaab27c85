"""The shipped state table, read plainly."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from donna_core.domain.tasks.machine import (
    Forbidden,
    SideEffect,
    StateMachine,
    Transition,
    Trigger,
)
from donna_core.domain.tasks.task import TaskStatus

TABLE = Path(__file__).resolve().parents[3] / "config" / "task_states.yaml"


@pytest.fixture(scope="session")
def table() -> dict[str, Any]:
    """Return the shipped file as YAML gives it."""
    content: dict[str, Any] = yaml.safe_load(TABLE.read_text())
    return content


@pytest.fixture(scope="session")
def transitions(table: dict[str, Any]) -> tuple[Transition, ...]:
    """Return the rows of the shipped table."""
    return tuple(
        Transition(
            origin=None if row["from"] == "*" else TaskStatus(row["from"]),
            target=TaskStatus(row["to"]),
            trigger=Trigger(row["trigger"]),
            side_effects=tuple(map(SideEffect, row["side_effects"])),
            timeout=timedelta(days=row["timeout_days"]) if "timeout_days" in row else None,
        )
        for row in table["transitions"]
    )


@pytest.fixture(scope="session")
def forbidden(table: dict[str, Any]) -> tuple[Forbidden, ...]:
    """Return the moves the shipped table forbids."""
    return tuple(
        Forbidden(
            origin=TaskStatus(row["from"]),
            target=None if row["to"] == "*" else TaskStatus(row["to"]),
            exceptions=frozenset(map(TaskStatus, row.get("except", ()))),
            reason=row["reason"],
        )
        for row in table["invalid_transitions"]
    )


@pytest.fixture(scope="session")
def machine(
    table: dict[str, Any], transitions: tuple[Transition, ...], forbidden: tuple[Forbidden, ...]
) -> StateMachine:
    """Return the machine of the shipped table."""
    return StateMachine.from_rows(
        transitions=transitions, forbidden=forbidden, initial=TaskStatus(table["initial_state"])
    )
