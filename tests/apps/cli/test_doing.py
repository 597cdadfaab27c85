"""The life of a task from the terminal, and the ways to name it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Donna = Callable[..., Any]


@pytest.fixture
def several(donna: Donna) -> Donna:
    """Give a Donna with six tasks of different titles."""
    titles = ["Call mechanic", "Buy milk", "Fix the roof", "Pay rent", "Water plants", "Read mail"]
    donna("add", "-", text="\n".join(titles))
    return donna


def states(donna: Donna) -> dict[int, str]:
    """Return the state of every task by number."""
    tasks = donna("list", "--all", "--json").json["tasks"]
    return {task["number"]: task["status"] for task in tasks}


def test_a_life_from_start_to_done_and_back(several: Donna) -> None:
    """Each verb takes its step; a reason is kept as a note."""
    for words, state in [
        (("start", "1"), "in_progress"),
        (("block", "1", "--because", "no spare part"), "blocked"),
        (("unblock", "1"), "scheduled"),
        (("done", "call", "mechanic"), "done"),
        (("reopen", "call mechanic"), "in_progress"),
        (("drop", "#1"), "cancelled"),
    ]:
        assert several(*words).code == 0, words
        assert states(several)[1] == state
    assert "Blocked: no spare part" in several("show", "1").out


@pytest.mark.parametrize("words", [["1,3-4"], ["1", "3-4"], ["#1", "3", "4"], ["1,", "3,4"]])
def test_numbers_and_ranges_name_several(several: Donna, words: list[str]) -> None:
    """Numbers may be joined or apart."""
    said = several("done", *words)

    assert said.code == 0
    done = [number for number, state in states(several).items() if state == "done"]
    assert done == [1, 3, 4]


def test_many_tasks_need_a_yes(several: Donna) -> None:
    """More than three tasks are not changed by a typing error, unless --yes says so."""
    refused = several("drop", "1-6")
    rehearsed = several("drop", "1-6", "--dry-run")
    before = set(states(several).values())
    meant = several("drop", "1-6", "--yes")

    assert (refused.code, rehearsed.code, meant.code) == (1, 0, 0)
    assert "6 tasks" in refused.err
    assert "--yes" in refused.err
    assert "cancelled" not in before
    assert set(states(several).values()) == {"cancelled"}


def test_nothing_found_is_code_3_with_a_hint(several: Donna) -> None:
    """A near title is offered."""
    said = several("done", "mechanical turk")

    assert said.code == 3
    assert "Did you mean #1 'Call mechanic'" in said.err
    assert several("done", "99").code == 3


def test_an_ambiguous_title_is_refused(donna: Donna) -> None:
    """The candidates are named, and nothing is done."""
    donna("add", "-", text="Call the bank\nCall the garage\n")
    said = donna("done", "call")

    assert said.code == 1
    assert "#1 'Call the bank'" in said.err
    assert "done" not in states(donna).values()


def test_an_impossible_step_is_refused(several: Donna) -> None:
    """The message names the steps that are possible."""
    said = several("block", "2")

    assert said.code == 1
    assert "Possible:" in said.err


def test_an_error_is_an_object_with_json(several: Donna) -> None:
    """Stderr carries one JSON object, stdout nothing."""
    said = several("done", "99", "--json")

    assert said.out == ""
    assert json.loads(said.err) == {
        "error": "TaskNotFound",
        "message": "No task matches '#99'. `donna list` shows them all.",
        "exit_code": 3,
    }


def test_a_repeating_task_brings_forth_the_next(donna: Donna) -> None:
    """The receipt shows what is done and what comes."""
    donna("add", "Water the plants every monday 9am")
    said = donna("done", "1")

    assert "Done: #1 Water the plants" in said.out
    assert "Next: #2 Water the plants" in said.out


def test_undo_and_redo_are_exact(several: Donna) -> None:
    """Undo brings the former state back and names what it took back; redo the other way."""
    before = several("show", "1", "--json").json["task"]
    several("done", "1")
    after = several("show", "1", "--json").json["task"]
    undone = several("undo")
    back = several("show", "1", "--json").json["task"]
    several("redo")
    again = several("show", "1", "--json").json["task"]

    assert "Undone: done" in undone.out
    assert {**back, "version": 0} == {**before, "version": 0}
    assert {**again, "version": 0} == {**after, "version": 0}
    assert "Redo: donna redo" in undone.out


def test_undoing_a_capture_takes_the_task_away(donna: Donna) -> None:
    """And a second undo has nothing left."""
    donna("add", "Buy milk")
    said = donna("undo")

    assert "Gone: #1 Buy milk" in said.out
    assert donna("undo").code == 1
    assert donna("redo", "--json").json["tasks"][0]["number"] == 1
