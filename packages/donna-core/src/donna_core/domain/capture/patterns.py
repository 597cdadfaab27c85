"""Patterns: how the words of a rule are written down in a language's data.

``in|within`` is either word, ``<length>`` a node, ``{clock}`` a token shape, ``=am|pm`` a word
handed to the meaning, ``=nächste:next`` one that stands for another, a trailing ``?`` makes
optional, a leading ``~`` glues to what stands before. ``$weekday`` are all the words of a class,
``=$weekday`` hands over what they stand for.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from donna_core.domain.capture.chart import Element
from donna_core.domain.capture.tokens import Shape

Classes = Mapping[str, Mapping[str, Any]]


def patterns(text: str, classes: Classes) -> Iterator[tuple[Element, ...]]:
    """Yield the pattern with and without each optional element; raise ``ValueError`` if odd."""
    choices = []
    for part in text.split():
        optional = part.endswith("?") and len(part) > 1
        element = _element(part.removesuffix("?") if optional else part, classes)
        choices.append(((element,), ()) if optional else ((element,),))
    for combination in product(*choices):
        found = tuple(element for group in combination for element in group)
        if not found:
            raise ValueError(f"the pattern '{text}' may be empty")
        yield found


def _element(part: str, classes: Classes) -> Element:
    glued = part.startswith("~") and len(part) > 1
    part = part[1:] if glued else part
    if part.startswith("<"):
        return Element(kinds=frozenset(part[1:-1].split("|")), glued=glued)
    if part.startswith("{"):
        shapes = frozenset(Shape(name) for name in part[1:-1].split("|"))
        return Element(shapes=shapes, glued=glued)
    captured = part.startswith("=") and len(part) > 1
    values: dict[str, Any] = {}
    for word in (part[1:] if captured else part).split("|"):
        if word.startswith("$") and len(word) > 1:
            if word[1:] not in classes:
                raise ValueError(f"the class '{word}' is not known")
            values.update(classes[word[1:]])
        else:
            spelled, colon, meant = word.partition(":")
            named = captured and bool(spelled and colon and meant)
            values[spelled if named else word] = _value(meant) if named else word
    return Element(words=frozenset(values), glued=glued, values=values if captured else None)


def _value(meant: str) -> str | int:
    return int(meant) if meant.isdecimal() else meant
