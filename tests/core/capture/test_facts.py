"""What is told to be remembered is talk, unless something in it is left to do."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from donna_core.domain.capture.facts import is_asked_to_remember, says_something
from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import Intent, Reading
from donna_core.local.languages import language, lexicon_data

Read = Callable[..., Reading]


@pytest.fixture(scope="module")
def both(lexicon: Lexicon) -> Lexicon:
    """Know German besides English."""
    german = Lexicon.from_mapping(lexicon_data("de"), language=partial(language, "de"))
    return evolve(lexicon, others=(german,))


@pytest.mark.parametrize(
    "text",
    [
        "remember that the wifi code at the cabin is 4711",
        "please remember that my shoe size is 43",
        "Donna, remember that ruth is vegetarian",
        "I want you to remember that Bo is a pilot",
        "note that Ruth lives in Ulm and works at Acme",
        "make a note that the meter reading is 4711",
        "For the record, the boiler was serviced by Meyer",
        "FYI: the spare key is under the blue pot",
        "just so you know, I never liked that place",
        "fyi: spare key under the blue pot",
        "fyi we're both vegetarians",
        "keep in mind that Sofie does not eat fish",
        "remember that Ruth likes to swim",
        "that was a nice evening with Ruth at the new place",
        "for the record, the roof was done in 2019",
        "remember that Ida moved to Ghent in 2019",
        "note that Ruth was born on 3 May 1980",
    ],
)
def test_a_fact_is_talk(said: Read, text: str) -> None:
    """Donna is sure of it."""
    reading = said(text)

    assert (reading.intent, reading.is_task) == (Intent.CHAT, False)
    assert reading.confidence > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "remember to call mum",
        "remember the milk",
        "remember that form for Ida",
        "for the record player a new needle",
        "keep in mind to tell Bo that Ann is away",
        "remember that I still owe Bo a lunch",
        "fyi we're out of milk",
        "remember that I have to call mum",
        "remember that I need to pay the rent",
        "keep in mind that I promised to call Ida",
        "remember that I'll bring the cake",
        "remember that the dentist is at 3 on Tuesday",
        "note that the report is due",
        "fyi, call Ruth",
        "fyi Ruth is vegetarian, book a table for two",
        "just so you know, don't call Ruth",
        "for the record, please send Bo the minutes",
        "fyi Ruth is vegetarian\ncall Ida",
        "fyi",
        "that was the plumber, he wants me to call back",
        "that was a long evening with Ruth and I have to write her a card",
        "Ruth is vegetarian",
        "note to self: buy milk",
    ],
)
def test_what_leaves_something_to_do_stays_a_task(said: Read, text: str) -> None:
    """A duty, a time, an order, a thing or a second line: to miss a task is worse."""
    assert said(text).is_task


def test_a_question_tells_nothing(said: Read) -> None:
    """Whether Donna remembers is asked, not told."""
    assert said("can you remember that Ann likes tea?").intent is Intent.QUESTION


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("merk dir, dass Ruth vegetarisch isst", Intent.CHAT),
        ("Merk dir bitte, dass der Code 4711 ist", Intent.CHAT),
        ("zur Info: der Schlüssel liegt unter dem Topf", Intent.CHAT),
        ("nur damit du es weißt, ich mag keinen Fisch", Intent.CHAT),
        ("denk dran, dass Ida Nüsse nicht verträgt", Intent.CHAT),
        ("denk dran, Milch zu kaufen", Intent.TASK),
        ("merk dir, dass ich Mama anrufen muss", Intent.TASK),
        ("merk dir, dass wir Ruth das Buch bringen sollen", Intent.TASK),
        ("zur Info: Ruth wegen der Reise anrufen", Intent.TASK),
        ("merk dir den Termin am Dienstag um 3", Intent.TASK),
    ],
)
def test_german_tells_facts_too(text: str, intent: Intent, both: Lexicon) -> None:
    """Its verbs stand at the end."""
    at = datetime(2027, 5, 5, 10, 0, tzinfo=UTC)

    assert read(text, at=at, zone=ZoneInfo("Europe/Berlin"), lexicon=both).intent is intent


@pytest.mark.parametrize(
    ("text", "asked", "says"),
    [
        ("fyi key under pot", True, False),
        ("hello, remember that Ann sings", True, True),
        ("I am so proud of Ida for her exam", False, True),
        ("what a day it was with Ruth", False, True),
        ("was für ein Abend mit Ruth im Garten", False, True),
        ("hello there", False, False),
        ("   thank you so much   ", False, False),
        ("what do you think of me", False, False),
        ("how are you doing, my dear Donna", False, False),
        ("nice to meet you, and who are you?", False, False),
        ("🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", False, False),
    ],
)
def test_talk_says_something_or_is_asked_to_be_kept(
    text: str, *, asked: bool, says: bool, both: Lexicon
) -> None:
    """A courtesy says nothing, and a question is no answer to itself later."""
    assert is_asked_to_remember(text, both) is asked
    assert says_something(text, both) is says
