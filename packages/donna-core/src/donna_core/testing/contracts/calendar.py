"""What every calendar keeps to."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

from attrs import evolve

from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import Calendar, CalendarEvent, ForeignEvent, ReadOnlyCalendar
from donna_core.testing.contracts.failures import failure

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Interval(NOON - 12 * HOUR, NOON + 12 * HOUR)
PUT = CalendarWrite(
    key="calendar-1",
    action=CalendarAction.PUT,
    event_id=EventKey("0123456789abcdefghijklmnop"),
    task_id=TaskId("019aa0e5-6000-7000-8000-000000000001"),
    title="Ärger; mit, Komma \\ und 🚗",
    start=NOON,
    end=NOON + HOUR,
    description="First line\nsecond line: with a colon, a semicolon; and so on" * 3,
)
DELETE = evolve(PUT, key="calendar-2", action=CalendarAction.DELETE)


class CalendarContract(ABC):
    """Subclass this in a test module, say which calendar, and every promise is tested on it."""

    @abstractmethod
    def managed(self) -> Calendar:
        """Return an empty calendar that is Donna's to write."""

    @abstractmethod
    def managed_beside(self, event: CalendarEvent) -> Calendar:
        """Return a calendar that is Donna's to write and holds this event of somebody else."""

    @abstractmethod
    def read_only(self) -> Calendar:
        """Return a readable calendar that is not Donna's to write."""

    @abstractmethod
    def broken(self) -> Calendar:
        """Return a calendar that is Donna's to write, whose content cannot be read."""

    async def test_an_event_comes_back_as_written(self) -> None:
        """Reading shows the event with its title, its time and its task."""
        calendar = self.managed()
        await calendar.write(PUT)

        snapshot = await calendar.changes(DAY)
        assert await shown(calendar) == (ours(calendar, PUT),)
        assert (snapshot.calendar_id, snapshot.window) == (calendar.calendar_id, DAY)

    async def test_writing_again_changes_nothing(self) -> None:
        """The second of two equal writes leaves the stamp as it is."""
        calendar = self.managed()
        await calendar.write(PUT)
        stamp = await stamp_of(calendar)

        await calendar.write(PUT)
        assert await stamp_of(calendar) == stamp

    async def test_a_later_write_moves_the_event(self) -> None:
        """The same id written with another time and title is still one event."""
        calendar = self.managed()
        moved = evolve(PUT, start=PUT.start + HOUR, end=PUT.end + 2 * HOUR, title="Later")
        await calendar.write(PUT)
        await calendar.write(moved)

        assert await shown(calendar) == (ours(calendar, moved),)

    async def test_free_time_becomes_busy(self) -> None:
        """The same event first leaves its time free to others, then takes it."""
        calendar = self.managed()
        free = evolve(PUT, busy=False)
        await calendar.write(free)
        assert await shown(calendar) == (ours(calendar, free),)
        stamp = await stamp_of(calendar)
        await calendar.write(free)
        assert await stamp_of(calendar) == stamp

        await calendar.write(PUT)
        assert await shown(calendar) == (ours(calendar, PUT),)

    async def test_deleting_what_is_gone_succeeds(self) -> None:
        """A delete may come twice, or for an event that never was."""
        calendar = self.managed()
        await calendar.write(DELETE)
        await calendar.write(PUT)
        await calendar.write(DELETE)
        await calendar.write(DELETE)

        assert await shown(calendar) == ()

    async def test_the_stamp_follows_the_content(self) -> None:
        """Equal stamps mean equal content, and a snapshot carries the stamp of its reading."""
        calendar = self.managed()
        before = await stamp_of(calendar)
        await calendar.write(PUT)
        after = await stamp_of(calendar)

        assert before != after
        assert after == await stamp_of(calendar)

    async def test_a_reading_shows_what_changed_since_the_last(self) -> None:
        """Nothing that an earlier reading saw hides a later write."""
        calendar = self.managed()
        await calendar.write(PUT)
        await calendar.changes(DAY)
        await calendar.write(DELETE)

        assert await shown(calendar) == ()

    async def test_only_what_overlaps_the_window_is_read(self) -> None:
        """An event that ends when the window starts, or starts when it ends, is left out."""
        calendar = self.managed()
        await calendar.write(PUT)

        for window, seen in [
            (Interval(NOON - HOUR, NOON), 0),
            (Interval(NOON + HOUR, NOON + 2 * HOUR), 0),
            (Interval(NOON - HOUR, NOON + timedelta(seconds=1)), 1),
            (Interval(NOON + HOUR / 4, NOON + HOUR / 2), 1),
        ]:
            assert len(await shown(calendar, window)) == seen, window

    async def test_occurrences_come_by_start_then_id(self) -> None:
        """The order of reading does not depend on the order of writing."""
        calendar = self.managed()
        for offset, name in [(3, "b"), (1, "c"), (3, "a"), (2, "d")]:
            start = PUT.start + offset * HOUR
            await calendar.write(
                evolve(PUT, event_id=EventKey(name * 26), start=start, end=start + HOUR)
            )

        names = [event.event_id[0] for event in await shown(calendar)]
        assert names == ["c", "d", "a", "b"]

    async def test_events_of_others_survive(self) -> None:
        """Writing and deleting Donna's events leaves everybody else's alone."""
        calendar = self.managed_beside(SOMEBODYS)
        theirs = await shown(calendar)
        await calendar.write(PUT)
        await calendar.write(DELETE)

        assert await shown(calendar) == theirs
        assert [event.event_id for event in theirs] == [SOMEBODYS.event_id]

    async def test_an_event_of_others_is_refused(self) -> None:
        """Neither a put nor a delete touches an event that is not Donna's."""
        calendar = self.managed_beside(SOMEBODYS)
        stamp = await stamp_of(calendar)

        for write in (PUT, DELETE):
            problem = await failure(calendar.write(evolve(write, event_id=SOMEBODYS.event_id)))
            assert isinstance(problem, ForeignEvent)
        assert await stamp_of(calendar) == stamp

    async def test_what_is_known_already_is_not_told_again(self) -> None:
        """The answer to the latest stamp is empty; after a change it leads to the present."""
        calendar = self.managed_beside(SOMEBODYS)
        first = await calendar.changes(DAY)
        again = await calendar.changes(DAY, since=first.stamp)
        assert again.is_empty
        assert (again.stamp, again.events) == (first.stamp, ())

        known = {event.event_id: event for event in first.events}
        for write in (PUT, evolve(PUT, start=PUT.start + HOUR, end=PUT.end + HOUR), DELETE):
            await calendar.write(write)
            news = await calendar.changes(DAY, since=first.stamp)
            assert not news.is_empty
            assert news.stamp != first.stamp
            gone = known.keys() if news.replaced is None else news.replaced
            known = {key: event for key, event in known.items() if key not in gone}
            known |= {event.event_id: event for event in news.events}
            whole = await calendar.changes(DAY)
            assert set(known.values()) == set(whole.events)
            first = news

    async def test_an_unknown_stamp_gets_a_complete_answer(self) -> None:
        """As does one that is too old."""
        calendar = self.managed_beside(SOMEBODYS)
        answer = await calendar.changes(DAY, since="never given")
        assert answer.replaced is None or answer.replaced >= {SOMEBODYS.event_id}
        assert [event.event_id for event in answer.events] == [SOMEBODYS.event_id]

    async def test_a_read_only_calendar_is_not_written(self) -> None:
        """Both kinds of writes are refused by name."""
        calendar = self.read_only()

        for write in (PUT, DELETE):
            problem = await failure(calendar.write(write))
            assert isinstance(problem, ReadOnlyCalendar)
            assert problem.calendar == calendar.calendar_id

    async def test_a_failed_reading_is_never_an_empty_one(self) -> None:
        """Reading and writing both say that the calendar cannot be read."""
        calendar = self.broken()

        acts: list[Awaitable[object]] = [calendar.changes(DAY), calendar.write(PUT)]
        for act in acts:
            problem = await failure(act)
            assert isinstance(problem, CalendarUnreadable)
            assert problem.calendar == calendar.calendar_id
            assert problem.remedy


SOMEBODYS = CalendarEvent(
    event_id=EventKey("dentist-77@example.org"),
    calendar_id="managed",
    title="Dentist",
    when=Interval(NOON, NOON + HOUR),
)


async def shown(calendar: Calendar, window: Interval = DAY) -> tuple[CalendarEvent, ...]:
    """Return the occurrences, without what each source words in its own way."""
    found = (await calendar.changes(window)).events
    return tuple(evolve(event, starts="", ends="", organizer="") for event in found)


async def stamp_of(calendar: Calendar) -> str:
    """Return the present stamp."""
    return (await calendar.changes(DAY)).stamp


def ours(calendar: Calendar, write: CalendarWrite) -> CalendarEvent:
    """Return the event that reading should show after this write."""
    return CalendarEvent(
        event_id=write.event_id,
        calendar_id=calendar.calendar_id,
        title=write.title,
        when=Interval(write.start, write.end),
        busy=write.busy,
        task_id=write.task_id,
    )
