"""Several tasks in one message, and what a speaker takes back."""

from collections.abc import Callable
from datetime import datetime

import pytest

from donna_core.domain.capture.reading import Reading

Read = Callable[..., Reading]
Wall = Callable[[datetime | None], str | None]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("buy milk and call mom", ["Buy milk", "Call mom"]),
        ("Feed the cat, water the plants and lock the door",
         ["Feed the cat", "Water the plants", "Lock the door"]),
        ("Call Ann. Pay the rent.", ["Call Ann", "Pay the rent"]),
        ("mow the lawn, then wash the car", ["Mow the lawn", "Wash the car"]),
        ("print the tickets; also book a taxi", ["Print the tickets", "Book a taxi"]),
        ("1) renew the pass 2) order paint", ["Renew the pass", "Order paint"]),
        ("- call mom\n- bread\n- fix the tap", ["Call mom", "Bread", "Fix the tap"]),
        ("[ ] sweep the stairs\n[x] sort the mail", ["Sweep the stairs", "Sort the mail"]),
        ("call mom\nbuy stamps\ndentist", ["Call mom", "Buy stamps", "Dentist"]),
        ("To do: sweep the yard, fix the tap", ["Sweep the yard", "Fix the tap"]),
    ],
)  # fmt: skip
def test_tasks_are_told_apart(said: Read, text: str, titles: list[str]) -> None:
    """Joints, stops, lists and lines part them."""
    reading = said(text)

    assert [task.title for task in reading.tasks] == titles
    assert reading.title == titles[0]


@pytest.mark.parametrize(
    "text",
    [
        "buy milk and eggs",
        "buy milk, bread, eggs and some paint",
        "research and write the report",
        "call the bank and ask about the card",
        "go to the market and buy apples",
        "pick up the suit and bring it to the cleaners",
        "Call Bob tomorrow. He wants to talk about the roof.",
        "pay the plumber, the painter and the gardener",
        "If Liam is late, call his manager",
        "every Saturday clean the stairs and sweep the yard",
        "plan the party: invitations, cake, music",
        "Groceries:\n- milk\n- eggs",
        "The portal is down, call the hosting team",
    ],
)
def test_one_task_stays_one(said: Read, text: str) -> None:
    """A cut is made only where both sides stand on their own."""
    assert said(text).tasks == ()


def test_a_heading_is_shared(said: Read, wall: Wall) -> None:
    """The day above holds for all that name none of their own."""
    reading = said("tomorrow: call mom at 5pm, buy milk, pay the rent by Friday")

    call, buy, pay = reading.tasks
    assert wall(call.start) == "2027-05-04 17:00"
    assert wall(buy.deadline) == "2027-05-04 23:59"
    assert wall(pay.deadline) == "2027-05-07 23:59"
    assert any("tomorrow" in each for each in reading.assumed)


def test_a_time_alone_takes_the_day_before_it(said: Read, wall: Wall) -> None:
    """What follows on the same day does not name it again."""
    drop, pick = said("drop off Ella on Friday at 8:30, pick her up at 3pm").tasks

    assert (wall(drop.start), wall(pick.start)) == ("2027-05-07 08:30", "2027-05-07 15:00")


def test_a_day_at_the_end_holds_for_all(said: Read, wall: Wall) -> None:
    """A time of day would belong to the last task only."""
    together = said("call mom and buy milk tomorrow").tasks
    apart = said("call mom and buy milk tomorrow at 5pm").tasks

    assert {wall(task.deadline) for task in together} == {"2027-05-04 23:59"}
    assert [wall(task.start) for task in apart] == [None, "2027-05-04 17:00"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("meet Paul on Thursday at 2pm, no, make that 3pm", "2027-05-06 15:00"),
        ("meet Paul on Thursday at 2pm, no, make that 3", "2027-05-06 15:00"),
        ("lunch with Ann on Thursday at noon, sorry, Friday", "2027-05-07 12:00"),
        ("meet Paul on Thursday at 2pm, I mean Friday at 4pm", "2027-05-07 16:00"),
    ],
)
def test_a_time_taken_back_does_not_count(said: Read, wall: Wall, text: str, start: str) -> None:
    """A new day keeps the time, a new time keeps the day, and the title is clean."""
    reading = said(text)

    assert wall(reading.start) == start
    assert reading.title in {"Meet Paul", "Lunch with Ann"}


def test_what_is_to_be_ready_belongs_to_the_work(said: Read) -> None:
    """A request for preparation behind a comma is no task of its own."""
    reading = said("demo for the client Tuesday 2pm, pull together the sales figures")

    assert reading.tasks == ()
    assert reading.prep_work_flag
    assert reading.prep_work_instructions == "pull together the sales figures"


def test_a_message_can_begin_anew(said: Read) -> None:
    """What was said before is forgotten."""
    reading = said("call Bob tomorrow, scratch that, buy bread")

    assert (reading.title, reading.deadline, reading.tasks) == ("Buy bread", None, ())


def test_as_many_tasks_as_anybody_writes_are_read(said: Read) -> None:
    """Beyond a hundred the rest stays with the last."""
    reading = said("\n".join(f"- call number {n}" for n in range(300)))

    assert len(reading.tasks) == 100
