"""A calendar on a CalDAV server (RFC 4791): Nextcloud, iCloud, Fastmail, Radicale and others.

The library is synchronous: each act is one hop to a thread.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from zoneinfo import ZoneInfo

from attrs import frozen
from caldav.davclient import DAVClient
from caldav.lib.error import AuthorizationError, DAVError

from donna_adapters.calendars import ics_writing
from donna_adapters.calendars.ics_feeds import Feed
from donna_adapters.calendars.ics_reading import check
from donna_adapters.calendars.ics_text import Malformed, decoded, outline
from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    CalendarChanges,
    CalendarNotWritten,
    ForeignEvent,
    ReadOnlyCalendar,
    unchanged,
)

PATIENCE = 30
"""Seconds the server may take for an answer."""

TRIES = 3
"""How often a write is begun anew where somebody changed the event in between."""

_MARGIN = timedelta(days=2)  # the server takes floating times for its own
_DAV, _CAL, _SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
_MARKS = """<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:s="http://calendarserver.org/ns/">
<d:prop><s:getctag/><d:sync-token/><d:resourcetype/></d:prop></d:propfind>"""
_QUERY = """<?xml version="1.0"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">{test}</c:comp-filter>
</c:comp-filter></c:filter></c:calendar-query>"""
_RANGE = '<c:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
_OF_UID = (
    '<c:prop-filter name="UID"><c:text-match collation="i;octet">{uid}</c:text-match>'
    "</c:prop-filter>"
)
_AGAIN = "Donna asks again later; until then she goes by what she saw last."
_WHATEVER = (DAVError, OSError, ValueError)


class _Refused(Exception):
    """The server answered, and not with what was asked for."""


@frozen(kw_only=True)
class _Stored:
    """One event as the server keeps it."""

    url: str
    etag: str
    text: str


class CaldavCalendar(Feed):
    """One calendar of a server. What changed is told by its ctag, or its sync token.

    Where that is still the same nothing else is asked for; else the whole window is, because
    the answer is then complete whatever the server can do. Events Donna writes carry her marks
    as properties, and are written only where they are as they were read (``If-Match``).
    """

    def __init__(
        self,
        calendar_id: str,
        url: str,
        *,
        user: str,
        password: str,
        zone: ZoneInfo,
        access: Access,
    ) -> None:
        super().__init__(calendar_id, zone=zone)
        self._url = url if url.endswith("/") else f"{url}/"
        self._access = access
        self._client = client_for(self._url, user=user, password=password)

    @property
    def access(self) -> Access:
        return self._access

    @property
    def is_remote(self) -> bool:
        return True

    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        return await asyncio.to_thread(self._changes, window, since)

    async def write(self, write: CalendarWrite) -> None:
        if self._access is Access.READ_ONLY:
            raise ReadOnlyCalendar(self._calendar_id)
        await asyncio.to_thread(self._write, write)

    def _changes(self, window: Interval, since: str | None) -> CalendarChanges:
        try:
            mark = self._mark()
            stamp = f"caldav-1:{self._zone}:{mark}"
            if mark and stamp == since:
                return unchanged(self._calendar_id, stamp=stamp, window=window)
            start, end = window.start - _MARGIN, window.end + _MARGIN
            test = _RANGE.format(start=start.astimezone(UTC), end=end.astimezone(UTC))
            texts = {each.url: each.text for each in self._query(test)}
        except AuthorizationError as problem:
            raise self._locked_out(problem) from problem
        except (*_WHATEVER, _Refused) as problem:
            raise self._failed(problem) from problem
        return self._answer(texts, window, stamp=stamp)

    def _mark(self) -> str:
        """Return what changes whenever an event does; asking costs one request."""
        answer = self._client.propfind(self._url, props=_MARKS, depth=0)
        for response in _responses(answer):
            for name in (f"{_SERVER}getctag", f"{_DAV}sync-token"):
                found = response.find(f".//{name}")
                if found is not None and found.text:
                    return str(found.text)
        return ""  # this server cannot tell

    def _query(self, test: str) -> Iterator[_Stored]:
        answer = self._client.report(self._url, _QUERY.format(test=test), depth=1)
        for response in _responses(answer):
            status = response.find(f"{_DAV}status")
            data = response.find(f".//{_CAL}calendar-data")
            where = response.findtext(f"{_DAV}href") or ""
            if status is not None and " 404 " in f"{status.text} ":
                continue  # it went away while the server answered
            if data is None or not data.text:
                said = status.text if status is not None else "no calendar-data"
                raise _Refused(f"a part of the answer is missing: {where} {said}")
            yield _Stored(
                url=urljoin(self._url, where),
                etag=response.findtext(f".//{_DAV}getetag") or "",
                text=data.text.replace("\r\n", "\n").replace("\n", "\r\n"),
            )

    def _write(self, write: CalendarWrite) -> None:
        try:
            for _ in range(TRIES):
                if self._try(write):
                    return
        except AuthorizationError as problem:
            raise self._locked_out(problem) from problem
        except (*_WHATEVER, _Refused) as problem:
            raise self._not_written(_said(problem, self._url)) from problem
        raise self._not_written("somebody changed the event again and again meanwhile")

    def _try(self, write: CalendarWrite) -> bool:
        """Make the event so; ``False`` where it was changed by somebody since it was read."""
        stored = self._stored(write.event_id)
        try:
            if stored is not None:
                check(outline(decoded(stored.text.encode())))
            text = ics_writing.edited(stored.text if stored else None, write)
        except Malformed as problem:
            raise self._malformed(stored.url if stored else self._url, problem) from problem
        except ics_writing.NotOurs:
            raise ForeignEvent(self._calendar_id, event_id=write.event_id) from None
        if text is None:
            return True
        match = {"If-Match": stored.etag} if stored else {"If-None-Match": "*"}
        url = stored.url if stored else urljoin(self._url, f"{quote(write.event_id, safe='')}.ics")
        if write.action is CalendarAction.DELETE:
            answer = self._client.request(url, "DELETE", "", match)
        else:
            kind = {"Content-Type": "text/calendar; charset=utf-8"}
            answer = self._client.request(url, "PUT", text, {**match, **kind})
        if answer.status == 412 or (write.action is CalendarAction.DELETE and answer.status == 404):
            return False
        if not 200 <= answer.status < 300:
            raise _Refused(f"the server answered {answer.status}")
        return True

    def _stored(self, uid: str) -> _Stored | None:
        escaped = uid.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return next(self._query(_OF_UID.format(uid=escaped)), None)

    def _locked_out(self, problem: AuthorizationError) -> CalendarUnreadable:
        name = self._calendar_id
        return self._unreadable(
            f"the server refuses the login ({problem.reason or 'no access'})",
            remedy=f"Make an app password there, then: donna calendar disconnect {name}, "
            "and connect it again.",
        )

    def _failed(self, problem: Exception) -> CalendarUnreadable:
        return self._unreadable(_said(problem, self._url), remedy=_AGAIN)

    def _not_written(self, problem: str) -> CalendarNotWritten:
        return CalendarNotWritten(self._calendar_id, problem=problem, remedy="It is tried again.")


def client_for(url: str, *, user: str, password: str) -> DAVClient:
    """Return a client that shows its password at once, which spares a request each time."""
    return DAVClient(
        url=url,
        username=user or None,
        password=password or None,
        auth_type="basic" if user else None,
        timeout=PATIENCE,
        enable_rfc6764=False,
        require_tls=False,
    )


def calendars_at(url: str, *, user: str, password: str) -> tuple[tuple[str, str], ...]:
    """Return name and address of each calendar the user has there.

    ``url`` may be that of the server or of one calendar. Raise ``CalendarUnreadable``.
    """
    client = client_for(url, user=user, password=password)
    try:
        answer = client.propfind(url, props=_MARKS, depth=0)
        if any(found.find(f".//{_CAL}calendar") is not None for found in _responses(answer)):
            return ((url.rstrip("/").rpartition("/")[2], url),)
        found = client.principal().get_calendars()  # type: ignore[no-untyped-call]  # it has no types
        return tuple((each.get_display_name() or str(each.url), str(each.url)) for each in found)
    except AuthorizationError as problem:
        raise CalendarUnreadable(
            url,
            problem="the server refuses the login",
            remedy="Correct --user and the password; many servers want an app password.",
        ) from problem
    except (*_WHATEVER, _Refused) as problem:
        raise CalendarUnreadable(
            url,
            problem=_said(problem, url),
            remedy="Correct the address; your provider names it in its help on CalDAV.",
        ) from problem


def _said(problem: Exception, url: str) -> str:
    """Return what went wrong in few words; those of a lost connection are a page long."""
    if isinstance(problem, OSError):
        return f"{urlsplit(url).hostname} cannot be reached"
    return str(problem) or type(problem).__name__


def _responses(answer: Any) -> list[Any]:
    """Return the parts of a multistatus; raise ``_Refused`` where it is none."""
    if answer.status != 207 or answer.tree is None:
        raise _Refused(f"the server answered {answer.status}")
    return list(answer.tree.iter(f"{_DAV}response"))
