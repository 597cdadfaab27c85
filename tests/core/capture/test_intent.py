"""What a message wants, with the slots of what is no task."""

from collections.abc import Callable

import pytest

from donna_core.domain.capture.reading import ActionVerb, Intent, Reading

Read = Callable[..., Reading]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("thanks!", Intent.CHAT),
        ("hi", Intent.CHAT),
        ("what a day", Intent.CHAT),
        ("🙂", Intent.CHAT),
        ("good morning Donna", Intent.CHAT),
        ("What a day. Good night!", Intent.CHAT),
        ("what's on tomorrow?", Intent.TASK_QUERY),
        ("When is my dentist appointment?", Intent.TASK_QUERY),
        ("do I have anything on Friday", Intent.TASK_QUERY),
        ("show me my calendar", Intent.TASK_QUERY),
        ("read out the shopping list", Intent.TASK_QUERY),
        ("what's next?", Intent.TASK_QUERY),
        ("Who painted the Night Watch?", Intent.QUESTION),
        ("how do I descale a kettle?", Intent.QUESTION),
        ("does the bakery open on Sundays?", Intent.QUESTION),
        ("plan my week", Intent.PLANNING),
        ("what should I do first?", Intent.PLANNING),
        ("split the move into steps", Intent.PLANNING),
        ("let me know when the parcel arrives", Intent.AUTOMATION),
        ("follow the auction and tell me if the bid goes up", Intent.AUTOMATION),
        ("every evening send me a summary of the news", Intent.AUTOMATION),
        ("can you remind me to call Bob?", Intent.TASK),
        ("Call Bob", Intent.TASK),
        ("hi, please book a table for two", Intent.TASK),
        ("oil change", Intent.TASK),
        ("I need to buy milk", Intent.TASK),
        ("add stamps to the shopping list", Intent.TASK),
        ("May rent is due", Intent.TASK),
        ("remind me to cancel the meeting room", Intent.TASK),
    ],
)
def test_the_words_tell_the_intent(said: Read, text: str, intent: Intent) -> None:
    """Tasks, questions, commands, plans, rules and talk are told apart."""
    reading = said(text)

    assert reading.intent is intent
    assert reading.is_task is (intent is Intent.TASK)
    assert 0.5 <= reading.confidence <= 1


@pytest.mark.parametrize(
    ("text", "verb", "target"),
    [
        ("move the dentist to Friday", ActionVerb.MOVE, "dentist"),
        ("push the review back by an hour", ActionVerb.MOVE, "review"),
        ("reschedule my meeting with Ann to Monday at 9", ActionVerb.MOVE, "meeting with Ann"),
        ("done with the invoice", ActionVerb.DONE, "invoice"),
        ("mark the laundry as done", ActionVerb.DONE, "laundry"),
        ("The tax return is finished", ActionVerb.DONE, "tax return"),
        ("cancel the meeting with Tom tomorrow", ActionVerb.CANCEL, "meeting with Tom"),
        ("delete bread from my shopping list", ActionVerb.CANCEL, "bread"),
        ("start the budget task", ActionVerb.START, "budget task"),
        ("rename the roof task to gutters", ActionVerb.EDIT, "roof task to gutters"),
        ("undo that", ActionVerb.UNDO, None),
    ],
)
def test_a_command_has_a_verb_and_a_target(
    said: Read, text: str, verb: ActionVerb, target: str | None
) -> None:
    """The target is in the person's words, without the time."""
    reading = said(text)

    assert (reading.intent, reading.slots.verb) == (Intent.TASK_ACTION, verb)
    assert reading.slots.target == target


@pytest.mark.parametrize(
    "text",
    [
        "move the couch to the garage",
        "cancel the newspaper subscription",
        "remove the wallpaper in the hall",
        "get the brakes done",
        "clean the oven",
        "drop off the keys",
        "finish the report",
        "change the light bulb",
    ],
)
def test_errands_are_no_commands(said: Read, text: str) -> None:
    """A verb that is used for both needs something of the agenda, or a time to move to."""
    assert said(text).intent is Intent.TASK


def test_the_time_of_a_command_and_of_a_query_is_a_slot(said: Read) -> None:
    """It is where the task shall go, or what is asked about."""
    moved, asked = said("move the dentist to Friday at 10"), said("what's on tomorrow?")

    assert moved.slots.when is not None
    assert moved.slots.when.isoformat() == "2027-05-07T08:00:00+00:00"
    assert asked.slots.when is not None
    assert asked.slots.when.isoformat() == "2027-05-03T22:00:00+00:00"
