"""Notes that are written unasked: at their hour, once, and late where nobody was there."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.memory import open_memory, open_notes
from donna_adapters.compose.settings import Options
from donna_adapters.compose.vault import latest_due
from donna_core.local.settings import NoteRow, WeeklyNoteRow
from donna_core.testing.fake_clock import FakeClock
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.capture import capture
from donna_core.usecases.mirroring import mirror_calendars
from donna_server.writing_notes import Round, write_due

MORNING = datetime(2026, 11, 20, 7, tzinfo=UTC)
CONFIG = """vault: {root: vault, write_folders: [Reflections, Meetings, People], autonomy: high}
embedding: {provider: none}
notes:
  daily_reflection: {enabled: true, hour: 21}
  meeting_note: {enabled: true}
"""
MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:budget
DTSTAMP:20261101T000000Z
DTSTART:20261120T090000Z
DTEND:20261120T100000Z
SUMMARY:Budget: round --- two
ORGANIZER:mailto:ida@example.org
ATTENDEE:mailto:bo@example.org
ATTENDEE;CN="Ida Berg":mailto:ida@example.org
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("row", "at", "due"),
    [
        (NoteRow(enabled=True, hour=21), "2026-11-20 20:59", "2026-11-19"),
        (NoteRow(enabled=True, hour=21), "2026-11-20 21:00", "2026-11-20"),
        (NoteRow(enabled=True, hour=2), "2026-03-29 01:30", "2026-03-29"),  # 2 o'clock is no time
        (WeeklyNoteRow(enabled=True, day=6, hour=18), "2026-11-20 12:00", "2026-11-15"),
        (WeeklyNoteRow(enabled=True, day=4, hour=18), "2026-11-20 18:00", "2026-11-20"),
    ],
)
def test_the_latest_day_whose_hour_has_come(row: NoteRow, at: str, due: str) -> None:
    """On the clocks of the owner's zone, also where they jump."""
    zone = ZoneInfo("Europe/Berlin")
    instant = datetime.fromisoformat(at).replace(tzinfo=zone)
    if at.startswith("2026-03-29"):
        instant = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert latest_due(row, instant, zone) == date.fromisoformat(due)


async def test_each_note_is_written_once_and_nothing_that_was_missed_is_lost(
    tmp_path: Path,
) -> None:
    """A reflection a day, and a note for the meeting that ended while Donna was away."""
    _furnish(tmp_path, CONFIG)
    (tmp_path / "work.ics").write_text(MEETING.replace("\n", "\r\n"))
    clock = FakeClock(MORNING)
    async with open_runtime(
        Options(output=list[str]().append, data_dir=tmp_path, environment={}), clock=clock
    ) as composed:
        notes = open_notes(composed, open_memory(composed))
        assert notes is not None
        await mirror_calendars(composed.runtime)
        first = await write_due(composed.runtime, notes)
        assert first == Round(written=1)  # yesterday's reflection

        await capture(composed.runtime, "Pay the rent today")
        await advance(composed.runtime, "1", Verb.DONE)
        clock.advance(to=MORNING + timedelta(hours=15))

        assert (await write_due(composed.runtime, notes)).written == 2
        assert (await write_due(composed.runtime, notes)).written == 0
    found = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "vault").rglob("*.md"))
    assert found == [
        "vault/Meetings/2026-11-20-0900-budget-round-two.md",
        "vault/People/Ida Berg.md",
        "vault/Reflections/2026-11-19.md",
        "vault/Reflections/2026-11-20.md",
    ]
    assert "- Pay the rent" in (tmp_path / found[3]).read_text()
    assert "- bo@example.org\n- [[Ida Berg]]\n" in (tmp_path / found[0]).read_text()
    assert "stub: true" in (tmp_path / found[1]).read_text()


async def test_who_was_linked_to_three_times_in_a_week_gets_a_note(tmp_path: Path) -> None:
    """Once a week; a project that is linked to as often is no person."""
    _furnish(
        tmp_path,
        "vault: {root: vault, write_folders: [People], autonomy: high}\n"
        "embedding: {provider: none}\n"
        "notes: {person_profile: {enabled: true, day: 4, hour: 6}}\n",
        folder="People",
    )
    (tmp_path / "vault" / "Diary.md").write_text(
        "---\ndonna: local-only\n---\n[[People/Ida Berg]] told me her secret.\n"
    )
    (tmp_path / "vault" / "People" / "Bo.md").write_text("My own note of Bo.\n")
    for day in (18, 19, 20):
        note = tmp_path / "vault" / f"{day}.md"
        note.write_text(f"[[People/Ida Berg]] and [[Bo]] spoke of [[Boat]], {day}.\n")
        saved = datetime(2026, 11, day, tzinfo=UTC).timestamp()
        os.utime(note, (saved, saved))
    async with open_runtime(
        Options(output=list[str]().append, data_dir=tmp_path, environment={}),
        clock=FakeClock(MORNING),
    ) as composed:
        memory = open_memory(composed)
        notes = open_notes(composed, memory)
        assert notes is not None
        assert memory.vault is not None
        await memory.vault.sync()

        assert await notes.drafts.people_mentioned(MORNING.date()) == ["Bo", "Ida Berg"]
        assert await write_due(composed.runtime, notes) == Round(written=1)
        assert await write_due(composed.runtime, notes) == Round(written=0)
    assert (tmp_path / "vault" / "People" / "Bo.md").read_text() == "My own note of Bo.\n"
    about_ida = (tmp_path / "vault" / "People" / "Ida Berg.md").read_text()
    assert "spoke of" in about_ida
    assert "secret" not in about_ida


async def test_a_meeting_whose_note_is_refused_holds_no_other_up(tmp_path: Path) -> None:
    """Two of one title have a note each; one that came to be known late has its own as well."""
    _furnish(tmp_path, CONFIG, folder="Meetings")
    refused = "vault/Meetings/2026-11-20-0900-Budget-round-two.md"  # a twin by case
    (tmp_path / refused).write_text("Mine.\n")
    calendar = tmp_path / "work.ics"
    calendar.write_text(_calendar(_meeting("a", "0900"), _meeting("b", "1100")))
    clock = FakeClock(MORNING)
    async with open_runtime(
        Options(output=list[str]().append, data_dir=tmp_path, environment={}), clock=clock
    ) as composed:
        notes = open_notes(composed, open_memory(composed))
        assert notes is not None
        await write_due(composed.runtime, notes)
        await mirror_calendars(composed.runtime)
        clock.advance(to=MORNING + timedelta(hours=6))

        done = await write_due(composed.runtime, notes)
        assert (done.written, len(done.refused)) == (1, 1)

        calendar.write_text(
            _calendar(_meeting("a", "0900"), _meeting("b", "1100"), _meeting("late", "0800"))
        )
        await mirror_calendars(composed.runtime)
        (tmp_path / refused).unlink()
        assert await write_due(composed.runtime, notes) == Round(written=2)


def _furnish(home: Path, memory: str, *, folder: str = "") -> None:
    (home / "config").mkdir()
    (home / "vault" / folder).mkdir(parents=True)
    (home / "config" / "memory.yaml").write_text(memory)
    (home / "config" / "calendar.yaml").write_text(
        "timezone: UTC\ncalendars: {work: {calendar_id: work.ics, access: read_only}}\n"
    )


def _meeting(uid: str, start: str) -> str:
    found = MEETING[MEETING.index("BEGIN:VEVENT") : MEETING.index("END:VCALENDAR")]
    hour = int(start[:2])
    return (
        found.replace("UID:budget", f"UID:{uid}")
        .replace("T090000Z", f"T{hour:02}0000Z")
        .replace("T100000Z", f"T{hour + 1:02}0000Z")
    )


def _calendar(*meetings: str) -> str:
    head = MEETING[: MEETING.index("BEGIN:VEVENT")]
    return f"{head}{''.join(meetings)}END:VCALENDAR\n".replace("\n", "\r\n")
