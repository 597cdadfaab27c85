"""Whose rows a call may ask for: those of the owner, and of nobody else."""

from collections.abc import Mapping
from typing import Any

from donna_core.domain.errors import Refused
from donna_core.domain.ids import UserId


class ForeignUser(Refused):
    """A call asks for what belongs to another user; nothing was read."""

    def __init__(self, user_id: str, *, own: UserId) -> None:
        self.user_id, self.own = user_id, own
        super().__init__(
            f"'{user_id[:40]}' is not the user this Donna works for. "
            f"Leave 'user_id' out, or name '{own}'."
        )


def check_owner(args: Mapping[str, Any], own: UserId) -> None:
    """Raise ``ForeignUser`` where ``user_id`` of the arguments names anybody but the owner."""
    named = args.get("user_id")
    if named is not None and named != own:
        raise ForeignUser(named, own=own)
