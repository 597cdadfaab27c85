"""What every table of marks keeps to."""

from abc import abstractmethod
from datetime import timedelta

from donna_core.domain.ids import UserId
from donna_core.testing.fake_clock import FakeClock
from donna_memory.documents import Document, Label, SourceType
from donna_memory.ports import Filters, Mark, Marks, MemoryStore
from donna_memory.testing.contracts.memory_store import ANNA, BERT, NOON, note

HERE = frozenset({Label.LOCAL_ONLY})
LATER = NOON + timedelta(days=1)


class MarksContract:
    """Subclass this in a test module, say which table, and every promise is tested."""

    @abstractmethod
    def marks(self, user_id: UserId, *, clock: FakeClock) -> Marks:
        """Return the marks of a user, the same rows behind them for the length of a test."""

    @abstractmethod
    def store(self) -> MemoryStore:
        """Return the memory of which they label something, without an embedder."""

    def anna(self) -> Marks:
        """Return Anna's marks, made at noon."""
        return self.marks(ANNA, clock=FakeClock(NOON))

    async def may_be_shown(self, *, user_id: UserId = ANNA) -> set[str]:
        """Return the notes about the harbour that a model elsewhere may be shown."""
        shown = Filters(without=HERE)
        hits = await self.store().search("harbour", user_id=user_id, filters=shown)
        return {hit.source_id for hit in hits}

    async def test_a_mark_is_there_until_it_is_taken_away(self) -> None:
        """As old as it was at first, under one name however that is written; nobody else's."""
        await self.anna().mark(["Diary/May.md", "Zo\u00eb.md"])
        await self.marks(ANNA, clock=FakeClock(LATER)).mark(["diary/may.md", "Plan.md"])
        await self.marks(BERT, clock=FakeClock(NOON)).mark(["Boat.md"])

        assert [(each.path, each.since) for each in self.anna().all()] == [
            ("Diary/May.md", NOON), ("Plan.md", LATER), ("Zo\u00eb.md", NOON),
        ]  # fmt: skip

        await self.anna().unmark(["DIARY/may.md", "Zoe\u0308.md", "Boat.md"])
        assert [each.path for each in self.anna().all()] == ["Plan.md"]
        bert = self.marks(BERT, clock=FakeClock(NOON))
        assert [each.path for each in bert.all()] == ["Boat.md"]

    async def test_a_mark_labels_what_is_remembered_at_once(self) -> None:
        """Of this user's notes, and of nothing else that has the name."""
        talk = {"source_type": SourceType.CHAT, "session": "Plan.md"}
        await self.store().upsert_many(
            [
                note("Plan.md", "The harbour."),
                note("Boat.md", "The harbour."),
                note("plan.md", "The harbour.", **talk),
                note("Plan.md", "The harbour.", user_id=BERT),
            ]
        )

        await self.anna().mark(["PLAN.md"])

        assert await self.may_be_shown() == {"Boat.md", "plan.md"}
        assert await self.may_be_shown(user_id=BERT) == {"Plan.md"}

    async def test_what_was_read_before_the_mark_is_labelled_all_the_same(self) -> None:
        """Until the mark is taken away and the note is looked at again."""
        before: list[Document] = [note("plan.md", "The harbour."), note("Boat.md", "The harbour.")]
        await self.anna().mark(["Plan.md"])
        await self.store().upsert_many(before)
        assert await self.may_be_shown() == {"Boat.md"}

        await self.anna().unmark(["Plan.md"])
        assert await self.may_be_shown() == {"Boat.md"}
        await self.store().upsert_many(before)
        assert await self.may_be_shown() == {"plan.md", "Boat.md"}

    async def test_a_mark_is_passed_on_with_its_age(self) -> None:
        """A mark is spelt like the note that memory knows, and tells its body."""
        plan = note("plan.md", "The harbour.")
        await self.anna().mark(["Plan.md"])
        assert self.anna().all() == (Mark(path="Plan.md", since=NOON),)
        await self.store().upsert_many([plan])

        later = self.marks(ANNA, clock=FakeClock(LATER))
        await later.pass_on([("Plan.md", "Old/Plan.md"), ("No.md", "N.md"), ("No.md", "PLAN.md")])

        assert later.all() == (
            Mark(path="N.md", since=LATER),
            Mark(path="Old/Plan.md", since=NOON),
            Mark(path="plan.md", since=NOON, body_hash=plan.body_hash),
        )
