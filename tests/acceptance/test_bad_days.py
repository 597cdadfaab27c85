"""Bad input and broken surroundings: nothing half done, and a message that helps."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import DATABASE_NAME, Options
from donna_adapters.sql.faults import SchemaTooNew
from donna_core.domain.capture.cleaning import EmptyText, TextTooLong
from donna_core.domain.errors import ConfigError, DonnaError, StorageUnavailable
from donna_core.domain.tasks.task import NEEDS_REVIEW, TaskStatus
from donna_core.domain.timing.zones import UnknownZone, zone_named
from donna_core.testing.world import BERLIN, SimulatedWorld
from donna_core.usecases.capture import capture

Household = Callable[..., SimulatedWorld]


def options(folder: Path) -> Options:
    """Return the options of a household in this folder."""
    return Options(output=lambda _: None, data_dir=folder, environment={})


def configured(folder: Path, text: str) -> Options:
    """Return the options of a household whose calendar.yaml says this."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "calendar.yaml").write_text(text)
    return options(folder)


async def add(at: Options, text: str = "buy milk") -> None:
    """Capture one sentence through the whole composition."""
    async with open_runtime(at) as composed:
        await capture(composed.runtime, text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyText),
        (" \n ", EmptyText),
        ("\u202e\u200b\x00", EmptyText),
        ("x" * 100_000, TextTooLong),
    ],
)
async def test_text_that_says_nothing_is_refused(
    household: Household, text: str, error: type[DonnaError]
) -> None:
    """With nothing stored at all."""
    world = household()
    with pytest.raises(error):
        await world.say(text)
    assert await world.look(lambda s: (s.tasks.select(), s.history.recent(1))) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "buy\x00 milk\x1b[31m",
        "buy \u202emilk\u202c",
        "buy milk \ud800",
        "buy mil\u0301k \U0001f469\u200d\U0001f469\u200d\U0001f467",
        "buy milk '; DROP TABLE tasks; --",
        "BEGIN:VEVENT\r\nbuy milk\r\nEND:VEVENT",
    ],
)
async def test_odd_characters_are_kept_out_of_the_way(household: Household, text: str) -> None:
    """What was said is kept as it was; what is shown and written is clean."""
    world = household()
    captured = await world.say(text)
    await world.settle()

    assert captured.task is not None
    assert captured.task == await world.task(1)
    titles = {part.task.title for part in captured.parts if part.task is not None}
    assert all(title.isprintable() or "\u200d" in title for title in titles)
    assert not {"\x00", "\x1b", "\u202e", "\ud800", "\n"} & set("".join(titles))
    (command,) = await world.look(lambda stores: stores.history.recent(1))
    assert command.text == text.encode(errors="backslashreplace").decode()
    shown = await world.runtime.own_calendar.changes(world.view())
    assert {event.title for event in shown.events} == titles


@pytest.mark.parametrize("text", ["pay rent 30 February", "pay rent by yesterday 5pm"])
async def test_impossible_times_are_kept_and_looked_at(household: Household, text: str) -> None:
    """The task is safe, and a remark says what was odd."""
    captured = await household().say(text)
    assert captured.task is not None
    assert captured.reading.remarks
    assert captured.task.notes == captured.reading.remarks


async def test_a_missed_deadline_says_so_and_gets_offers(household: Household) -> None:
    """Nothing is planned before now."""
    world = household()
    captured = await world.say("send the report by today 7am, must")
    assert captured.task is not None
    assert captured.task.status in {TaskStatus.NEEDS_SCHEDULING, TaskStatus.SCHEDULED}
    start = captured.task.scheduled_start
    assert start is None or start >= world.clock.now()


async def test_an_unknown_zone_is_named(tmp_path: Path) -> None:
    """As a value and in the configuration."""
    with pytest.raises(UnknownZone):
        zone_named("Mars/Olympus")
    with pytest.raises(ConfigError, match="Mars/Olympus"):
        await add(configured(tmp_path, "timezone: Mars/Olympus\n"))


@pytest.mark.parametrize(
    "content",
    [b"not a calendar", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:half", b"\xff\xfe\x00", None],
)
async def test_a_broken_calendar_is_no_empty_one(
    household: Household, tmp_path: Path, content: bytes | None
) -> None:
    """The task waits in the backlog until somebody can see what is free."""
    office = tmp_path / "office.ics"
    if content is not None:
        office.write_bytes(content)
    calendar = IcsCalendar("work", office, zone=BERLIN, writable=False)
    captured = await household(foreign_calendars=[calendar]).say("buy milk")

    assert captured.task is not None
    assert captured.task.status is TaskStatus.BACKLOG
    assert captured.task.scheduled_start is None
    assert [error.calendar for error in captured.unreadable] == ["work"]


async def test_a_broken_own_calendar_is_never_overwritten(
    household: Household, tmp_path: Path
) -> None:
    """What was decided is written once it is whole again."""
    world, own = household(), tmp_path / "donna.ics"
    await world.say("buy milk")
    await world.settle()
    whole = own.read_bytes()
    own.write_bytes(whole[:-20])
    await world.say("sew a button")
    await world.run_until(world.instant("2026-11-23 09:00"))
    assert own.read_bytes() == whole[:-20]

    own.write_bytes(whole)
    await world.run_until(world.instant("2026-11-23 10:00"))
    assert (await world.task(2)).status is TaskStatus.BACKLOG


async def test_a_missing_data_folder_is_made(tmp_path: Path) -> None:
    """The first command needs no preparation."""
    await add(options(tmp_path / "deep" / "down"))
    assert (tmp_path / "deep" / "down" / DATABASE_NAME).exists()


async def test_a_data_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="file"):
        await add(options(tmp_path / "file"))


async def test_a_database_of_a_newer_donna_is_left_alone(tmp_path: Path) -> None:
    """An older one does not touch what she does not understand."""
    await add(options(tmp_path))
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'r9999'")
        before = list(connection.iterdump())

    with pytest.raises(SchemaTooNew):
        await add(options(tmp_path))
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        assert list(connection.iterdump()) == before


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Damage is told, never replaced by an empty start."""
    (tmp_path / DATABASE_NAME).write_bytes(b"garbage " * 1000)
    with pytest.raises(DonnaError):
        await add(options(tmp_path))
    assert (tmp_path / DATABASE_NAME).read_bytes() == b"garbage " * 1000


FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import StorageUnavailable
from donna_core.testing.world import SOMEBODY, SimulatedWorld

folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def fill(world):
    kept = 0
    while kept < 500:
        try:
            await world.say(f"sew button number {kept} " + "and so on " * 300)
        except StorageUnavailable as error:
            assert "Not saved" in str(error)
            return kept
        kept += 1
    return kept

with SqliteDatabase.open(folder / "donna.db") as database:
    world = SimulatedWorld(unit_of_work=database.unit_of_work(SOMEBODY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
    kept = asyncio.run(fill(world))
    found = asyncio.run(world.look(lambda stores: len(stores.tasks.select())))
    assert 0 < kept < 500 and found == kept, (kept, found)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    asyncio.run(world.say("buy milk"))
    print(kept)
"""


def test_a_full_disk_loses_nothing_that_was_accepted(tmp_path: Path) -> None:
    """What does not fit is refused honestly, and all goes on when there is room again."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "donna.db") as connection:
        (found,) = connection.execute("SELECT count(*) FROM tasks").fetchone()
    assert found == int(done.stdout) + 1


async def test_a_doubtful_sentence_is_marked(household: Household) -> None:
    """What was hardly understood is looked at by a person."""
    captured = await household().say("pay rent 30 February")
    assert captured.task is not None
    assert NEEDS_REVIEW in captured.task.tags
