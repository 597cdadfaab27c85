"""From checked settings to the rules money and the log of calls go by."""

import re
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from donna_core.domain.spending.budget import Caps, SpendingRules
from donna_core.domain.spending.ledger import ModelLane
from donna_core.domain.spending.spot_checks import SpotCheckRules
from donna_core.domain.spending.texts import TextRules
from donna_core.local.spending_settings import CallLogSection, CostSection, QualitySection


def spending_rules(section: CostSection, *, zone: ZoneInfo) -> SpendingRules:
    """Return what may be spent, by days of the zone."""
    alert = _exact(section.alert_pct)
    return SpendingRules(
        caps=Caps(
            daily=_exact(section.daily_pause_threshold_usd),
            monthly=_exact(section.monthly_budget_usd),
            per_task=_exact(section.task_approval_threshold_usd),
            per_request=_exact(section.per_request_usd),
            per_caller={name: _exact(cap) for name, cap in section.per_caller_usd.items()},
            per_lane={ModelLane(name): _exact(cap) for name, cap in section.per_lane_usd.items()},
        ),
        zone=zone,
        warn_daily_at=(alert,),
        warn_monthly_at=(alert, _exact(section.monthly_warning_pct)),
        most_daily_increase=_exact(section.max_daily_increase_usd),
        monthly_ceiling=_exact(section.monthly_ceiling_usd),
    )


def text_rules(section: CallLogSection) -> TextRules:
    """Return what the log of calls keeps of prompts and answers."""
    return TextRules(
        keep=section.keep_texts,
        limit=section.text_limit_characters,
        keep_for=timedelta(days=section.retention_days),
        secrets=tuple(re.compile(pattern) for pattern in section.secrets),
    )


def spot_check_rules(section: QualitySection) -> SpotCheckRules:
    """Return which answers are judged, and by whom."""
    return SpotCheckRules(
        enabled=section.enabled,
        rate=section.spot_check_rate,
        judge=section.judge_model,
        flag_below=section.flag_threshold,
    )


def _exact(number: float) -> Decimal:
    """Return the number as it was written: 0.1 is a tenth."""
    return Decimal(str(number))
