"""A calendar at Google, by its Calendar API v3."""

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from donna_adapters.google.client import TRIES, Failed, GoogleClient, Token, wait
from donna_adapters.google.events import Item, body_of, event_of, is_as_asked, task_of
from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    Calendar,
    CalendarChanges,
    CalendarNotWritten,
    ForeignEvent,
    ReadOnlyCalendar,
    unchanged,
)

_PAGE = 2500
_MOST_PAGES = 200
_GONE = {404, 410}


class GoogleCalendar(Calendar):
    """One calendar of one account. News are asked for by sync token.

    Google lays out repetitions itself, so that every occurrence has an id of its own. Donna's
    events bear ids she chose, so that an insert that is repeated finds the first one, and are
    marked by private extended properties; they are written only where they are as they were
    read (etags). ``token`` is what consent gave; ``keep_token`` is told when it was renewed.
    """

    def __init__(
        self,
        calendar_id: str,
        remote_id: str,
        *,
        token: Token,
        keep_token: Callable[[Token], None],
        zone: ZoneInfo,
        access: Access,
        endpoint: str = "",
        pause: Callable[[float], object] = wait,
    ) -> None:
        self._calendar_id, self._remote_id = calendar_id, remote_id
        self._zone, self._access = zone, access
        self._client = GoogleClient(
            calendar_id, token=token, keep_token=keep_token, endpoint=endpoint, pause=pause
        )
        self._in_use = Lock()  # httplib2 is for one thread at a time

    @property
    def calendar_id(self) -> str:
        return self._calendar_id

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
        with self._in_use:
            try:
                return self._asked(window, since)
            except Failed as problem:
                raise self._unreadable(problem) from problem
            finally:
                self._client.close()

    def _asked(self, window: Interval, since: str | None) -> CalendarChanges:
        mark = f"google-1:{self._zone}:"
        if since is not None and since.startswith(mark):
            try:
                items, token = self._list(syncToken=since.removeprefix(mark))
                return self._news(items, window, since=since, stamp=mark + token)
            except Failed as problem:
                if problem.status not in {400, 410}:
                    raise
        items, token = self._list(timeMin=window.start.isoformat(), timeMax=window.end.isoformat())
        return CalendarChanges(
            calendar_id=self._calendar_id,
            stamp=mark + token,
            window=window,
            events=self._events(items, window),
        )

    def _news(
        self, items: list[Item], window: Interval, *, since: str, stamp: str
    ) -> CalendarChanges:
        if not items:
            # Google gives a token anew each time; the one before stays good.
            return unchanged(self._calendar_id, stamp=since, window=window)
        return CalendarChanges(
            calendar_id=self._calendar_id,
            stamp=stamp,
            window=window,
            replaced=frozenset(str(item["id"]) for item in items),
            events=self._events(items, window),
        )

    def _events(self, items: list[Item], window: Interval) -> tuple[Any, ...]:
        latest = {
            item["id"]: item for item in items
        }  # an event that changed in between comes twice
        try:
            found = [
                event_of(item, calendar_id=self._calendar_id, zone=self._zone)
                for item in latest.values()
                if item.get("status") != "cancelled"
            ]
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise Failed(f"an event cannot be understood: {problem!r}") from problem
        seen = [event for event in found if event.when.overlaps(window)]
        return tuple(sorted(seen, key=lambda event: (event.when.start, event.event_id)))

    def _list(self, **asked: Any) -> tuple[list[Item], str]:
        """Return the items of all pages and the token for the next time, or fail as a whole."""
        items: list[Item] = []
        page: str | None = None
        for _ in range(_MOST_PAGES):
            answer = self._client.call(
                lambda service, page=page: service.events().list(  # type: ignore[misc]  # a default
                    calendarId=self._remote_id,
                    singleEvents=True,
                    showDeleted="syncToken" in asked,
                    maxResults=_PAGE,
                    pageToken=page,
                    **asked,
                )
            )
            if not isinstance(answer, dict) or not isinstance(answer.get("items", []), list):
                raise Failed("Google's answer is not a list of events")
            items += answer.get("items", [])
            page = answer.get("nextPageToken")
            if page is None:
                if token := answer.get("nextSyncToken"):
                    return items, str(token)
                raise Failed("Google's answer breaks off: it names no next page and no end")
        raise Failed(f"Google's answer has more than {_MOST_PAGES} pages")

    def _write(self, write: CalendarWrite) -> None:
        with self._in_use:
            try:
                for _ in range(TRIES):
                    if self._try(write):
                        return
            except Failed as problem:
                raise CalendarNotWritten(
                    self._calendar_id, problem=problem.problem, remedy=problem.remedy
                ) from problem
            finally:
                self._client.close()
        raise CalendarNotWritten(
            self._calendar_id,
            problem="somebody changed the event again and again meanwhile",
            remedy="It is tried again.",
        )

    def _try(self, write: CalendarWrite) -> bool:
        """Make the event so; ``False`` where it was changed by somebody since it was read."""
        named = {"calendarId": self._remote_id, "eventId": write.event_id}
        present = self._get(write)
        is_gone = present is None or present.get("status") == "cancelled"
        if present is not None and not is_gone and not task_of(present):
            raise ForeignEvent(self._calendar_id, event_id=write.event_id)
        deleting = write.action is CalendarAction.DELETE
        if (deleting and is_gone) or (
            not deleting and present is not None and is_as_asked(present, write)
        ):
            return True
        body = body_of(write)
        etag = present["etag"] if present is not None else None
        try:
            if present is None:
                mine = {"calendarId": self._remote_id, "body": {"id": write.event_id, **body}}
                self._client.call(lambda service: service.events().insert(**mine))
            elif deleting:
                self._client.call(lambda service: service.events().delete(**named), etag=etag)
            else:
                change = {**named, "body": body}
                self._client.call(lambda service: service.events().patch(**change), etag=etag)
        except Failed as problem:
            # 409: there is one of this id after all; 412: it is not as it was read.
            if problem.status in {409, 412, *_GONE}:
                return False
            raise
        return True

    def _get(self, write: CalendarWrite) -> Item | None:
        named = {"calendarId": self._remote_id, "eventId": write.event_id}
        try:
            found: Item = self._client.call(lambda service: service.events().get(**named))
        except Failed as problem:
            if problem.status in _GONE:
                return None
            raise self._unreadable(problem) from problem
        return found

    def _unreadable(self, problem: Failed) -> CalendarUnreadable:
        return CalendarUnreadable(self._calendar_id, problem=problem.problem, remedy=problem.remedy)
