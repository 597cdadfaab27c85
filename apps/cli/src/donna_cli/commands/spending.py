"""Models and money: budget, llm."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any

import typer
from attrs import evolve

from donna_adapters.compose.build import Composed
from donna_cli import spending_views
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, change, look, scene
from donna_cli.words import named
from donna_core.domain.errors import InvalidInput
from donna_core.domain.spending.invocations import CallFilter, Dimension, Outcome
from donna_core.domain.spending.ledger import Scope
from donna_core.domain.timing.zones import MIDNIGHT, instant_at, local
from donna_core.usecases import budget as money
from donna_core.usecases import calls as log
from donna_core.usecases.runtime import Runtime

_LONGEST_DAYS = 3660


class Until(StrEnum):
    """When a raise ends by itself."""

    TODAY = "today"
    MONTH_END = "month-end"


_SCOPES = {Until.TODAY: Scope.DAY, Until.MONTH_END: Scope.MONTH}


def budget(
    invocation: Invocation,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[raise AMOUNT | approve TASK]", help="Nothing shows it."),
    ] = None,
    *,
    until: Annotated[
        Until, typer.Option("--until", help="With raise: when it ends by itself.")
    ] = Until.MONTH_END,
    amount: Annotated[
        str | None,
        typer.Option("--amount", help="With approve: how many dollars more than without asking."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who approves it.")] = "owner",
) -> ExitCode:
    """Show what models cost, raise a budget, or approve what a task may cost.

    A raise ends with the day or the month; `donna undo` takes it back before.

    Examples:
      donna budget
      donna budget raise 5 --until today
      donna budget raise 25 --until month-end --by Ana
      donna budget approve 3 --amount 10
    """
    match words or []:
        case []:
            return look(invocation, lambda composed: _statement(composed, invocation))
        case ["raise", said]:
            more = _dollars(said)
            return change(
                invocation,
                lambda runtime: money.raise_budget(
                    runtime, more, until=_SCOPES[until], approved_by=by
                ),
            )
        case ["approve", *task] if task:
            most = None if amount is None else _dollars(amount)
            return change(
                invocation,
                lambda runtime: money.approve(runtime, named(task), most, approved_by=by),
            )
    raise InvalidInput("Say `donna budget`, or behind it: raise AMOUNT, or approve TASK.")


def llm(
    invocation: Invocation,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[calls [ID] | sent | quality | shadows]",
            help="Nothing lists the latest calls.",
        ),
    ] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many calls at most.")] = 20,
    task_type: Annotated[
        str | None, typer.Option("--task-type", help="Only of this task type.")
    ] = None,
    caller: Annotated[str | None, typer.Option("--caller", help="Only of this caller.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Only of this model, by alias or name.")
    ] = None,
    outcome: Annotated[
        Outcome | None, typer.Option("--outcome", help="Only those that ended so.")
    ] = None,
    shadow: Annotated[
        bool | None, typer.Option("--shadow/--no-shadow", help="Only shadow calls, or none.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=_LONGEST_DAYS, help="How many days back.")
    ] = 30,
    by: Annotated[
        Dimension, typer.Option("--by", help="With quality: what is compared.")
    ] = Dimension.MODEL,
) -> ExitCode:
    """Show which models were asked, with prompt and answer, and how good they were.

    With `sent`, what went to models on other machines, to whom and what for. Among calls, what
    memory embeds is left out unless its task type is named.

    Examples:
      donna llm calls
      donna llm calls --task-type parse_task --outcome failed --limit 5
      donna llm sent --days 7
      donna llm quality --by task_type --days 90
      donna llm shadows
    """
    wanted = CallFilter(
        task_type=task_type,
        caller=caller,
        model=model,
        outcome=outcome,
        is_shadow=shadow,
        embeddings=task_type is not None,
    )
    match words or ["calls"]:
        case ["calls"]:
            return look(invocation, lambda composed: _calls(composed, wanted, days, limit))
        case ["calls", reference]:
            return look(invocation, lambda composed: _call(composed, reference))
        case ["sent"]:
            leaving = evolve(wanted, embeddings=True)
            return look(invocation, lambda composed: _sent(composed, leaving, days, limit))
        case ["quality"]:
            return look(invocation, lambda composed: _quality(composed, by, days, task_type))
        case ["shadows"]:
            return look(invocation, lambda composed: _shadows(composed, days, task_type))
    raise InvalidInput("Say `donna llm` and behind it: calls, calls ID, sent, quality, or shadows.")


async def _statement(composed: Composed, invocation: Invocation) -> Page:
    view, here = await money.statement(composed.runtime), scene(composed.runtime)
    return Page(
        blocks=lambda: spending_views.budget(view, here, plain=invocation.plain),
        wire=lambda _: _wire().budget(view),
    )


async def _calls(composed: Composed, wanted: CallFilter, days: int, limit: int) -> Page:
    runtime = composed.runtime
    since = _since(runtime, days)
    rows = await log.calls(runtime, evolve(wanted, since=since), limit=limit)
    return Page(
        blocks=lambda: spending_views.calls(rows, scene(runtime)),
        wire=lambda _: _wire().calls(rows),
    )


async def _call(composed: Composed, reference: str) -> Page:
    row, others = await log.call(composed.runtime, reference)
    here = scene(composed.runtime)
    return Page(
        blocks=lambda: spending_views.call(row, others, here),
        wire=lambda _: _wire().calls([row, *others]),
    )


async def _sent(composed: Composed, wanted: CallFilter, days: int, limit: int) -> Page:
    runtime = composed.runtime
    view = await log.sent(runtime, wanted, since=_since(runtime, days))
    return Page(
        blocks=lambda: spending_views.sent(view, scene(runtime), limit=limit),
        wire=lambda _: _wire().sent(view, limit=limit),
    )


async def _quality(composed: Composed, by: Dimension, days: int, task_type: str | None) -> Page:
    runtime = composed.runtime
    view = await log.quality(runtime, since=_since(runtime, days), by=by, task_type=task_type)
    return Page(
        blocks=lambda: spending_views.quality(view, scene(runtime)),
        wire=lambda _: _wire().quality(view),
    )


async def _shadows(composed: Composed, days: int, task_type: str | None) -> Page:
    runtime = composed.runtime
    since = _since(runtime, days)
    found = await log.comparisons(runtime, since=since, task_type=task_type)
    return Page(
        blocks=lambda: spending_views.shadows(found),
        wire=lambda _: _wire().shadows(since, found),
    )


def _since(runtime: Runtime, days: int) -> datetime:
    """Return when the local day so many days ago began, today counted."""
    zone = runtime.policy.zone
    today = local(runtime.clock.now(), zone).date()
    return instant_at(today - timedelta(days=days - 1), MIDNIGHT, zone)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        raise InvalidInput(f"'{text}' is no amount. Name dollars: 5 or 2.50.") from None
    if not amount.is_finite() or abs(amount) >= 1_000_000:
        raise InvalidInput(f"'{text}' is no amount that can be meant. Name dollars: 5 or 2.50.")
    return amount


def _wire() -> Any:
    # Building the models takes as long as a whole command without them.
    return import_module("donna_cli.wire_spending")
