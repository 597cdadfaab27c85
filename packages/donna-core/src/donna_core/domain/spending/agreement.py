"""How far two answers to one question say the same."""

from collections.abc import Iterator, Mapping
from typing import Any

_OPINIONS = frozenset({"confidence", "why", "reasoning"})
"""Fields that tell how an answer came about, and not what it is."""


def agreement(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return the share of values, from 0 to 1, that both answers have in the same place.

    Texts are equal whatever their case and spacing; confidences and explanations do not count.
    Two answers without any value agree.
    """
    first, second = _by_place(one), _by_place(other)
    places = first.keys() | second.keys()
    if not places:
        return 1.0
    both = first.keys() & second.keys()
    return len([place for place in both if first[place] == second[place]]) / len(places)


def _by_place(answer: Mapping[str, Any]) -> dict[tuple[str | int, ...], Any]:
    return dict(_values(answer, ()))


def _values(
    value: Any, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every value with its place; what is nothing, or empty, is as good as left out."""
    match value:
        case Mapping():
            for key, inner in value.items():
                if key not in _OPINIONS:
                    yield from _values(inner, (*place, key))
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from _values(inner, (*place, number))
        case str():
            if text := " ".join(value.casefold().split()):
                yield place, text
        case None:
            return
        case _:
            yield place, value
