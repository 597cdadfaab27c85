"""`donna add`: from words, a pipe or a file to kept tasks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[..., Any]


def test_words_need_no_quotes(donna: Donna, monday: Any) -> None:
    """Words are one sentence; the receipt tells the reading, the place, why, and the way back."""
    said = donna("add", "Call", "mechanic", str(monday), "3pm", "!4", "@car")

    asked = f"because you asked for {monday.day:%a %-d %b} 15:00"
    assert said.code == 0
    assert said.out.splitlines() == [
        "Added: #1 Call mechanic",
        f"  {monday.shown} 15:00–15:10 · 10 min · priority 4 · personal · @car",
        f"  {asked}, although that is outside the usual hours for personal tasks",
        "Undo: donna undo",
        "Reminders go out while `donna run` is running.",
        "Your time zone is Europe/Berlin. To name another one:",
        "  donna config set calendar.timezone Europe/Berlin",
    ]


def test_the_first_task_alone_tells_of_reminders_and_the_zone(donna: Donna) -> None:
    """Once is enough."""
    first, second = donna("add", "Buy milk"), donna("add", "Fix the roof")

    assert "donna run" in first.out
    assert "donna run" not in second.out
    assert "time zone" not in second.out


@pytest.mark.parametrize("words", [["add", "-"], ["add"]])
def test_a_pipe_is_read_line_by_line(donna: Donna, words: list[str]) -> None:
    """Each line of stdin is a task; blank lines are none."""
    said = donna(*words, "--json", text="Buy milk\n\n  \nFix the roof\n")

    receipts = [json.loads(line) for line in said.out.splitlines()]
    assert [receipt["tasks"][0]["title"] for receipt in receipts] == ["Buy milk", "Fix the roof"]


def test_a_file_is_read_line_by_line(donna: Donna, tmp_path: Path) -> None:
    """--file keeps one task a line, whatever bytes are in it."""
    file = tmp_path / "tasks.txt"
    file.write_bytes(b"Buy milk\nPay \xff rent\n")

    said = donna("add", "--file", str(file))

    assert said.code == 0
    assert [line for line in said.out.splitlines() if line.startswith("Added")] == [
        "Added: #1 Buy milk",
        "Added: #2 Pay \ufffd rent",
    ]


def test_a_bad_line_keeps_no_other_from_being_kept(donna: Donna) -> None:
    """What cannot be read is reported, the rest is kept, and the exit code tells."""
    said = donna("add", "-", text=f"Buy milk\n{'x' * 20_000}\nFix the roof\n")

    assert said.code == 1
    assert "Added: #2 Fix the roof" in said.out
    assert "20000 characters" in said.err


def test_nothing_to_read_is_refused(donna: Donna) -> None:
    """An empty pipe is an error with an example."""
    said = donna("add", text="")

    assert (said.code, said.out) == (1, "")
    assert "donna add Call mechanic" in said.err


def test_a_missing_file_is_refused(donna: Donna) -> None:
    """A file that cannot be read is named."""
    said = donna("add", "--file", "no-such-file.txt")

    assert said.code == 1
    assert "no-such-file.txt cannot be read" in said.err


def test_words_and_a_file_exclude_each_other(donna: Donna) -> None:
    """Nobody can tell which of the two was meant."""
    assert donna("add", "Buy milk", "--file", "tasks.txt").code == 1


def test_a_dry_run_keeps_nothing(donna: Donna) -> None:
    """The receipt is shown in full, and no task is there afterwards."""
    said = donna("add", "Buy milk", "--dry-run", "--json")

    assert said.json["dry_run"] is True
    assert said.json["undo"] is None
    assert said.json["tasks"][0]["start"] is not None
    assert donna("list", "--all", "--json").json["tasks"] == []


def test_talk_is_no_task_unless_one_insists(donna: Donna) -> None:
    """What does not read like a task is not kept, and one word keeps it."""
    refused = donna("add", "thank you so much")
    kept = donna("add", "thank you so much", "--insist", "--json")

    assert refused.code == 1
    assert "--insist" in refused.out
    assert kept.json["outcome"] == "added"


def test_a_twin_is_kept_and_marked_off_a_terminal(donna: Donna) -> None:
    """Nothing is lost: both are kept, the newcomer is marked and the way out is named."""
    donna("add", "Call the mechanic")
    said = donna("add", "Call mechanic")

    assert "Looks like #1 Call the mechanic" in said.out
    assert "donna merge 1 2" in said.out
    task = donna("show", "2", "--json").json["task"]
    assert "needs-review" in task["tags"]


def test_asking_off_a_terminal_keeps_both(donna: Donna) -> None:
    """Where nobody can answer, ask means keep."""
    donna("add", "Call the mechanic")
    said = donna("add", "Call mechanic", "--on-duplicate", "ask", "--json", text="m\n")

    assert said.json["outcome"] == "added"
    assert len(donna("list", "--json").json["tasks"]) == 2


@pytest.mark.parametrize("choice", ["merge", "update"])
def test_a_twin_can_be_taken_up(donna: Donna, choice: str) -> None:
    """Merging and updating leave one task, which knows what was said."""
    donna("add", "Call the mechanic")
    said = donna("add", "Call mechanic for 2 hours !5", "--on-duplicate", choice, "--json")

    [task] = donna("list", "--json").json["tasks"]
    assert said.json["duplicate_of"]["number"] == 1
    assert (task["number"], task["priority"]) == (1, 5)
    assert task["duration_minutes"] == {"merge": 10, "update": 120}[choice]


def test_remarks_are_shown(donna: Donna) -> None:
    """A date that does not exist is said to be none."""
    said = donna("add", "Pay rent on february 30")

    assert "Note: 'on february 30' does not exist" in said.out


def test_an_unreadable_calendar_costs_the_place_not_the_task(donna: Donna, home: Path) -> None:
    """The task is kept without a place, the calendar is named, and the exit code is 4."""
    (home / "config" / "calendar.yaml").write_text(
        "timezone: Europe/Berlin\ncalendars: {work: {calendar_id: gone.ics}}\n"
    )
    said = donna("add", "Buy milk")

    assert said.code == 4
    assert "no place yet" in said.out
    assert "gone.ics" in said.err
    assert [task["title"] for task in donna("list", "--json").json["tasks"]] == ["Buy milk"]


def test_the_calendar_file_follows_at_once(donna: Donna, home: Path) -> None:
    """A kept task is in Donna's calendar file when the command ends, and undo takes it out."""
    donna("add", "Buy milk")
    kept = (home / "donna.ics").read_text()
    donna("undo")

    assert "SUMMARY:Buy milk" in kept
    assert "Buy milk" not in (home / "donna.ics").read_text()
