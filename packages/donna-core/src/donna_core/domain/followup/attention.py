"""How the person wants to be reached just now."""

from datetime import datetime

from attrs import frozen

from donna_core.domain.timing.interval import Interval


@frozen(kw_only=True)
class Attention:
    """One per user: until ``quiet_until`` only priority 5 may interrupt.

    While ``paused_at`` is set nothing at all leaves, calendar writes included. Nothing is
    planned in the time ``off``.
    """

    quiet_until: datetime | None = None
    paused_at: datetime | None = None
    off: tuple[Interval, ...] = ()
    version: int = 0
