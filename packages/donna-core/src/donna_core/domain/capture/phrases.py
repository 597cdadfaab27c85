"""Time phrases in a text: which words speak of time, and what they mean."""

from collections.abc import Sequence

from attrs import frozen

from donna_core.domain.capture.chart import Grammar, Node
from donna_core.domain.capture.grammar import (
    clocks,
    days,
    holidays,
    lengths,
    moments,
    numbers,
    periods,
    repeats,
    roles,
    written,
)
from donna_core.domain.capture.reading import Span
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Meaning

GRAMMAR: Grammar[Frame] = Grammar.of(
    module.book
    for module in (
        numbers,
        lengths,
        clocks,
        days,
        holidays,
        written,
        periods,
        moments,
        repeats,
        roles,
    )
)


@frozen(kw_only=True)
class Phrase:
    """One stretch of the text and the time it means."""

    meaning: Meaning
    span: Span


def find(tokens: Sequence[Token], text: str, *, frame: Frame) -> tuple[Phrase, ...]:
    """Return the time phrases of the text in order; no two share a character.

    Of the readings that compete for a word, the one that explains the longest stretch wins, the
    earlier one among equals.
    """
    nodes = GRAMMAR.parse(tokens, frame=frame, wanted="phrase")
    ranked = sorted(nodes, key=lambda node: (node.start - node.end, node.start))
    taken: set[int] = set()
    chosen: list[Node] = []
    for node in ranked:
        stretch = range(node.start, node.end)
        if taken.isdisjoint(stretch):
            taken.update(stretch)
            chosen.append(node)
    return tuple(
        _phrase(node, tokens, text) for node in sorted(chosen, key=lambda node: node.start)
    )


def _phrase(node: Node, tokens: Sequence[Token], text: str) -> Phrase:
    meaning: Meaning = node.value
    start, end = tokens[node.start].start, tokens[node.end - 1].end
    span = Span(kind=meaning.role.value, start=start, end=end, text=text[start:end])
    return Phrase(meaning=meaning, span=span)
