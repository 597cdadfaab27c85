"""Donna writes her own events and leaves every other byte of the file alone."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_adapters.calendars.files import LockHeld, locked
from donna_adapters.calendars.ics import IcsCalendar
from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.calendar import CalendarEvent, CalendarNotWritten
from donna_core.testing.contracts.calendar import DAY, DELETE, HOUR, PUT

SAMPLES = {path.name: path.read_bytes() for path in Path(__file__).parent.glob("data/*.ics")}
BASE = datetime(2026, 3, 28, tzinfo=UTC)

A_MOMENT = timedelta(milliseconds=50)


def calendar_at(path: Path) -> IcsCalendar:
    """Return a calendar in that file which is Donna's to write."""
    return IcsCalendar("donna", path, zone=ZoneInfo("Europe/Berlin"), writable=True)


def insert(path: Path, lines: str) -> None:
    """Add lines at the end of the file's one event, as another program might."""
    path.write_bytes(path.read_bytes().replace(b"END:VEVENT", lines.encode() + b"END:VEVENT"))


@pytest.mark.parametrize("name", sorted(SAMPLES))
async def test_putting_and_deleting_leaves_the_bytes_as_they_were(
    name: str, tmp_path: Path
) -> None:
    """Whatever program wrote the file, it is the same after Donna came and went."""
    path = tmp_path / "donna.ics"
    path.write_bytes(SAMPLES[name])
    await calendar_at(path).write(PUT)
    between = path.read_bytes()
    await calendar_at(path).write(DELETE)

    assert path.read_bytes() == SAMPLES[name] != between


@pytest.mark.parametrize("name", sorted(SAMPLES))
async def test_a_put_only_inserts_lines(name: str, tmp_path: Path) -> None:
    """All lines of the file are still there, in order, around Donna's event."""
    path = tmp_path / "donna.ics"
    path.write_bytes(SAMPLES[name])
    await calendar_at(path).write(PUT)

    before, after = SAMPLES[name].splitlines(), path.read_bytes().splitlines()
    added = len(after) - len(before)
    assert after[: len(before) - 1] == before[:-1]
    assert after[len(before) - 1 :][:1] == [b"BEGIN:VEVENT"]
    assert after[-1:] == before[-1:]
    assert max(map(len, after[len(before) - 1 :])) <= 75
    assert added > 8


async def test_a_repeated_write_does_not_touch_the_file(tmp_path: Path) -> None:
    """Not even its times change."""
    path = tmp_path / "donna.ics"
    await calendar_at(path).write(PUT)
    before = path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino
    await calendar_at(path).write(PUT)

    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before


async def test_what_others_added_to_an_event_stays(tmp_path: Path) -> None:
    """Moving the event keeps an alarm, a colour and a folded note from another program."""
    path = tmp_path / "donna.ics"
    await calendar_at(path).write(PUT)
    extra = "COLOR:teal\r\nCOMMENT:from\r\n  elsewhere\r\nBEGIN:VALARM\r\nUID:x\r\nACTION:AUDIO\r\n"
    extra += "TRIGGER:-PT5M\r\nEND:VALARM\r\n"
    insert(path, extra)
    await calendar_at(path).write(evolve(PUT, start=PUT.start + HOUR, end=PUT.end + HOUR))

    text = path.read_bytes().decode()
    assert extra in text
    assert "SEQUENCE:1\r\n" in text
    assert text.count("DTSTART") == 1


async def test_an_event_stands_where_donna_put_it(tmp_path: Path) -> None:
    """A recurrence, a moved occurrence or a cancellation from elsewhere gives way to a put."""
    path = tmp_path / "donna.ics"
    await calendar_at(path).write(PUT)
    moved = "RRULE:FREQ=DAILY;COUNT=3\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
    moved += f"UID:{PUT.event_id}\r\nRECURRENCE-ID:20261121T120000Z\r\nDTSTART:20261121T150000Z\r\n"
    insert(path, moved)
    await calendar_at(path).write(PUT)

    week = Interval(DAY.start, DAY.start + timedelta(days=7))
    events = (await calendar_at(path).changes(week)).events
    assert [(event.when.start, event.busy) for event in events] == [(PUT.start, True)]


async def test_what_no_file_may_hold_is_left_out(tmp_path: Path) -> None:
    """Control characters and half characters in a title do not make the file unreadable."""
    path = tmp_path / "donna.ics"
    hostile = "A\x00B\x1b[2J\ud800 C\r\nEND:VEVENT"
    await calendar_at(path).write(evolve(PUT, title=hostile, description=hostile))
    await calendar_at(path).write(evolve(PUT, title=hostile, description=hostile))

    (event,) = (await calendar_at(path).changes(DAY)).events
    assert event.title == "AB[2J C END:VEVENT"
    assert b"SEQUENCE:0\r\n" in path.read_bytes()


async def test_content_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    """A damaged file is not repaired by writing over it."""
    path = tmp_path / "donna.ics"
    await calendar_at(path).write(PUT)
    damaged = path.read_bytes().replace(b"DTSTART:2026", b"DTSTART:soon")
    path.write_bytes(damaged)

    for write in (PUT, DELETE):
        with pytest.raises(CalendarUnreadable):
            await calendar_at(path).write(write)
    assert path.read_bytes() == damaged


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """File and new folder are closed to others, and nothing else is left lying around."""
    path = tmp_path / "new" / "donna.ics"
    await calendar_at(path).write(PUT)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(child.name for child in path.parent.iterdir()) == ["donna.ics", "donna.ics.lock"]


async def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing goes to the file the link points to."""
    real, link = tmp_path / "real.ics", tmp_path / "donna.ics"
    await calendar_at(real).write(PUT)
    link.symlink_to(real)
    await calendar_at(link).write(DELETE)

    assert link.is_symlink()
    assert (await calendar_at(real).changes(DAY)).events == ()


async def test_a_place_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    """The error names the file and what to do; a file where the folder should be stands for all."""
    (tmp_path / "occupied").write_text("")

    with pytest.raises(CalendarNotWritten, match="occupied") as raised:
        await calendar_at(tmp_path / "occupied" / "donna.ics").write(PUT)
    assert "writable" in raised.value.remedy


async def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    """Of many writers at once, none overwrites what another wrote."""
    path = tmp_path / "donna.ics"
    writes = [evolve(PUT, event_id=EventKey(f"event{number:02}")) for number in range(12)]
    await asyncio.gather(*(calendar_at(path).write(write) for write in writes))

    events = (await calendar_at(path).changes(DAY)).events
    assert [event.event_id for event in events] == [write.event_id for write in writes]


def test_a_lock_is_not_waited_for_forever(tmp_path: Path) -> None:
    """Whoever cannot get the lock is told which file is held; later it is free again."""
    path = tmp_path / "donna.ics"
    with (
        locked(path),
        pytest.raises(LockHeld, match=r"donna\.ics\.lock"),
        locked(path, patience=A_MOMENT),
    ):
        pass
    with locked(path, patience=A_MOMENT):
        assert not path.exists()


def test_a_reader_never_sees_half_a_write(tmp_path: Path) -> None:
    """While one writes, another always finds a whole calendar."""
    path = tmp_path / "donna.ics"
    asyncio.run(calendar_at(path).write(PUT))
    seen: list[int] = []
    writes = [evolve(PUT, event_id=EventKey(f"e{n}"), title="x" * 5_000) for n in range(20)]
    writer = threading.Thread(
        target=lambda: [asyncio.run(calendar_at(path).write(w)) for w in writes]
    )
    writer.start()
    while writer.is_alive():
        seen.append(len(asyncio.run(calendar_at(path).changes(DAY)).events))
    writer.join()

    assert seen == sorted(seen)
    assert len(asyncio.run(calendar_at(path).changes(DAY)).events) == 21


TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
INSTANTS = st.integers(0, 20_000).map(lambda minutes: BASE + timedelta(minutes=minutes))
LENGTHS = st.integers(0, 3_000).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def writes(draw: st.DrawFn) -> CalendarWrite:
    """Draw a put or a delete of one of a few events."""
    name = draw(st.sampled_from("abc"))
    start = draw(INSTANTS)
    return CalendarWrite(
        key=f"key-{name}",
        action=draw(
            st.sampled_from([CalendarAction.PUT, CalendarAction.PUT, CalendarAction.DELETE])
        ),
        event_id=EventKey(f"{name},;\\{name}" * 9),
        task_id=TaskId(f"task-{name}"),
        title=draw(TITLES),
        start=start,
        end=start + draw(LENGTHS),
        description=draw(TEXTS),
    )


@settings(max_examples=60)
@given(st.lists(writes(), max_size=6), INSTANTS, LENGTHS)
def test_reading_shows_what_was_written(
    history: list[CalendarWrite], start: datetime, length: timedelta
) -> None:
    """After any history each event stands as last written, in any window that it overlaps."""
    window = Interval(start, start + length)
    latest = {write.event_id: write for write in history}
    with TemporaryDirectory() as folder:
        path = Path(folder, "donna.ics")
        for write in history:
            asyncio.run(calendar_at(path).write(write))
        events = asyncio.run(calendar_at(path).changes(window)).events

    standing = [write for write in latest.values() if write.action is CalendarAction.PUT]
    shown = [event_of(write) for write in standing if event_of(write).when.overlaps(window)]
    assert events == tuple(sorted(shown, key=lambda event: (event.when.start, event.event_id)))


def event_of(write: CalendarWrite) -> CalendarEvent:
    """Return what reading should show of the write."""
    return CalendarEvent(
        event_id=write.event_id,
        calendar_id="donna",
        title=write.title,
        when=Interval(write.start, write.end),
        task_id=write.task_id,
        starts=write.start.isoformat(),
        ends=write.end.isoformat(),
    )
