"""Instants and days as arguments name them."""

from datetime import UTC, date, datetime

from donna_core.domain.errors import InvalidInput


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
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableTime(name, given=text) from error


def day_of(text: str, *, name: str) -> date:
    """Return a day from ISO 8601; raise ``UnreadableTime``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UnreadableTime(name, given=text) from error
