"""Memory follows the vault and the tasks in a real database."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, frozen

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.marks import SqlMarks
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import UserId
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import task
from donna_core.testing.fake_clock import FakeClock
from donna_memory.documents import Label, SourceType
from donna_memory.ports import Filters, Vectors
from donna_memory.retrieval import RetrievalRules
from donna_memory.sources.progress import Progress
from donna_memory.sources.tasks import TaskSource
from donna_memory.sources.vault import Synced, VaultSource
from donna_memory.testing.contracts.memory_store import NOON
from donna_memory.testing.hashing_embedder import HashingEmbedder
from donna_memory.vault.marks import Marked
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import VaultUnavailable

ANNA, GREENWICH = UserId("anna"), ZoneInfo("UTC")


@frozen(kw_only=True)
class Home:
    """A memory, the vault it follows, and what was embedded for it."""

    root: Path
    store: SqlMemoryStore
    embedder: HashingEmbedder
    database: SqliteDatabase

    async def sync(self, *, local_only: tuple[str, ...] = (), zone: ZoneInfo = GREENWICH) -> Synced:
        source = VaultSource(
            reader=self.reader(local_only),
            store=self.store,
            catalog=self.store,
            marks=self.marks,
            user_id=ANNA,
            ignore=("Templates/*",),
            zone=zone,
        )
        return await source.sync()

    @property
    def marks(self) -> SqlMarks:
        """Anna's table of marks."""
        return SqlMarks(self.database, ANNA, clock=FakeClock(NOON))

    def reader(self, local_only: tuple[str, ...] = ()) -> VaultReader:
        """Return who reads the notes, as of now."""
        return VaultReader(
            self.root, marked=lambda: Marked(patterns=local_only, marks=self.marks.all())
        )

    async def found(self, query: str, **filters: Any) -> list[str]:
        hits = await self.store.search(query, user_id=ANNA, filters=Filters(**filters))
        return [hit.source_id for hit in hits]

    async def has_marked(self, path: str) -> None:
        """Fail unless this note about the harbour is the marked one, and is labelled."""
        assert [mark.path for mark in self.marks.all()] == [path]
        assert await self.found("harbour") == [path]
        assert await self.found("harbour", without=frozenset({Label.LOCAL_ONLY})) == []


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """Give a vault with two notes, and a memory that knows neither."""
    root = tmp_path / "vault"
    (root / "Templates").mkdir(parents=True)
    (root / "Boat.md").write_text("---\ntitle: The boat\n---\nThe impeller was changed in May.")
    (root / "Plan.md").write_text("We meet in the harbour.")
    (root / "Templates" / "Day.md").write_text("The harbour of templates.")
    embedder = HashingEmbedder()
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        store = SqlMemoryStore(
            database, clock=FakeClock(NOON), embedder=embedder, rules=RetrievalRules()
        )
        yield Home(root=root, store=store, embedder=embedder, database=database)


async def test_a_note_that_is_put_on_the_list_is_labelled_at_the_next_look(home: Home) -> None:
    """And no longer once it is taken off; nothing is embedded for either."""
    await home.sync()
    home.embedder.embedded.clear()

    for local_only, labels in [(("plan*",), {Label.LOCAL_ONLY}), ((), set())]:
        await home.sync(local_only=local_only)
        assert home.embedder.embedded == []
        [hit] = await home.store.search("harbour", user_id=ANNA)
        assert hit.labels == labels
        home.embedder.embedded.clear()


async def test_a_mark_goes_with_its_note(home: Home) -> None:
    """Before the note is kept under its new name, and whatever the note says of itself."""
    (home.root / "Plan.md").write_text("---\ndonna: local-only\n---\nWe meet in the harbour.")
    await home.sync()
    await home.marks.mark(["plan.md"])
    await home.sync()
    (home.root / "Plan.md").write_text("---\ndonna: anyone\n---\nWe meet in the harbour.")
    (home.root / "Old").mkdir()
    (home.root / "Plan.md").rename(home.root / "Old" / "Meeting.md")

    assert home.reader().read("Old/Meeting.md").is_sensitive
    assert (await home.sync()).renamed == 1
    await home.has_marked("Old/Meeting.md")

    (home.root / "Old" / "Meeting.md").rename(home.root / "Old" / "MEETING.md")
    await home.sync()
    await home.has_marked("Old/MEETING.md")


async def test_a_mark_goes_along_over_another_note_and_with_every_one_that_may_be_it(
    home: Home,
) -> None:
    """The place that it left may be taken; of two that came, neither is shown."""
    await home.marks.mark(["Plan.md"])
    await home.sync()
    words = (home.root / "Plan.md").read_text()
    (home.root / "Plan.md").rename(home.root / "One.md")
    (home.root / "Two.md").write_text(words)
    (home.root / "Boat.md").rename(home.root / "Plan.md")

    await home.sync()

    assert [mark.path for mark in home.marks.all()] == ["One.md", "Plan.md", "Two.md"]
    assert await home.found("harbour", without=frozenset({Label.LOCAL_ONLY})) == []


async def test_a_note_that_went_and_came_back_elsewhere_is_marked_still(home: Home) -> None:
    """Its mark stays where nothing is known of it; a copy of one that is there has none."""
    await home.marks.mark(["Plan.md"])
    await home.sync()
    words = (home.root / "Plan.md").read_text()
    (home.root / "Copy.md").write_text(words)
    await home.sync()
    assert await home.found("harbour", without=frozenset({Label.LOCAL_ONLY})) == ["Copy.md"]
    (home.root / "Copy.md").unlink()
    (home.root / "Plan.md").unlink()
    await home.sync()
    assert [mark.path for mark in home.marks.all()] == ["Plan.md"]

    (home.root / "Back.md").write_text(words)
    assert home.reader().read("Back.md").is_sensitive
    await home.sync()
    await home.has_marked("Back.md")


class MarkingEmbedder(HashingEmbedder):
    """Has somebody mark a note while its text is embedded."""

    def __init__(self, mark: Callable[[], None]) -> None:
        super().__init__()
        self.mark = mark

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors, after the note was marked."""
        self.mark()
        return super().embed(texts)


async def test_a_mark_that_comes_while_a_note_is_read_counts(home: Home) -> None:
    """The label that was known when the reading began is not the last word."""
    embedder = MarkingEmbedder(lambda: asyncio.run(home.marks.mark(["Plan.md"])))
    store = SqlMemoryStore(
        home.database, clock=FakeClock(NOON), embedder=embedder, rules=RetrievalRules()
    )

    await evolve(home, store=store).sync()

    await home.has_marked("Plan.md")


async def test_only_what_changed_is_read_again(home: Home) -> None:
    """The second look embeds nothing."""
    assert (await home.sync()).changed == 2
    assert await home.found("harbour") == ["Plan.md"]
    home.embedder.embedded.clear()

    assert await home.sync() == Synced(unchanged=2)
    assert home.embedder.embedded == []


async def test_a_note_is_of_the_day_at_its_head_and_its_changes_are_of_their_own(
    home: Home,
) -> None:
    """What it says first holds since then; what it says otherwise later, since that change."""
    bo = home.root / "Bo.md"
    bo.write_text("---\ncreated: 2020-01-01\nemployer: Acme\n---\nBo sails.")
    await home.sync()
    [hit] = await home.store.search("sails", user_id=ANNA)
    bo.write_text("---\ncreated: 2020-01-01\nemployer: Beta\n---\nBo sails still.")
    os.utime(bo, ns=(0, 1_700_000_000_000_000_000))
    home.embedder.embedded.clear()
    await home.sync()

    told = await home.store.statements(ANNA, [(SourceType.VAULT, "Bo.md")])
    held = [(each.value, f"{each.valid_from:%Y-%m-%d}", each.valid_to is None) for each in told]
    assert hit.time == datetime(2020, 1, 1, tzinfo=UTC)
    assert held == [("Acme", "2020-01-01", False), ("Beta", "2023-11-14", True)]


async def test_a_note_that_was_read_elsewhere_gets_the_time_of_here(home: Home) -> None:
    """Its date begins at another instant; nothing is embedded for that."""
    (home.root / "Plan.md").write_text("---\ndate: 2026-04-20\n---\nWe meet in the harbour.")
    await home.sync()
    home.embedder.embedded.clear()

    await home.sync(zone=ZoneInfo("Europe/Berlin"))
    assert home.embedder.embedded == []

    [hit] = await home.store.search("harbour", user_id=ANNA)
    assert hit.time == datetime(2026, 4, 19, 22, tzinfo=UTC)


async def test_a_note_that_moved_keeps_what_is_known_of_it(home: Home) -> None:
    """With a title of its own it is not even embedded again."""
    await home.sync()
    home.embedder.embedded.clear()
    (home.root / "Boats").mkdir()
    (home.root / "Boat.md").rename(home.root / "Boats" / "Petrel.md")

    assert await home.sync() == Synced(unchanged=2, renamed=1)
    assert home.embedder.embedded == []
    assert await home.found("impeller") == ["Boats/Petrel.md"]


async def test_a_note_that_went_is_hidden_until_it_is_back(home: Home) -> None:
    """The same content is not embedded again."""
    await home.sync()
    content = (home.root / "Plan.md").read_text()
    (home.root / "Plan.md").unlink()
    assert (await home.sync()).deleted == 1
    assert await home.found("harbour") == []

    (home.root / "Plan.md").write_text(content)
    assert (await home.sync()).unchanged == 2
    assert await home.found("harbour") == ["Plan.md"]


async def test_a_vault_that_cannot_be_read_deletes_nothing(home: Home) -> None:
    """A folder that is not mounted is not an empty one; a note that is no text is named."""
    await home.sync()
    (home.root / "Plan.md").write_bytes(b"\xff\xfe")
    assert (await home.sync()).unread == ("Plan.md: unreadable",)
    home.root.rename(home.root.with_name("elsewhere"))

    with pytest.raises(VaultUnavailable):
        await home.sync()
    assert await home.found("impeller") == ["Boat.md"]


async def test_tasks_are_read_along_the_event_log(home: Home) -> None:
    """From where the reader stopped; a task that is gone is forgotten."""
    unit = home.database.unit_of_work(ANNA)
    source = TaskSource(unit_of_work=unit, store=home.store, user_id=ANNA)
    roses = task(1, title="Prune the roses", user_id=ANNA)

    def plant(stores: Stores) -> None:
        stores.tasks.save(roses)
        stores.events.append([told(EventKind.TASK_CAPTURED, roses)])

    def uproot(stores: Stores) -> None:
        stores.tasks.remove(roses.id)
        stores.events.append([told(EventKind.TASK_REMOVED, roses)])

    await unit.run(plant)
    assert await source.follow() == 1
    assert await home.found("roses") == [roses.id]
    assert await source.follow() == 0

    await unit.run(uproot)
    assert await source.follow() == 1
    assert await home.found("roses") == []


class CutOffError(Exception):
    """Stands for a process that ends here."""


class TiringEmbedder(HashingEmbedder):
    """Embeds one batch, and then no more until it has rested."""

    rested = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of a first batch; raise ``CutOffError`` for a second."""
        if self.embedded and not self.rested:
            raise CutOffError
        return super().embed(texts)


async def test_a_backfill_that_was_cut_off_goes_on_where_it_stopped(home: Home) -> None:
    """What was kept before is not embedded again."""
    embedder = TiringEmbedder()
    store = SqlMemoryStore(
        home.database, clock=FakeClock(NOON), embedder=embedder, rules=RetrievalRules()
    )
    unit = home.database.unit_of_work(ANNA)
    source = TaskSource(unit_of_work=unit, store=store, user_id=ANNA)

    def plant(stores: Stores) -> None:
        for number in range(1, 101):
            stores.tasks.save(task(number, title=f"Water tree {number}", user_id=ANNA))

    await unit.run(plant)
    told: list[Progress] = []
    with pytest.raises(CutOffError):
        await source.backfill(told.append)
    first = len(embedder.embedded)
    embedder.rested = True

    assert await source.backfill(told.append) == 100
    assert 0 < first < len(embedder.embedded) == 100
    assert [(each.looked_at, each.kept) for each in told] == [(64, 64), (64, 0), (100, 36)]


def told(kind: EventKind, about: Task) -> Event:
    """Return an event about a task."""
    return Event(kind=kind, at=NOON, task_id=about.id)
