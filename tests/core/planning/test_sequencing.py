"""The best order of work on one pair of hands, beside exact answers."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.planning.sequencing import InvalidSequence, sequence, tardiness

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "sequencing" / "weighted.json"
INSTANCES: list[dict[str, Any]] = json.loads(FIXTURES.read_text())["instances"]
WORK = st.tuples(st.integers(0, 100), st.integers(0, 10), st.integers(0, 300))


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda each: str(each["name"]))
def test_known_instances_reach_their_best_value(instance: dict[str, Any]) -> None:
    """Within the default budget."""
    work = instance["durations"], instance["weights"], instance["due"]

    assert tardiness(sequence(*work), *work) == instance["best"]


@given(st.lists(WORK, min_size=1, max_size=6))
def test_few_pieces_of_work_are_put_in_the_best_order(work: list[tuple[int, int, int]]) -> None:
    """As good as the best of all orders."""
    lists = [list(each) for each in zip(*work, strict=True)]

    order = sequence(*lists, budget=20_000)

    assert sorted(order) == list(range(len(work)))
    best = min(tardiness(each, *lists) for each in permutations(range(len(work))))
    assert tardiness(order, *lists) == best


@given(st.lists(WORK, min_size=8, max_size=20))
def test_more_budget_is_never_worse_and_repeats_exactly(work: list[tuple[int, int, int]]) -> None:
    """The same input gives the same order."""
    lists = [list(each) for each in zip(*work, strict=True)]

    little, more = sequence(*lists, budget=300), sequence(*lists, budget=6_000)

    assert tardiness(more, *lists) <= tardiness(little, *lists)
    assert sequence(*lists, budget=300) == little


def test_no_budget_still_gives_an_order() -> None:
    """By the best of the simple rules."""
    assert sorted(sequence([3, 1, 2], [1, 5, 2], [4, 1, 3], budget=0)) == [0, 1, 2]
    assert sequence([], [], []) == ()


@pytest.mark.parametrize(
    ("work", "problem"),
    [
        (([1], [1, 2], [1]), "1 durations, 2 weights, 1 due dates"),
        (([-1], [1], [1]), "duration is negative"),
        (([1], [-1], [1]), "weight is negative"),
    ],
)
def test_lists_that_do_not_fit_are_refused(work: Any, problem: str) -> None:
    """And the message says which."""
    with pytest.raises(InvalidSequence, match=problem):
        sequence(*work)
