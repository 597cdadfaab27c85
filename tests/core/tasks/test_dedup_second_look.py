"""What two titles are to each other is read off what each has beyond the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.tasks.dedup import Verdict, normal_form
from donna_core.domain.tasks.second_look import judge

WORDS = ["call", "buy", "the", "Anna", "car", "oil", "change", "and", "3", "not", "monday", "🎂"]
titles = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join) | st.text(max_size=15)


@pytest.mark.parametrize(
    ("title", "other", "verdict"),
    [
        ("send the invoice", "email that invoice to the client", Verdict.SAME),
        ("buy a cake for Nora", "get Nora's cake", Verdict.SAME),
        ("oil change for the car", "oil change for the lawn mower", Verdict.RELATED),
        ("buy milk", "buy milk and bread", Verdict.RELATED),
        ("pay rent", "pay rent for June", Verdict.RELATED),
        ("read chapter 3", "read chapter 4", Verdict.RELATED),
        ("wash the car", "sell the car", Verdict.RELATED),
        ("feed the cat", "feed the fish", Verdict.RELATED),
        ("water the plants", "pay the water bill", Verdict.DIFFERENT),
        ("change the bed sheets", "change the router password", Verdict.DIFFERENT),
        ("paint the fence", "call the bank", Verdict.DIFFERENT),
        ("", "", Verdict.DIFFERENT),
    ],
)
def test_the_words_beyond_the_other_decide(title: str, other: str, verdict: Verdict) -> None:
    """More words for the same are the same; what is done, a number or a date makes two."""
    assert judge(title, other).verdict is verdict


@given(title=titles, other=titles)
def test_the_verdict_is_mutual(title: str, other: str) -> None:
    """Which of the two is new makes no difference, and some doubt always remains."""
    judgement = judge(title, other)

    assert judge(other, title) == judgement
    assert 0.5 < judgement.confidence < 1


@given(title=titles)
def test_a_title_is_the_same_as_itself(title: str) -> None:
    """Nothing sets a title apart from itself, unless it has no words at all."""
    verdict = Verdict.SAME if normal_form(title) else Verdict.DIFFERENT

    assert judge(title, title).verdict is verdict


def test_long_texts_are_judged_as_well() -> None:
    """Thousands of words on both sides cost no more than reading them."""
    many = " ".join(f"word{number}" for number in range(5000))

    assert judge(many, f"{many} and more").verdict is not Verdict.DIFFERENT
    assert judge(many, many.replace("word", "term")).verdict is Verdict.DIFFERENT
