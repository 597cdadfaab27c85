"""From checked settings to the policy the domain goes by."""

from datetime import time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.effects import JobKind
from donna_core.domain.followup.escalation import Ladder
from donna_core.domain.planning.priority import PriorityRules
from donna_core.domain.planning.slots import SlotRules
from donna_core.domain.policy import FollowThrough, Policy
from donna_core.domain.tasks.complexity import ComplexityRules
from donna_core.domain.tasks.dedup import DedupRules
from donna_core.domain.tasks.machine import Forbidden, InvalidTable, StateMachine, Transition
from donna_core.domain.tasks.task import TaskStatus
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.domain.timing.schedule import CatchUp, Routine
from donna_core.domain.timing.windows import TimeWindow, Windows
from donna_core.local.languages import language, lexicon_data
from donna_core.local.planning_rules import negotiation_rules, planning_rules
from donna_core.local.planning_settings import ProposalRow
from donna_core.local.settings import (
    ComplexitySection,
    DigestSection,
    Settings,
    StatesFile,
    WindowRow,
)
from donna_core.local.spending_rules import spending_rules, spot_check_rules, text_rules
from donna_core.local.spending_settings import QualitySection

FORGETTING_AT = "30 3 * * *"
"""When old texts are dropped: at night, when nobody waits for the database."""

JUDGING_AT = {"daily": "0 4 * * *", "weekly": "0 4 * * 1"}
"""When answers are judged: at night, weekly on Mondays."""

_BLACKOUT, _QUIET = "blackout", "quiet_hours"
_CONFIGURED = "en"  # the language whose words stand in lexicon.yaml


def policy_from(settings: Settings, *, zone: ZoneInfo) -> Policy:
    """Return the rules of the house in this zone.

    Raise ``InvalidWindow``, ``InvalidTable`` or ``InvalidRecurrence`` for settings whose parts
    are each well-formed and contradict each other.
    """
    grace = timedelta(minutes=settings.notifications.grace_minutes)
    lexicon = _lexicon(settings)
    return Policy(
        windows=_windows(settings.calendar.time_windows, zone=zone),
        machine=_machine(settings.task_states),
        lexicon=lexicon,
        slots=_slots(settings, lexicon),
        planning=planning_rules(settings.calendar.planning),
        negotiation=negotiation_rules(settings.calendar.negotiation),
        priorities=_priorities(settings),
        dedup=DedupRules(
            merge_threshold=settings.capture.deduplication.merge_threshold,
            distinct_threshold=settings.capture.deduplication.distinct_threshold,
        ),
        complexity=_complexity(settings.capture.complexity),
        ladder=_ladder(settings),
        follow_through=FollowThrough(
            reminder_lead=timedelta(minutes=settings.notifications.reminder_minutes_before),
            overdue_after=timedelta(minutes=settings.notifications.overdue_minutes_after),
            request_after=timedelta(minutes=settings.notifications.request_minutes_after),
            grace=grace,
        ),
        routines=(
            *_routines(settings.email.digest, settings.calendar.planning.proposal, grace=grace),
            *_spot_checks(settings.donna_models.quality_monitoring, grace=grace),
        ),
        day_first=settings.calendar.day_first,
        text_limit=settings.capture.text_limit_characters,
        review_below=settings.capture.review_below_confidence,
        spending=spending_rules(settings.donna_models.cost, zone=zone),
        call_texts=text_rules(settings.donna_models.call_log),
        spot_checks=spot_check_rules(settings.donna_models.quality_monitoring),
    )


def _windows(rows: dict[str, WindowRow], *, zone: ZoneInfo) -> Windows:
    windows = {name: _window(name, row) for name, row in rows.items()}
    return Windows(
        zone=zone,
        blackout=windows.pop(_BLACKOUT),
        quiet=windows.pop(_QUIET),
        work_life=tuple(windows.values()),
    )


def _window(name: str, row: WindowRow) -> TimeWindow:
    return TimeWindow(
        name=name,
        start=timedelta(hours=row.start_hour),
        end=timedelta(hours=row.end_hour),
        weekdays=frozenset(row.days),
        domains=frozenset(row.domains),
        enabled=row.enabled,
        min_priority=row.min_priority,
        keywords=row.keywords,
    )


def _machine(table: StatesFile) -> StateMachine:
    if missing := [state for state in TaskStatus if state not in table.states]:
        raise InvalidTable(
            "states",
            problem=f"{', '.join(missing)} not listed",
            remedy=f"Donna knows {', '.join(TaskStatus)} and needs every one of them.",
        )
    return StateMachine.from_rows(
        transitions=[
            Transition(
                origin=None if row.origin == "*" else row.origin,
                target=row.target,
                trigger=row.trigger,
                side_effects=row.side_effects,
                timeout=timedelta(days=row.timeout_days) if row.timeout_days else None,
            )
            for row in table.transitions
        ],
        forbidden=[
            Forbidden(
                origin=row.origin,
                target=None if row.target == "*" else row.target,
                exceptions=frozenset(row.exceptions),
                reason=row.reason,
            )
            for row in table.invalid_transitions
        ],
        initial=table.initial_state,
    )


def _lexicon(settings: Settings) -> Lexicon:
    """Return the words of the first language, with those of the others beside them."""
    found: tuple[Lexicon, ...] = ()
    for code in reversed(settings.capture.languages):
        data = settings.lexicon if code == _CONFIGURED else lexicon_data(code)
        lexicon = Lexicon.from_mapping(
            data,
            language=partial(language, code),
            country=settings.calendar.country,
            others=found,
        )
        found = (lexicon, *found)
    return found[0]


def _slots(settings: Settings, lexicon: Lexicon) -> SlotRules:
    scheduling = settings.calendar.scheduling
    return SlotRules(
        step=timedelta(minutes=scheduling.slot_step_minutes),
        horizon=timedelta(days=scheduling.search_horizon_days),
        lead=timedelta(minutes=scheduling.lead_minutes),
        smallest_piece=timedelta(minutes=scheduling.smallest_piece_minutes),
        parts_of_day={
            part.name: (time(part.start % 24), time(part.end % 24))
            for part in lexicon.parts.values()
        },
    )


def _complexity(section: ComplexitySection) -> ComplexityRules:
    return ComplexityRules(
        simple_below=timedelta(minutes=section.simple_below_minutes),
        complex_from=timedelta(minutes=section.complex_from_minutes),
        verbs_of_many_steps=frozenset(section.verbs_of_many_steps),
    )


def _priorities(settings: Settings) -> PriorityRules:
    section = settings.calendar.priority
    return PriorityRules(
        warning_days=section.deadline_warning_days,
        critical_days=section.deadline_critical_days,
        soft_rising_days=section.soft_rising_days,
        soft_final_days=section.soft_final_days,
        workload_threshold_per_day=section.workload_threshold_per_day,
        escalation_after_reschedules=section.escalation_after_reschedules,
        flag_after_reschedules=section.flag_after_reschedules,
    )


def _ladder(settings: Settings) -> Ladder:
    section = settings.sms.escalation
    return Ladder(
        waits=(
            timedelta(minutes=section.tier1_wait_minutes),
            timedelta(minutes=section.tier2_wait_minutes),
            timedelta(minutes=section.tier3_wait_minutes),
        ),
        busy_backoff=timedelta(hours=section.busy_backoff_hours),
        call_enabled=section.tier4_enabled,
        call_min_priority=section.tier4_priority_threshold,
        calls_per_day=section.tier4_max_per_day,
        texts_per_day=settings.sms.rate_limit.max_per_day,
    )


def _routines(
    times: DigestSection, proposal: ProposalRow, *, grace: timedelta
) -> tuple[Routine, ...]:
    weekdays = "1-5" if times.eod_weekdays_only else "*"
    rules: tuple[tuple[JobKind, str, CatchUp], ...] = (
        (
            JobKind.PRIORITY_RECALCULATION,
            f"{times.recalculation_minute} {times.recalculation_hour} * * *",
            CatchUp.LAST,
        ),
        (JobKind.FORGETTING, FORGETTING_AT, CatchUp.LAST),
        (
            JobKind.MORNING_DIGEST,
            f"{times.morning_minute} {times.morning_hour} * * *",
            CatchUp.SKIP,
        ),
        (
            JobKind.EVENING_DIGEST,
            f"{times.eod_minute} {times.eod_hour} * * {weekdays}",
            CatchUp.SKIP,
        ),
    )
    if proposal.enabled:
        # Cron counts Sunday as 0 and Monday as 1.
        when = f"{proposal.minute} {proposal.hour} * * {(proposal.day + 1) % 7}"
        rules = (*rules, (JobKind.WEEK_PLAN, when, CatchUp.SKIP))
    return tuple(
        Routine(kind=kind, rule=Recurrence.parse(rule), catch_up=catch_up, grace=grace)
        for kind, rule, catch_up in rules
    )


def _spot_checks(section: QualitySection, *, grace: timedelta) -> tuple[Routine, ...]:
    rule = Recurrence.parse(JUDGING_AT[section.judge_batch_schedule])
    if not section.enabled:
        return ()
    return (Routine(kind=JobKind.SPOT_CHECK, rule=rule, catch_up=CatchUp.LAST, grace=grace),)
