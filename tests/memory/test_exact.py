"""The exact index keeps the contract, whatever was put in and taken out before."""

from donna_memory.exact import ExactIndex
from donna_memory.ports import VectorIndex
from donna_memory.testing.contracts.vector_index import SIZE, VectorIndexContract, units


class TestExactIndex(VectorIndexContract):
    def index(self) -> VectorIndex:
        return ExactIndex(SIZE)


def test_it_knows_how_many_there_are() -> None:
    """A key that is replaced counts once."""
    index = ExactIndex(SIZE)
    index.put([1, 2, 3], units(1, 2, 3))
    index.put([3, 4], units(4, 5))
    index.remove([1])

    assert len(index) == 3
