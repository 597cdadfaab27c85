"""The other fields: title, length, domain, priority, tags, preparation, delegation."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from donna_core.domain.capture.reading import Reading
from donna_core.domain.tasks.task import Domain

Read = Callable[..., Reading]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("remind me to call Dr. Brown tomorrow at 5", "Call Dr. Brown"),
        ("Can you please remind me on Monday to water the plants?", "Water the plants"),
        ("I need to renew McAfee by friday!", "Renew McAfee"),
        ("set up a new reminder for the eye doctor on Friday", "The eye doctor"),
        ("tomorrow: buy milk", "Buy milk"),
        ("urgent: fix the server #ops !5", "Fix the server"),
        ("don't forget to text Zoë tonight, please", "Text Zoë"),
        ("prepare slides for Monday's meeting", "Prepare slides for Monday's meeting"),
        ("no rush, but sort the garage", "Sort the garage"),
        ("I forgot to clock in yesterday", "I forgot to clock in yesterday"),
    ],
)
def test_the_title_is_the_action(said: Read, text: str, title: str) -> None:
    """Courtesies, times, marks and urgency are gone; names and case are kept."""
    assert said(text).title == title


def test_further_sentences_become_the_description(said: Read) -> None:
    """The first sentence is the task, the rest explains it."""
    reading = said("Call Bob tomorrow. He wants to talk about the roof.")

    assert reading.title == "Call Bob"
    assert reading.description == "He wants to talk about the roof."


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("for 45 minutes", 45),
        ("(2h)", 120),
        ("30 min", 30),
        ("for an hour and a half", 90),
        ("1h30m", 90),
        ("takes 20 mins", 20),
        ("for half an hour", 30),
        ("from 3 to 4:15 pm", 75),
    ],
)
def test_a_stated_length_is_taken(said: Read, words: str, minutes: int) -> None:
    """Words, short forms and ranges of times state how long."""
    reading = said(f"Practice piano {words}")

    assert (reading.duration, reading.duration_stated) == (timedelta(minutes=minutes), True)
    assert reading.title == "Practice piano"


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        ("Get oil change", 60, 90),
        ("Pay the electricity bill", 5, 29),
        ("Send the invoice", 5, 29),
        ("Refactor the billing module", 120, 240),
        ("Frobnicate the widget", 60, 60),
        ("Book a hotel for 2 nights", 5, 60),
    ],
)
def test_a_length_not_stated_is_estimated(
    said: Read, text: str, shortest: int, longest: int
) -> None:
    """The kind of work decides, one hour where it is unknown."""
    reading = said(text)

    assert timedelta(minutes=shortest) <= reading.duration <= timedelta(minutes=longest)
    assert not reading.duration_stated


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Send the client the proposal", Domain.WORK),
        ("Pick up the kids from preschool", Domain.FAMILY),
        ("Get oil change", Domain.PERSONAL),
        ("Water the plants", Domain.PERSONAL),
        ("Call mom @work", Domain.WORK),
    ],
)
def test_the_domain_follows_the_words_or_the_mark(said: Read, text: str, domain: Domain) -> None:
    """An explicit mark beats the lexicon."""
    assert said(text).domain is domain


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Water the plants", 2),
        ("Fix the tap asap", 4),
        ("Critical: restore the backup", 5),
        ("Sort the photos whenever", 1),
        ("Sort the photos !4", 4),
        ("Urgent: sort the photos !1", 1),
    ],
)
def test_the_priority_follows_urgency(said: Read, text: str, priority: int) -> None:
    """A mark beats the words, the default is two."""
    assert said(text).priority == priority


def test_tags_and_contexts_are_kept(said: Read) -> None:
    """``@x`` is a context unless it names a domain."""
    reading = said("Buy paint #House @hardware-store @family")

    assert (reading.tags, reading.contexts) == (("house",), ("hardware-store",))
    assert (reading.title, reading.domain) == ("Buy paint", Domain.FAMILY)


def test_preparation_is_asked_for_in_words(said: Read) -> None:
    """The request becomes the instruction and leaves the title."""
    reading = said("Board meeting on Tuesday at 9, have the numbers ready")

    assert (reading.title, reading.prep_work_flag) == ("Board meeting", True)
    assert reading.prep_work_instructions == "have the numbers ready"


@pytest.mark.parametrize(
    ("text", "eligible"),
    [
        ("Research flights to Lisbon", True),
        ("Please draft the newsletter", True),
        ("Walk the dog", False),
    ],
)
def test_desk_work_can_be_delegated(said: Read, text: str, eligible: bool) -> None:
    """Research and writing can be done by an agent."""
    assert said(text).agent_eligible is eligible


def test_the_specified_example_is_read_as_specified(said: Read) -> None:
    """Oil change before the end of the month."""
    reading = said("Get oil change before end of month")

    assert (reading.title, reading.priority, reading.domain) == (
        "Get oil change",
        2,
        Domain.PERSONAL,
    )
    assert reading.confidence > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "do the thing",
        "Call Ann on Friday on Saturday",
        "asap",
    ],
)
def test_doubtful_sentences_say_so(said: Read, text: str) -> None:
    """Vague and contradictory sentences lose confidence against a plain one."""
    assert said(text).confidence < 0.7 < said("Call Ann on Friday at 15:00").confidence
