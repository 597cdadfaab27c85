"""Which capability a message asks for: by meaning where there is an embedder, else by words."""

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from math import log, sqrt
from typing import Protocol

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit vectors, one row a text."""

Embed = Callable[[Sequence[str]], Vectors]
"""Turns texts into unit vectors of one length; equal texts give equal vectors. Blocks."""

CANDIDATES = 5
WORD = re.compile(r"\w+")


ADDRESS = re.compile(r"https?://\S+")


def spoken(text: str) -> str:
    """Return a message as it is compared: what an address says is no part of what is asked."""
    return ADDRESS.sub("a web page", text)


class Band(StrEnum):
    """How sure a match is: high is acted on, medium is asked about, low is none."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen(kw_only=True)
class Bands:
    """From which score, -1 to 1, a match is high and from which it is medium."""

    high: float = 0.75
    medium: float = 0.40

    def of(self, score: float) -> Band:
        """Return the band of the score."""
        if score >= self.high:
            return Band.HIGH
        return Band.MEDIUM if score >= self.medium else Band.LOW


@frozen(kw_only=True)
class Match:
    """A capability, and how near a text comes to it (-1 to 1)."""

    name: str
    score: float
    band: Band


class Matcher(Protocol):
    """Finds names by the texts they were put with."""

    @abstractmethod
    def put(self, name: str, text: str) -> None:
        """Let the name be found by the text, instead of any earlier one."""

    @abstractmethod
    def nearest(self, text: str, *, limit: int = CANDIDATES) -> tuple[Match, ...]:
        """Return the nearest names, the best first, equal ones by name."""


class MeaningMatcher(Matcher):
    """Compares by the cosine of vectors; the embedder is asked once for each text."""

    def __init__(self, embed: Embed, *, bands: Bands | None = None) -> None:
        self._embed, self._bands = embed, bands or Bands()
        self._rows: dict[str, Vectors] = {}
        self._names: list[str] = []
        self._matrix: Vectors = np.zeros((0, 0), dtype=np.float32)

    def put(self, name: str, text: str) -> None:
        self._rows[name] = self._embed([text])[0]
        self._names = []

    def nearest(self, text: str, *, limit: int = CANDIDATES) -> tuple[Match, ...]:
        return self.nearest_to(self._embed([text])[0], limit=limit) if self._rows else ()

    def nearest_to(self, vector: Vectors, *, limit: int = CANDIDATES) -> tuple[Match, ...]:
        """Return the nearest names to a vector of shape (dimension,)."""
        if not self._names:
            self._names = sorted(self._rows)
            self._matrix = np.stack([self._rows[name] for name in self._names])
        scores = self._matrix @ vector
        best = np.argsort(-scores, kind="stable")[:limit]
        found = ((self._names[int(at)], float(scores[at])) for at in best)
        return tuple(_match(name, score, self._bands) for name, score in found)


class WordMatcher(Matcher):
    """Compares by words, the rarer the weightier; needs no model.

    Words alone are no proof of meaning, so that its best is medium unless every word of the
    name stands in the text.
    """

    def __init__(self, *, bands: Bands | None = None) -> None:
        self._bands = bands or Bands(medium=0.25)
        self._texts: dict[str, Counter[str]] = {}

    def put(self, name: str, text: str) -> None:
        self._texts[name] = _words(text)

    def nearest(self, text: str, *, limit: int = CANDIDATES) -> tuple[Match, ...]:
        asked = _words(text)
        spread = Counter(word for words in self._texts.values() for word in words)
        weights = {word: log(1 + len(self._texts) / count) for word, count in spread.items()}
        found = [
            self._told(name, _cosine(asked, words, weights), asked)
            for name, words in self._texts.items()
        ]
        return tuple(sorted(found, key=lambda match: (-match.score, match.name))[:limit])

    def _told(self, name: str, score: float, asked: Counter[str]) -> Match:
        if _words(name).keys() <= asked.keys():
            return _match(name, max(score, self._bands.high), self._bands)
        match = _match(name, score, self._bands)
        if match.band is Band.HIGH:
            return Match(name=name, score=score, band=Band.MEDIUM)
        return match


def _match(name: str, score: float, bands: Bands) -> Match:
    return Match(name=name, score=score, band=bands.of(score))


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.replace("_", " ").casefold()))


def _cosine(one: Counter[str], two: Counter[str], weights: dict[str, float]) -> float:
    shared = one.keys() & two.keys()
    product = sum(one[word] * two[word] * weights[word] ** 2 for word in shared)
    if not product:
        return 0.0
    # A word that no capability knows weighs as much as the rarest that one does.
    rarest = max(weights.values())
    lengths = (
        sum((count * weights.get(word, rarest)) ** 2 for word, count in words.items())
        for words in (one, two)
    )
    first, second = lengths
    return float(product / sqrt(first * second))
