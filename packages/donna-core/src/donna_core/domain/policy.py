"""The rules of one household: everything that is configured, as the domain understands it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.followup.escalation import Ladder
from donna_core.domain.planning.negotiation import NegotiationRules
from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.planning.priority import PriorityRules
from donna_core.domain.planning.slots import SlotRules
from donna_core.domain.spending.budget import SpendingRules
from donna_core.domain.spending.spot_checks import SpotCheckRules
from donna_core.domain.spending.texts import TextRules
from donna_core.domain.tasks.complexity import ComplexityRules
from donna_core.domain.tasks.dedup import DedupRules
from donna_core.domain.tasks.machine import StateMachine
from donna_core.domain.timing.schedule import Routine
from donna_core.domain.timing.windows import Windows


@frozen(kw_only=True)
class FollowThrough:
    """When Donna speaks up by herself, and for how long that is still worth it."""

    reminder_lead: timedelta
    overdue_after: timedelta
    request_after: timedelta
    grace: timedelta


@frozen(kw_only=True)
class Policy:
    """What the use cases go by; ``review_below`` is a confidence in [0, 1]."""

    windows: Windows
    machine: StateMachine
    lexicon: Lexicon
    slots: SlotRules
    planning: PlanRules
    negotiation: NegotiationRules
    priorities: PriorityRules
    dedup: DedupRules
    complexity: ComplexityRules
    ladder: Ladder
    follow_through: FollowThrough
    routines: tuple[Routine, ...]
    day_first: bool
    text_limit: int
    review_below: float
    spending: SpendingRules
    call_texts: TextRules
    spot_checks: SpotCheckRules

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return self.windows.zone
