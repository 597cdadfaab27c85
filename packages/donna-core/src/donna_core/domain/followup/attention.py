"""How the person wants to be reached just now."""

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class Attention:
    """One per user: until ``quiet_until`` only priority 5 may interrupt.

    While ``paused_at`` is set nothing at all leaves, calendar writes included.
    """

    quiet_until: datetime | None = None
    paused_at: datetime | None = None
    version: int = 0
