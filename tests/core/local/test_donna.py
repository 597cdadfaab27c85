"""The facade: one object in domain words, over the real use cases."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core import Donna
from donna_core.domain.errors import (
    ConfigError,
    DonnaError,
    InvalidInput,
    InvalidTransition,
    TaskNotFound,
)
from donna_core.domain.timing.zones import UnknownZone
from donna_core.local.session import ClosedDonna, UnmovableClock
from donna_core.local.understanding import NaiveTime
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.usecases.capture import OnDuplicate
from donna_core.usecases.moment import UnclearTime
from donna_core.usecases.reschedule import InThePast
from donna_core.usecases.undo import NothingToUndo

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_captured_sentence_becomes_a_planned_task(donna: Donna) -> None:
    """The receipt holds the task, in the person's zone, and the reasons for its place."""
    receipt = donna.capture("Call the mechanic monday 3pm")

    assert receipt.task is not None
    assert receipt.task["title"] == "Call the mechanic"
    assert receipt.task["start"] == datetime(2026, 11, 23, 15, tzinfo=BERLIN)
    assert receipt.reasons
    assert [row["number"] for row in donna.tasks()] == [1]


def test_parsing_keeps_nothing(donna: Donna) -> None:
    """What is only understood is not a task yet."""
    understood = donna.parse("Lunch with Bob tomorrow at noon for 90 min")

    assert understood.reading.duration == timedelta(minutes=90)
    assert len(donna.tasks(every=True)) == 0


def test_what_is_no_task_is_kept_on_demand(donna: Donna) -> None:
    """A greeting is answered with an empty receipt unless the person insists."""
    assert donna.capture("hello").task is None
    assert donna.capture("hello", insist=True).task is not None


def test_a_duplicate_is_folded_in_on_demand(donna: Donna) -> None:
    """Merging raises no second task."""
    donna.capture("Call the mechanic monday 3pm")
    receipt = donna.capture("call the mechanic", on_duplicate=OnDuplicate.MERGE)

    assert receipt.duplicate_of is not None
    assert len(donna.tasks()) == 1


def test_events_of_others_keep_their_time(donna: Donna) -> None:
    """A task goes around what is in the calendar, and its reasons name the event."""
    donna.busy_at("Team meeting", "today 9am", timedelta(hours=3))
    receipt = donna.capture("Write the report, 2 hours, by today 5pm")

    assert receipt.task is not None
    assert receipt.task["start"] == datetime(2026, 11, 20, 12, tzinfo=BERLIN)
    assert any("Team meeting" in reason for reason in receipt.reasons)
    assert [entry["title"] for entry in donna.today()] == ["Team meeting", "Write the report"]


def test_a_task_lives_its_life(donna: Donna) -> None:
    """Start, block, unblock, done and reopen walk through the table of states."""
    task = donna.capture("Fix the shelf").task
    assert task is not None
    statuses = [
        step.task["status"]
        for step in (
            donna.start(task),
            donna.block("shelf", reason="no screws"),
            donna.unblock("#1"),
            donna.done(1),
            donna.reopen(task.task),
            donna.drop(1),
        )
        if step.task
    ]

    assert statuses == ["in_progress", "blocked", "scheduled", "done", "in_progress", "cancelled"]


def test_times_are_words_or_instants(donna: Donna) -> None:
    """Moving to words and to the datetime they mean comes to the same."""
    donna.capture("Fix the shelf")
    said = donna.move(1, "sunday 3pm").tasks[0]["start"]
    donna.move(1)
    shown = donna.move(1, datetime(2026, 11, 22, 15, tzinfo=BERLIN)).tasks[0]["start"]

    assert said == shown


def test_a_day_means_its_first_free_place(donna: Donna) -> None:
    """Moved to a day, a task is placed within its hours instead of at midnight."""
    donna.capture("Fix the shelf")
    start = donna.move(1, "sunday").tasks[0]["start"]

    assert start == datetime(2026, 11, 22, 6, tzinfo=BERLIN)
    with pytest.raises(InvalidInput, match="time of day"):
        donna.pin(1, "sunday")


def test_snoozing_and_pinning_hold(donna: Donna) -> None:
    """A snoozed task comes after; a pinned one stays where it was put."""
    donna.capture("Fix the shelf")
    snoozed = donna.snooze(1, "sunday 8am").tasks[0]["start"]
    pinned = donna.pin(1, "tuesday 7pm").tasks[0]

    assert snoozed >= datetime(2026, 11, 22, 8, tzinfo=BERLIN)
    assert (pinned["start"].hour, pinned["pinned"]) == (19, True)
    assert donna.unpin(1).tasks[0]["pinned"] is False


def test_edits_and_merges_are_requests_too(donna: Donna) -> None:
    """Fields take words, and an edit without any field is refused."""
    donna.capture("Fix the shelf")
    donna.capture("Buy screws")
    donna.edit("shelf", duration="45 min", deadline="sunday", tags=["#home"], after=["screws"])
    shelf = donna.tasks(text="shelf")[0]

    assert shelf["duration"] == timedelta(minutes=45)
    assert shelf["deadline"] == datetime(2026, 11, 22, 23, 59, tzinfo=BERLIN)
    assert "home" in shelf["tags"]
    with pytest.raises(InvalidInput, match="Nothing to change"):
        donna.edit(1)
    with pytest.raises(InvalidInput, match="personal, work, family"):
        donna.edit(1, domain="garden")
    assert len(donna.merge(1, 2).tasks) == 2
    assert len(donna.tasks()) == 1


def test_a_reminder_comes_when_its_time_comes(donna: Donna) -> None:
    """Time that is let pass brings what was promised, each message at its own instant."""
    donna.capture("Call the mechanic today at 11am")
    told = donna.advance_to("11am")

    assert [(row["kind"], row["at"].strftime("%H:%M")) for row in told] == [("reminder", "10:45")]
    assert list(donna.messages()) == list(told)
    assert len(donna.work()) == 0


def test_an_answer_and_quiet_end_the_asking(donna: Donna) -> None:
    """What was seen is asked no more, and quiet holds what is below priority 5."""
    donna.capture("Call the mechanic today at 11am")
    donna.advance_to("today 12:45pm")
    donna.ack()
    assert str(donna.quiet("today 4pm")).startswith("Quiet until")

    assert [row["kind"] for row in donna.advance_to("today 3pm")] == []


def test_only_a_movable_clock_is_moved() -> None:
    """The machine's clock belongs to the machine."""
    with Donna.local() as donna, pytest.raises(UnmovableClock, match="SystemClock"):
        donna.advance_to("tomorrow 9am")


def test_time_does_not_run_backwards(donna: Donna) -> None:
    """An instant that is over cannot be gone to, nor an event end before it begins."""
    with pytest.raises(InThePast):
        donna.advance_to(datetime(2026, 11, 19, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="end before it begins"):
        donna.busy_at("Meeting", "monday 3pm", "monday 2pm")


def test_typed_errors_pass_through(donna: Donna) -> None:
    """What Donna cannot do is said by the error of the use case."""
    donna.capture("Fix the shelf")
    with pytest.raises(TaskNotFound):
        donna.done("submarine")
    with pytest.raises(UnclearTime):
        donna.move(1, "purple")
    with pytest.raises(NaiveTime, match="no time zone"):
        donna.move(1, datetime(2026, 11, 22, 15))  # noqa: DTZ001  # that is the point
    with pytest.raises(InvalidTransition):
        donna.block(1)


def test_a_closed_donna_refuses(donna: Donna) -> None:
    """After the end nothing is done and nothing hangs; closing twice is harmless."""
    donna.close()
    donna.close()

    with pytest.raises(ClosedDonna):
        donna.capture("Call the mechanic")
    assert "closed" in repr(donna)


async def test_she_works_inside_a_running_loop(donna: Donna) -> None:
    """In a notebook a loop runs already; she needs none and disturbs none."""
    others = asyncio.create_task(asyncio.sleep(0, result="undisturbed"))
    receipt = donna.capture("Call the mechanic monday 3pm")

    assert receipt.task is not None
    assert donna.advance_to("monday 2:50pm")
    assert await others == "undisturbed"


def test_requests_from_many_threads_take_turns(donna: Donna) -> None:
    """Each thread's task is kept under a number of its own."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: donna.capture(f"Read chapter {n} of book {n}"), range(40)))

    assert [row["number"] for row in donna.tasks()] == list(range(1, 41))


def test_two_donnas_know_nothing_of_each_other(donna: Donna) -> None:
    """There is no state outside of the object."""
    donna.capture("Call the mechanic")
    with Donna.local() as other:
        assert len(other.tasks()) == 0


def test_equal_clocks_and_ids_give_equal_results() -> None:
    """Nothing is drawn from the machine when both are given."""

    def life() -> list[dict[str, object]]:
        clock = FakeClock(datetime(2026, 11, 20, 7, tzinfo=UTC))
        with Donna.local(clock=clock, ids=SequentialIds()) as donna:
            donna.capture("Call the mechanic today at 11am")
            return [donna.advance_to("tomorrow 9am").to_dict(), donna.tasks().to_dict()]

    assert life() == life()


def test_the_configuration_may_be_overlaid(tmp_path: Path) -> None:
    """A folder changes what it names; a wrong zone or file is a typed error."""
    (tmp_path / "calendar.yaml").write_text("timezone: Asia/Tokyo\n")

    assert "Asia/Tokyo" in repr(Donna.local(config_dir=tmp_path))
    assert "America/Lima" in repr(Donna.local(config_dir=tmp_path, zone="America/Lima"))
    with pytest.raises(UnknownZone):
        Donna.local(zone="Mars/Olympus")
    with pytest.raises(ConfigError):
        Donna.local(config_dir=tmp_path / "missing")


@pytest.mark.parametrize(
    ("act", "step"),
    [
        (lambda donna: donna.done(99), "`donna.tasks()` shows them all."),
        (lambda donna: donna.accept(1), "`donna.plan()` looks for new ones."),
        (lambda donna: donna.move(2), "`donna.reopen(2)` brings it back."),
        (lambda donna: donna.ack(), "`donna.today()` shows what is."),
        (lambda donna: donna.edit(1, after=[1]), "`donna.edit(1, free=True)` lets #1 wait for"),
    ],
)
def test_an_error_names_the_next_step_in_python(act: Callable[[Donna], object], step: str) -> None:
    """Its message speaks of no command line; the note beside it is what to call."""
    with Donna.local(clock=FakeClock(datetime(2026, 11, 20, 7, tzinfo=UTC))) as donna:
        donna.capture("Fix the shelf")
        donna.capture("Buy bread")
        donna.done(2)
        with pytest.raises(DonnaError) as raised:
            act(donna)

    assert "donna " not in str(raised.value)
    assert any(step in note for note in raised.value.__notes__)


SENTENCES = ["Fix the shelf", "Call mum sunday 3pm", "Pay rent by friday !4", "Read for 2 hours"]


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
def test_undo_takes_back_what_redo_brings_back(sentences: list[str]) -> None:
    """As many undos as requests leave nothing, as many redos leave everything."""
    clock = FakeClock(datetime(2026, 11, 20, 7, tzinfo=UTC))
    with Donna.local(clock=clock) as donna:
        for sentence in sentences:
            donna.capture(sentence)
        before = [dict(row) for row in donna.tasks(every=True)]
        for _ in sentences:
            donna.undo()
        assert len(donna.tasks(every=True)) == 0
        with pytest.raises(NothingToUndo):
            donna.undo()
        for _ in sentences:
            donna.redo()
        assert [dict(row) for row in donna.tasks(every=True)] == before


def test_the_package_itself_stays_light() -> None:
    """Importing it imports neither the facade nor its libraries."""
    code = "import sys, donna_core; print({'pydantic', 'yaml', 'croniter'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
    with pytest.raises(ImportError, match="Harvey"):
        exec("from donna_core import Harvey")


def test_a_week_is_proposed_and_drawn(donna: Donna) -> None:
    """The notebook shows a picture; nothing moves before ``apply``."""
    donna.capture("Write the report 3h for work !4")
    before = donna.tasks()[0].to_dict()

    proposed = donna.plan_week()

    assert donna.tasks()[0].to_dict() == before
    assert "<svg" in proposed._repr_html_()
    assert set(proposed.to_dict()) >= {"placements", "unplaced", "objective", "bound", "gap"}


def test_a_supposition_is_applied_as_it_was_shown(donna: Donna) -> None:
    """The branch names the task; its application moves it."""
    donna.capture("Write the report 3h for work !4")
    before = donna.tasks()[0].to_dict()["start"]

    branch = donna.what_if("off today")
    branch.apply()

    assert "Write the report" in str(branch)
    assert donna.tasks()[0].to_dict()["start"] != before
