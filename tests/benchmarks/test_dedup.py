"""One title against many: the search for twins beside a plain loop over the same normal forms."""

import random
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import pytest

from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.dedup import (
    DedupRules,
    TitleEntry,
    find_twins,
    normal_form,
    score,
)

VERBS = [
    "buy",
    "call",
    "clean",
    "email",
    "fix",
    "order",
    "pay",
    "plan",
    "read",
    "repair",
    "review",
    "send",
    "sort",
    "water",
    "write",
]
THINGS = [
    "bike",
    "boat",
    "car",
    "cellar",
    "chair",
    "dentist",
    "fence",
    "garden",
    "invoice",
    "lamp",
    "mower",
    "oil",
    "report",
    "roof",
]
ENDS = [
    "again",
    "alone",
    "by",
    "mail",
    "for",
    "Anna",
    "for",
    "Ben",
    "in",
    "town",
    "online",
    "with",
    "Carl",
    "with",
    "care",
]
T = TypeVar("T")
TITLE = "review the oil invoice for Anna"


@pytest.mark.parametrize("count", [10_000, 100_000])
def test_one_title_against_many(count: int) -> None:
    """Both ways find the same twins; the ratio of their times is printed."""
    dice = random.Random(count)
    stored = [title(dice) for _ in range(count)]
    entries = [TitleEntry(task_id=TaskId(str(n)), normal_form=f) for n, f in enumerate(stored)]

    found, seconds = best_of(5, lambda: find_twins(TITLE, entries, DedupRules()))
    naive, naive_seconds = best_of(2, lambda: plain_loop(TITLE, entries))

    matches = [*found.duplicates, *found.band]
    assert sorted((match.task_id, match.score) for match in matches) == sorted(naive)
    print(
        f"\n{count} titles: {seconds * 1e3:.2f} ms, {len(matches)} twins; "
        f"1 : {naive_seconds / seconds:.1f} against a plain loop ({naive_seconds * 1e3:.1f} ms)"
    )


def title(dice: random.Random) -> str:
    """Return the normal form of a made-up title."""
    words = [dice.choice(VERBS), dice.choice(THINGS), dice.choice(THINGS), dice.choice(ENDS)]
    return normal_form(" ".join(words))


def plain_loop(wanted: str, entries: list[TitleEntry]) -> list[tuple[str, float]]:
    """Compare with every entry in turn."""
    form, rules = normal_form(wanted), DedupRules()
    scored = [(entry.task_id, score(form, entry.normal_form, rules)) for entry in entries]
    return [(task_id, percent) for task_id, percent in scored if percent >= 70]


def best_of(times: int, act: Callable[[], T]) -> tuple[T, float]:
    """Return the result and the shortest of several runs in seconds."""
    result, spent = act(), []
    for _ in range(times):
        begun = perf_counter()
        result = act()
        spent.append(perf_counter() - begun)
    return result, min(spent)
