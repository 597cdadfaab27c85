"""Planning the days ahead from the terminal: shown first, applied on request, taken back whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from donna_core.local.clock import SystemClock

Donna = Callable[..., Any]
MONDAY_MORNING = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def crowded(donna: Donna, monkeypatch: pytest.MonkeyPatch) -> Donna:
    """Give a Donna with a long task and two short ones, on a Monday at eight in Berlin."""
    monkeypatch.setattr(SystemClock, "now", lambda _: MONDAY_MORNING)
    donna("add", "Write the thesis 7h for work !2")
    donna("add", "Prepare the slides 2h for work !4")
    donna("add", "Buy milk")
    return donna


def places(donna: Donna) -> list[Any]:
    """Return where each task stands."""
    return [(each["number"], each["start"]) for each in donna("list", "--json").json["tasks"]]


def test_a_proposal_changes_nothing(crowded: Donna) -> None:
    """It is an answer, and everything stays where it is."""
    before = places(crowded)

    plan = crowded("plan", "week", "--json").json

    assert set(plan) == {"placements", "unplaced", "objective", "bound", "gap", "seconds"}
    fields = {"task_id", "title", "start", "end", "reason", "bound_by"}
    assert all(set(each) == fields for each in plan["placements"])
    assert plan["bound"] <= plan["objective"]
    assert places(crowded) == before


def test_the_same_week_gives_the_same_plan(crowded: Donna) -> None:
    """Only the seconds differ."""
    one, other = (crowded("plan", "week", "--json").json for _ in range(2))

    assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_applying_does_what_was_shown_and_undo_takes_all_of_it_back(crowded: Donna) -> None:
    """Every placement of the proposal is then the task's."""
    before = places(crowded)
    said = crowded("plan", "week", "--apply", "--json")

    plan, receipt = (__import__("json").loads(line) for line in said.out.splitlines())
    now = {each["id"]: each["start"] for each in crowded("list", "--json").json["tasks"]}
    assert {each["task_id"]: each["start"] for each in plan["placements"]} == {
        key: start for key, start in now.items() if start
    }
    assert receipt["verb"] == "plan week"
    crowded("undo")
    assert places(crowded) == before


def test_the_terminal_says_what_moves_and_why(crowded: Donna) -> None:
    """And how to go on."""
    said = crowded("plan", "week")

    assert said.code == 0
    assert "Proposed:" in said.out
    assert "donna plan week --apply" in said.out
