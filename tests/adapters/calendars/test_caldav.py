"""CalDAV against a real Radicale server."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, make_server
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

pytest.importorskip("caldav", reason="install donna-adapters[caldav]")
radicale = pytest.importorskip("radicale", reason="install the test group")

from donna_adapters.calendars.caldav import (  # noqa: E402  # an extra
    CaldavCalendar,
    calendars_at,
    client_for,
)

BERLIN = ZoneInfo("Europe/Berlin")
USER, PASSWORD = "anna", "correct horse"
MAKE = """<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:set><d:prop><d:displayname>{name}</d:displayname></d:prop></d:set></c:mkcalendar>"""
SERIES = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Elsewhere//EN\r
BEGIN:VEVENT\r
UID:series@example.org\r
DTSTAMP:20261101T000000Z\r
DTSTART;TZID=Europe/Berlin:20261118T090000\r
DTEND;TZID=Europe/Berlin:20261118T093000\r
RRULE:FREQ=DAILY;COUNT=5\r
EXDATE;TZID=Europe/Berlin:20261119T090000\r
ORGANIZER;CN=Boss:mailto:Boss@Example.org\r
ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.org\r
SUMMARY:Stand-up\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:series@example.org\r
DTSTAMP:20261101T000000Z\r
RECURRENCE-ID;TZID=Europe/Berlin:20261120T090000\r
DTSTART;TZID=Europe/Berlin:20261120T150000\r
DTEND;TZID=Europe/Berlin:20261120T153000\r
SUMMARY:Stand-up later\r
END:VEVENT\r
END:VCALENDAR\r
"""


REQUESTS: list[str] = []
"""The methods of all requests so far."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server with one user."""
    from radicale.app import Application  # noqa: PLC0415  # skipped where it is not there
    from radicale.config import load  # noqa: PLC0415  # the same

    folder = tmp_path_factory.mktemp("radicale")
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    configuration = load()
    users = {"type": "htpasswd", "htpasswd_filename": str(folder / "users")}
    configuration.update(
        {
            "auth": {**users, "htpasswd_encryption": "plain", "delay": "0"},
            "storage": {"filesystem_folder": str(folder / "collections")},
        },
        "the test",
        privileged=True,
    )
    logging.getLogger("radicale").setLevel(logging.CRITICAL)
    application = Application(configuration)

    def counted(environ: Any, start: Any) -> Any:
        REQUESTS.append(environ["REQUEST_METHOD"])
        return application(environ, start)

    with make_server("127.0.0.1", 0, counted, handler_class=_Quiet) as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()
        thread.join()


def put(url: str, name: str, text: str) -> None:
    """Store an event as another program does."""
    client = client_for(url, user=USER, password=PASSWORD)
    answer = client.put(f"{url}{name}.ics", text, {"Content-Type": "text/calendar"})
    assert answer.status in {201, 204}


def calendar_at(url: str, access: Access = Access.READ_WRITE, **fields: Any) -> CaldavCalendar:
    """Return the adapter."""
    wanted = {"user": USER, "password": PASSWORD, **fields}
    return CaldavCalendar("managed", url, zone=BERLIN, access=access, **wanted)


@pytest.fixture
def url(server: str) -> str:
    """Give the address of an empty calendar of its own."""
    made = f"{server}{USER}/{uuid4().hex}/"
    client = client_for(server, user=USER, password=PASSWORD)
    assert client.request(made, "MKCALENDAR", MAKE.format(name="Work")).status == 201
    return made


class TestCaldavCalendar(CalendarContract):
    @pytest.fixture(autouse=True)
    def empty(self, url: str) -> None:
        """Give each test a calendar of its own."""
        self.url = url

    def managed(self) -> Calendar:
        return calendar_at(self.url)

    def managed_beside(self, event: CalendarEvent) -> Calendar:
        times = [f"{instant:%Y%m%dT%H%M%SZ}" for instant in (event.when.start, event.when.end)]
        put(
            self.url,
            "theirs",
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Elsewhere//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:{event.event_id}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{times[0]}\r\n"
            f"DTEND:{times[1]}\r\nSUMMARY:{event.title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        )
        return self.managed()

    def read_only(self) -> Calendar:
        return calendar_at(self.url, Access.READ_ONLY)

    def broken(self) -> Calendar:
        return calendar_at(self.url, password="wrong")


async def test_repetitions_come_as_the_server_keeps_them(url: str) -> None:
    """Moved and left out, with who asked for it and who comes."""
    put(url, "series", SERIES)
    week = Interval(NOON - 60 * HOUR, NOON + 72 * HOUR)
    events = (await calendar_at(url).changes(week)).events

    assert [(event.starts, event.title) for event in events] == [
        ("2026-11-18T09:00:00+01:00", "Stand-up"),
        ("2026-11-20T15:00:00+01:00", "Stand-up later"),
        ("2026-11-21T09:00:00+01:00", "Stand-up"),
        ("2026-11-22T09:00:00+01:00", "Stand-up"),
    ]
    assert events[0].organizer == "boss@example.org"
    assert events[0].attendees == ("anna@example.org",)
    assert events[1].recurrence_id == "2026-11-20T09:00:00+01:00"


async def test_no_news_costs_one_request(url: str) -> None:
    """And news a second one."""
    calendar = calendar_at(url)
    known = await calendar.changes(DAY)
    REQUESTS.clear()
    assert (await calendar.changes(DAY, since=known.stamp)).is_empty
    assert REQUESTS == ["PROPFIND"]

    await calendar.write(PUT)
    REQUESTS.clear()
    assert len((await calendar.changes(DAY, since=known.stamp)).events) == 1
    assert REQUESTS == ["PROPFIND", "REPORT"]


async def test_what_others_added_to_an_event_of_donnas_stays(url: str) -> None:
    """A place, an alarm: she changes her own lines only."""
    calendar = calendar_at(url)
    await calendar.write(PUT)
    client = client_for(url, user=USER, password=PASSWORD)
    where = f"{url}{PUT.event_id}.ics"
    text = client.request(where, "GET").raw
    put(url, PUT.event_id, text.replace("END:VEVENT", "LOCATION:Kitchen\r\nEND:VEVENT"))

    await calendar.write(evolve(PUT, title="Later", end=PUT.end + HOUR))
    changed = client.request(where, "GET").raw
    assert "LOCATION:Kitchen" in changed
    assert "SUMMARY:Later" in changed


async def test_what_changes_under_her_hands_is_read_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that comes second is not lost and overwrites nothing unseen."""
    calendar = calendar_at(url)
    await calendar.write(PUT)
    read = CaldavCalendar._stored
    meddled: list[int] = []

    def stored(self: CaldavCalendar, uid: str) -> Any:
        found = read(self, uid)
        if found is not None and not meddled:
            meddled.append(1)
            put(url, PUT.event_id, found.text.replace("END:VEVENT", "COLOR:red\r\nEND:VEVENT"))
        return found

    monkeypatch.setattr(CaldavCalendar, "_stored", stored)
    await calendar.write(evolve(PUT, title="Later"))
    text = client_for(url, user=USER, password=PASSWORD).request(f"{url}{PUT.event_id}.ics").raw
    assert "COLOR:red" in text
    assert "SUMMARY:Later" in text


async def test_a_server_that_is_away_is_no_empty_calendar(url: str) -> None:
    """Neither for reading nor for writing; a wrong address is one that is away."""
    for gone in ("http://127.0.0.1:9/anna/x/", f"{url}nowhere/"):
        calendar = calendar_at(gone)
        assert isinstance(await failure(calendar.changes(DAY)), CalendarUnreadable)
        problem = await failure(calendar.write(PUT))
        assert isinstance(problem, CalendarNotWritten | CalendarUnreadable)


async def test_only_her_own_events_are_ever_written(url: str) -> None:
    """Whatever the id: a series of somebody else survives both kinds of writes."""
    put(url, "series", SERIES)
    calendar = calendar_at(url)
    before = await calendar.changes(Interval(NOON - timedelta(days=9), NOON + timedelta(days=9)))
    for write in (PUT, DELETE):
        problem = await failure(
            calendar.write(evolve(write, event_id=EventKey("series@example.org")))
        )
        assert isinstance(problem, ForeignEvent)
    after = await calendar.changes(before.window)
    assert after == before


def test_the_calendars_of_a_server_are_found(server: str, url: str) -> None:
    """By the address of the server, or of one of them; a wrong password is told."""
    assert ("Work", url) in calendars_at(server, user=USER, password=PASSWORD)
    assert [where for _, where in calendars_at(url, user=USER, password=PASSWORD)] == [url]
    with pytest.raises(CalendarUnreadable, match="refuses the login"):
        calendars_at(server, user=USER, password="wrong")
    assert asyncio.run(calendar_at(url).changes(DAY)).events == ()
