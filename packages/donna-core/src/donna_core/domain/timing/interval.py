"""A stretch of time between two instants."""

from datetime import datetime, timedelta

from attrs import frozen


@frozen(order=True)
class Interval:
    """``[start, end)`` between two aware UTC instants; ``end`` is never before ``start``."""

    start: datetime
    end: datetime

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"an interval cannot end ({self.end}) before it starts ({self.start})")

    @property
    def length(self) -> timedelta:
        """The elapsed time from start to end."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Whether both share any moment."""
        return self.start < other.end and other.start < self.end

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies within, the end excluded."""
        return self.start <= instant < self.end
