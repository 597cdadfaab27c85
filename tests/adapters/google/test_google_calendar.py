"""Google Calendar, by the vendor's client against a server that speaks its API."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    Calendar,
    CalendarEvent,
    CalendarNotWritten,
    ForeignEvent,
)
from donna_core.testing.contracts.calendar import DAY, DELETE, HOUR, NOON, PUT, CalendarContract
from donna_core.testing.contracts.failures import failure

pytest.importorskip("googleapiclient", reason="install donna-adapters[google]")

from donna_adapters.google.calendar import GoogleCalendar  # an extra

BERLIN = ZoneInfo("Europe/Berlin")


def calendar_at(
    google: Any, access: Access = Access.READ_WRITE, token: Any = None, kept: Any = None
) -> GoogleCalendar:
    """Return the adapter on the server, which waits for nothing."""
    return GoogleCalendar(
        "managed",
        "anna@example.org",
        token=token or google.token(),
        keep_token=(kept if kept is not None else []).append,
        zone=BERLIN,
        access=access,
        endpoint=f"{google.url}/calendar/v3/",
        pause=lambda _: None,
    )


def item(name: str, *, hours: float = 0, **fields: Any) -> dict[str, Any]:
    """Return an event of somebody else, of an hour."""
    begins = NOON + timedelta(hours=hours)
    return {
        "id": name,
        "summary": name.title(),
        "start": {"dateTime": begins.isoformat()},
        "end": {"dateTime": (begins + HOUR).isoformat()},
        **fields,
    }


class TestGoogleCalendar(CalendarContract):
    @pytest.fixture(autouse=True)
    def server(self, google: Any) -> None:
        """Give each test a server of its own."""
        self.google = google

    def managed(self) -> Calendar:
        return calendar_at(self.google)

    def managed_beside(self, event: CalendarEvent) -> Calendar:
        times = {"start": event.when.start, "end": event.when.end}
        wire = {name: {"dateTime": when.isoformat()} for name, when in times.items()}
        self.google.put({"id": event.event_id, "summary": event.title, **wire})
        return self.managed()

    def read_only(self) -> Calendar:
        return calendar_at(self.google, Access.READ_ONLY)

    def broken(self) -> Calendar:
        self.google.faults += [(500, "backendError")] * 100
        return self.managed()


async def test_events_come_with_all_that_google_says_of_them(google: Any) -> None:
    """Page after page: whole days, zones, guests, what takes no time, each of a repetition."""
    zoned: dict[str, Any] = {
        "start": {"dateTime": "2026-11-20T09:00:00+01:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-11-20T09:30:00+01:00", "timeZone": "Europe/Berlin"},
    }
    me = {"email": "Anna@Example.org", "self": True, "responseStatus": "declined"}
    bo = {"email": "Bo@example.org", "displayName": "Bo  Lind"}
    room = {"email": "room@example.org", "displayName": "Salon", "resource": True}
    guests = [{**me, "displayName": "Anna"}, bo, room]
    google.put(item("declined", attendees=guests, organizer={"email": "Boss@Example.org"}))
    google.put(item("free", transparency="transparent"))
    google.put(item("perhaps", status="tentative"))
    google.put(
        item(
            "series_20261120T080000Z",
            recurringEventId="series",
            originalStartTime={"dateTime": "2026-11-20T08:00:00Z"},
            **zoned,
        )
    )
    google.put({**item("day"), "start": {"date": "2026-11-20"}, "end": {"date": "2026-11-21"}})
    found = {event.event_id: event for event in (await calendar_at(google).changes(DAY)).events}

    assert len([each for each in google.requests if each.endswith("/events")]) == 3
    assert not found[EventKey("declined")].busy
    assert found[EventKey("declined")].organizer == "boss@example.org"
    assert found[EventKey("declined")].attendees[:2] == ("anna@example.org", "bo@example.org")
    assert found[EventKey("declined")].names == (("bo@example.org", "Bo Lind"),)
    assert not found[EventKey("free")].busy
    assert found[EventKey("perhaps")].status.value == "tentative"
    assert found[EventKey("series_20261120T080000Z")].starts == "2026-11-20T09:00:00+01:00"
    assert found[EventKey("series_20261120T080000Z")].recurrence_id == "2026-11-20T08:00:00+00:00"
    assert found[EventKey("day")].is_all_day
    assert found[EventKey("day")].when.length == 24 * HOUR


async def test_news_are_told_by_id(google: Any) -> None:
    """What was changed, brought in or deleted since; nothing new costs one request."""
    for name in ("kept", "moved", "deleted"):
        google.put(item(name))
    calendar = calendar_at(google)
    known = await calendar.changes(DAY)
    asked = len(google.requests)
    nothing = await calendar.changes(DAY, since=known.stamp)
    assert (nothing.is_empty, nothing.stamp) == (True, known.stamp)
    assert len(google.requests) == asked + 1

    google.put(item("moved", hours=2))
    google.cancel("deleted")
    google.put(item("new"))
    google.put(item("far", hours=9000))
    news = await calendar.changes(DAY, since=known.stamp)
    assert news.replaced == frozenset({"moved", "deleted", "new", "far"})
    assert [event.event_id for event in news.events] == ["new", "moved"]
    assert (await calendar.changes(DAY, since=news.stamp)).is_empty


async def test_a_token_google_forgot_gets_a_complete_answer(google: Any) -> None:
    """410 means: ask for all of it anew."""
    google.put(item("kept"))
    calendar = calendar_at(google)
    known = await calendar.changes(DAY)
    google.put(item("new"))
    google.oldest_token = 99

    answer = await calendar.changes(DAY, since=known.stamp)
    assert answer.replaced is None
    assert [event.event_id for event in answer.events] == ["kept", "new"]


@pytest.mark.parametrize(
    "fault",
    [(403, "rateLimitExceeded"), (429, "rateLimitExceeded"), (503, "backendError"), (0, "cut")],
)
async def test_a_passing_fault_is_waited_for_and_a_lasting_one_told(
    google: Any, fault: tuple[int, str]
) -> None:
    """In the middle of the pages too: what came in part is never taken for all there is."""
    for name in ("one", "two", "three"):
        google.put(item(name))
    google.faults += [fault] * 2
    calendar = calendar_at(google)
    assert len((await calendar.changes(DAY)).events) == 3

    google.faults += [fault] * 99
    problem = await failure(calendar.changes(DAY))
    assert isinstance(problem, CalendarUnreadable)
    problem = await failure(calendar.write(PUT))
    assert isinstance(problem, CalendarNotWritten | CalendarUnreadable)
    google.faults.clear()
    assert len((await calendar.changes(DAY)).events) == 3


async def test_an_answer_that_breaks_off_is_no_answer(
    google: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a last page without its token nor an event without times counts."""
    google.put(item("one"))
    monkeypatch.setattr(type(google), "listed", lambda *_: (200, {"items": []}))
    problem = await failure(calendar_at(google).changes(DAY))
    assert isinstance(problem, CalendarUnreadable)
    half = {"items": [{"id": "x"}], "nextSyncToken": "sync-1"}
    monkeypatch.setattr(type(google), "listed", lambda *_: (200, half))
    problem = await failure(calendar_at(google).changes(DAY))
    assert isinstance(problem, CalendarUnreadable)


async def test_a_write_that_is_repeated_or_overtaken_is_made_once(
    google: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id is hers, so a lost answer doubles nothing; etags keep what others changed."""
    calendar = calendar_at(google)
    await calendar.write(PUT)
    await calendar.write(PUT)
    assert list(google.events) == [PUT.event_id]
    google.put({**google.events[PUT.event_id], "location": "Kitchen"})
    read = GoogleCalendar._get

    def meddled(self: GoogleCalendar, write: Any) -> Any:
        found = read(self, write)
        if "color" not in google.events[PUT.event_id]:
            google.put({**google.events[PUT.event_id], "color": "red"})
        return found

    monkeypatch.setattr(GoogleCalendar, "_get", meddled)
    await calendar.write(evolve(PUT, title="Later"))
    shown = google.events[PUT.event_id]
    assert (shown["location"], shown["color"], shown["summary"]) == ("Kitchen", "red", "Later")

    google.cancel(PUT.event_id)
    await calendar.write(PUT)
    assert google.events[PUT.event_id]["status"] == "confirmed"


async def test_only_her_own_events_are_ever_written(google: Any) -> None:
    """Whatever the id, and whatever else the event says."""
    google.put(item("theirs", extendedProperties={"private": {"donnaTaskId": "t1"}}))
    before = dict(google.events)
    calendar = calendar_at(google)
    for write in (PUT, DELETE):
        problem = await failure(calendar.write(evolve(write, event_id=EventKey("theirs"))))
        assert isinstance(problem, ForeignEvent)
    assert google.events == before


async def test_an_expired_token_is_renewed_and_kept(google: Any) -> None:
    """The next process finds the new one, and the instant of the consent."""
    kept: list[Any] = []
    token = google.token(fresh=False)
    google.access_token = "another"
    calendar = calendar_at(google, token=token, kept=kept)
    await calendar.changes(DAY)

    assert [each["token"] for each in kept] == [google.access_token]
    assert kept[0]["granted_at"] == token["granted_at"]
    assert kept[0]["refresh_token"] == google.refresh_token


@pytest.mark.parametrize(("days_ago", "named"), [(7.1, "after seven days"), (60, "not valid")])
async def test_a_consent_that_ended_is_told_with_the_way_out(
    google: Any, days_ago: float, named: str
) -> None:
    """Seven days after it was given the app is still in Testing."""
    google.is_over = True
    calendar = calendar_at(google, token=google.token(fresh=False, days_ago=days_ago))
    problem = await failure(calendar.changes(Interval(NOON, NOON + HOUR)))
    assert isinstance(problem, CalendarUnreadable)
    assert named in problem.problem
    assert "In production" in problem.remedy
