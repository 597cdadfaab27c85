"""Memory follows its sources: nothing twice, nothing lost, nothing of a source touched."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from donna_core.domain.ids import UserId
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.undo import redo, undo
from donna_memory.documents import Document, Label, SourceType
from donna_memory.ports import Kept, Written
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


class Shelf:
    """Keeps the documents it is given, and says which of them are hidden."""

    def __init__(self) -> None:
        self.given: list[Document] = []
        self.hidden: set[str] = set()

    async def upsert_many(self, documents: Iterable[Document]) -> Written:
        """Keep them all as changed, and show them again."""
        several = list(documents)
        self.given += several
        self.hidden -= {each.source_id for each in several}
        return Written(changed=len(several), unchanged=0, embedded=0)

    async def delete(self, _user: UserId, _source: SourceType, source_id: str) -> bool:
        """Hide one."""
        self.hidden.add(source_id)
        return True

    async def kept(self, _user: UserId, _source: SourceType) -> Mapping[str, Kept]:
        """Return what is known of each."""
        return {
            each.source_id: Kept(
                content_hash=each.content_hash,
                body_hash=each.body_hash,
                metadata=each.metadata,
                is_deleted=each.source_id in self.hidden,
            )
            for each in self.given
        }

    @property
    def shown(self) -> list[str]:
        """Everything that is not hidden, by id."""
        texts = {each.source_id: each.content for each in self.given}
        return [text for key, text in sorted(texts.items()) if key not in self.hidden]


def corrections_of(world: SimulatedWorld, shelf: object) -> CorrectionSource:
    """Return the source of a world's corrections."""
    return CorrectionSource(
        unit_of_work=world.runtime.unit_of_work,
        store=shelf,  # type: ignore[arg-type]  # the methods that a source needs
        catalog=shelf,  # type: ignore[arg-type]  # the same
        user_id=world.runtime.user_id,
    )


async def test_what_was_put_right_is_remembered_once() -> None:
    """Each corrected field with both values; what only Donna moved is none."""
    world, kept = SimulatedWorld(), Shelf()
    source = corrections_of(world, kept)
    await world.say("Pay the rent 1h")
    await edit(world.runtime, "1", Correction(title="Pay the rent in cash", priority=4))

    assert await source.follow() == 2
    assert await source.follow() == 0
    assert await source.backfill() == 2
    first, second, *again = kept.given
    assert again == [first, second]
    assert first.content == (
        "The title of 'Pay the rent in cash' was corrected from Pay the rent to "
        "Pay the rent in cash."
    )
    assert second.content == "The priority of 'Pay the rent in cash' was corrected from 2 to 4."
    assert first.uri == "task:1"


async def test_what_was_taken_back_is_remembered_no_more_until_it_comes_back() -> None:
    """Whether it was read before or not, with its task or alone."""
    world, kept = SimulatedWorld(), Shelf()
    source = corrections_of(world, kept)
    await world.say("Pay the rent 1h")
    await edit(world.runtime, "1", Correction(title="Pay the rent in cash"))
    await undo(world.runtime)
    await source.follow()
    assert kept.shown == []
    await redo(world.runtime)
    await source.backfill()
    rent = "The title of 'Pay the rent in cash' was corrected from Pay the rent to {}."
    assert kept.shown == [rent.format("Pay the rent in cash")]

    await undo(world.runtime)
    await source.follow()
    assert kept.shown == []
    await redo(world.runtime)
    await source.follow()
    assert kept.shown == [rent.format("Pay the rent in cash")]

    await undo(world.runtime)
    await undo(world.runtime)
    await source.follow()
    assert kept.shown == []
