"""Calendars of iCalendar text that others write: a folder of files, or an address on the web."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from donna_adapters.calendars.files import whole_content
from donna_adapters.calendars.ics_text import LARGEST, Malformed, decoded
from donna_core.domain.effects import CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    Calendar,
    CalendarChanges,
    CalendarEvent,
    ReadOnlyCalendar,
    unchanged,
)

PATIENCE = 20.0
"""Seconds a server may take to connect, and between two pieces of its answer."""

MOST_REDIRECTS = 5
MOST_FILES = 20_000
_AGAIN = "Donna asks again later; until then she goes by what she saw last."


class Feed(Calendar):
    """Text that is only read; floating times are those of ``zone``."""

    def __init__(self, calendar_id: str, *, zone: ZoneInfo) -> None:
        self._calendar_id = calendar_id
        self._zone = zone

    @property
    def calendar_id(self) -> str:
        return self._calendar_id

    @property
    def access(self) -> Access:
        return Access.READ_ONLY

    async def write(self, write: CalendarWrite) -> None:
        del write
        raise ReadOnlyCalendar(self._calendar_id)

    @abstractmethod
    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges: ...

    def _answer(self, texts: dict[str, str], window: Interval, *, stamp: str) -> CalendarChanges:
        """Return every occurrence in these texts, which are named by where they are."""
        from donna_adapters.calendars.ics_reading import occurrences  # noqa: PLC0415  # some 150 ms

        found: list[CalendarEvent] = []
        for where, text in texts.items():
            try:
                found += occurrences(
                    text, calendar_id=self._calendar_id, window=window, zone=self._zone
                )
            except Malformed as problem:
                raise self._malformed(where, problem) from problem
        found.sort(key=lambda event: (event.when.start, event.event_id))
        return CalendarChanges(
            calendar_id=self._calendar_id, stamp=stamp, window=window, events=tuple(found)
        )

    def _malformed(self, where: str, problem: Malformed) -> CalendarUnreadable:
        at = where if problem.line is None else f"{where}:{problem.line}"
        return self._unreadable(
            f"{at}: {problem.problem}",
            remedy="If it is being written or synced, try again later; else export it anew.",
        )

    def _unreadable(self, problem: str, *, remedy: str) -> CalendarUnreadable:
        return CalendarUnreadable(self._calendar_id, problem=problem, remedy=remedy)


class IcsFolder(Feed):
    """A folder of ``.ics`` files, as programs keep it that store each event on its own."""

    def __init__(self, calendar_id: str, path: Path, *, zone: ZoneInfo) -> None:
        super().__init__(calendar_id, zone=zone)
        self._path = path.expanduser()

    @property
    def is_remote(self) -> bool:
        return False

    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        return await asyncio.to_thread(self._changes, window, since)

    def _changes(self, window: Interval, since: str | None) -> CalendarChanges:
        texts = dict(self._texts())
        digest = blake2b(digest_size=16)
        for where, text in texts.items():
            digest.update(f"{where}\0{text}\0".encode())
        stamp = f"ics-folder-1:{self._zone}:{digest.hexdigest()}"
        if stamp == since:
            return unchanged(self._calendar_id, stamp=stamp, window=window)
        return self._answer(texts, window, stamp=stamp)

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield every file, by name; hidden ones are somebody's half-written copies."""
        try:
            paths = sorted(
                path
                for path in self._path.iterdir()
                if path.suffix.lower() == ".ics" and not path.name.startswith(".")
            )
            if len(paths) > MOST_FILES:
                raise self._unreadable(
                    f"{self._path} holds more than {MOST_FILES} files",
                    remedy="Split it into several folders.",
                )
            for path in paths:
                try:
                    yield str(path), decoded(whole_content(path, largest=LARGEST))
                except Malformed as problem:
                    raise self._malformed(str(path), problem) from problem
        except OSError as problem:
            raise self._unreadable(
                f"{problem.filename or self._path}: {problem.strerror or problem}",
                remedy="Make it a folder that you may read, or correct its path.",
            ) from problem


class IcsUrl(Feed):
    """An address that answers with iCalendar text; asked only for what is newer than known."""

    def __init__(self, calendar_id: str, url: str, *, zone: ZoneInfo) -> None:
        super().__init__(calendar_id, zone=zone)
        scheme, _, rest = url.partition("://")
        self._url = f"https://{rest}" if scheme.lower() in {"webcal", "webcals"} else url

    @property
    def is_remote(self) -> bool:
        return True

    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        if since is not None and not since.startswith(f"ics-url-1:{self._zone}:"):
            since = None  # floating times were read in another zone then
        content, validator = await self._fetch(since)
        if content is None:
            return unchanged(self._calendar_id, stamp=since or "", window=window)
        try:
            text = decoded(content)
        except Malformed as problem:
            raise self._malformed(self._host, problem) from problem
        digest = blake2b(text.encode(), digest_size=16).hexdigest()
        mark = f"ics-url-1:{self._zone}:{digest}:"
        if since is not None and since.startswith(mark):
            return unchanged(self._calendar_id, stamp=since, window=window)
        texts = {self._host: text}
        return await asyncio.to_thread(self._answer, texts, window, stamp=mark + validator)

    @property
    def _host(self) -> str:
        """What to call it in a message: the rest of the address may be secret."""
        return self._url.partition("://")[2].partition("/")[0].rpartition("@")[2]

    async def _fetch(self, since: str | None) -> tuple[bytes | None, str]:
        """Return the content, or ``None`` where it is as it was; and what tells that next time."""
        import httpx  # noqa: PLC0415  # most calendars are files

        try:
            async with (
                httpx.AsyncClient(
                    timeout=PATIENCE, follow_redirects=True, max_redirects=MOST_REDIRECTS
                ) as client,
                client.stream("GET", self._url, headers=_conditions(since)) as answer,
            ):
                if answer.status_code == httpx.codes.NOT_MODIFIED and since is not None:
                    return None, ""
                if not answer.is_success:
                    raise self._refused(answer.status_code)
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        break
                return content, _validator(answer.headers)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            said = str(problem) or type(problem).__name__
            raise self._unreadable(f"{self._host}: {said}", remedy=_AGAIN) from problem

    def _refused(self, status: int) -> CalendarUnreadable:
        name = self._calendar_id
        anew = f"Copy its address anew: donna calendar disconnect {name}, then connect it again."
        remedy = anew if status in {401, 403, 404, 410} else _AGAIN
        return self._unreadable(f"{self._host} answered {status}", remedy=remedy)


def _conditions(since: str | None) -> dict[str, str]:
    """Return the headers that ask for news only."""
    validator = since.split(":", 3)[3] if since is not None and since.count(":") >= 3 else ""
    kind, value = validator[:1], validator[1:]
    accepted = {"Accept": "text/calendar, text/plain;q=0.5"}
    if kind == "e":
        return {**accepted, "If-None-Match": value}
    return {**accepted, "If-Modified-Since": value} if kind == "m" else accepted


def _validator(headers: Any) -> str:
    """Return what the server told to ask by next time (RFC 9110 section 8.8)."""
    if tag := headers.get("etag"):
        return f"e{tag}"
    return f"m{modified}" if (modified := headers.get("last-modified")) else ""
