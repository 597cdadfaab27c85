"""Time phrases in a text: which words speak of time, and what they mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from donna_core.domain.capture.chart import Build, Node, Rule
from donna_core.domain.capture.grammar import (
    bounds,
    clocks,
    dated_repeats,
    dayparts,
    days,
    holidays,
    lengths,
    moments,
    month_days,
    numbers,
    periods,
    points,
    related_days,
    repeats,
    roles,
    seasons,
    spoken,
    written,
)
from donna_core.domain.capture.holidays import normal
from donna_core.domain.capture.language import Language
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, Meaning

MODULES = (
    numbers,
    lengths,
    clocks,
    spoken,
    dayparts,
    days,
    month_days,
    related_days,
    holidays,
    written,
    periods,
    points,
    seasons,
    moments,
    repeats,
    dated_repeats,
    bounds,
    roles,
)
MEANINGS: Mapping[str, Build] = {
    name: build for module in MODULES for name, build in module.book.meanings.items()
}

_WIDEST_NAME = 9  # tokens of a holiday's name
_NATIONAL = Rule(name="holidays.national", kind="holiday", pattern=(), build=holidays.holiday)


@frozen(kw_only=True)
class Phrase:
    """One stretch of the text and the time it means; ``rules`` names the rules that read it."""

    meaning: Meaning
    span: Span
    rules: tuple[str, ...] = ()


def language_from(data: Mapping[str, Any]) -> Language:
    """Return the language that a mapping describes; ``config/languages/en`` shows its shape.

    Raises ``ConfigError`` for what nobody knows.
    """
    return Language.from_mapping(data, meanings=MEANINGS)


def find(tokens: Sequence[Token], text: str, *, frame: Frame) -> tuple[Phrase, ...]:
    """Return the time phrases of the text in order; no two share a character.

    Of the readings that compete for a word, the one that explains the longest stretch wins; among
    equals the earlier one, then the one whose rules have the higher priorities.
    """
    known = list(_national_days(tokens, frame)) if frame.country else ()
    nodes = frame.language.grammar.parse(tokens, frame=frame, wanted="phrase", known=known)
    ranked = sorted(nodes, key=lambda node: (node.start - node.end, node.start, -node.score))
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


def _national_days(tokens: Sequence[Token], frame: Frame) -> Iterator[Node]:
    """Yield the names of the days that the person's country keeps."""
    days = frame.language.holidays
    country = frame.country or ""
    years = (frame.today.year, frame.today.year + 1)
    names = frozenset[str]().union(*(days.names_in(country, year) for year in years))
    firsts = {name.split()[0] for name in names if name}
    for start, token in enumerate(tokens):
        if token.shape is not Shape.WORD or normal([token.norm]) not in firsts:
            continue
        for end in range(start + 1, min(len(tokens), start + _WIDEST_NAME) + 1):
            name = normal(each.norm for each in tokens[start:end])
            if name in names and name not in days.by_name and tokens[end - 1].norm[0].isalnum():
                yield Node("holiday", start, end, name, _NATIONAL)


def _phrase(node: Node, tokens: Sequence[Token], text: str) -> Phrase:
    meaning: Meaning = node.value
    start, end = tokens[node.start].start, tokens[node.end - 1].end
    span = Span(kind=meaning.role.value, start=start, end=end, text=text[start:end])
    return Phrase(meaning=meaning, span=span, rules=node.rules())
