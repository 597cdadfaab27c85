"""Cleaning: what cannot be seen goes, what people wrote stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.capture.parse import EmptyText, TextTooLong, clean
from donna_core.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("raw", "cleaned", "named"),
    [
        ("call\x00 Bob\x07", "call Bob", "control characters"),
        ("pay \u202egnp.exe", "pay gnp.exe", "direction marks"),
        ("buy\u200b milk\ufeff", "buy milk", "zero-width characters"),
        ("run\U000e0041\U000e0042", "run", "tag characters"),
    ],
)
def test_invisible_characters_are_removed_and_named(raw: str, cleaned: str, named: str) -> None:
    """Each removed kind is told to the person."""
    text, remarks = clean(raw)

    assert text == cleaned
    assert [named in remark for remark in remarks] == [True]


def test_white_space_folds_and_visible_text_stays() -> None:
    """Line breaks become blanks; accents, emoji joins and other scripts are kept."""
    text, remarks = clean("  Cafe\u0301\n\tmit 👩\u200d👧  買い物 ")

    assert text == "Café mit 👩\u200d👧 買い物"
    assert remarks == ()


@pytest.mark.parametrize("raw", ["", "   \n", "\u200b\u202e", "\x00"])
def test_text_without_anything_to_read_is_refused(raw: str) -> None:
    """Nothing visible means nothing to do."""
    with pytest.raises(EmptyText):
        clean(raw)


def test_a_long_text_is_refused_with_both_figures() -> None:
    """100 kB are no sentence; the message says how long is too long."""
    with pytest.raises(TextTooLong, match=r"100000 characters.*10000") as refusal:
        clean("x" * 100_000)

    assert (refusal.value.length, refusal.value.limit) == (100_000, 10_000)


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    """Cleaned text is NFC, holds no control or direction character and is stable."""
    try:
        text, _ = clean(raw)
    except InvalidInput:
        return

    assert clean(text) == (text, ())
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(character) == "Cc" for character in text)
