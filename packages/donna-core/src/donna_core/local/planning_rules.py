"""From the checked sections on planning to the rules the domain goes by."""

from datetime import timedelta

from donna_core.domain.planning.negotiation import CostWeights, NegotiationRules, Overrun
from donna_core.domain.planning.plan_rules import PlanRules, Preference, Weights
from donna_core.local.planning_settings import NegotiationSection, PlanningSection


def planning_rules(section: PlanningSection) -> PlanRules:
    """Return the rules of a week."""
    return PlanRules(
        days=section.days,
        buffer=timedelta(minutes=section.buffer_minutes),
        daily_cap=timedelta(minutes=section.daily_cap_minutes),
        shortest_block=timedelta(minutes=section.shortest_block_minutes),
        longest_block=timedelta(minutes=section.longest_block_minutes),
        preparation=timedelta(minutes=section.preparation_minutes),
        travel={tag: timedelta(minutes=minutes) for tag, minutes in section.travel_minutes.items()},
        weights=Weights(
            priority=section.weights.priority,
            late=section.weights.late,
            wish=section.weights.wish,
            moved=section.weights.moved,
            hard=section.weights.hard,
        ),
        preferences=tuple(
            Preference(
                name=name,
                start=timedelta(hours=row.start_hour),
                end=timedelta(hours=row.end_hour),
                weight=row.weight,
                tags=frozenset(row.tags),
                domains=frozenset(row.domains),
            )
            for name, row in section.preferences.items()
        ),
        free_slack=timedelta(hours=section.free_slack_hours),
        effort=section.effort,
    )


def negotiation_rules(section: NegotiationSection) -> NegotiationRules:
    """Return who may make way for whom."""
    allowed = Overrun(
        step=timedelta(minutes=section.overrun.extension_step_minutes),
        most=timedelta(minutes=section.overrun.max_extension_minutes),
    )
    return NegotiationRules(
        enabled=section.enabled,
        auto_apply=section.auto_apply,
        min_priority=section.min_displacer_priority,
        min_lead=timedelta(minutes=section.min_lead_minutes),
        per_placement=section.max_displacements_per_placement,
        depth=section.max_cascade_depth,
        moves_per_day=section.max_auto_moves_per_task_per_day,
        proposal_ttl=timedelta(hours=section.proposal_ttl_hours),
        notify_from=section.notify_min_priority_moved,
        weights=CostWeights(
            priority=section.cost_weights.priority,
            hard_deadline=section.cost_weights.hard_deadline,
            slack=section.cost_weights.slack,
            reschedule=section.cost_weights.reschedule,
            imminence=section.cost_weights.imminence,
        ),
        overrun=allowed if section.overrun.enabled else None,
    )
