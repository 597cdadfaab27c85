"""The sections that say how days are planned, and who makes way for whom."""

from typing import Annotated, Literal

from pydantic import Field

from donna_core.domain.tasks.task import Domain
from donna_core.local.sections import (
    Flag,
    Hour,
    HourOfDay,
    Minute,
    NotNegative,
    Positive,
    Priority,
    Section,
    Weekday,
    Whole,
)


class PlanWeights(Section):
    """What plans of a week are compared by."""

    priority: tuple[Positive, ...]
    late: NotNegative
    wish: NotNegative
    moved: NotNegative
    hard: Positive


class PreferenceRow(Section):
    """Hours at which some tasks go better."""

    start_hour: Hour
    end_hour: Hour
    weight: NotNegative
    tags: tuple[str, ...] = ()
    domains: tuple[Domain, ...] = ()


class ProposalRow(Section):
    """When the days ahead are proposed unasked."""

    enabled: Flag
    day: Weekday
    hour: HourOfDay
    minute: Minute


class PlanningSection(Section):
    """How a week is planned."""

    days: Annotated[Whole, Field(ge=1, le=31)]
    buffer_minutes: NotNegative
    daily_cap_minutes: Positive
    shortest_block_minutes: Positive
    longest_block_minutes: Positive
    preparation_minutes: NotNegative
    travel_minutes: dict[str, NotNegative]
    preferences: dict[str, PreferenceRow]
    free_slack_hours: NotNegative
    weights: PlanWeights
    proposal: ProposalRow
    solver: Literal["auto", "search", "cp-sat"]
    effort: Annotated[Whole, Field(ge=1, le=1000)]


class CostWeightRow(Section):
    """What makes it dear to move a task."""

    priority: NotNegative
    hard_deadline: NotNegative
    slack: NotNegative
    reschedule: NotNegative
    imminence: NotNegative


class OverrunRow(Section):
    """What happens when work takes longer than planned."""

    enabled: Flag
    extension_step_minutes: Positive
    max_extension_minutes: Positive


class NegotiationSection(Section):
    """When one task may take the place of another."""

    enabled: Flag
    auto_apply: Flag
    min_displacer_priority: Priority
    min_lead_minutes: NotNegative
    max_displacements_per_placement: Annotated[Whole, Field(ge=1, le=5)]
    max_cascade_depth: Positive
    max_auto_moves_per_task_per_day: NotNegative
    proposal_ttl_hours: Positive
    notify_min_priority_moved: Priority
    cost_weights: CostWeightRow
    overrun: OverrunRow
