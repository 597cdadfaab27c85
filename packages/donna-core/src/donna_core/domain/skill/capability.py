"""Something Donna can be asked to do, and what whoever does it may use."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen


class Trigger(StrEnum):
    """What makes a capability act."""

    ON_SCHEDULE = "on_schedule"
    ON_MESSAGE = "on_message"
    ON_MANUAL = "on_manual"


class CapabilityStatus(StrEnum):
    """Whether it is offered, or waits for a look because it is much like another."""

    ACTIVE = "active"
    PENDING = "pending_review"


@frozen(kw_only=True)
class Capability:
    """Something Donna can be asked to do.

    ``input_schema`` is a JSON Schema (draft 2020-12) of an object. ``tools`` is all that a
    skill for it may use.
    """

    name: str
    description: str
    trigger: Trigger = Trigger.ON_MESSAGE
    input_schema: Mapping[str, Any] = field(factory=lambda: {"type": "object"})
    tools: frozenset[str] = frozenset()
    status: CapabilityStatus = CapabilityStatus.ACTIVE

    @property
    def text(self) -> str:
        """What it is found by: its name, what it does, and what it is told."""
        names = ", ".join(self.input_schema.get("properties", {}))
        told = f" Inputs: {names}" if names else ""
        return f"{self.name.replace('_', ' ')}. {self.description}{told}"
