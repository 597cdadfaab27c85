"""Memory follows its sources: nothing twice, nothing lost, nothing of a source touched."""

from pathlib import Path

import pytest

from donna_core.domain.ids import UserId
from donna_memory.documents import Label
from donna_memory.sources.vault import document_of
from donna_memory.vault.reader import VaultReader

ANNA = UserId("anna")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a vault with two notes."""
    (tmp_path / "Trips").mkdir()
    (tmp_path / "Boat.md").write_text("---\ntags: [Sea]\n---\nWith [[People/Bo]].")
    (tmp_path / "Trips" / "Plan.md").write_text("We meet in the harbour.")
    return tmp_path


def test_a_note_brings_its_tags_people_and_labels(root: Path) -> None:
    """What its owner keeps local is labelled so."""
    (root / "Boat.md").write_text("---\ntags: [Sea]\ndonna: local-only\n---\nWith [[People/Bo]].")
    document = document_of(VaultReader(root).read("Boat.md"), ANNA)

    assert (document.tags, document.people) == (frozenset({"Sea"}), frozenset({"Bo"}))
    assert document.labels == {Label.LOCAL_ONLY}
    assert (document.title, document.uri) == ("Boat", "vault:Boat.md")
