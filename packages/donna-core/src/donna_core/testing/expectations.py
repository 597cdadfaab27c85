"""Whether a value is what a fixture expects; the forms are listed in fixtures/README.md."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d")
_IMPLIED = frozenset({"INTERVAL=1", "BYMINUTE=0", "BYSECOND=0"})


def fits(value: object, want: object) -> bool:
    """Return whether ``value`` is what ``want`` describes: a plain value, a list or a matcher."""
    if isinstance(want, Mapping):
        return _meets(value, want)
    if isinstance(want, list):
        return _is_listed(value, want)
    if isinstance(want, str):
        return isinstance(value, str) and _is_text(value, want)
    if isinstance(want, bool) or isinstance(value, bool) or want is None:
        return value is want
    return value == want


def _meets(value: object, want: Mapping[str, Any]) -> bool:
    """Apply the matcher, or compare field by field what is none."""
    if len(want) == 1:
        [(name, operand)] = want.items()
        matcher = _MATCHERS.get(name)
        if matcher is not None:
            return matcher(value, operand)
    return isinstance(value, Mapping) and all(fits(value.get(key), want[key]) for key in want)


def _is_listed(value: object, want: list[Any]) -> bool:
    if not isinstance(value, list | tuple) or len(value) != len(want):
        return False
    return all(fits(one, other) for one, other in zip(value, want, strict=True))


def _is_text(value: str, want: str) -> bool:
    if _DAY.fullmatch(want) and (minute := _MINUTE.fullmatch(value)):
        return minute.group(1) == want
    if want.startswith("FREQ="):
        return _parts(value) == _parts(want)
    return _plain(value) == _plain(want)


def _plain(text: str) -> str:
    return text.strip().removesuffix(".").replace("’", "'").casefold()


def _parts(rule: str) -> frozenset[str]:
    parts = rule.removeprefix("RRULE:").split(";")
    return frozenset(_with_sorted_values(part) for part in parts) - _IMPLIED


def _with_sorted_values(part: str) -> str:
    name, _, values = part.partition("=")
    return f"{name}={','.join(sorted(values.split(',')))}"


def _is_below(value: object, limit: float) -> bool:
    return _is_number(value) and value < limit  # type: ignore[operator]  # a number it is


def _is_at_least(value: object, limit: float) -> bool:
    return _is_number(value) and value >= limit  # type: ignore[operator]  # a number it is


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_between(value: object, days: list[str]) -> bool:
    return isinstance(value, str) and days[0] <= value[:10] <= days[1]


def _starts_with(value: object, start: str) -> bool:
    return isinstance(value, str) and value.startswith(start)


def _contains(value: object, part: str) -> bool:
    return isinstance(value, str) and part.casefold() in value.casefold()


_MATCHERS: Mapping[str, Callable[[object, Any], bool]] = {
    "any_of": lambda value, wants: any(fits(value, want) for want in wants),
    "all_of": lambda value, wants: all(fits(value, want) for want in wants),
    "below": _is_below,
    "at_least": _is_at_least,
    "between": _is_between,
    "starts_with": _starts_with,
    "contains": _contains,
    "lacks": lambda value, part: isinstance(value, str) and not _contains(value, part),
}
