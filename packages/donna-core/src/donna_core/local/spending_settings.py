"""The sections on money: what models may cost, and what is kept of their calls."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from donna_core.local.sections import Dollars, Flag, NotNegative, Positive, Section, Share


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class CostSection(Section):
    """The caps on what paid models cost."""

    monthly_budget_usd: Dollars
    daily_pause_threshold_usd: Dollars
    task_approval_threshold_usd: Dollars
    per_request_usd: Dollars
    per_caller_usd: dict[str, Dollars]
    per_lane_usd: dict[Literal["internal", "external"], Dollars]
    alert_pct: Share
    monthly_warning_pct: Share
    max_daily_increase_usd: Dollars
    monthly_ceiling_usd: Dollars


class CallLogSection(Section):
    """What the log of model calls keeps of the texts."""

    keep_texts: Flag
    text_limit_characters: Positive
    retention_days: NotNegative
    secrets: tuple[Pattern, ...]


class ShadowSection(Section):
    """A second model that is asked the same, for comparison only."""

    enabled: Flag


class QualitySection(Section):
    """Answers that are judged by a model, a few of many."""

    enabled: Flag
    spot_check_rate: Share
    judge_model: str
    judge_batch_schedule: Literal["daily", "weekly"]
    flag_threshold: Share
