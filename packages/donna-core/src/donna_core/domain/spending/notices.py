"""What the owner is told about money: thresholds, pauses, and tasks that want a word."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.ids import TaskId
from donna_core.domain.spending.budget import Denied, Reached
from donna_core.domain.spending.ledger import Allowance, Scope
from donna_core.domain.timing.zones import MIDNIGHT, instant_at

_PRIORITY = 3
_ONE_DAY = timedelta(days=1)
_NAMES = {Scope.DAY: ("today", "today's"), Scope.MONTH: ("this month", "this month's")}
_UNTIL = {Scope.DAY: "today", Scope.MONTH: "month-end"}


def dollars(amount: Decimal) -> str:
    """Return ``$1,234.50``; what is less than a cent and not nothing with four places."""
    return f"${amount:,.4f}" if 0 < amount < Decimal("0.01") else f"${amount:,.2f}"


def threshold_notice(found: Reached, *, day: date, at: datetime, zone: ZoneInfo) -> Message:
    """Return the word that a share of a cap is spent; its key is the same once per cap."""
    now, whose = _NAMES[found.account.scope]
    return _word(
        f"{found.account.name}:{found.share * 100:.0f}%:{found.limit:.2f}",
        subject=f"{found.share * 100:.0f} % of {whose} model budget is spent",
        body=(
            f"{dollars(found.spent)} of {dollars(found.limit)} went to models {now}. "
            f"At the limit I pause paid models and go on with what is free. "
            f"`donna budget` shows where it went."
        ),
        at=at,
        expires_at=end_of(found.account.scope, day, zone),
    )


def pause_notice(denied: Denied, *, day: date, at: datetime, zone: ZoneInfo) -> Message | None:
    """Return the word that paid models are paused; ``None`` for caps nobody has to be told of.

    Its key is the same once per cap: raised and reached again, the owner hears of it again.
    """
    scope = denied.account.scope
    if scope is Scope.TASK:
        return _approval_notice(denied, at=at)
    if scope not in _NAMES:
        return None
    now, whose = _NAMES[scope]
    return _word(
        f"{denied.account.name}:paused:{denied.limit:.2f}",
        channel=Channel.SMS,
        subject=f"Paid models are paused: {whose} budget is spent",
        body=(
            f"{dollars(denied.amount.committed)} of {dollars(denied.limit)} is spent or held "
            f"{now}, and the next call may cost {dollars(denied.asked)}. Reminders, your plan "
            f"and everything free go on. `donna budget raise AMOUNT --until {_UNTIL[scope]}` "
            "lifts the pause."
        ),
        at=at,
        expires_at=end_of(scope, day, zone),
    )


def _approval_notice(denied: Denied, *, at: datetime) -> Message:
    total = denied.amount.committed + denied.asked
    return _word(
        f"task:{denied.account.name}:{denied.limit:.2f}",
        subject=f"May I spend {dollars(total)} on task {denied.label}?",
        body=(
            f"Work on it may cost {dollars(total)} in all, more than the "
            f"{dollars(denied.limit)} I spend without asking. Nothing was sent. "
            f"`donna budget approve {denied.label}` allows it."
        ),
        at=at,
        task_id=TaskId(denied.account.name),
    )


def _word(
    key: str,
    *,
    subject: str,
    body: str,
    at: datetime,
    channel: Channel = Channel.DISCORD,
    expires_at: datetime | None = None,
    task_id: TaskId | None = None,
) -> Message:
    return Message(
        key=f"budget:{key}",
        channel=channel,
        kind=MessageKind.NOTICE,
        subject=subject,
        body=body,
        priority=_PRIORITY,
        not_before=at,
        expires_at=expires_at,
        task_id=task_id,
    )


def raised(allowance: Allowance, *, of: str) -> str:
    """Return what was allowed or taken back, for which day, month or task, and by whom."""
    is_task = allowance.account.scope is Scope.TASK
    what = f"task {of}, without asking again" if is_task else f"the budget of {of}"
    amount = dollars(abs(allowance.amount))
    if allowance.amount < 0:
        return f"{amount} less again for {what}."
    return f"{amount} more for {what}, approved by {allowance.approved_by}."


def end_of(scope: Scope, day: date, zone: ZoneInfo) -> datetime:
    """Return when the account of the day or of its month ends."""
    if scope is Scope.MONTH:
        following = (day.replace(day=28) + 4 * _ONE_DAY).replace(day=1)
    else:
        following = day + _ONE_DAY
    return instant_at(following, MIDNIGHT, zone)
