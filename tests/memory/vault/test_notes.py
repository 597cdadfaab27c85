"""A note is front matter and a body, and both survive."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_memory.vault.notes import as_text, joined, split
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import VaultRefused, VaultUnavailable

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
VALUES = st.one_of(st.booleans(), st.integers(), KEYS, st.lists(KEYS, max_size=3), st.dates())


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.text(st.characters(codec="utf-8")))
def test_what_is_joined_splits_into_the_same(front: dict[str, object], body: str) -> None:
    """Whatever the keys, the values and the body hold: colons, dashes, dates."""
    if not front and body.startswith("---"):
        return  # such a body is front matter to whoever reads it
    assert split(joined(front, body), path="A.md") == (front, body)


def test_a_note_tells_its_title_its_links_and_whether_it_is_private(root: Path) -> None:
    """Links lose their headings and aliases."""
    (root / "Boat.md").write_text(
        "---\ntitle: 'The boat: a log'\ndonna: local-only\n---\n"
        "With [[Bo|Bo K.]], [[People/Ann#Phone]], [[Bo]] and [[]]."
    )
    note = VaultReader(root).read("Boat.md")

    assert (note.title, note.links, note.is_sensitive) == (
        "The boat: a log",
        ("Bo", "People/Ann"),
        True,
    )


def test_a_date_is_text_where_text_is_wanted() -> None:
    """YAML reads it as a date when nobody quotes it."""
    front, _ = split("---\nkey: 2026-04-20\n---\n", path="A.md")
    assert as_text(front["key"]) == "2026-04-20"


@pytest.mark.parametrize(
    ("front", "time"),
    [
        ("date: 2026-04-20", "2026-04-19T22:00:00+00:00"),
        ("created: 2026-04-20", "2026-04-19T22:00:00+00:00"),
        ("created: 2020-01-01\ndate: 2026-04-20", "2026-04-19T22:00:00+00:00"),
        ("date: '2026-04-20'", "2026-04-19T22:00:00+00:00"),
        ("date: 2026-04-20 14:30", "2026-04-20T12:30:00+00:00"),
        ("date: 2026-04-20T14:30:00Z", "2026-04-20T14:30:00+00:00"),
        ("date: '2026-04-20T14:30:00-05:00'", "2026-04-20T19:30:00+00:00"),
        ("date: some day\ncreated: 2026-04-20", "2026-04-19T22:00:00+00:00"),
        ("date: some day", None),
        ("date: 2026", None),
        ("date: 0001-01-01", None),
        ("date: [2026-04-20]", None),
        ("title: 2026-04-20", None),
    ],
)
def test_a_note_is_of_the_day_that_it_states(root: Path, front: str, time: str | None) -> None:
    """In the zone of its owner; of the time of its file where it states none."""
    (root / "A.md").write_text(f"---\n{front}\n---\n")
    note = VaultReader(root).read("A.md")
    told = note.time(ZoneInfo("Europe/Berlin"))
    assert told == (note.stat.changed_at if time is None else datetime.fromisoformat(time))
    assert told.utcoffset() == timedelta(0)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"---\n: : :\n\t- x\n---\n", b"---\n[1]\n---\n"])
def test_what_is_no_note_is_named(root: Path, content: bytes) -> None:
    """Not text, no YAML, no mapping."""
    (root / "A.md").write_bytes(content)
    with pytest.raises(VaultRefused, match="no text in UTF-8"):
        VaultReader(root).read("A.md")


def test_a_vault_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(VaultUnavailable, match=r"vault\.root"):
        VaultReader(tmp_path / "nowhere").list()
