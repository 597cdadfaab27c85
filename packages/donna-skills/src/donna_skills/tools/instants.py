"""Instants and days as arguments name them."""

from datetime import UTC, date, datetime
from typing import TypeVar

from donna_core.domain.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 9000

Time = TypeVar("Time", date, datetime)


class UnreadableTime(InvalidInput):
    """An argument should name a time and does not."""

    def __init__(self, name: str, *, given: str) -> None:
        self.name, self.given = name, given
        super().__init__(
            f"'{name}' names no time: '{given[:40]}'. "
            "Write it as 2026-11-27 or 2026-11-27T06:00:00Z."
        )


def instant_of(text: str, *, name: str) -> datetime:
    """Return an instant in UTC from ISO 8601; without an offset it is in UTC already.

    Raise ``UnreadableTime``.
    """
    try:
        read = datetime.fromisoformat(text.strip())
        instant = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        return _in_reach(instant)
    except (ValueError, OverflowError) as error:
        raise UnreadableTime(name, given=text) from error


def day_of(text: str, *, name: str) -> date:
    """Return a day from ISO 8601; raise ``UnreadableTime``."""
    try:
        return _in_reach(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise UnreadableTime(name, given=text) from error


def _in_reach(time: Time) -> Time:
    """Return the time if those around it can be reckoned with; raise ``ValueError``."""
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(time.year)
    return time
