"""The front matter of a note as JSON has it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from donna_core.domain.errors import Refused

MOST_VALUES, DEEPEST = 10_000, 20


class FrontMatterTooLarge(Refused):
    """The front matter is nested too deeply, or its anchors make too much of it."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"The front matter of '{path}' is too large to be given out: more than {MOST_VALUES} "
            f"values, or more than {DEEPEST} levels. Simplify it."
        )


def plain(front_matter: Mapping[str, Any], *, path: str) -> Mapping[str, Any]:
    """Return the front matter JSON-ready, dates in ISO 8601; raise ``FrontMatterTooLarge``.

    An anchor of YAML may name what it stands in, so size and depth have an end.
    """
    rest = [MOST_VALUES]

    def made(value: object, depth: int) -> Any:
        rest[0] -= 1
        if rest[0] < 0 or depth > DEEPEST:
            raise FrontMatterTooLarge(path)
        if isinstance(value, Mapping):
            return {str(key): made(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple | set):
            return [made(each, depth + 1) for each in value]
        return _scalar(value)

    return {str(key): made(value, 1) for key, value in front_matter.items()}


def _scalar(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    is_finite = not isinstance(value, float) or value - value == 0
    return value if isinstance(value, bool | int | float | str | None) and is_finite else str(value)
