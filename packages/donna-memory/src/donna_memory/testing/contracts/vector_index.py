"""What every index over vectors keeps to."""

from abc import abstractmethod

import numpy as np

from donna_memory.ports import VectorIndex, Vectors

SIZE, KEYS = 8, range(1, 25)
CLOSE = 1e-5  # one product of matrices rounds otherwise than many of vectors


def unit(seed: int) -> Vectors:
    """Return some vector of length one."""
    vector = np.random.default_rng(seed).standard_normal(SIZE)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def units(*seeds: int) -> Vectors:
    """Return several of them, one a row."""
    return np.stack([unit(seed) for seed in seeds])


class VectorIndexContract:
    """Subclass this in a test module, say which index, and every promise is tested."""

    @abstractmethod
    def index(self) -> VectorIndex:
        """Return an empty index over vectors of ``SIZE`` numbers that can take all of ``KEYS``."""

    def test_the_nearest_come_first_with_their_cosines(self) -> None:
        """As many as are asked for."""
        index, query = self.index(), unit(100)
        index.put([*KEYS], units(*KEYS))
        cosines = {key: float(unit(key) @ query) for key in KEYS}

        found = index.nearest(query, 5)

        assert [key for key, _ in found] == sorted(KEYS, key=lambda key: -cosines[key])[:5]
        assert np.allclose([cosine for _, cosine in found], [cosines[key] for key, _ in found],
                           atol=CLOSE)  # fmt: skip

    def test_equal_ones_come_by_key(self) -> None:
        """Also where the limit cuts between them, however they were put in."""
        index = self.index()
        index.put([9, 3, 7, 5, 1], units(2, 1, 1, 1, 1))

        assert [key for key, _ in index.nearest(unit(1), 4)] == [1, 3, 5, 7]
        assert [key for key, _ in index.nearest(unit(1), 2)] == [1, 3]

    def test_nothing_is_found_in_nothing(self) -> None:
        """Nor where nothing is asked for."""
        index = self.index()
        assert index.nearest(unit(1), 5) == ()

        index.put([1], units(1))

        assert index.nearest(unit(1), 0) == ()

    def test_more_may_be_asked_for_than_there_is(self) -> None:
        """All of it comes."""
        index = self.index()
        index.put([1, 2], units(1, 2))

        assert len(index.nearest(unit(3), 9)) == 2

    def test_a_key_has_the_vector_it_was_given_last(self) -> None:
        """Within one call and from call to call."""
        index = self.index()
        index.put([1, 2], units(1, 2))
        assert index.similarity(unit(1), [1])[0] > 1 - CLOSE

        index.put([1, 1], units(3, 4))

        kept = index.vector(1)
        assert kept is not None
        assert kept.dtype == np.float32
        assert np.array_equal(kept, unit(4))
        assert [key for key, _ in index.nearest(unit(4), 9)] == [1, 2]

    def test_what_was_removed_is_gone(self) -> None:
        """A key that is not there is no error."""
        index = self.index()
        index.put([1, 2, 3], units(1, 2, 3))
        assert index.vector(2) is not None

        index.remove({2, 17})

        assert index.vector(2) is None
        assert sorted(key for key, _ in index.nearest(unit(2), 9)) == [1, 3]
        assert index.similarity(unit(2), [2]).tolist() == [-1]

    def test_similarity_keeps_the_order_of_the_keys(self) -> None:
        """Minus one stands for those that are not there."""
        index, query = self.index(), unit(100)
        index.put([1, 2, 3], units(1, 2, 3))

        found = index.similarity(query, [3, 17, 1, 3])

        assert found.dtype == np.float32
        expected = [float(unit(3) @ query), -1, float(unit(1) @ query), float(unit(3) @ query)]
        assert np.allclose(found, expected, atol=CLOSE)
        assert index.similarity(query, []).shape == (0,)

    def test_it_agrees_with_a_plain_dictionary(self) -> None:
        """After any adding, replacing and removing, at every step."""
        dice = np.random.default_rng(7)
        index, plain = self.index(), dict[int, Vectors]()
        query = unit(1000)
        for _ in range(60):
            keys = [int(key) for key in dice.choice(KEYS, size=3, replace=False)]
            if dice.random() < 0.6:
                seeds = [int(seed) for seed in dice.integers(0, 99, size=3)]
                index.put(keys, units(*seeds))
                plain.update(zip(keys, units(*seeds), strict=True))
            else:
                index.remove(keys)
                plain = {key: vector for key, vector in plain.items() if key not in keys}

            found = index.nearest(query, 6)

            best = sorted((float(vector @ query) for vector in plain.values()), reverse=True)[:6]
            assert np.allclose([cosine for _, cosine in found], best, atol=CLOSE)
            cosines = [float(plain[key] @ query) for key, _ in found]
            assert np.allclose(cosines, best, atol=CLOSE)
