"""A chart parser: typed rules over tokens, every reading of every stretch found once.

The text is read from its end to its start. Whatever begins further right is complete when a
position is worked on, so one pass suffices and a rule may use any kind, its own included.
Source: bottom-up left-corner chart parsing (Kay 1980), in the spirit of Duckling's rules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from donna_core.domain.capture.tokens import Shape, Token

WIDEST = 24  # tokens; a longer time phrase is prose
CROWDED = 32  # nodes that may start at one token; the busiest sentence needs half of them
PLENTY = 800  # nodes in a text; what goes on after them is no sentence, so that …
SPARSE = 8  # … fewer may start at one token

F = TypeVar("F")
Guard = Callable[[Sequence[Token], int, int], bool]
Build = Callable[..., object]
B = TypeVar("B", bound=Build)


@frozen
class Element:
    """One place of a pattern: some words, some shapes or some kinds of node.

    ``values`` tells what each word stands for, where that is handed to the builder.
    """

    words: frozenset[str] = frozenset()
    shapes: frozenset[Shape] = frozenset()
    kinds: frozenset[str] = frozenset()
    glued: bool = False
    values: Mapping[str, Any] | None = None


@frozen(kw_only=True, eq=False)
class Rule:
    """A pattern that makes a node of ``kind`` from what it captured; ``name``: "clocks.half_past".

    Where two phrases explain a stretch equally, the higher sum of priorities wins.
    """

    name: str
    kind: str
    pattern: tuple[Element, ...]
    build: Build
    guard: Guard | None = None
    priority: int = 0


@frozen
class Node:
    """Tokens ``[start, end)`` read as a value of some kind, by a rule from smaller nodes.

    ``score`` sums the priorities of the rules that fired.
    """

    kind: str
    start: int
    end: int
    value: Any
    rule: Rule
    parts: tuple["Node", ...] = ()
    score: int = 0

    def rules(self) -> tuple[str, ...]:
        """Return the names of the rules that fired, the outermost first, each once."""
        names = {self.rule.name: None}
        for part in self.parts:
            names.update(dict.fromkeys(part.rules()))
        return tuple(names)


class RuleBook:
    """What the rules of one subject mean, collected with a decorator.

    A meaning is called with the frame and with what the pattern captured: node values as they
    are, tokens of a shape as ``Token``, words as what they stand for. It returns the value, or
    None where the rule does not apply after all. Its module and name are the rule's.
    """

    def __init__(self) -> None:
        self.meanings: dict[str, Build] = {}

    def meaning(self, build: B) -> B:
        """Enter the function as the meaning of the rule that is called as it is."""
        self.meanings[f"{build.__module__.rpartition('.')[2]}.{build.__name__}"] = build
        return build


class Continuations:
    """Rules that begin alike, found by what their second element asks for."""

    def __init__(self) -> None:
        self.alone: list[Rule] = []
        self.by_word: dict[str, list[Rule]] = {}
        self.by_shape: dict[Shape, list[Rule]] = {}
        self.by_kind: dict[str, list[Rule]] = {}

    def add(self, rule: Rule) -> None:
        """Enter a rule."""
        if len(rule.pattern) == 1:
            self.alone.append(rule)
            return
        second = rule.pattern[1]
        for word in second.words:
            self.by_word.setdefault(word, []).append(rule)
        for shape in second.shapes:
            self.by_shape.setdefault(shape, []).append(rule)
        for kind in second.kinds:
            self.by_kind.setdefault(kind, []).append(rule)

    def before(self, token: Token, kinds: Iterable[str]) -> Iterable[Rule]:
        """Return the rules that may go on with this token or a node of these kinds, each once."""
        sources = [self.by_word.get(token.norm), self.by_shape.get(token.shape)]
        sources += [self.by_kind.get(kind) for kind in kinds]
        found = [rules for rules in sources if rules]
        if len(found) > 1:
            return dict.fromkeys([rule for rules in found for rule in rules])
        return found[0] if found else ()


@frozen
class Grammar(Generic[F]):
    """All rules, indexed by what their first element asks for. ``F`` is the builders' frame."""

    by_word: dict[str, Continuations] = field(factory=dict)
    by_shape: dict[Shape, Continuations] = field(factory=dict)
    by_kind: dict[str, Continuations] = field(factory=dict)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "Grammar[F]":
        """Return the grammar that holds these rules."""
        grammar: Grammar[F] = cls()
        for rule in rules:
            first = rule.pattern[0]
            grammar.enter(grammar.by_word, first.words, rule)
            grammar.enter(grammar.by_shape, first.shapes, rule)
            grammar.enter(grammar.by_kind, first.kinds, rule)
        return grammar

    @staticmethod
    def enter(index: dict[Any, Continuations], keys: Iterable[object], rule: Rule) -> None:
        """Enter a rule under each of the keys."""
        for key in keys:
            found = index.get(key)
            if found is None:
                index[key] = found = Continuations()
            found.add(rule)

    def parse(
        self, tokens: Sequence[Token], *, frame: F, wanted: str, known: Iterable[Node] = ()
    ) -> list[Node]:
        """Return every node of the wanted kind; nested and overlapping ones included.

        ``known`` are nodes that something else found; rules may use them.
        """
        return self.parse_counting(tokens, frame=frame, wanted=wanted, known=known)[0]

    def parse_counting(
        self, tokens: Sequence[Token], *, frame: F, wanted: str, known: Iterable[Node] = ()
    ) -> tuple[list[Node], int]:
        """Return what ``parse`` does, and how many nodes of all kinds it took."""
        run = _Run(self, tokens, frame, known)
        return [node for row in run.chart for node in row.get(wanted, ())], run.made


class _Run:
    """One pass over one text."""

    def __init__(
        self,
        grammar: Grammar[Any],
        tokens: Sequence[Token],
        frame: object,
        known: Iterable[Node],
    ) -> None:
        self.grammar, self.tokens, self.frame = grammar, tokens, frame
        self.made = 0
        self.known: dict[int, list[Node]] = {}
        for node in known:
            self.known.setdefault(node.start, []).append(node)
        self.chart: list[dict[str, list[Node]]] = [{} for _ in range(len(tokens) + 1)]
        for start in range(len(tokens) - 1, -1, -1):
            self._read_from(start)

    def _read_from(self, start: int) -> None:
        token = self.tokens[start]
        worded = self.grammar.by_word.get(token.norm)
        shaped = self.grammar.by_shape.get(token.shape)
        known = self.known.get(start)
        if worded is None and shaped is None and known is None:
            return
        agenda = list(known or ())
        found = {(node.kind, node.end, node.value): node for node in agenda}
        self._enter(worded, start, None, found, agenda)
        self._enter(shaped, start, None, found, agenda)
        most = CROWDED if self.made < PLENTY else SPARSE
        while agenda and len(found) <= most:
            node = agenda.pop()
            self.chart[start].setdefault(node.kind, []).append(node)
            self._enter(self.grammar.by_kind.get(node.kind), start, node, found, agenda)
        self.made += len(found)

    def _enter(
        self,
        rules: Continuations | None,
        start: int,
        corner: Node | None,
        found: dict[tuple[str, int, object], Node],
        agenda: list[Node],
    ) -> None:
        """Finish the rules whose first element is the corner node or the token at ``start``."""
        if rules is None:
            return
        end = start + 1 if corner is None else corner.end
        going_on: Iterable[Rule] = ()
        if end < len(self.tokens):
            going_on = rules.before(self.tokens[end], self.chart[end])
        for rule in (*rules.alone, *going_on):
            captured = (
                (corner,) if corner is not None else _captured(rule.pattern[0], self.tokens[start])
            )
            for node in self._finish(rule, start, end, captured):
                key = (node.kind, node.end, node.value)
                if key not in found:
                    found[key] = node
                    agenda.append(node)

    def _finish(
        self, rule: Rule, start: int, end: int, captured: tuple[Any, ...]
    ) -> Iterator[Node]:
        matches: list[tuple[int, tuple[Any, ...]]] = []
        self._match(rule.pattern, 1, end, captured, matches)
        for stop, values in matches:
            if stop - start > WIDEST:
                continue
            if rule.guard is not None and not rule.guard(self.tokens, start, stop):
                continue
            value = _built(rule.build, self.frame, values)
            if value is not None:
                parts = tuple([item for item in values if type(item) is Node])
                score = rule.priority + sum([part.score for part in parts])
                yield Node(rule.kind, start, stop, value, rule, parts, score)

    def _match(
        self,
        pattern: tuple[Element, ...],
        index: int,
        at: int,
        captured: tuple[Any, ...],
        matches: list[tuple[int, tuple[Any, ...]]],
    ) -> None:
        """Add each way to go on with the pattern from its element ``index`` at the token ``at``."""
        if index == len(pattern):
            matches.append((at, captured))
            return
        if at >= len(self.tokens):
            return
        element, token = pattern[index], self.tokens[at]
        if element.glued and not token.glued:
            return
        if token.norm in element.words or token.shape in element.shapes:
            said = _captured(element, token)
            self._match(pattern, index + 1, at + 1, captured + said, matches)
        row = self.chart[at]
        for kind in element.kinds:
            for node in row.get(kind, ()):
                self._match(pattern, index + 1, node.end, (*captured, node), matches)


def _built(build: Build, frame: object, values: tuple[Any, ...]) -> object:
    """Return what the builder makes; a date outside the calendar is no reading."""
    try:
        return build(frame, *(item.value if type(item) is Node else item for item in values))
    except (OverflowError, ValueError):
        return None


def _captured(element: Element, token: Token) -> tuple[Any, ...]:
    if element.shapes:
        return (token,)
    return (element.values[token.norm],) if element.values is not None else ()
