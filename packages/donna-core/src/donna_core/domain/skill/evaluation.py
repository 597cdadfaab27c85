"""What an expression of a skill may do with values: operators, filters and tests, each bounded."""

import json
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from donna_core.domain.errors import InvalidInput

MOST_WORK = 100_000
LONGEST_TEXT = 1_000_000
LARGEST_NUMBER = 2**63
CHARACTERS_A_UNIT = 100

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""The bytes an address carries as they are (RFC 3986, section 2.3)."""


class ExpressionError(InvalidInput):
    """An expression cannot be read, or has no value here; ``line`` counts from 1 within it."""

    def __init__(self, problem: str, *, line: int = 1) -> None:
        self.problem, self.line = problem, line
        super().__init__(f"The expression cannot be used: {problem} (its line {line}).")


class Work:
    """Counts what one evaluation does, and ends it when it does too much."""

    def __init__(self) -> None:
        self._left = MOST_WORK
        self._room = LONGEST_TEXT

    def spend(self, units: int = 1, *, text: int = 0) -> None:
        """Count units of work and characters written; raise ``ExpressionError`` at the limits."""
        self._left -= units + text // CHARACTERS_A_UNIT
        self._room -= text
        if self._left < 0:
            raise ExpressionError(f"it takes more than {MOST_WORK} units of work")
        if self._room < 0:
            raise ExpressionError(f"it writes more than {LONGEST_TEXT} characters")


@frozen
class Absent:
    """The value of what is not there; it can only be asked about."""

    name: str


def there(value: Any) -> Any:
    """Return the value; raise ``ExpressionError`` where it is not there."""
    if isinstance(value, Absent):
        raise ExpressionError(f"'{value.name}' is not defined")
    return value


def is_true(value: Any) -> bool:
    """Return the truth of a value that is there."""
    return bool(there(value))


def part(whole: Any, key: Any, spelled: str) -> Any:
    """Return the entry of a mapping or the item of a list or text; ``Absent`` where none is."""
    whole = there(whole)
    if isinstance(whole, Mapping) and isinstance(key, str):
        return whole.get(key, Absent(f"{spelled}.{key}"))
    is_index = isinstance(key, int) and not isinstance(key, bool)
    if isinstance(whole, list | str) and is_index and -len(whole) <= key < len(whole):
        return whole[key]
    return Absent(f"{spelled}.{key}")


def sliced(whole: Any, start: Any, stop: Any) -> Any:
    """Return a part of a list or text."""
    whole = there(whole)
    if not isinstance(whole, list | str) or not all(
        end is None or isinstance(end, int) for end in (start, stop)
    ):
        raise ExpressionError("a slice is taken of a list or a text, between whole numbers")
    return whole[start:stop]


def number(value: Any) -> int | float:
    """Return the number, if it is one of a size worth calculating with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"a number is expected, not {kind_of(value)}")
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise ExpressionError("the number is too large")
    return value


def written(value: Any) -> str:
    """Return the text of a value; what is no text is written as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def kind_of(value: Any) -> str:
    """Return what a value is, in JSON's words."""
    if value is None:
        return "null"
    kinds = {bool: "a boolean", str: "a text", list: "a list", dict: "a mapping"}
    return kinds.get(type(value), "a number")


def loop_of(index: int, length: int) -> dict[str, Any]:
    """Return what a loop knows of its turn, counted from 0."""
    return {
        "index0": index,
        "index": index + 1,
        "length": length,
        "first": index == 0,
        "last": index == length - 1,
    }


def _added(work: Work, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        work.spend(text=len(left) + len(right))
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        work.spend(len(left) + len(right))
        return left + right
    return number(number(left) + number(right))


def _calculated(act: Callable[[Any, Any], Any]) -> Callable[[Work, Any, Any], Any]:
    def calculate(_: Work, left: Any, right: Any) -> Any:
        try:
            return number(act(number(left), number(right)))
        except ZeroDivisionError as error:
            raise ExpressionError("it divides by zero") from error

    return calculate


BINARY: Mapping[str, Callable[[Work, Any, Any], Any]] = {
    "+": _added,
    "-": _calculated(operator.sub),
    "*": _calculated(operator.mul),
    "/": _calculated(operator.truediv),
    "//": _calculated(operator.floordiv),
    "%": _calculated(operator.mod),
}
"""The operators between two values; there is no power."""


def _equal(work: Work, left: Any, right: Any) -> bool:
    if isinstance(left, list | dict):
        work.spend(len(left))
    return bool(left == right)


def _ordered(act: Callable[[Any, Any], bool]) -> Callable[[Work, Any, Any], bool]:
    def compare(_: Work, left: Any, right: Any) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return act(left, right)
        return act(number(left), number(right))

    return compare


def _within(work: Work, left: Any, right: Any) -> bool:
    if isinstance(right, str):
        work.spend(len(right) // CHARACTERS_A_UNIT)
        return isinstance(left, str) and left in right
    if isinstance(right, list | dict):
        work.spend(len(right))
        return left in right if isinstance(right, list) else isinstance(left, str) and left in right
    raise ExpressionError(f"nothing is in {kind_of(right)}")


COMPARISONS: Mapping[str, Callable[[Work, Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda work, left, right: not _equal(work, left, right),
    "lt": _ordered(operator.lt),
    "lteq": _ordered(operator.le),
    "gt": _ordered(operator.gt),
    "gteq": _ordered(operator.ge),
    "in": _within,
    "notin": lambda work, left, right: not _within(work, left, right),
}
"""The comparisons, by Jinja's names."""


def _default(_: Work, value: Any, other: Any = "", boolean: bool = False) -> Any:  # noqa: FBT001, FBT002  # Jinja's filter
    return other if isinstance(value, Absent) or (boolean and not value) else value


def _listed(work: Work, value: Any) -> list[Any]:
    value = there(value)
    if isinstance(value, dict):
        value = list(value)
    if not isinstance(value, list):
        raise ExpressionError(f"a list is expected, not {kind_of(value)}")
    work.spend(len(value))
    return value


def _said(work: Work, value: Any) -> str:
    value = there(value)
    if not isinstance(value, str):
        raise ExpressionError(f"a text is expected, not {kind_of(value)}")
    work.spend(text=len(value))
    return value


def _length(_: Work, value: Any) -> int:
    value = there(value)
    if not isinstance(value, str | list | dict):
        raise ExpressionError(f"{kind_of(value)} has no length")
    return len(value)


def _join(work: Work, value: Any, between: str = "", attribute: str | None = None) -> str:
    items = _listed(work, value)
    if attribute is not None:
        items = [_attribute(item, attribute) for item in items]
    pieces = [written(there(item)) for item in items]
    work.spend(text=sum(map(len, pieces)) + len(between) * len(pieces))
    return between.join(pieces)


def _replace(work: Work, value: Any, old: str, new: str) -> str:
    text = _said(work, value)
    work.spend(text=len(text) + (text.count(old) * len(new)))
    return text.replace(old, new)


def _truncate(work: Work, value: Any, length: int = 255) -> str:
    text = _said(work, value)
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


def _ends(at: int) -> Callable[[Work, Any], Any]:
    def act(work: Work, value: Any) -> Any:
        value = there(value)
        items = value if isinstance(value, str) else _listed(work, value)
        return items[at] if items else Absent("an item of an empty list")

    return act


def _sort(work: Work, value: Any, reverse: bool = False, attribute: str | None = None) -> list[Any]:  # noqa: FBT001, FBT002  # Jinja's filter
    def key(item: Any) -> Any:
        return there(item if attribute is None else _attribute(item, attribute))

    return sorted(_listed(work, value), key=key, reverse=reverse)


def _unique(work: Work, value: Any) -> list[Any]:
    seen: dict[str, Any] = {}
    for item in _listed(work, value):
        seen.setdefault(json.dumps(item, sort_keys=True), item)
    return list(seen.values())


def _map(work: Work, value: Any, *, attribute: str) -> list[Any]:
    return [there(_attribute(item, attribute)) for item in _listed(work, value)]


def _selected(*, wanted: bool) -> Callable[..., list[Any]]:
    def act(work: Work, value: Any, attribute: str, test: str = "", other: Any = None) -> list[Any]:
        if test and test not in TESTS:
            raise ExpressionError(f"there is no test '{test}' here; there are {', '.join(TESTS)}")
        kept = []
        for item in _listed(work, value):
            found = _attribute(item, attribute)
            if test:
                met = bool(TESTS[test](work, found, *(() if other is None else (other,))))
            else:
                met = not isinstance(found, Absent) and bool(found)
            if met is wanted:
                kept.append(item)
        return kept

    return act


def _attribute(item: Any, attribute: str) -> Any:
    found = item
    for key in str(attribute).split("."):
        found = part(found, key, "item") if not isinstance(found, Absent) else found
    return found


def _pairs(work: Work, value: Any) -> list[Any]:
    value = there(value)
    if not isinstance(value, dict):
        raise ExpressionError(f"a mapping is expected, not {kind_of(value)}")
    work.spend(len(value))
    return [[key, value[key]] for key in sorted(value)]


def _number_of(kind: type[int] | type[float]) -> Callable[..., Any]:
    def act(_: Work, value: Any, default: Any = 0) -> Any:
        value = there(value)
        try:
            return number(kind(value[:40] if isinstance(value, str) else number(value)))
        except (ValueError, ExpressionError):
            return default

    return act


def _cased(act: Callable[[str], str]) -> Callable[[Work, Any], str]:
    return lambda work, value: act(_said(work, value))


def _urlencode(work: Work, value: Any) -> str:
    data = _said(work, value).encode()
    work.spend(text=3 * len(data))
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in data)


def _json(work: Work, value: Any) -> str:
    text = json.dumps(there(value), ensure_ascii=False)
    work.spend(text=len(text))
    return text


def _round(_: Work, value: Any, digits: int = 0) -> int | float:
    return round(number(there(value)), min(15, max(0, digits)))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "default": _default,
    "d": _default,
    "length": _length,
    "count": _length,
    "join": _join,
    "replace": _replace,
    "truncate": _truncate,
    "lower": _cased(str.lower),
    "upper": _cased(str.upper),
    "trim": _cased(str.strip),
    "urlencode": _urlencode,
    "first": _ends(0),
    "last": _ends(-1),
    "sort": _sort,
    "unique": _unique,
    "map": _map,
    "selectattr": _selected(wanted=True),
    "rejectattr": _selected(wanted=False),
    "list": _listed,
    "items": _pairs,
    "dictsort": _pairs,
    "sum": lambda work, value: number(sum(number(item) for item in _listed(work, value))),
    "min": lambda work, value: min(_listed(work, value)),
    "max": lambda work, value: max(_listed(work, value)),
    "round": _round,
    "abs": lambda _, value: abs(number(there(value))),
    "int": _number_of(int),
    "float": _number_of(float),
    "string": lambda work, value: _said(work, written(there(value))),
    "tojson": _json,
}
"""The filters, under Jinja's names."""

TESTS: Mapping[str, Callable[..., bool]] = {
    "defined": lambda _, value: not isinstance(value, Absent),
    "undefined": lambda _, value: isinstance(value, Absent),
    "none": lambda _, value: there(value) is None,
    "true": lambda _, value: there(value) is True,
    "false": lambda _, value: there(value) is False,
    "boolean": lambda _, value: isinstance(there(value), bool),
    "string": lambda _, value: isinstance(there(value), str),
    "number": lambda _, value: (
        isinstance(there(value), int | float) and not isinstance(value, bool)
    ),
    "mapping": lambda _, value: isinstance(there(value), dict),
    "sequence": lambda _, value: isinstance(there(value), list | str),
    "equalto": lambda work, value, other: _equal(work, there(value), other),
    "in": lambda work, value, other: _within(work, there(value), other),
}
"""The tests, under Jinja's names."""
