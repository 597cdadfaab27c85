"""Every change of the vault is checked, atomic, one commit, and can be taken back."""

import unicodedata
from pathlib import Path

import pytest

from donna_memory.vault.history import GitHistory
from donna_memory.vault.refusals import Reason, VaultRefused
from donna_memory.vault.writer import VaultWriter


def refused(
    writer: VaultWriter, path: str, content: str = "x", expected_mtime_ns: int | None = None
) -> Reason:
    """Return why a write is refused."""
    with pytest.raises(VaultRefused) as error:
        writer.write(path, content, expected_mtime_ns=expected_mtime_ns)
    return error.value.reason


def test_a_write_is_one_commit(writer: VaultWriter, root: Path, history: GitHistory) -> None:
    """The bytes on the disk are those of the commit."""
    done = writer.write("Inbox/deep/Boat.md", "Changed the impeller.\n")

    assert (root / "Inbox/deep/Boat.md").read_text() == "Changed the impeller.\n"
    [commit] = history.commits(10)
    assert (commit.sha, commit.message, commit.by_donna) == (
        done.sha,
        "Donna: write Inbox/deep/Boat.md",
        True,
    )
    assert history.content(done.path) == b"Changed the impeller.\n"
    assert (root / "Inbox/deep/Boat.md").stat().st_mtime_ns == done.mtime_ns


def test_checks_come_in_their_order(writer: VaultWriter, root: Path) -> None:
    """Size, path, ending, folder, mark, conflict, front matter; nothing is written."""
    (root / "Inbox").mkdir()
    (root / "Inbox/Old.md").write_text("---\ndonna_sensitive: true\n---\nSecret.")
    (root / "Inbox/Local.md").write_text("---\ndonna: local-only\n---\nSecret.")
    (root / "Inbox/Bad.md").write_text("---\n- a list\n---\n")

    assert refused(writer, "../x.md", "x" * 1001) is Reason.TOO_LARGE
    assert refused(writer, "../x.md") is Reason.PATH_ESCAPE
    assert refused(writer, "Inbox/x.txt") is Reason.NOT_MARKDOWN
    assert refused(writer, "Private/x.md") is Reason.OUTSIDE_ALLOWLIST
    assert refused(writer, "x.md") is Reason.OUTSIDE_ALLOWLIST
    assert refused(writer, "Inbox/Mine.md") is Reason.SENSITIVE
    assert refused(writer, "Inbox/Old.md") is Reason.SENSITIVE
    assert refused(writer, "Inbox/Local.md") is Reason.SENSITIVE
    assert refused(writer, "Inbox/Bad.md") is Reason.UNREADABLE
    assert refused(writer, "Inbox/New.md", expected_mtime_ns=5) is Reason.CONFLICT
    assert sorted(path.name for path in (root / "Inbox").iterdir()) == [
        *["Bad.md", "Local.md", "Old.md"]
    ]


def test_a_note_changed_meanwhile_is_not_overwritten(writer: VaultWriter, root: Path) -> None:
    """Whoever read an older one has to read again."""
    done = writer.write("Inbox/A.md", "One.")
    assert refused(writer, "Inbox/A.md", expected_mtime_ns=0) is Reason.CONFLICT
    assert refused(writer, "Inbox/A.md", expected_mtime_ns=done.mtime_ns - 1) is Reason.CONFLICT

    writer.write("Inbox/A.md", "Two.", expected_mtime_ns=done.mtime_ns)
    assert (root / "Inbox/A.md").read_text() == "Two."


def test_front_matter_is_merged(writer: VaultWriter, root: Path) -> None:
    """What comes in wins; keys it does not name are kept."""
    writer.write("Inbox/A.md", "---\ntags: [boat]\nmood: calm\n---\nOne.\n")
    writer.write("Inbox/A.md", "---\nmood: busy\n---\nTwo.\n")

    assert (root / "Inbox/A.md").read_text() == "---\ntags:\n- boat\nmood: busy\n---\nTwo.\n"


def test_a_name_that_differs_by_case_only_is_refused(writer: VaultWriter) -> None:
    """Somebody else's file system could not hold both."""
    writer.write("Inbox/Boat.md", "One.")

    assert refused(writer, "Inbox/boat.md") is Reason.COLLISION


def test_what_the_owner_typed_can_always_be_had_back(
    writer: VaultWriter, root: Path, history: GitHistory
) -> None:
    """Her version is kept in the history before Donna writes over it."""
    writer.write("Inbox/A.md", "Donna's.")
    (root / "Inbox/A.md").write_text("The owner's own words.")

    done = writer.write("Inbox/A.md", "Donna's again.")

    assert history.content(done.path, at=f"{done.sha}^") == b"The owner's own words."
    assert [commit.by_donna for commit in history.commits(5)] == [True, False, True]
    writer.undo_last()
    assert (root / "Inbox/A.md").read_text() == "The owner's own words."


def test_moving_and_deleting_are_taken_back(
    writer: VaultWriter, root: Path, history: GitHistory
) -> None:
    """Newest first, each with a commit of its own; what is gone comes back byte by byte."""
    writer.write("Inbox/A.md", "One.")
    writer.move("Inbox/A.md", "People/B.md")
    writer.delete("People/B.md")
    assert not [*root.rglob("*.md")]

    assert len(writer.undo_last(2).commits) == 2
    assert (root / "Inbox/A.md").read_text() == "One."
    assert not (root / "People/B.md").exists()
    writer.undo_last(5)
    assert not [*root.rglob("*.md")]
    assert len(history.commits(20)) == 6


def test_undo_leaves_what_was_changed_since(writer: VaultWriter, root: Path) -> None:
    """It is named instead."""
    done = writer.write("Inbox/A.md", "One.")
    (root / "Inbox/A.md").write_text("Mine now.")

    undone = writer.undo_last()

    assert (undone.commits, undone.left) == ((), (done.path,))
    assert (root / "Inbox/A.md").read_text() == "Mine now."


def test_a_target_that_is_there_is_not_moved_over(writer: VaultWriter) -> None:
    """And a source that is not there is missing."""
    writer.write("Inbox/A.md", "One.")
    writer.write("Inbox/B.md", "Two.")
    for source, target, reason in [
        ("Inbox/A.md", "Inbox/B.md", Reason.CONFLICT),
        ("Inbox/C.md", "Inbox/D.md", Reason.MISSING),
    ]:
        with pytest.raises(VaultRefused) as error:
            writer.move(source, target)
        assert error.value.reason is reason
    with pytest.raises(VaultRefused, match="no such note"):
        writer.delete("Inbox/C.md")


def test_accents_beside_their_letters_make_no_other_note(writer: VaultWriter, root: Path) -> None:
    """As some systems write them; the file keeps its name."""
    folder = root / "Inbox" / unicodedata.normalize("NFD", "Übung")
    folder.mkdir(parents=True)
    file = folder / unicodedata.normalize("NFD", "Café.md")
    file.write_text("It closes at six.\n")

    assert writer.reader.list() == writer.reader.list("Inbox/Übung") == ("Inbox/Übung/Café.md",)
    note = writer.reader.read("Inbox/Übung/Café.md")
    writer.write(note.path, "It closes at seven.\n", expected_mtime_ns=note.stat.mtime_ns)

    assert [each.name for each in folder.iterdir()] == [file.name]
    assert "seven" in file.read_text()
    writer.undo_last()
    assert file.read_text() == "It closes at six.\n"
