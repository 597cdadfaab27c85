"""Looking: now, next, lists, days, weeks, one task and its why."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[..., Any]


def test_the_first_look_welcomes(donna: Donna) -> None:
    """A newcomer learns the first word, the demo and that no account is needed."""
    first = donna()
    second = donna()

    assert "donna add" in first.out
    assert "donna demo" in first.out
    assert "No account" in first.out
    assert "Europe/Berlin. To name another one:" in first.out
    assert "Nothing is waiting" in second.out


@pytest.mark.parametrize("words", [[], ["add", "Buy milk"]])
def test_a_guessed_zone_is_said_at_once(
    donna: Donna, home: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Whoever starts on a machine without a zone learns that UTC is used, and how to name one."""
    (home / "config" / "calendar.yaml").unlink()
    monkeypatch.setenv("TZ", "Nowhere/Land")
    said = donna(*words)

    assert "Your time zone is UTC" in said.out
    assert "cannot be told" in said.out
    assert "donna config set calendar.timezone" in said.out


def test_now_shows_what_comes_and_what_is_late(donna: Donna, monday: Any) -> None:
    """Sections have names, tasks their places."""
    donna("add", "Sort the photos for 1 hour")
    donna("add", f"Pay rent by {monday}")
    donna("start", "1")
    said = donna()
    seen = donna("--json").json

    assert said.out.startswith("Now\n  #1 Sort the photos")
    assert "Next\n  #2 Pay rent" in said.out
    assert [task["number"] for task in seen["current"]] == [1]
    assert seen["zone"] == "Europe/Berlin"


def test_next_is_limited(donna: Donna) -> None:
    """The nearest come first."""
    donna("add", "-", text="Buy milk\nFix the roof\nPay rent\n")
    tasks = donna("next", "--count", "2", "--json").json["tasks"]

    assert len(tasks) == 2
    assert tasks[0]["start"] <= tasks[1]["start"]


def test_lists_are_filtered(donna: Donna) -> None:
    """By words, by tag, by domain and by state."""
    donna("add", "-", text="Buy milk #shop\nBuy bread #shop @work\nFix the roof\n")
    donna("done", "3")

    def numbers(*words: str) -> list[int]:
        return [task["number"] for task in donna("list", *words, "--json").json["tasks"]]

    assert numbers() == [1, 2]
    assert numbers("--all") == [1, 2, 3]
    assert numbers("--status", "done") == [3]
    assert numbers("--tag", "shop", "bread") == [2]
    assert numbers("--domain", "work") == [2]
    assert donna("list", "nothing like this").out == "No task fits.\n"


def test_today_and_week_show_calendars_too(donna: Donna, home: Path) -> None:
    """Events of a calendar stand between the tasks."""
    day = datetime.now(UTC).strftime("%Y%m%d")
    (home / "work.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTAMP:20260101T000000Z\r\nDTSTART:{day}T120000Z\r\nDTEND:{day}T123000Z\r\n"
        "SUMMARY:Stand-up\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (home / "config" / "calendar.yaml").write_text(
        "timezone: UTC\ncalendars: {work: {calendar_id: work.ics}}\n"
    )

    assert "12:00–12:30" in donna("today").out
    assert "Stand-up" in donna("today").out
    assert re.search(r"12:00–12:30 +Stand-up", donna("week").out)
    assert "Stand-up" not in donna("week", "--ahead", "1").out


def test_an_unreadable_calendar_is_said(donna: Donna, home: Path) -> None:
    """What is known is shown, what is not is named on stderr, and the code is 4."""
    (home / "config" / "calendar.yaml").write_text("calendars: {work: {calendar_id: gone.ics}}\n")

    for command in ("today", "week", "digest"):
        said = donna(command)
        assert said.code == 4
        assert "gone.ics" in said.err


def test_why_tells_reasons_who_and_when(donna: Donna, monday: Any) -> None:
    """Every decision about the task, in words, with the steps."""
    donna("add", f"Pay rent by {monday}")
    donna("done", "1")
    said = donna("why", "pay", "rent")

    assert "Its place: because" in said.out
    assert "Its size: because" in said.out
    assert f"you: capture (Pay rent by {monday})" in said.out
    assert "backlog to scheduled" in said.out
    assert "you: done" in said.out


def test_show_tells_what_is_ahead(donna: Donna, monday: Any) -> None:
    """Reminders to come and the state of the calendar write."""
    donna("add", f"Call mechanic {monday} 3pm")
    said = donna("show", "1")

    assert f"{monday.shown} 14:45  reminder" in said.out
    assert f"calendar put {monday.shown} 15:00: sent" in said.out


def test_digests_are_read_and_not_sent(donna: Donna) -> None:
    """Morning and evening differ."""
    donna("add", "Buy milk")

    assert donna("digest").out.startswith("Your day:")
    assert donna("digest", "--evening").out.startswith("Your evening:")
    assert donna("show", "1", "--json").json["deliveries"][0]["kind"] == "calendar"
