"""Hypothesis strategies for the values of the domain, made from their annotations."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import fields, has
from hypothesis import strategies as st

from donna_core.domain.timing.interval import Interval

T = TypeVar("T")

FIRST, LAST = datetime(1970, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001  # Hypothesis adds the zone
OFFSETS = [UTC, timezone(timedelta(hours=-9, minutes=-30)), timezone(timedelta(hours=14))]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.sampled_from(OFFSETS))
INTERVALS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: Interval(min(ends), max(ends)))
WHOLE = st.integers(-(2**53), 2**53)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
BY_TYPE: Mapping[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: WHOLE,
    float: FINITE,
    str: TEXT,
    date: st.dates(),
    datetime: INSTANTS,
    timedelta: st.timedeltas(timedelta(days=-3650), timedelta(days=3650)),
    # Money is the only decimal there is: to a billionth of a dollar, as the ledger keeps it.
    Decimal: st.decimals(-(10**9), 10**9, places=9),
    Interval: INTERVALS,
}


def values(cls: type[T]) -> st.SearchStrategy[T]:
    """Return a strategy for values of the class, all their fields drawn."""
    strategy: st.SearchStrategy[T] = _of(cls, {})
    return strategy


def _of(kind: Any, bound: Mapping[Any, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for an annotation; ``bound`` says what type variables stand for."""
    while isinstance(kind, TypeVar | NewType):
        kind = bound[kind] if isinstance(kind, TypeVar) else kind.__supertype__
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if origin in (Union, UnionType):
        return st.one_of(*(_of(choice, bound) for choice in arguments))
    if origin is tuple:
        # A class that holds itself is drawn one level deep.
        most = 0 if arguments[0] in bound else 3
        return st.lists(_of(arguments[0], bound) if most else st.none(), max_size=most).map(tuple)
    if origin is Mapping:
        return st.dictionaries(TEXT, JSON, max_size=3)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return _built(origin or kind, arguments, bound)


def _built(
    cls: Any, arguments: tuple[Any, ...], bound: Mapping[Any, Any]
) -> st.SearchStrategy[Any]:
    if not has(cls):
        raise TypeError(f"no strategy is known for {cls}")
    known = {
        cls: cls,
        **bound,
        **dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False)),
    }
    hints = get_type_hints(cls)
    drawn = {field.name: _of(hints[field.name], known) for field in fields(cls)}
    return st.builds(cls, **drawn)
