"""Correcting: edit, merge, lock."""

from collections.abc import Callable
from typing import Any

import pytest

Donna = Callable[..., Any]


@pytest.fixture
def two(donna: Donna) -> Donna:
    """Give a Donna with two tasks."""
    donna("add", "-", text="Call mechanic\nBuy milk\n")
    return donna


def task(donna: Donna, number: int = 1) -> Any:
    """Return a task as the wire has it."""
    return donna("show", str(number), "--json").json["task"]


def test_every_field_can_be_corrected(two: Donna, monday: Any) -> None:
    """Times and lengths are words here too."""
    said = two(
        *["edit", "1", "--title", "Call the garage", "--priority", "4", "--for", "1.5 hours"],
        *["--deadline", str(monday), "--domain", "work", "--tag", "#car", "--tag", "phone"],
        *["--note", "ask for Ada", "--description", "about the brakes", "--prep", "find the bill"],
    )

    it = task(two)
    assert said.code == 0
    assert (it["title"], it["priority"], it["duration_minutes"]) == ("Call the garage", 4, 90)
    assert it["deadline"] == monday.at(23, 59)
    assert (it["domain"], it["tags"]) == ("work", ["car", "phone"])
    assert (it["notes"], it["description"]) == (["ask for Ada"], "about the brakes")
    assert it["prep_work"] == "find the bill"


def test_what_was_added_can_be_taken_away(two: Donna, monday: Any) -> None:
    """Tags and deadlines go as they came."""
    two("edit", "1", "--tag", "car", "--deadline", f"{monday} 17:00")
    two("edit", "1", "--untag", "car", "--no-deadline")

    assert (task(two)["tags"], task(two)["deadline"]) == ([], None)


def test_dependencies(two: Donna) -> None:
    """A task waits for another, but not in a circle."""
    two("edit", "1", "--after", "2")
    circle = two("edit", "2", "--after", "1")

    assert task(two)["dependencies"] == [task(two, 2)["id"]]
    assert "Waits for" in two("show", "1").out
    assert circle.code == 1
    two("edit", "1", "--free")
    assert task(two)["dependencies"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["edit", "1"], 1),
        (["edit", "1", "--for", "banana"], 1),
        (["edit", "1", "--deadline", "banana"], 1),
        (["edit", "1", "--for", "99999"], 1),
        (["edit", "1", "--title", " "], 1),
        (["edit", "1", "--priority", "9"], 2),
        (["edit", "1", "--domain", "moon"], 2),
        (["merge", "1", "1"], 1),
        (["edit", "9", "--title", "X"], 3),
    ],
)
def test_what_cannot_be_is_refused(two: Donna, words: list[str], code: int) -> None:
    """Nothing is changed by a command that fails."""
    before = task(two)
    said = two(*words)

    assert (said.code, said.out) == (code, "")
    assert task(two) == before


def test_merging_leaves_one(two: Donna) -> None:
    """The second is folded into the first."""
    said = two("merge", "1", "buy milk")

    assert "Folded in: #2 Buy milk" in said.out
    assert "Merged: #1 Call mechanic" in said.out
    assert task(two, 2)["status"] == "cancelled"


def test_a_locked_priority_stays(two: Donna) -> None:
    """Lock fixes a value, unlock lets it go."""
    two("lock", "1", "--priority", "5")
    locked = task(two)
    two("unlock", "1")

    assert (locked["priority"], locked["priority_locked"]) == (5, True)
    assert task(two)["priority_locked"] is False
