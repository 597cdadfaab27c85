"""donna vault mark: a note that is its owner's alone, whoever edits it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from donna_cli.schema_memory import MarkedObject, MarksObject, UnmarkedObject

Donna = Callable[..., Any]
CONFIG = "vault: {{root: vault, {more}}}\nembedding: {{provider: none}}\n"


@pytest.fixture
def vault(donna: Donna, home: Path) -> Path:
    """Give a vault of three notes about the harbour, and a memory that has read them."""
    configure(home)
    folder = home / "vault"
    (folder / "Diary").mkdir(parents=True)
    (folder / "Diary" / "May.md").write_text("A quiet day at the harbour.\n")
    (folder / "Zo\u00eb.md").write_text("---\ndonna: local-only\n---\nMet her at the harbour.\n")
    (folder / "Plan.md").write_text("We meet in the harbour.\n")
    donna("memory", "backfill")
    return folder


def configure(home: Path, **more: str) -> None:
    """Write memory.yaml with more keys of its vault."""
    told = ", ".join(f"{key}: {value}" for key, value in more.items())
    (home / "config" / "memory.yaml").write_text(CONFIG.format(more=told))


def labels(donna: Donna) -> dict[str, list[str]]:
    """Return the labels of what is found about the harbour."""
    hits = donna("memory", "search", "harbour", "--json").json["hits"]
    return {hit["id"]: hit["labels"] for hit in hits}


def marked(donna: Donna) -> list[tuple[str, str, bool]]:
    """Return what is listed: path, by what, and whether it is there."""
    said = donna("vault", "marks", "--json")
    model = MarksObject.model_validate_json(said.out)
    assert model.model_dump(mode="json") == said.json
    return [(each.path, each.by, each.is_there) for each in model.marks]


def test_a_marked_note_is_found_as_local_only_until_it_is_unmarked(
    donna: Donna, vault: Path
) -> None:
    """At once, and whatever the front matter says; marking it twice says so."""
    first = donna("vault", "mark", "diary/may.md", "Zo\u00eb.md", "--json")
    assert MarkedObject.model_validate_json(first.out).marked == ["Diary/May.md", "Zo\u00eb.md"]
    again = donna("vault", "mark", str(vault / "Diary" / "May.md"), "Plan.md", "--json").json
    assert (again["marked"], again["already"]) == (["Plan.md"], ["Diary/May.md"])
    assert "Marked already: Plan.md" in donna("vault", "mark", "Plan.md").out
    (vault / "Zo\u00eb.md").write_text("Met her at the harbour.\n")
    donna("memory", "backfill")
    assert [*labels(donna).values()] == [["local-only"]] * 3

    taken = donna("vault", "unmark", "DIARY/May.md", "Zo\u00eb.md", "--json")
    assert UnmarkedObject.model_validate_json(taken.out).still_local == []
    assert labels(donna) == {"Diary/May.md": [], "Zo\u00eb.md": [], "Plan.md": ["local-only"]}
    assert marked(donna) == [("Plan.md", "table", True)]


def test_a_rehearsal_marks_nothing(donna: Donna, vault: Path) -> None:
    """Nor does it unmark."""
    shown = donna("vault", "mark", "Plan.md", "--dry-run", "--json").json
    assert (shown["marked"], shown["dry_run"]) == (["Plan.md"], True)
    assert "Would mark: Plan.md" in donna("vault", "mark", "Plan.md", "--dry-run").out
    assert donna("vault", "marks").out.startswith("No note is marked.")
    donna("vault", "mark", "Plan.md")

    assert "Would unmark: Plan.md" in donna("vault", "unmark", "Plan.md", "--dry-run").out
    assert marked(donna) == [("Plan.md", "table", True)]
    assert labels(donna)["Plan.md"] == ["local-only"]
    assert vault.is_dir()


@pytest.mark.parametrize(
    ("name", "code", "error", "said"),
    [
        ("Diary/Mai.md", 3, "NoSuchNote", "Did you mean Diary/May.md?"),
        ("May.md", 3, "NoSuchNote", "Did you mean Diary/May.md?"),
        ("../config/memory.md", 1, "NotInTheVault", "for example: donna vault mark"),
        ("/etc/passwd.md", 1, "NotInTheVault", "leaves the vault"),
        ("Diary", 1, "NotInTheVault", "only .md files are notes"),
    ],
)
def test_what_is_no_note_is_named_and_nothing_is_marked(
    donna: Donna, vault: Path, name: str, code: int, error: str, said: str
) -> None:
    """With the next step; those beside it are not marked either."""
    refused = donna("vault", "mark", "Plan.md", name, "--json")

    told = json.loads(refused.err)
    assert (refused.code, told["error"]) == (code, error)
    assert said in told["message"]
    assert marked(donna) == []
    assert vault.is_dir()


def test_what_has_no_mark_cannot_be_unmarked(donna: Donna, vault: Path) -> None:
    """All or none; and without a vault there is nothing to mark."""
    donna("vault", "mark", "Plan.md")

    refused = donna("vault", "unmark", "Plan.md", "Zo\u00eb.md")
    assert (refused.code, "donna vault marks" in refused.err) == (3, True)
    assert marked(donna) == [("Plan.md", "table", True)]
    assert vault.is_dir()


@pytest.mark.parametrize("words", [("mark", "a.md"), ("unmark", "a.md"), ("marks",)])
def test_who_has_no_vault_is_told_what_to_name(donna: Donna, words: tuple[str, ...]) -> None:
    """As by the other commands of the vault."""
    refused = donna("vault", *words)

    assert (refused.code, "memory.vault.root" in refused.err) == (1, True)


def test_a_mark_follows_its_note_and_outlives_it(donna: Donna, vault: Path, home: Path) -> None:
    """It is listed beside the patterns of memory.yaml, which count when it is taken off."""
    donna("vault", "mark", "Plan.md", "Diary/May.md")
    (vault / "Plan.md").rename(vault / "Meeting.md")
    donna("memory", "backfill")
    assert labels(donna)["Meeting.md"] == ["local-only"]
    (vault / "Meeting.md").unlink()
    configure(home, local_only_globs="[Diary/*, Work/*]")
    donna("memory", "backfill")

    assert marked(donna) == [
        ("Diary/May.md", "table", True),
        ("Meeting.md", "table", False),
        ("Diary/*", "memory.yaml", True),
        ("Work/*", "memory.yaml", False),
    ]
    shown = donna("vault", "marks", "--plain").out
    assert "Meeting.md, by table, since 20" in shown
    assert "no such note" in shown
    taken = donna("vault", "unmark", "Meeting.md", "Diary/May.md")
    assert "Diary/May.md stays local-only: memory.yaml or the note itself says so." in taken.out
    assert "Meeting.md stays" not in taken.out


def test_donna_writes_to_no_marked_note_and_takes_nothing_back_there(
    donna: Donna, vault: Path, home: Path
) -> None:
    """Also not to one that she wrote herself."""
    configure(home, write_folders="[Inbox]")
    words = ("vault", "write", "daily_reflection", "--date", "2026-11-20")
    donna(*words)
    [note] = (vault / "Inbox").iterdir()
    before = note.read_text()
    donna("vault", "mark", f"Inbox/{note.name}")

    undone = donna("vault", "undo")
    assert f"it changed since or is marked: Inbox/{note.name}" in undone.out
    assert note.read_text() == before
    note.unlink()
    refused = donna(*words)
    assert (refused.code, "its owner's alone" in refused.err) == (1, True)
    assert not note.exists()


def test_a_memory_that_knows_no_note_is_not_filled_by_a_mark(donna: Donna, home: Path) -> None:
    """The first look at a whole vault takes as long as it takes; nobody asked for it here."""
    configure(home)
    (home / "vault").mkdir()
    (home / "vault" / "Plan.md").write_text("We meet in the harbour.\n")

    donna("vault", "mark", "Plan.md")
    assert labels(donna) == {}
    donna("memory", "backfill")
    assert labels(donna) == {"Plan.md": ["local-only"]}


def test_without_a_vault_it_says_what_names_one(donna: Donna) -> None:
    """Whichever of the three is asked for."""
    for words in (["mark", "May.md"], ["unmark", "May.md"], ["marks"]):
        said = donna("vault", *words)
        assert said.code == 1
        assert "donna config set memory.vault.root" in said.err


def test_a_wrong_option_names_the_help_of_its_command(donna: Donna) -> None:
    """With the group it is in."""
    assert "Try 'donna vault marks --help'." in donna("vault", "marks", "--nope").err
