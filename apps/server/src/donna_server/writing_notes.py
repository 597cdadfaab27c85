"""The notes that Donna writes unasked: each at its hour, once, and after its hour if need be."""

from datetime import date, datetime
from typing import Any

from donna_core.usecases.runtime import Runtime

_MEETINGS = "notes.meeting_note"


async def write_due(runtime: Runtime, notes: Any) -> int:
    """Write every note whose time has come since the last look; return how many were written.

    Of several days that were missed the latest is written. Meetings are looked at from the first
    look on. Raise ``VaultRefused``; what was not written is tried again.
    """
    written = 0
    for name, day in notes.due(runtime.clock.now()).items():
        written += await _write_for_day(runtime, notes, name, day)
    if notes.after_meetings:
        written += await _write_meetings(runtime, notes)
    return written


async def _write_for_day(runtime: Runtime, notes: Any, name: str, day: date) -> int:
    cursor, number = f"notes.{name}", day.toordinal()
    if await runtime.unit_of_work.run(lambda stores: stores.cursors.get(cursor)) >= number:
        return 0
    drafted = await notes.writer.run(getattr(notes.drafts, name)(day))
    await runtime.unit_of_work.run(lambda stores: stores.cursors.advance(cursor, number))
    return int(drafted.outcome == "written")


async def _write_meetings(runtime: Runtime, notes: Any) -> int:
    now = runtime.clock.now()
    last = await runtime.unit_of_work.run(lambda stores: stores.cursors.get(_MEETINGS))
    written = 0
    if last:
        since = datetime.fromtimestamp(last, tz=now.tzinfo)
        for meeting in await notes.drafts.meetings_that_ended(since, now):
            drafted = await notes.writer.run(notes.drafts.meeting_note(meeting))
            written += drafted.outcome == "written"
    until = int(now.timestamp())
    await runtime.unit_of_work.run(lambda stores: stores.cursors.advance(_MEETINGS, until))
    return written
