"""Word forms meet, and words stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.tasks import title_words
from donna_core.domain.tasks.dedup import normal_form
from donna_core.domain.tasks.stems import stem

words = st.text(st.sampled_from("aeioubcdgmnrstyxz"), min_size=1, max_size=12)
endings = st.sampled_from(["", "s", "es", "ies", "ing", "ed", "eed", "e", "y"])


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("plants", "plant"),
        ("boxes", "box"),
        ("dishes", "dish"),
        ("houses", "house"),
        ("sizes", "size"),
        ("cookies", "cookie"),
        ("groceries", "grocery"),
        ("tidying", "tidy"),
        ("planning", "plan"),
        ("shopping", "shop"),
        ("calling", "call"),
        ("writing", "write"),
        ("baked", "bake"),
        ("filed", "file"),
        ("changing", "change"),
        ("mowing", "mow"),
        ("fixing", "fix"),
        ("renewed", "renew"),
    ],
)
def test_the_forms_of_a_word_meet(word: str, form: str) -> None:
    """Plural, -ing and -ed lead to the same stem as the plain word."""
    assert stem(word) == stem(form)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("plan", "plane"),
        ("car", "care"),
        ("tap", "tape"),
        ("wedding", "wed"),
        ("glass", "glas"),
        ("feed", "fee"),
        ("spring", "spr"),
        ("bus", "bu"),
        ("tie", "tire"),
        ("ring", "r"),
    ],
)
def test_other_words_stay_apart(word: str, other: str) -> None:
    """What only looks like an ending is left."""
    assert stem(word) != stem(other)


@given(word=words, ending=endings)
def test_the_stem_of_a_stem_is_itself(word: str, ending: str) -> None:
    """Stemming twice changes nothing, and no word is lost."""
    root = stem(word + ending)

    assert stem(root) == root
    assert min(3, len(word + ending)) <= len(root) <= len(word + ending) + 1


@pytest.mark.parametrize("word", ["chapitres2", "ölwechseling", "задачиs", "b2bs", "ng", "eed"])
def test_other_alphabets_digits_and_short_words_are_left(word: str) -> None:
    """Rules for English endings touch no word with a digit or a letter beyond a to z."""
    assert stem(word) == word


def test_the_tables_agree_with_themselves() -> None:
    """No word has two names, and none that says nothing has one."""
    for word, name in title_words.SAME.items():
        assert normal_form(word) == normal_form(name), word
    assert title_words.EMPTY.isdisjoint(title_words.SAME)
