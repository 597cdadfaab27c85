"""What every calendar mirror keeps to."""

from attrs import evolve

from donna_core.domain.ids import TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarChanges, CalendarEvent, EventStatus, Mirrored
from donna_core.testing.contracts.stores import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    StoresContract,
    occurrence,
    snapshot,
)


class CalendarMirrorContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def replace(self, *snapshots: CalendarChanges) -> None:
        """Put the snapshots in place, each in a decision of its own."""
        for seen in snapshots:
            await self.replace_one(seen)

    async def replace_one(self, seen: CalendarChanges) -> None:
        """Put the snapshot in place in a decision of its own."""
        await self.run(lambda stores: stores.mirror.apply(seen, at=NOON))

    async def events(self, window: Interval = DAY) -> tuple[CalendarEvent, ...]:
        """Return the known occurrences."""
        return await self.run(lambda stores: stores.mirror.events(window))

    async def test_nothing_is_known_at_first(self) -> None:
        """There are neither stamps nor events."""
        assert await self.run(lambda stores: stores.mirror.known()) == {}
        assert await self.events() == ()

    async def test_occurrences_come_back_as_seen(self) -> None:
        """With all they carry; occurrences of one event may share its id."""
        seen = [
            occurrence(
                "a",
                busy=False,
                title="Ž 🍵",
                task_id=TaskId("task-1"),
                recurrence_id="2026-11-20",
                starts="2026-11-20",
                ends="2026-11-21",
                status=EventStatus.TENTATIVE,
                organizer="boss@example.org",
                attendees=("me@example.org", "you@example.org", "she@example.org"),
                names=(("you@example.org", "Žofie 🍵"),),
            ),
            occurrence("a", when=Interval(NOON + 2 * HOUR, NOON + 3 * HOUR)),
        ]
        await self.replace(snapshot("work", *seen))

        assert await self.events() == tuple(seen)

    async def test_stamps_are_those_of_the_last_snapshots(self) -> None:
        """Each calendar has its own stamp and window; an empty calendar has one too."""
        narrow = evolve(snapshot("family", stamp="f1"), window=Interval(NOON, NOON + HOUR))
        await self.replace(snapshot("work", stamp="w1"), narrow, snapshot("work", stamp="w2"))

        assert await self.run(lambda stores: stores.mirror.known()) == {
            "work": Mirrored(stamp="w2", window=DAY, at=NOON),
            "family": Mirrored(stamp="f1", window=Interval(NOON, NOON + HOUR), at=NOON),
        }

    async def test_a_snapshot_replaces_all_of_its_calendar(self) -> None:
        """What it does not hold is gone, whatever its window; other calendars keep theirs."""
        family = occurrence("f", calendar_id="family")
        await self.replace(
            snapshot("work", occurrence("a"), occurrence("b")), snapshot("family", family)
        )
        late = evolve(snapshot("work", occurrence("c")), window=Interval(NOON, NOON + HOUR))
        await self.replace(late)

        assert await self.events() == (occurrence("c"), family)

    async def test_changes_replace_the_occurrences_of_the_events_they_name(self) -> None:
        """All others stay, a deleted event has none left, and applying again is harmless."""
        later = occurrence("a", when=Interval(NOON + 2 * HOUR, NOON + 3 * HOUR))
        await self.replace(
            snapshot("work", occurrence("a"), later, occurrence("b"), occurrence("c"))
        )
        news = evolve(
            snapshot("work", occurrence("a", title="Moved"), occurrence("d"), stamp="s2"),
            replaced=frozenset({"a", "b", "d"}),
        )
        for _ in range(2):
            await self.replace(news)
            titles = [(event.event_id, event.title) for event in await self.events()]
            assert titles == [("a", "Moved"), ("c", "Stand-up"), ("d", "Stand-up")]

        await self.replace(evolve(news, events=(), replaced=frozenset(), stamp="s3"))
        assert len(await self.events()) == 3
        assert (await self.run(lambda stores: stores.mirror.known()))["work"].stamp == "s3"

    async def test_occurrences_overlap_the_window(self) -> None:
        """One that ends when the window starts, or starts when it ends, is left out."""
        await self.replace(snapshot("work", occurrence()))

        for window, seen in [
            (Interval(NOON - HOUR, NOON), 0),
            (Interval(NOON + HOUR, NOON + 2 * HOUR), 0),
            (Interval(NOON - HOUR, NOON + MINUTE), 1),
            (Interval(NOON + MINUTE, NOON + 2 * MINUTE), 1),
        ]:
            assert len(await self.events(window)) == seen, window

    async def test_occurrences_come_by_start_then_id(self) -> None:
        """Over all calendars, whatever the order in the snapshots."""
        later = Interval(NOON + MINUTE, NOON + HOUR)
        work = snapshot("work", occurrence("d", when=later), occurrence("b"))
        family = snapshot(
            "family",
            occurrence("c", calendar_id="family"),
            occurrence("a", calendar_id="family", when=later),
        )
        await self.replace(work, family)

        assert [event.event_id for event in await self.events()] == ["b", "c", "a", "d"]

    async def test_a_forgotten_calendar_is_gone(self) -> None:
        """Its events and its stamp are dropped; forgetting again is harmless."""
        family = occurrence("f", calendar_id="family")
        await self.replace(snapshot("work", occurrence()), snapshot("family", family))
        for _ in range(2):
            await self.run(lambda stores: stores.mirror.forget("work"))

        assert await self.events() == (family,)
        assert list(await self.run(lambda stores: stores.mirror.known())) == ["family"]
