"""What every memory keeps to."""

from abc import abstractmethod
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from donna_core.domain.ids import UserId
from donna_memory.documents import Document, Label, SourceType
from donna_memory.errors import AlreadyRemembered
from donna_memory.ports import Embedder, Filters, MemoryCatalog, MemoryStore, Readings
from donna_memory.statements import Claim
from donna_memory.testing.hashing_embedder import HashingEmbedder

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA, BERT = UserId("anna"), UserId("bert")


def note(source_id: str, content: str, **more: Any) -> Document:
    """Return a note of Anna's."""
    kept = {"user_id": ANNA, "source_type": SourceType.VAULT, "title": source_id} | more
    return Document(source_id=source_id, content=content, **kept)


def turn(position: int, content: str, **more: Any) -> Document:
    """Return a turn of a conversation that Anna had, ``s1`` unless another is named."""
    place = {"session": "s1", "position": position, "source_type": SourceType.CHAT, "title": ""}
    told = place | more
    return note(f"{told['session']}:{position}", content, **told)


async def refused(call: Awaitable[object]) -> None:
    """Fail unless the key turns out to be taken."""
    try:
        await call
    except AlreadyRemembered:
        return
    raise AssertionError("the key was taken and it went through")


class MemoryStoreContract:
    """Subclass this in a test module, say which store, and every promise is tested."""

    @abstractmethod
    def store(self, embedder: Embedder | None) -> MemoryStore:
        """Return the memory to be proved, the same rows behind it for the length of a test."""

    @abstractmethod
    def catalog(self) -> MemoryCatalog:
        """Return what is known of the same rows."""

    @abstractmethod
    def readings(self) -> Readings:
        """Return what a model has read of the same rows."""

    async def found(self, query: str, *, user_id: UserId = ANNA, **filters: Any) -> list[str]:
        """Return the ids of what is found, best first."""
        store = self.store(HashingEmbedder())
        hits = await store.search(query, user_id=user_id, filters=Filters(**filters))
        return [hit.source_id for hit in hits]

    async def test_what_was_kept_is_found_by_its_words(self) -> None:
        """Word forms are levelled, provenance and text come back with the hit."""
        store = self.store(HashingEmbedder())
        await store.upsert_many(
            [
                note(
                    "Boat.md", "# Engine\n\nThe impeller was changed in May.", uri="vault:Boat.md"
                ),
                note("Garden.md", "The roses were cut in March."),
            ]
        )

        [hit, *_] = await store.search("when did we change the impellers?", user_id=ANNA)

        assert (hit.source_id, hit.heading_path, hit.uri) == (
            "Boat.md",
            ("Engine",),
            "vault:Boat.md",
        )
        assert hit.text == "The impeller was changed in May."
        assert 0 < hit.score <= 1

    async def test_nobody_finds_what_another_user_keeps(self) -> None:
        """Neither by words nor by meaning."""
        await self.store(HashingEmbedder()).upsert_many([note("Secret.md", "The safe code.")])

        assert await self.found("safe code") == ["Secret.md"]
        assert await self.found("safe code", user_id=BERT) == []

    async def test_an_unchanged_document_embeds_nothing(self) -> None:
        """Only its metadata is renewed."""
        embedder = HashingEmbedder()
        store = self.store(embedder)
        await store.upsert_many([note("Boat.md", "The impeller."), note("Car.md", "The tyres.")])
        embedder.embedded.clear()

        again = [note("Boat.md", "The impeller."), note("Car.md", "The winter tyres.")]
        written = await store.upsert_many(again)

        assert (written.changed, written.unchanged, written.embedded) == (1, 1, 1)
        assert len(embedder.embedded) == 1

    async def test_changed_content_replaces_what_was_said(self) -> None:
        """The former words find nothing any more."""
        store = self.store(HashingEmbedder())
        await store.upsert_many([note("Plan.md", "We meet in the harbour.")])
        await store.upsert_many([note("Plan.md", "We meet at the station.")])

        assert await self.found("station") == ["Plan.md"]
        assert await self.found("harbour") == []

    async def test_put_refuses_a_key_that_is_taken(self) -> None:
        """Upsert is there to replace."""
        store = self.store(None)
        await store.put(note("Plan.md", "One."))
        await refused(store.put(note("Plan.md", "Two.")))

    async def test_a_deleted_document_is_hidden_until_it_comes_back(self) -> None:
        """Also from a store that had found it before."""
        store = self.store(HashingEmbedder())
        document = note("Plan.md", "We meet in the harbour.")
        await store.upsert_many([document])
        assert await store.search("harbour", user_id=ANNA)

        assert await store.delete(ANNA, SourceType.VAULT, "Plan.md")
        assert not await store.delete(ANNA, SourceType.VAULT, "Plan.md")
        assert await store.search("harbour", user_id=ANNA) == ()

        await store.upsert_many([document])
        assert await self.found("harbour") == ["Plan.md"]

    async def test_what_is_forgotten_is_gone(self) -> None:
        """Its key is free again."""
        store = self.store(HashingEmbedder())
        await store.put(note("Plan.md", "We meet in the harbour."))

        assert await store.forget(ANNA, SourceType.VAULT, "Plan.md")
        assert not await store.forget(ANNA, SourceType.VAULT, "Plan.md")
        assert await store.search("harbour", user_id=ANNA) == ()
        await store.put(note("Plan.md", "Elsewhere."))

    async def test_a_renamed_document_is_found_under_its_new_name(self) -> None:
        """Nothing is embedded for it."""
        embedder = HashingEmbedder()
        store = self.store(embedder)
        await store.put(note("Old.md", "We meet in the harbour."))
        embedder.embedded.clear()

        assert await store.rename(ANNA, SourceType.VAULT, "Old.md", to="New.md")

        assert embedder.embedded == []
        assert await self.found("harbour") == ["New.md"]
        assert not await store.rename(ANNA, SourceType.VAULT, "Old.md", to="Other.md")

    async def test_without_an_embedder_words_have_to_do(self) -> None:
        """What was kept so is embedded by a later reindexing."""
        await self.store(None).put(note("Plan.md", "We meet in the harbour."))
        hits = await self.store(None).search("harbour", user_id=ANNA)
        assert [(hit.source_id, hit.semantic) for hit in hits] == [("Plan.md", 0.0)]

        store = self.store(HashingEmbedder())
        assert await store.reindex(ANNA) == 1
        assert await store.reindex(ANNA) == 0
        [hit] = await store.search("harbour", user_id=ANNA)
        assert hit.semantic > 0

    async def test_a_model_elsewhere_is_not_shown_what_stays_here(self) -> None:
        """Nor the question that an answer follows; words find both."""
        secret = frozenset({Label.LOCAL_ONLY})
        elsewhere = HashingEmbedder(is_local=False)
        store = self.store(elsewhere)
        await store.upsert_many([turn(0, "Where is the safe?", labels=secret)])
        await store.upsert_many(
            [
                turn(1, "In the cellar.", labels=secret),
                turn(2, "Which colour has the safe?", labels=secret),
                turn(3, "Grey."),
                note("Open.md", "The harbour."),
            ]
        )
        assert await store.reindex(ANNA) == 0
        hits = await store.search("cellar", user_id=ANNA)

        assert not [text for text in elsewhere.embedded if "safe" in text]
        assert not [text for text in elsewhere.embedded if text == "In the cellar."]
        assert [(hit.source_id, hit.semantic) for hit in hits if hit.lexical] == [("s1:1", 0.0)]

    async def test_while_a_model_is_away_words_have_to_do(self) -> None:
        """What is kept meanwhile gets its vectors later."""
        elsewhere = HashingEmbedder(is_local=False)
        store = self.store(elsewhere)
        elsewhere.away = True
        await store.upsert_many([note("Boat.md", "The engine.")])
        [hit] = await store.search("engine", user_id=ANNA)
        assert (hit.source_id, hit.semantic) == ("Boat.md", 0.0)

        elsewhere.away = False
        assert await store.reindex(ANNA) == 1
        [hit] = await store.search("engine", user_id=ANNA)
        assert hit.semantic > 0

    async def test_vectors_of_two_versions_are_never_compared(self) -> None:
        """A new embedder goes by words until everything is embedded anew."""
        await self.store(HashingEmbedder()).put(note("Plan.md", "We meet in the harbour."))
        later = self.store(HashingEmbedder(version="hashing-2", dimension=32))

        [hit] = await later.search("harbour", user_id=ANNA)
        assert hit.semantic == 0
        assert await later.reindex(ANNA) == 1
        [hit] = await later.search("harbour", user_id=ANNA)
        assert hit.semantic > 0

    async def test_what_was_embedded_anew_elsewhere_is_found_by_its_new_vector(self) -> None:
        """A process that searched before sees what another one made of the same chunks."""
        await self.store(HashingEmbedder(version="hashing-1")).put(note("Plan.md", "The harbour."))
        here, there = (self.store(HashingEmbedder(version="hashing-2")) for _ in range(2))
        await here.put(note("Other.md", "The mountain."))
        hits = await here.search("harbour", user_id=ANNA)
        assert [hit.semantic for hit in hits if hit.source_id == "Plan.md"] == [0]

        assert await there.reindex(ANNA) == 1

        [hit, *_] = await here.search("harbour", user_id=ANNA)
        assert (hit.source_id, hit.semantic > 0) == ("Plan.md", True)

    async def test_what_comes_back_is_found_by_its_vector_again(self) -> None:
        """Also by whoever held the vectors while it was hidden."""
        here, there = (self.store(HashingEmbedder()) for _ in range(2))
        kept = [note("Plan.md", "The harbour at noon."), note("Other.md", "Tea and bread.")]
        await there.upsert_many(kept)
        await there.delete(ANNA, SourceType.VAULT, "Plan.md")
        assert await here.search("tea", user_id=ANNA)

        await there.upsert_many(kept[:1])
        [hit, *_] = await here.search("harbour", user_id=ANNA)
        assert (hit.source_id, hit.semantic > 0) == ("Plan.md", True)

    async def test_what_was_believed_can_be_told_until_its_source_is_forgotten(self) -> None:
        """A later note supersedes an earlier one; a text is given back as it came."""
        store, catalog = self.store(HashingEmbedder()), self.catalog()
        old = note("Bo.md", "employer:: Acme", title="Bo", time=NOON - timedelta(3))
        new = note("Talk.md", "employer:: Beta", title="Bo", time=NOON)
        await store.upsert_many([new, old])
        sources = [(SourceType.VAULT, "Bo.md")]

        first, second = await catalog.statements(ANNA, sources)
        assert (first.value, first.valid_from, first.valid_to) == ("Acme", old.time, NOON)
        assert (second.value, second.source_id, second.valid_to) == ("Beta", "Talk.md", None)
        assert await catalog.statements(BERT, sources) == ()
        assert [each for _, each in await catalog.remembered(ANNA, after=0, limit=9)] == [new, old]

        assert await store.forget(ANNA, SourceType.VAULT, "Talk.md")
        [left] = await catalog.statements(ANNA, sources)
        assert (left.value, left.valid_to) == ("Acme", None)
        await store.delete(ANNA, SourceType.VAULT, "Bo.md")
        assert await catalog.statements(ANNA, sources) == ()

    async def test_what_is_true_now_is_found_before_what_it_superseded(self) -> None:
        """Also where the question has only the words of what used to be true."""
        store = self.store(HashingEmbedder())
        old = note("Bo.md", "employer:: the Acme workshop", title="Bo", time=NOON - timedelta(3))
        await store.upsert_many([old, note("Cy.md", "The workshop of Acme burnt down.", time=NOON)])
        assert await self.found("Acme workshop employer") == ["Bo.md", "Cy.md"]

        now = note("Talk.md", "employer:: Beta", title="Bo", time=NOON)
        await store.upsert_many([now])
        assert (await self.found("Acme workshop employer"))[:2] == ["Talk.md", "Bo.md"]
        assert (await self.found("Acme workshop employer", until=NOON))[:1] == ["Bo.md"]
        assert "Talk.md" not in await self.found("Acme workshop employer", until=NOON)

        await store.forget(ANNA, SourceType.VAULT, "Talk.md")
        assert await self.found("Acme workshop employer") == ["Bo.md", "Cy.md"]

    async def test_what_a_model_reads_counts_like_what_is_written_down(self) -> None:
        """Until the text changes; it is read once, and what nobody may show is never given."""
        store, catalog, readings = self.store(HashingEmbedder()), self.catalog(), self.readings()
        old = turn(1, "Judo is on Thursdays.", session="a", time=NOON - timedelta(9))
        new = turn(1, "On the mat on Wednesdays.", session="b", time=NOON)
        hidden = [
            turn(1, "Me too.", session="c", labels=frozenset({Label.UNTRUSTED})),
            note("Bo.md", "phone:: 5550199", labels=frozenset({Label.LOCAL_ONLY})),
        ]
        await store.upsert_many([old, new, *hidden])

        async def unread(after: int = 0) -> list[Document]:
            page = await readings.unread(ANNA, before=NOON, after=after, limit=9)
            return [document for _, document in page]

        assert await unread() == [old, new]
        assert await unread(after=99) == []
        assert await readings.unread(ANNA, before=NOON - timedelta(1), after=0, limit=9) == ()
        for document, day in ((new, "Wednesdays"), (old, "Thursdays")):
            claim = Claim(
                subject="Jo", attribute="judo day", value=day, since=document.time or NOON
            )
            assert await readings.state(document, [claim], told_by="a model")
        assert await unread() == []
        assert not await readings.state(evolve(old, content="Other."), [], told_by="a model")

        [held] = await readings.believed(ANNA)
        assert (held.value, held.told_by, held.source_id) == ("Wednesdays", "a model", "b:1")
        assert await readings.believed(BERT) == ()
        assert (await self.found("judo"))[:2] == ["b:1", "a:1"]

        await store.upsert_many([new])
        assert await readings.believed(ANNA) == (held,)
        changed = evolve(new, content="We talked about the weather.")
        await store.upsert_many([changed])
        assert await unread() == [changed]
        assert await readings.believed(ANNA) == ()
        told = await catalog.statements(ANNA, [(SourceType.CHAT, "b:1")])
        assert [each.valid_to is None for each in told] == [False, False]

    async def test_filters_narrow_what_is_found(self) -> None:
        """By source, session, tag, person, place, time and label."""
        await self.store(HashingEmbedder()).upsert_many(
            [
                note("A.md", "The harbour.", tags=frozenset({"Boat"}), uri="vault:Trips/A.md"),
                note("B.md", "The harbour.", people=frozenset({"Bo"}), time=NOON),
                note("C.md", "The harbour.", labels=frozenset({Label.LOCAL_ONLY})),
                turn(0, "The harbour is closed on Sundays."),
            ]
        )

        assert set(await self.found("harbour")) == {"A.md", "B.md", "C.md", "s1:0"}
        narrowed: list[tuple[dict[str, Any], str]] = [
            ({"sources": frozenset({SourceType.CHAT})}, "s1:0"),
            ({"session": "s1"}, "s1:0"),
            ({"tag": "#boat"}, "A.md"),
            ({"person": "bo"}, "B.md"),
            ({"uri_prefix": "vault:Trips/"}, "A.md"),
            ({"since": NOON, "until": NOON + timedelta(seconds=1)}, "B.md"),
        ]
        for filters, expected in narrowed:
            assert await self.found("harbour", **filters) == [expected]
        assert "C.md" not in await self.found("harbour", without=frozenset({Label.LOCAL_ONLY}))

    async def test_labels_come_with_every_hit(self) -> None:
        """Whoever builds a prompt has to see them."""
        labels = frozenset({Label.PRIVATE, Label.UNTRUSTED})
        store = self.store(None)
        await store.put(note("A.md", "The harbour.", labels=labels))

        [hit] = await store.search("harbour", user_id=ANNA)
        assert hit.labels == labels

    async def test_an_answer_is_found_by_the_words_of_its_question(self) -> None:
        """Kept together or one after the other; both are handed out with each other."""
        store = self.store(HashingEmbedder())
        await store.upsert_many([turn(0, "Which colour did you paint the boat?", speaker="Bo")])
        await store.upsert_many([turn(1, "Blue, with a stripe."), turn(2, "Lovely weather.")])
        secret = frozenset({Label.PRIVATE})
        await store.upsert_many(
            [
                turn(0, "Who has the keys?", session="t", labels=secret),
                turn(1, "The baker.", session="t"),
            ]
        )

        hits = {hit.source_id: hit for hit in await store.search("paint a boat", user_id=ANNA)}
        assert {"s1:0", "s1:1"} <= hits.keys()
        assert hits["s1:1"].lexical > 0
        assert (hits["s1:1"].before, hits["s1:1"].after, hits["s1:1"].text) == (
            "Bo: Which colour did you paint the boat?", "", "Blue, with a stripe.",
        )  # fmt: skip
        assert (hits["s1:0"].before, hits["s1:0"].after) == ("", "Blue, with a stripe.")

        [answer] = [
            hit for hit in await store.search("keys", user_id=ANNA) if hit.source_id == "t:1"
        ]
        assert (answer.before, answer.labels) == ("Who has the keys?", secret)
        public = Filters(without=secret)
        [answer] = [
            hit
            for hit in await store.search("baker", user_id=ANNA, filters=public)
            if hit.source_id == "t:1"
        ]
        assert (answer.before, answer.labels) == ("", frozenset())

    async def test_a_question_that_changes_or_is_forgotten_leaves_its_answer(self) -> None:
        """No word of it is found any more; one that comes late is found with its answer."""
        store = self.store(HashingEmbedder())
        await store.upsert_many([turn(1, "Blue, with a stripe.")])
        await store.upsert_many([turn(0, "Which colour has the boat?")])
        assert {*await self.found("boat")} == {"s1:0", "s1:1"}

        await store.upsert_many([turn(0, "Which colour has the barn?")])
        assert "s1:1" in await self.found("barn")
        hits = await store.search("boat", user_id=ANNA)
        assert [hit.source_id for hit in hits if hit.lexical] == []

        assert await store.forget(ANNA, SourceType.CHAT, "s1:0")
        hits = await store.search("barn", user_id=ANNA)
        assert [hit.source_id for hit in hits if hit.lexical] == []
        assert await store.reindex(ANNA) == 1
        [hit] = await store.search("blue stripe", user_id=ANNA)
        assert (hit.source_id, hit.before, hit.semantic > 0) == ("s1:1", "", True)

    async def test_an_answer_is_found_beside_its_question(self) -> None:
        """The turn after the best one is lifted over turns that stand elsewhere."""
        await self.store(HashingEmbedder()).upsert_many(
            [
                turn(0, "Good morning!"),
                turn(1, "Which colour did you paint the boat?"),
                turn(2, "Blue, with a white stripe."),
                turn(3, "Lovely weather, by the way."),
            ]
        )

        assert (await self.found("colour the boat was painted"))[:2] == ["s1:1", "s1:2"]

    async def test_the_number_of_hits_is_bounded(self) -> None:
        """At least one, at most what the rules allow."""
        store = self.store(HashingEmbedder())
        await store.upsert_many(
            [note(f"N{number}.md", f"The harbour, page {number}.") for number in range(60)]
        )

        for asked, given in [(1, 1), (0, 1), (None, 8), (10_000, 32)]:
            assert len(await store.search("harbour", user_id=ANNA, k=asked)) == given

    async def test_any_question_is_answered_or_not_but_never_fails(self) -> None:
        """Quotes, operators and nothing at all are words like others."""
        await self.store(HashingEmbedder()).put(note("A.md", 'The "harbour" NEAR the AND.'))
        for query in (
            "",
            " ",
            '"',
            "AND OR NOT",
            "NEAR(",
            "a:b*",
            "\0",
            "ünï¢ødé ⚓",
            "' OR 1=1 --",
        ):
            await self.found(query)
