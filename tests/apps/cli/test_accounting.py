"""`donna promises`, `donna history`, `donna pause`: what is owed and what was done."""

from collections.abc import Callable
from typing import Any

Donna = Callable[..., Any]


def test_promises_name_what_is_owed(donna: Donna) -> None:
    """Each with its instant, its task and how it stands."""
    donna("add", "Call mom tomorrow at 3pm")
    said = donna("promises", "--json")

    owed = {each["kind"]: each for each in said.json["promises"]}
    assert set(owed) == {"reminder", "overdue_nudge"}
    assert {each["standing"] for each in owed.values()} == {"owed"}
    assert owed["reminder"]["task"]["title"] == "Call mom"
    assert "No promise was broken." in donna("promises", "--broken").out


def test_history_tells_before_and_after(donna: Donna) -> None:
    """Field by field for people, whole records for machines."""
    donna("add", "Call mom tomorrow at 3pm")
    donna("edit", "1", "--priority", "4")
    donna("undo")

    assert "base priority: 2 → 4" in donna("history").out
    entries = donna("history", "1", "--json").json["entries"]
    assert [entry["command"]["verb"] for entry in entries] == ["capture", "edit", "undo"]
    assert entries[2]["undoes"] == entries[1]["command"]["id"]
    [edited] = entries[1]["tasks"]
    assert edited["fields"] == ["priority", "base_priority"]
    assert (edited["before"]["priority"], edited["after"]["priority"]) == (2, 4)
    [undone] = entries[2]["tasks"]
    assert undone["after"]["priority"] == 2


def test_a_pause_holds_calendar_writes_until_it_ends(donna: Donna) -> None:
    """Nothing is lost: they leave with the next command after it."""
    donna("pause")
    donna("add", "Call mom tomorrow at 3pm")
    assert "Everything is paused" in donna().out
    waiting = donna("show", "1", "--json").json["deliveries"]
    donna("resume")
    sent = donna("show", "1", "--json").json["deliveries"]

    assert [each["state"] for each in waiting] == ["pending"]
    assert [each["state"] for each in sent] == ["sent"]
