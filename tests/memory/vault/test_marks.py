"""The owner's own list of what stays on this machine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from donna_core.domain.ids import UserId
from donna_memory.documents import Label
from donna_memory.ports import Mark
from donna_memory.sources.vault import document_of
from donna_memory.vault.marks import Marked
from donna_memory.vault.paths import note_path
from donna_memory.vault.reader import VaultReader

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("Diary/2026/May.md", True),
        ("diary/2026.md", True),
        ("People/Zoe\u0308.md", True),
        ("Diary.md", False),
        ("Work/Diary/Plan.md", False),
    ],
)
def test_a_note_is_on_the_list_however_its_name_is_written(path: str, marked: bool) -> None:
    """Neither case nor the form of an accent takes it off."""
    listed = Marked(patterns=("Diary/*",), marks=(Mark(path="People/Zo\u00eb.md", since=NOON),))

    assert listed.has(note_path(path)) is marked


def test_what_is_on_the_list_is_remembered_as_local_only(tmp_path: Path) -> None:
    """Whatever the note itself says."""
    (tmp_path / "Diary").mkdir()
    (tmp_path / "Diary" / "May.md").write_text("---\ndonna: anyone\n---\nA quiet day.\n")

    diary = Marked(patterns=("Diary/*",))
    note = VaultReader(tmp_path, marked=lambda: diary).read("Diary/May.md")

    assert note.is_sensitive
    assert document_of(note, UserId("anna")).labels == {Label.LOCAL_ONLY}
