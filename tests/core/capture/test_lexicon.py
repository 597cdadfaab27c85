"""The lexicon: data that is checked where it enters."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.tokens import tokenize
from donna_core.domain.errors import ConfigError
from donna_core.local.languages import language

FILE = Path(__file__).resolve().parents[3] / "config" / "lexicon.yaml"


@pytest.fixture
def data() -> dict[str, Any]:
    """The shipped mapping, free to be broken."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_the_longest_phrase_wins(lexicon: Lexicon) -> None:
    """An oil change at the car is one kind of work, a plural included."""
    tokens = tokenize("Oil changes for both cars")

    match = next(lexicon.durations.within(tokens))

    assert (match.start, match.end) == (0, 2)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("default_priority", 9),
        ("default_minutes", 0),
        ("parts_of_day", {"morning": [12, 6]}),
        ("domains", {"leisure": ["golf"]}),
        ("chat", None),
        ("questions", [True]),
    ],
)
def test_a_value_out_of_range_is_refused(data: dict[str, Any], key: str, value: object) -> None:
    """Nothing is read with a broken lexicon."""
    with pytest.raises(ConfigError):
        Lexicon.from_mapping(data | {key: value}, language=partial(language, "en"))


def test_missing_and_unknown_keys_are_named(data: dict[str, Any]) -> None:
    """A misspelt key is both."""
    data["urgencies"] = data.pop("urgency")

    with pytest.raises(ConfigError, match="urgencies, urgency"):
        Lexicon.from_mapping(data, language=partial(language, "en"))
