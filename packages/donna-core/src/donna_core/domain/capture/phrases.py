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
    impossible,
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
from donna_core.domain.capture.holidays import beginnings_of, normal
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
    impossible,
)
MEANINGS: Mapping[str, Build] = {
    name: build for module in MODULES for name, build in module.book.meanings.items()
}

PIECE = 400  # tokens; a longer text is read in pieces
MOST_NODES = 6000  # of the charts of one text; a thousand busy words
_ENDS = frozenset(".!?;")
_IN_NAMES = frozenset("-.")
_APOSTROPHES = frozenset("'’")
_HOLIDAY = Rule(name="holidays.holiday", kind="holiday", pattern=(), build=normal)


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


@frozen(kw_only=True)
class Search:
    """The time phrases of a text, and how many of its tokens were searched for them."""

    phrases: tuple[Phrase, ...]
    reached: int


def find(tokens: Sequence[Token], text: str, *, frame: Frame) -> tuple[Phrase, ...]:
    """Return the time phrases of the text in order; no two share a character.

    Of the readings that compete for a word, the one that explains the longest stretch wins; among
    equals the earlier one, then the one whose rules have the higher priorities.
    """
    return search(tokens, text, frame=frame).phrases


def search(tokens: Sequence[Token], text: str, *, frame: Frame) -> Search:
    """Return the time phrases as ``find`` does, and how far the text was searched.

    A long text is read piece by piece. It is left where it speaks of more times than anybody
    means, so that hostile text costs no more than a long one.
    """
    found: list[Phrase] = []
    start = spent = 0
    while start < len(tokens) and spent < MOST_NODES:
        end = _piece_end(tokens, start)
        piece = tokens[start:end] if end - start < len(tokens) else tokens
        phrases, made = _phrases(piece, text, frame)
        found += phrases
        start, spent = end, spent + made
    return Search(phrases=tuple(found), reached=start)


def _piece_end(tokens: Sequence[Token], start: int) -> int:
    """Return where a piece ends: at a long text's next mark of punctuation."""
    end = start + PIECE
    if end >= len(tokens):
        return len(tokens)
    while end < min(len(tokens), start + 2 * PIECE):
        if tokens[end - 1].text in _ENDS:
            return end
        end += 1
    return min(end, len(tokens))


def _phrases(tokens: Sequence[Token], text: str, frame: Frame) -> tuple[tuple[Phrase, ...], int]:
    nodes, made = frame.language.grammar.parse_counting(
        tokens, frame=frame, wanted="phrase", known=feasts(tokens, frame)
    )
    ranked = sorted(nodes, key=lambda node: (node.start - node.end, node.start, -node.score))
    taken: set[int] = set()
    chosen: list[Node] = []
    for node in ranked:
        stretch = range(node.start, node.end)
        if taken.isdisjoint(stretch):
            taken.update(stretch)
            chosen.append(node)
    ordered = sorted(chosen, key=lambda node: node.start)
    return tuple(_phrase(node, tokens, text) for node in ordered), made


def feasts(tokens: Sequence[Token], frame: Frame) -> Iterator[Node]:
    """Yield the names of holidays, of the language and of the person's country."""
    days = frame.language.holidays
    years = (frame.today.year, frame.today.year + 1)
    national = frozenset[str]()
    if frame.country is not None:
        national = national.union(*(days.names_in(frame.country, year) for year in years))
    begun = days.beginnings | beginnings_of(national) if national else days.beginnings
    for start, token in enumerate(tokens):
        if token.shape is not Shape.WORD or not (national or token.norm in days.first_words):
            continue
        name = normal((token.norm,))
        end = start + 1
        while name in begun:
            known = name in days.by_name or name in national
            if known and tokens[end - 1].shape is Shape.WORD:
                yield Node("holiday", start, end, name, _HOLIDAY)
            if end == len(tokens) or not _continues(tokens[end], tokens[end - 1]):
                break
            name = " ".join(filter(None, (name, normal((tokens[end].norm,)))))
            end += 1


def _continues(token: Token, before: Token) -> bool:
    """Whether a name may go on: with a word, a hyphen, a dot, a plural's apostrophe."""
    if token.shape is Shape.WORD or token.norm in _IN_NAMES:
        return True
    return token.norm in _APOSTROPHES and before.norm.endswith("s")


def _phrase(node: Node, tokens: Sequence[Token], text: str) -> Phrase:
    meaning: Meaning = node.value
    start, end = tokens[node.start].start, tokens[node.end - 1].end
    span = Span(kind=meaning.role.value, start=start, end=end, text=text[start:end])
    return Phrase(meaning=meaning, span=span, rules=node.rules())
