"""Domain values as JSON and back, for rows, exports and the wire.

Instants are ISO 8601 in UTC with their offset and six decimals, so that the texts sort as the
instants do; days are ISO 8601 dates, durations are seconds, money is text, enums are their
values, sets are sorted lists, fields that are ``None`` are kept. A delivery carries its type,
because the outbox holds two of them. Reading ignores fields it does not know and fills absent
ones with their defaults.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import UnionType
from typing import Any, TypeVar, cast, overload

from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_unstructure_fn

from donna_core.domain.effects import CalendarWrite, Delivery, Message
from donna_core.domain.errors import InvalidInput

T = TypeVar("T")
Delivered = TypeVar("Delivered", Message, CalendarWrite)

TAG = "type"
DELIVERIES: dict[str, type[Message] | type[CalendarWrite]] = {
    "message": Message,
    "calendar_write": CalendarWrite,
}
_SECOND = timedelta(seconds=1)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Unreadable(InvalidInput):
    """The text or the plain form is not that of the value it should be."""

    def __init__(self, name: str, *, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"This is no {name}: {problem}. Check where it was written or exported.")


def to_json(value: object) -> str:
    """Return the value as compact JSON text."""
    return _ENCODER.encode(CONVERTER.unstructure(value))


@overload
def from_json(cls: type[T], text: str) -> T: ...
@overload
def from_json(cls: UnionType, text: str) -> Any: ...
def from_json(cls: Any, text: str) -> Any:
    """Return the value of class ``cls`` that the text stands for; raise ``Unreadable``."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise Unreadable(_name(cls), problem=str(error)) from error
    return from_plain(cls, plain)


def to_plain(value: object) -> Any:
    """Return the value as dicts, lists, texts, numbers and ``None``."""
    return CONVERTER.unstructure(value)


@overload
def from_plain(cls: type[T], plain: object) -> T: ...
@overload
def from_plain(cls: UnionType, plain: object) -> Any: ...
def from_plain(cls: Any, plain: object) -> Any:
    """Return the value of class ``cls`` that the plain form stands for; raise ``Unreadable``."""
    try:
        return CONVERTER.structure(plain, cls)
    except KeyError as error:
        raise Unreadable(_name(cls), problem=f"{error} is missing or not known") from error
    except (
        ArithmeticError, AttributeError, BaseValidationError, TypeError, ValueError
    ) as error:  # fmt: skip
        raise Unreadable(_name(cls), problem=str(error) or type(error).__name__) from error


def instant_to_text(instant: datetime) -> str:
    """Return the instant in the one text form of Donna; raise ``ValueError`` on a naive one."""
    if instant.tzinfo is not UTC:
        if instant.utcoffset() is None:
            raise ValueError(f"{instant.isoformat()} names no instant: it has no time zone")
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")


def instant_from_text(text: str) -> datetime:
    """Return the instant, in UTC; raise ``ValueError`` where the text has no offset."""
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError(f"{text} names no instant: it has no offset")
    return instant.astimezone(UTC)


def _duration_to_seconds(duration: timedelta) -> int | float:
    if duration.microseconds:
        return duration.total_seconds()
    return duration // _SECOND


def _duration_from_seconds(seconds: float, _: object = None) -> timedelta:
    return timedelta(seconds=seconds)


def _with_tag(
    tag: str, cls: type[Delivered], converter: Converter
) -> Callable[[Delivered], dict[str, Any]]:
    fields = make_dict_unstructure_fn(cls, converter)
    return lambda delivery: {TAG: tag, **fields(delivery)}


def _build() -> Converter:
    sets: dict[type, Callable[[Any], Any]] = {frozenset: sorted}
    converter = Converter(detailed_validation=False, unstruct_collection_overrides=sets)
    converter.register_structure_hook(datetime, lambda text, _: instant_from_text(text))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_unstructure_hook(datetime, instant_to_text)
    converter.register_unstructure_hook(timedelta, _duration_to_seconds)
    converter.register_structure_hook(timedelta, _duration_from_seconds)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    for tag, cls in DELIVERIES.items():
        converter.register_unstructure_hook(cls, _with_tag(tag, cast("Any", cls), converter))
    converter.register_structure_hook_func(
        lambda cls: cls == Delivery,
        lambda plain, _: converter.structure(plain, DELIVERIES[plain[TAG]]),
    )
    return converter


def _name(cls: Any) -> str:
    return "delivery" if cls == Delivery else str(getattr(cls, "__name__", cls)).lower()


CONVERTER = _build()
