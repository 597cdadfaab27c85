"""One message against many capabilities, beside a plain loop over the same vectors."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from donna_skills.capabilities.matching import MeaningMatcher, Vectors

COUNT, DIMENSION, ROUNDS = 500, 384, 50


def test_matching_one_message_against_five_hundred() -> None:
    """Print what a match costs once its message is embedded, and what a loop costs."""
    chance = np.random.default_rng(7)
    rows = chance.normal(size=(COUNT + 1, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    def embed(texts: Sequence[str]) -> Vectors:
        return rows[[int(text) for text in texts]]

    matcher = MeaningMatcher(embed)
    for number in range(COUNT):
        matcher.put(f"capability {number}", str(number))
    asked = rows[COUNT]
    expected = matcher.nearest_to(asked)

    started = perf_counter()
    found = [matcher.nearest_to(asked) for _ in range(ROUNDS)][-1]
    took = (perf_counter() - started) / ROUNDS
    plain = [[float(one) for one in row] for row in rows]
    started = perf_counter()
    scores = [sum(a * b for a, b in zip(row, plain[COUNT], strict=True)) for row in plain[:COUNT]]
    looped = perf_counter() - started

    assert found == expected
    assert abs(max(scores) - found[0].score) < 1e-5
    print(f"\nmatch of {COUNT}: {took * 1e3:.3f} ms, {looped / took:.0f} times as fast as a loop")
