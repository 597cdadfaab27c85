"""A calendar in a local ``.ics`` file (RFC 5545)."""

import asyncio
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_adapters.calendars.files import locked, replace_content, whole_content
from donna_adapters.calendars.ics_text import LARGEST, Malformed, decoded, outline
from donna_core.domain.effects import CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import (
    Access,
    Calendar,
    CalendarChanges,
    CalendarEvent,
    CalendarNotWritten,
    ForeignEvent,
    ReadOnlyCalendar,
    unchanged,
)

OWNER_ONLY_FOLDER = 0o700


class IcsCalendar(Calendar):
    """Reads a file that any calendar program may write; writes one that Donna manages.

    The stamp is a hash of the content, with the zone that floating times are read in: it tells
    what size and times of a file cannot, a change within one tick of the file system. While
    it stays the same nothing is parsed again that lies within the window read last. A managed
    file that does not exist yet is an empty calendar; any other absence is an error.

    What is read: recurrences with their exceptions and moved occurrences, zones by name or as
    the file defines them, floating times in ``zone``. Cancelled and transparent events are not
    busy; whole days only when they say so. Recurrences closer than an hour are refused.
    """

    def __init__(self, calendar_id: str, path: Path, *, zone: ZoneInfo, writable: bool) -> None:
        self._calendar_id = calendar_id
        self._path = path.expanduser()
        self._zone = zone
        self._writable = writable
        self._latest: CalendarChanges | None = None

    @property
    def calendar_id(self) -> str:
        return self._calendar_id

    @property
    def access(self) -> Access:
        return Access.READ_WRITE if self._writable else Access.READ_ONLY

    @property
    def is_remote(self) -> bool:
        return False

    async def changes(self, window: Interval, *, since: str | None = None) -> CalendarChanges:
        return await asyncio.to_thread(self._changes, window, since)

    async def write(self, write: CalendarWrite) -> None:
        if not self._writable:
            raise ReadOnlyCalendar(self._calendar_id)
        await asyncio.to_thread(self._write, write)

    def _changes(self, window: Interval, since: str | None) -> CalendarChanges:
        text = self._content()
        stamp, latest = self._stamp(text), self._latest
        if stamp == since:
            nothing = unchanged(self._calendar_id, stamp=stamp, window=window)
            return evolve(nothing, is_absent=text is None)
        if latest is None or latest.stamp != stamp or not _lies_within(window, latest.window):
            latest = CalendarChanges(
                calendar_id=self._calendar_id,
                stamp=stamp,
                window=window,
                events=() if text is None else self._occurrences(text, window),
                is_absent=text is None,
            )
            self._latest = latest
        events = tuple(event for event in latest.events if event.when.overlaps(window))
        return evolve(latest, window=window, events=events)

    def _occurrences(self, text: str, window: Interval) -> tuple[CalendarEvent, ...]:
        from donna_adapters.calendars.ics_reading import occurrences  # noqa: PLC0415  # some 150 ms

        try:
            return occurrences(text, calendar_id=self._calendar_id, window=window, zone=self._zone)
        except Malformed as problem:
            raise self._malformed(problem) from problem

    def _write(self, write: CalendarWrite) -> None:
        try:
            self._path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            with locked(self._path):
                text = self._content()
                changed = self._edited(text, write)
                if changed is not None:
                    replace_content(self._path, changed.encode("utf-8"))
        except OSError as problem:
            raise CalendarNotWritten(
                self._calendar_id,
                problem=f"{self._path}: {problem.strerror or problem}",
                remedy="Make room, or make the file and its folder writable for you.",
            ) from problem

    def _edited(self, text: str | None, write: CalendarWrite) -> str | None:
        from donna_adapters.calendars import ics_reading, ics_writing  # noqa: PLC0415  # some 150 ms

        try:
            if text is not None:
                ics_reading.check(outline(text))
            return ics_writing.edited(text, write)
        except Malformed as problem:
            raise self._malformed(problem) from problem
        except ics_writing.NotOurs:
            raise ForeignEvent(self._calendar_id, event_id=write.event_id) from None

    def _content(self) -> str | None:
        """Return the whole text of the file, or ``None`` for a managed one not there yet."""
        try:
            return decoded(whole_content(self._path, largest=LARGEST))
        except FileNotFoundError:
            if self._writable:
                return None
            raise self._unreadable(
                "the file is not there", remedy="Export it there again, or correct its path."
            ) from None
        except OSError as problem:
            raise self._unreadable(
                problem.strerror or str(problem), remedy="Make it a file that you may read."
            ) from problem
        except Malformed as problem:
            raise self._malformed(problem) from problem

    def _stamp(self, text: str | None) -> str:
        content = "absent"
        if text is not None:
            content = blake2b(text.encode("utf-8"), digest_size=16).hexdigest()
        return f"ics-1:{self._zone}:{content}"

    def _malformed(self, problem: Malformed) -> CalendarUnreadable:
        return self._unreadable(
            problem.problem,
            line=problem.line,
            remedy="If it is being written or synced, try again later; else export it anew.",
        )

    def _unreadable(
        self, problem: str, *, remedy: str, line: int | None = None
    ) -> CalendarUnreadable:
        where = f"{self._path}" if line is None else f"{self._path}:{line}"
        return CalendarUnreadable(self._calendar_id, problem=f"{where}: {problem}", remedy=remedy)


def _lies_within(inner: Interval, outer: Interval) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
