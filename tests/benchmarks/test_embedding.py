"""How fast texts become vectors, beside the library of the model's authors."""

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from random import Random
from typing import Any

import numpy as np
import pytest

from donna_memory.embeddings.minilm import MiniLMEmbedder, weights_folder

WORDS = [
    "the",
    "boat",
    "was",
    "moved",
    "to",
    "another",
    "harbour",
    "because",
    "of",
    "rain",
    "and",
    "we",
    "paid",
    "half",
    "of",
    "what",
    "they",
    "asked",
    "for",
    "last",
    "spring",
    "when",
    "Bo",
    "called",
    "about",
    "the",
    "impeller",
    "that",
    "nobody",
    "could",
    "find",
    "in",
    "the",
    "garage",
]
TEXTS = 64
ROUNDS = 3


def texts(*, words: int) -> list[str]:
    """Return texts of so many words, the same ones in every run."""
    random = Random(words)
    return [" ".join(random.choices(WORDS, k=words)) for _ in range(TEXTS)]


def rate(embed: Callable[[Sequence[str]], Any], several: Sequence[str]) -> float:
    """Return how many texts a second the best of some rounds made."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        embed(several)
        best = min(best, time.perf_counter() - began)
    return len(several) / best


@pytest.mark.slow
@pytest.mark.parametrize("words", [12, 60, 180])
def test_texts_a_second_beside_sentence_transformers(words: int) -> None:
    """A turn, a paragraph and a whole chunk; both give the same vectors."""
    if find_spec("sentence_transformers") is None:
        pytest.skip("no sentence-transformers here: `pip install torch sentence-transformers`")
    folder = weights_folder()
    library = import_module("sentence_transformers")  # takes seconds, and is rarely there
    peer = library.SentenceTransformer(str(folder), device="cpu")
    own = MiniLMEmbedder(folder)
    several = texts(words=words)

    def reference(batch: Sequence[str]) -> Any:
        return peer.encode(list(batch), normalize_embeddings=True, batch_size=32)

    assert np.abs(own.embed(several) - reference(several)).max() < 1e-4
    here, there = rate(own.embed, several), rate(reference, several)
    print(
        f"\n{words} words: {here:.0f} texts/s, sentence-transformers {there:.0f}, "
        f"{here / there:.2f} ×"
    )
