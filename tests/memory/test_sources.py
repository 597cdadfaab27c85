"""Memory follows its sources: nothing twice, nothing lost, nothing of a source touched."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from donna_core.domain.ids import UserId
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.edit import Correction, edit
from donna_memory.documents import Document, Label
from donna_memory.ports import Written
from donna_memory.sources.corrections import CorrectionSource
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


class Kept:
    """Keeps the documents it is given, every time."""

    def __init__(self) -> None:
        self.documents: list[Document] = []

    async def upsert_many(self, documents: Iterable[Document]) -> Written:
        """Keep them all as changed."""
        before = len(self.documents)
        self.documents += documents
        return Written(changed=len(self.documents) - before, unchanged=0, embedded=0)


async def test_what_was_put_right_is_remembered_once() -> None:
    """Each corrected field with both values; what only Donna moved is none."""
    world = SimulatedWorld()
    kept = Kept()
    store: Any = kept  # the one method that a source needs
    source = CorrectionSource(
        unit_of_work=world.runtime.unit_of_work, store=store, user_id=world.runtime.user_id
    )
    await world.say("Pay the rent 1h")
    await edit(world.runtime, "1", Correction(title="Pay the rent in cash", priority=4))

    assert await source.follow() == 2
    assert await source.follow() == 0
    assert await source.backfill() == 2
    first, second, *again = kept.documents
    assert again == [first, second]
    assert first.content == (
        "The title of 'Pay the rent in cash' was corrected from Pay the rent to "
        "Pay the rent in cash."
    )
    assert second.content == "The priority of 'Pay the rent in cash' was corrected from 2 to 4."
    assert first.uri == "task:1"
