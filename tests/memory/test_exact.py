"""The exact index finds the nearest vectors, whatever was put in and taken out before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from donna_memory.exact import ExactIndex
from donna_memory.ports import Vectors

SIZE = 4


def unit(seed: int) -> Vectors:
    """Return some vector of length one."""
    vector = np.random.default_rng(seed).standard_normal(SIZE)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 99)), max_size=60),
    st.integers(0, 14),
)
def test_it_agrees_with_a_plain_dictionary(acts: list[tuple[bool, int, int]], limit: int) -> None:
    """After any adding, replacing and removing, the order is that of the cosines, then the keys."""
    index, plain = ExactIndex(SIZE), dict[int, Vectors]()
    for adds, key, seed in acts:
        if adds:
            plain[key] = unit(seed)
            index.put([key], plain[key][None])
        else:
            plain.pop(key, None)
            index.remove([key])
    query = unit(1000)

    found = index.nearest(query, limit)

    cosines = {key: index.similarity(query, [key])[0] for key in plain}
    best = sorted(cosines.values(), reverse=True)[:limit]
    assert len(index) == len(plain)
    # One product of matrices rounds otherwise than many of vectors.
    assert np.allclose([cosine for _, cosine in found], best, atol=1e-5)
    assert {key for key, _ in found} <= plain.keys()


def test_a_key_that_is_not_there_is_farthest() -> None:
    """Its similarity is minus one."""
    assert ExactIndex(SIZE).similarity(unit(1), [7]).tolist() == [-1]
