"""What a message wants."""

import pytest

from donna_core.domain.capture.intent import Intent, classify
from donna_core.domain.capture.lexicon import Lexicon


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("thanks!", Intent.CHAT),
        ("hi", Intent.CHAT),
        ("what a day", Intent.CHAT),
        ("🙂", Intent.CHAT),
        ("good morning Donna", Intent.CHAT),
        ("what's on tomorrow?", Intent.QUESTION),
        ("When is my dentist appointment?", Intent.QUESTION),
        ("do I have anything on Friday", Intent.QUESTION),
        ("show me my week", Intent.QUESTION),
        ("can you remind me to call Bob?", Intent.TASK),
        ("Call Bob", Intent.TASK),
        ("hi, please book a table for two", Intent.TASK),
        ("oil change", Intent.TASK),
        ("I need to buy milk", Intent.TASK),
    ],
)
def test_the_opening_words_tell_the_intent(lexicon: Lexicon, text: str, intent: Intent) -> None:
    """Tasks, questions and talk are told apart, each with a sureness."""
    found, sureness = classify(text, lexicon)

    assert found is intent
    assert 0.5 <= sureness <= 1
