"""What is told and is no task: kept, found again, and taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[..., Any]


@pytest.fixture
def wordy(home: Path) -> None:
    """Let words alone find what is remembered."""
    (home / "config" / "memory.yaml").write_text("embedding: {provider: none}\n")


@pytest.mark.usefixtures("wordy")
def test_a_fact_is_found_until_it_is_taken_back(donna: Donna) -> None:
    """At once, for a question in other words."""
    search = ("memory", "search", "what does Ruth eat")
    said = donna("remember", "Ruth", "is", "vegetarian")
    assert (said.code, said.out) == (0, "Remembered: Ruth is vegetarian\nUndo: donna undo\n")
    assert "1. You: Ruth is vegetarian\n   chat app:" in donna(*search).out

    back = donna("undo")
    assert "Forgotten: Ruth is vegetarian\nRedo: donna redo\n" in back.out
    assert donna(*search).out == "Nothing is remembered of that.\n"

    donna("redo")
    assert [each["text"] for each in donna(*search, "--json").json["hits"]] == [
        "Ruth is vegetarian"
    ]


@pytest.mark.usefixtures("wordy")
def test_each_fact_stands_by_itself(donna: Donna) -> None:
    """What was told a minute before is no part of it, and is not taken back with it."""
    donna("remember", "Ruth", "is", "vegetarian")
    donna("remember", "the", "spare", "key", "is", "with", "Ruth")
    donna("undo")

    found = donna("memory", "search", "Ruth", "--json").json["hits"]
    assert [each["text"] for each in found] == ["Ruth is vegetarian"]


@pytest.mark.usefixtures("wordy")
def test_notes_that_nobody_read_are_told_of(donna: Donna, home: Path) -> None:
    """Where nothing is found, with what reads them."""
    (home / "vault").mkdir()
    (home / "config" / "memory.yaml").write_text(
        f"embedding: {{provider: none}}\nvault: {{root: {home / 'vault'}}}\n"
    )
    (home / "vault" / "Boat.md").write_text("The impeller is in the locker.")
    search = ("memory", "search", "impeller")

    assert "donna memory backfill --source vault" in donna(*search).out
    donna("memory", "backfill", "--source", "vault")
    assert "in the locker" in donna(*search).out
    assert donna("memory", "search", "harbour").out == "Nothing is remembered of that.\n"


def test_talk_in_a_sentence_is_kept_and_is_no_task(donna: Donna) -> None:
    """The receipt says how to make a task of it, unless it asked to be remembered."""
    told = donna("add", "that was a nice evening with Ruth at the new place")
    asked = donna("add", "fyi the spare key is under the pot")

    assert (told.code, asked.code) == (0, 0)
    assert told.out.splitlines()[:3] == [
        "Remembered: that was a nice evening with Ruth at the new place",
        "  Kept as you said it. --insist makes a task of it.",
        "Undo: donna undo",
    ]
    assert asked.out == "Remembered: fyi the spare key is under the pot\nUndo: donna undo\n"
    assert donna("list", "--all", "--json").json["tasks"] == []
    assert "you: remember (fyi the spare key is under the pot)" in donna("history").out


def test_a_pipe_tells_tasks_from_talk(donna: Donna) -> None:
    """Each line becomes what it is; only what is neither costs the exit code."""
    lines = "Buy milk\nremember that Bo is a pilot\n"
    assert donna("add", "-", text=lines).code == 0
    said = donna("add", "-", text=f"{lines}hello there\n")

    assert said.code == 1
    assert "Remembered: remember that Bo is a pilot" in said.out
    assert "This does not read like a task: hello there" in said.out


def test_what_is_remembered_goes_over_the_wire(donna: Donna) -> None:
    """With its verb and its outcome, said, tried or taken back."""
    asked = donna("add", "remember that Bo is a pilot", "--json").json
    tried = donna("remember", "call", "Bo", "--dry-run", "--json").json
    kept = donna("remember", "-", "--json", text="Call Bo.\nHe is a pilot.\n").json
    back = donna("undo", "--json").json

    outcomes = [(each["verb"], each["outcome"]) for each in (asked, tried, kept)]
    assert outcomes == [("remember", "remembered")] * 3
    assert asked["reading"]["intent"] == "chat"
    assert [each["undo"] for each in (asked, tried, kept)] == ["donna undo", None, "donna undo"]
    assert (back["outcome"], back["took_back"]) == ("changed", "remember")
    assert "taken back since" in donna("history").out


def test_nothing_to_remember_is_refused(donna: Donna) -> None:
    """And so is what nobody can read."""
    empty, endless = donna("remember", text=""), donna("remember", "x" * 20_000)

    assert (empty.code, endless.code) == (1, 1)
    assert "There is nothing to read" in empty.err
    assert "20000 characters" in endless.err
