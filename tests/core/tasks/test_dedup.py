"""Titles that mean the same are found, and only those."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.dedup import (
    DedupRules,
    TitleEntry,
    Twins,
    find_twins,
    normal_form,
    score,
)

RULES = DedupRules()
WORDS = [
    "oil",
    "change",
    "car",
    "lawn",
    "mower",
    "the",
    "get",
    "invoice",
    "send",
    "2",
    "3",
    "Ölwechsel",
    "taking",
    "out",
    "sign",
    "up",
    "Anna's",
    "cookies",
    "book",
]
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join) | st.text(
    max_size=20
)


def entries(*stored: str) -> list[TitleEntry]:
    """Return the entries of titles, each named after its title."""
    return [TitleEntry(task_id=TaskId(title), normal_form=normal_form(title)) for title in stored]


def names(twins: Twins) -> tuple[list[str], list[str]]:
    """Return the titles that are duplicates and those in the band."""
    return [m.task_id for m in twins.duplicates], [m.task_id for m in twins.band]


@pytest.mark.parametrize(
    ("title", "stored"),
    [
        ("get oil change", "oil change needed"),
        ("Call the dentist", "call dentist!"),
        ("Buy milk", "milk (buy)"),
        ("Mom’s birthday", "moms birthday"),
        ("ＦＵＬＬ width", "full width"),
        ("Straße fegen", "STRASSE FEGEN"),
        ("remember to pay rent", "Pay the rent"),
        ("send the invoice", "email that invoice"),
        ("Purchase printer ink", "buy ink for the printer"),
        ("Watering the plants", "water plant"),
        ("pick up the kids from school", "pick the kids up at school"),
        ("Tom's dentist appointment", "dentist appointment for Tom"),
        ("book a haircut", "haircut"),
        ("babysitter for Sunday", "baby-sitter for Sunday"),
        ("order two pizzas", "order 2 pizzas"),
        ("résumé for Jun", "resume for Jun"),
        ("transfer 200 € to Kim", "transfer 200 euros to Kim"),
        ("water the tomatose", "water the tomatoes"),
    ],
)
def test_reformulations_are_duplicates(title: str, stored: str) -> None:
    """Word order, case, punctuation and empty words make no other task."""
    assert names(find_twins(title, entries(stored), RULES)) == ([stored], [])


@pytest.mark.parametrize(
    ("title", "stored"),
    [
        ("oil change for car", "oil change for lawn mower"),
        ("send the invoice", "email that invoice to the client"),
        ("Call Anna about the long lease of the flat", "Call Ben about the long lease of the flat"),
        ("Turn on the sprinkler in the garden", "Turn off the sprinkler in the garden"),
        ("Book the dentist appointment", "Cancel the dentist appointment"),
        ("dentist appointment", "cancel dentist appointment"),
        ("Meeting with Paul on Monday", "Meeting with Paul on Tuesday"),
        ("Print the poster for the fair", "Paint the poster for the fair"),
        ("が", "か"),
        ("Read chapter 3", "Read chapter 4"),
        ("Pay invoice 1041", "Pay invoice 1042"),
        ("🎂", "🚗"),
        ("get", "need"),
    ],
)
def test_what_may_differ_is_no_certain_duplicate(title: str, stored: str) -> None:
    """Different things are never merged without a second look."""
    assert find_twins(title, entries(stored), RULES).duplicates == ()


def test_the_band_is_for_a_second_look() -> None:
    """Between the thresholds a title is kept for the second pass, best first."""
    stored = entries("review design plan", "water plants", "review design plans of barn")

    found = find_twins("review design plan of barn x", stored, DedupRules(merge_threshold=99))

    assert names(found) == ([], ["review design plans of barn", "review design plan"])


@pytest.mark.parametrize(("threshold", "certain"), [(80, 1), (100, 0)])
def test_a_score_at_the_threshold_is_not_above_it(threshold: float, certain: int) -> None:
    """Only a score above the threshold is a duplicate, so 100 percent never exceeds 100."""
    rules = DedupRules(merge_threshold=threshold)

    found = find_twins("oil change", entries("oil change"), rules)

    assert (len(found.duplicates), len(found.band)) == (certain, 1 - certain)


@given(one=titles, other=titles)
def test_letters_are_compared_by_the_token_sort_ratio(one: str, other: str) -> None:
    """Comparing normal forms letter by letter equals the token-sort ratio of them."""
    forms = normal_form(one), normal_form(other)

    assert fuzz.ratio(*forms) == fuzz.token_sort_ratio(*forms)


@given(one=titles, other=titles)
def test_the_score_is_mutual(one: str, other: str) -> None:
    """Which of two titles is the new one makes no difference, and a title is its own twin."""
    form, second = normal_form(one), normal_form(other)

    assert score(form, second, RULES) == pytest.approx(score(second, form, RULES))
    assert score(form, form, RULES) == 100


@given(title=titles)
def test_a_normal_form_is_its_own(title: str) -> None:
    """Normalizing twice changes nothing, and words in another order change nothing."""
    form = normal_form(title)

    assert normal_form(form) == form
    assert normal_form(" ".join(reversed(title.split()))) == form


@given(title=titles, stored=st.lists(titles, max_size=20))
def test_verdicts_equal_those_of_a_plain_loop(title: str, stored: list[str]) -> None:
    """The fast search finds what comparing with every entry finds, in the same order."""
    listed = [
        TitleEntry(task_id=TaskId(str(n)), normal_form=normal_form(each))
        for n, each in enumerate(stored)
    ]
    form = normal_form(title)
    scores = [(score(form, entry.normal_form, RULES), entry) for entry in listed]
    similar = sorted((pair for pair in scores if pair[0] >= 70), key=lambda pair: -pair[0])

    found = find_twins(title, listed, RULES)

    matches = [*found.duplicates, *found.band]
    assert [(m.score, m.task_id) for m in matches] == [(s, e.task_id) for s, e in similar]
    assert [m.score > 85 for m in matches] == [m in found.duplicates for m in matches]


@given(one=titles, other=titles)
def test_other_numbers_are_other_tasks(one: str, other: str) -> None:
    """However close the letters are, titles with different numbers are never merged unasked."""
    first, second = normal_form(one), normal_form(other)
    digits = [[w for w in f.split() if any(map(str.isdigit, w))] for f in (first, second)]

    assert digits[0] == digits[1] or score(first, second, RULES) <= 85
