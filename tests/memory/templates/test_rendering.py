"""Rendering: whatever goes into a note, its structure is the template's."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import EventKey
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.timing.interval import Interval
from donna_memory.templates.people import is_a_name, names_in
from donna_memory.templates.rendering import TemplateBroken, as_line, as_yaml, render
from donna_memory.vault.notes import split, targets_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = [
    "Budget\n---\ntype: person\n---\n# Owned",
    "# Heading",
    "- [ ] a task",
    "[[People/Eve]] ![[x]] <script>",
    "phone:: 123",
    "1. first",
    "\u2028# after a line separator",
    "```\ncode",
]


def meeting(title: str, *attendees: str) -> Mapping[str, Any]:
    """Return what goes into the note of a meeting of that title."""
    event = CalendarEvent(
        event_id=EventKey("event-1"),
        calendar_id="work",
        title=title,
        when=Interval(NOON, NOON + timedelta(hours=1)),
        attendees=attendees,
        names=tuple((each, each.partition("@")[0]) for each in attendees),
    )
    return {
        "zone": ZoneInfo("Europe/Berlin"), "meeting": event, "related": [], "tasks": [],
        "names": names_in(event), "key": "2026-04-20", "now": NOON,
    }  # fmt: skip


def outline(text: str) -> tuple[list[str], list[str]]:
    """Return the keys of the front matter and the headings of a note."""
    front, body = split(text, path="Note.md")
    return list(front), [line for line in body.splitlines() if line.startswith("#")]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_from_elsewhere_stays_a_title(title: str) -> None:
    """It adds no property, no heading, no link and no list of its own, nor does a name."""
    keys, headings = outline(render("meeting_note", meeting("Plain", "ida@example.org")))
    text = render("meeting_note", meeting(title, f"{title}@example.org"))
    said, headed = outline(text)

    assert not [*targets_of(split(text, path="Note.md")[1])]
    assert said == keys
    assert [each for each in headed if each in headings] == headings[1:]
    assert len(headed) == len(headings)


def test_who_has_a_name_is_linked_by_it() -> None:
    """One on a line; who has an address only is named by that."""
    text = render("meeting_note", meeting("Budget", "Ida Berg@example.org", "7@example.org"))

    assert [*targets_of(text)] == ["Ida Berg"]
    assert "\n- [[Ida Berg]]\n- 7@example.org\n\n## Decisions" in text


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ida Berg", True),
        ("Žofie O’Neil-Smith Jr", True),
        ("李雷", True),
        ("bo@example.org", False),
        ("Diary/Secret", False),
        ("..", False),
        (".hidden", False),
        ("Ida|alias", False),
        ("Ida#heading", False),
        ("Agent 007", False),
        ("Ida ", False),
        ("I\u202eda", False),
        ("- - -", False),
        ("A" * 61, False),
        ("", False),
    ],
)
def test_a_plain_name_may_name_a_note(name: str, *, plain: bool) -> None:
    """No path, no address, nothing that a link or a file name would take for something else."""
    assert is_a_name(name) is plain


@given(st.text(max_size=60))
def test_any_text_is_one_line_without_structure(text: str) -> None:
    """And what YAML is given comes back as it was."""
    line = as_line(text)

    assert len(line.splitlines()) <= 1
    assert line[:1] not in {"#", ">", "-", "+", "*", "`", "~", "|", "="}
    assert "::" not in line
    assert yaml.safe_load(as_yaml(text)) == text


def test_a_key_that_looks_like_a_date_stays_text() -> None:
    """Or it would never be equal to the key it was written for."""
    front, _ = split(render("meeting_note", meeting("Budget")), path="Note.md")
    assert front["idempotency_key"] == "2026-04-20"
    assert not isinstance(front["event_start"], date)


def test_a_missing_value_or_template_is_named() -> None:
    """Nothing is written with a hole in it."""
    with pytest.raises(TemplateBroken, match="meeting_note"):
        render("meeting_note", {"key": "k", "now": NOON})
    with pytest.raises(TemplateBroken, match="no such template"):
        render("nothing", {})
