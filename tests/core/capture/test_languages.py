"""The languages as data: every rule reads its examples, every meaning is spoken somewhere."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.phrases import MEANINGS, feasts, language_from
from donna_core.domain.capture.tokens import tokenize
from donna_core.domain.capture.values import Frame
from donna_core.domain.errors import ConfigError
from donna_core.local.languages import language, languages, lexicon_data
from donna_core.local.settings import load_settings

UTC = ZoneInfo("UTC")
WEDNESDAY = datetime(2027, 5, 5, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=["en", "de"])
def spoken(request: pytest.FixtureRequest, lexicon: Lexicon) -> Lexicon:
    """The lexicon of each language Donna ships."""
    code: str = request.param
    if code == "en":
        return lexicon
    return Lexicon.from_mapping(lexicon_data(code), language=partial(language, code))


@pytest.fixture
def small() -> dict[str, Any]:
    """A language of three words, free to be broken."""
    return {
        "code": "xx",
        "classes": {"weekday": {0: "lun lundi"}},
        "sets": {"leads": "le"},
        "holidays": {"names": {"noël": "12-25"}},
        "grammar": {
            "days": {"weekday": {"examples": ["lundi"], "weekday": ["=$weekday"]}},
        },
    }


def test_every_rule_reads_its_examples(spoken: Lexicon) -> None:
    """An example makes a node by the rule it stands beside."""
    frame = Frame.of(
        at=WEDNESDAY, zone=UTC, day_first=False, parts=spoken.parts, language=spoken.language
    )
    kinds: dict[str, set[str]] = {}
    for rule in spoken.language.rules:
        kinds.setdefault(rule.name, set()).add(rule.kind)

    unread = [
        (name, example)
        for name, examples in spoken.language.examples.items()
        for example in examples
        if not _fires(name, example, kinds[name], frame)
    ]

    assert unread == []
    assert all(spoken.language.examples.values())


def _fires(name: str, example: str, kinds: set[str], frame: Frame) -> bool:
    tokens = tokenize(example)
    grammar = frame.language.grammar
    return any(
        node.rule.name == name
        for kind in kinds
        for node in grammar.parse(tokens, frame=frame, wanted=kind, known=feasts(tokens, frame))
    )


def test_every_meaning_is_spoken() -> None:
    """No meaning waits for a pattern."""
    named = {name for code in languages() for name in language(code).examples}

    assert set(MEANINGS) == named


def test_every_shipped_language_is_tested() -> None:
    """A language that is added has to pass here as well."""
    assert languages() == ("de", "en")


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({"grammar": {"days": {"wekday": {"examples": [], "day": ["x"]}}}}, "days.wekday"),
        ({"grammar": {"days": {"weekday": {"examples": [], "day if mad": ["x"]}}}}, "if mad"),
        ({"grammar": {"days": {"weekday": {"examples": [], "day": ["=$week"]}}}}, r"\$week"),
        ({"grammar": {"days": {"weekday": {"examples": [], "day": ["a?"]}}}}, "may be empty"),
        ({"grammar": {"days": {"weekday": {"day": ["x"]}}}}, "examples"),
        ({"holidays": {"names": {"noël": "some day"}}}, "some day"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_broken_language_is_refused(
    small: dict[str, Any], broken: Mapping[str, Any], problem: str
) -> None:
    """What nobody knows is named, with the language it stands in."""
    with pytest.raises(ConfigError, match=problem):
        language_from({**small, **broken})


def test_an_unknown_language_is_refused() -> None:
    """The languages there are stand in the error."""
    with pytest.raises(ConfigError, match="Known: de, en"):
        language("xx")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Erinnere mich morgen um 9 an den Müll", "Den Müll"),
        ("remind me to take out the trash tomorrow at 9", "Take out the trash"),
    ],
)
def test_a_text_is_read_in_its_own_language(text: str, title: str) -> None:
    """With two languages configured, the one that knows most of the words reads."""
    german = Lexicon.from_mapping(lexicon_data("de"), language=partial(language, "de"))
    both = Lexicon.from_mapping(
        load_settings().lexicon, language=partial(language, "en"), others=(german,)
    )

    reading = read(text, at=WEDNESDAY, zone=UTC, lexicon=both)

    assert (reading.title, reading.start) == (title, datetime(2027, 5, 6, 9, 0, tzinfo=UTC))
