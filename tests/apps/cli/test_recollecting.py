"""Memory that is asked what it rests on, and the notes that Donna writes from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[..., Any]


@pytest.fixture
def vault(donna: Donna, home: Path) -> Path:
    """Give a vault with a note about Bo, and a memory that reads it."""
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault}\nembedding: {provider: none}\n"
    )
    folder = home / "vault"
    folder.mkdir()
    (folder / "Bo.md").write_text("---\nemployer: Acme\n---\nBo likes to sail the blue boat.\n")
    donna("memory", "backfill")
    return folder


def test_a_contradiction_supersedes_and_what_was_believed_is_kept(
    donna: Donna, vault: Path
) -> None:
    """The note says otherwise now; both are shown, and only one holds."""
    (vault / "Bo.md").write_text("---\nemployer: Beta\n---\nBo likes to sail the blue boat.\n")
    donna("memory", "backfill")

    told = donna("memory", "why", "where", "does", "Bo", "work", "--json").json["statements"]
    now = donna("memory", "why", "Bo", "--on", "in 1 minute", "--json").json["statements"]
    before = donna("memory", "why", "Bo", "--on", "2020-05-03", "--json").json

    assert [(each["value"], each["valid_to"] is None) for each in told] == [
        ("Acme", False), ("Beta", True),
    ]  # fmt: skip
    assert [each["value"] for each in now] == ["Beta"]
    assert (before["statements"], before["hits"]) == ([], [])
    assert "vault Bo.md" in donna("memory", "why", "Bo").out


def test_an_export_goes_back_in_without_a_change(donna: Donna, vault: Path, tmp_path: Path) -> None:
    """Every text whole, with its statements; a file that is there is not written over."""
    donna("add", "Call mechanic tomorrow 3pm")
    donna("memory", "backfill")
    file = tmp_path / "all.jsonl"

    assert donna("memory", "export", "--to", str(file), "--json").json == {
        "texts": 2,
        "path": str(file),
    }
    lines: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    again = donna("memory", "export", "--to", str(file))
    back = donna("memory", "ingest", "--file", str(file), "--json").json

    assert lines[0]["text"].strip() == "Bo likes to sail the blue boat."
    assert [each["value"] for each in lines[0]["statements"]] == ["Acme"]
    assert (again.code, "is there already" in again.err) == (1, True)
    assert (back["changed"], back["unchanged"]) == (0, 2)
    assert vault.exists()


def test_the_report_says_what_share_is_junk(donna: Donna, vault: Path) -> None:
    """A copy of the note and one with nothing in it are two of three."""
    (vault / "Copy.md").write_text((vault / "Bo.md").read_text())
    (vault / "Empty.md").write_text("ok\n")
    donna("memory", "backfill")

    told = donna("memory", "report", "--json").json

    assert (told["texts"], told["junk"], told["share"]) == (3, 2, 0.6667)
    assert (told["reviewed_at"], told["reviewed_share"]) == (None, None)
    assert {each["reason"] for each in told["reasons"]} == {"repeated", "empty"}
    assert "2 of 3 texts are junk (67%)" in donna("memory", "report").out


def test_what_was_said_is_found_though_its_task_says_less(donna: Donna) -> None:
    """Nothing while the task says it all; what is taken back is gone."""
    donna("add", "Call the plumber who fixed the dishwasher of Ida in spring")
    words = ("memory", "backfill", "--source", "chat")
    twin = donna(*words, "--json").json["sources"]
    donna("edit", "1", "--title", "Plumber")

    told = donna(*words).out
    [hit] = donna("memory", "search", "dishwasher", "--source", "chat", "--json").json["hits"]
    donna("undo")
    donna("undo")
    again = donna("memory", "backfill", "--json").json["sources"]

    assert [(each["source"], each["looked_at"]) for each in twin] == [("chat", 0)]
    assert "chat: 1 looked at" in told
    assert (hit["speaker"], hit["text"][:16]) == ("You", "Call the plumber")
    assert [each["source"] for each in again] == ["vault", "task", "correction", "chat"]
    assert donna("memory", "search", "dishwasher", "--json").json["hits"] == []


def test_a_note_is_shown_written_once_and_taken_back(donna: Donna, vault: Path, home: Path) -> None:
    """Who may write nowhere is told what to name."""
    refused = donna("vault", "write", "daily_reflection")
    assert (refused.code, "memory.vault.write_folders" in refused.err) == (1, True)
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault, write_folders: [Inbox]}\nembedding: {provider: none}\n"
    )

    words = ("vault", "write", "daily_reflection", "--date", "2026-11-20", "--json")
    shown = donna(*words, "--preview").json
    outcomes = [donna(*words).json["outcome"] for _ in range(2)]
    back = donna("vault", "undo", "--json").json

    assert (shown["outcome"], shown["path"]) == ("previewed", "Inbox/Reflections 2026-11-20.md")
    assert "type: daily_reflection" in shown["text"]
    assert outcomes == ["written", "skipped"]
    assert (len(back["commits"]), back["left"]) == (1, [])
    assert not (vault / "Inbox" / "Reflections 2026-11-20.md").exists()


def test_what_donna_wrote_is_no_source_until_it_is_changed(
    donna: Donna, vault: Path, home: Path
) -> None:
    """It retells what is remembered, and would be found beside it or in its place."""
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault, write_folders: [Commitments], autonomy: high}\n"
        "embedding: {provider: none}\n"
    )
    donna("add", "Varnish the harbour bench")
    donna("vault", "write", "commitment_log")
    [note] = (vault / "Commitments").glob("*.md")
    donna("memory", "backfill")
    assert {each["source"] for each in found(donna, "harbour bench")} == {"task"}
    assert donna("memory", "report", "--json").json["texts"] == 2

    note.write_text(note.read_text() + "\nI chose the harbour green for it.\n")
    donna("memory", "backfill")
    assert {each["source"] for each in found(donna, "harbour bench")} == {"task", "vault"}


def found(donna: Donna, words: str) -> list[dict[str, Any]]:
    """Return what memory finds."""
    hits: list[dict[str, Any]] = donna("memory", "search", words, "--json").json["hits"]
    return hits


def test_of_somebody_who_is_not_known_nothing_is_written(
    donna: Donna, vault: Path, home: Path
) -> None:
    """A task that names her is enough."""
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault, write_folders: [Inbox]}\nembedding: {provider: none}\n"
    )
    words = ("vault", "write", "person_profile", "--person")

    refused = donna(*words, "Ida Berg")
    shown = donna(*words, "Ida Berg", "--preview")
    assert (refused.code, shown.code) == (3, 3)
    assert "Nothing is known of 'Ida Berg'" in refused.err
    assert "donna memory backfill" in refused.err
    assert not list(vault.rglob("*Ida*"))

    donna("add", "Call Ida Berg tomorrow 3pm")
    assert donna(*words, "Ida Berg").code == 0
    assert [each.name for each in vault.rglob("*Ida*")] == ["People Ida Berg.md"]


def test_a_meeting_that_is_not_known_is_named(donna: Donna, vault: Path, home: Path) -> None:
    """With the day that was looked at."""
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault, write_folders: [Inbox]}\nembedding: {provider: none}\n"
    )
    said = donna("vault", "write", "meeting_note", "--meeting", "Budget", "--date", "2026-11-20")

    assert said.code == 3
    assert "No meeting like 'Budget' is known on 2026-11-20" in said.err
    assert vault.exists()


def test_a_person_is_told_of_by_what_was_said(donna: Donna, vault: Path, home: Path) -> None:
    """From statements, talks and tasks; once, until something new is said; never over a note."""
    (home / "config" / "memory.yaml").write_text(
        "vault: {root: vault, write_folders: [Inbox]}\nembedding: {provider: none}\n"
    )
    said = '{"id": "t:1", "text": "Bo sails on Sunday.", "time": "2026-11-01", "session": "t"}'
    donna("memory", "ingest", text=said)
    donna("add", "Call Bo tomorrow 3pm")
    words = ("vault", "write", "person_profile", "--person", "Bo", "--json")

    first, second = donna(*words).json, donna(*words).json
    donna("memory", "ingest", text=said.replace("t:1", "t:2").replace("11-01", "11-09"))
    third = donna(*words).json
    (vault / "Inbox" / "People Bo.md").write_text("My own words.\n")
    fourth = donna(*words).json

    outcomes = [each["outcome"] for each in (first, second, third, fourth)]
    assert outcomes == ["written", "skipped", "written", "kept"]
    assert "- employer: Acme, since" in first["text"]
    assert "- 2026-11-01: Bo sails on Sunday." in first["text"]
    assert "- Call Bo" in first["text"]
    assert "[[Bo.md]]" in first["text"]
    assert donna("vault", "write", "person_profile").code == 1
