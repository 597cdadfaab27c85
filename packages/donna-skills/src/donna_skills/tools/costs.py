"""Reading what models cost."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from donna_core.domain.labels import Label
from donna_core.domain.spending.invocations import CallFilter, CallSums, Dimension
from donna_core.domain.spending.ledger import NOTHING
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import MIDNIGHT, instant_at, local, local_day
from donna_core.domain.tools import ToolSpec
from donna_core.usecases.runtime import Runtime
from donna_skills.tools.instants import day_of
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, TEXT, an_object, some

DOLLARS: Mapping[str, Any] = {"type": "number", "minimum": 0}

COST_SUMMARY = ToolSpec(
    name="cost_summary",
    description="Returns what calls of models were billed on a day or in a month, in dollars.",
    arguments=an_object(
        {"scope": {"enum": ["daily", "monthly"]}},
        {
            "for_date": TEXT,
            "year": {"type": "integer", "minimum": 2000, "maximum": 9998},
            "month": {"type": "integer", "minimum": 1, "maximum": 12},
            "exclude_task_types": some(TEXT),
        },
    ),
    result=an_object(
        {
            "ok": FLAG,
            "scope": TEXT,
            "total_usd": DOLLARS,
            "call_count": COUNT,
            "breakdown": {
                "type": "object",
                "additionalProperties": an_object({"total_usd": DOLLARS, "call_count": COUNT}),
            },
        }
    ),
    reads=frozenset({"costs"}),
    labels=frozenset({Label.PRIVATE}),
)


def cost_summary(runtime: Runtime) -> Tool:
    """Return the tool ``cost_summary``; the breakdown is by task type, the dearest first.

    ``for_date`` is for a day, ``year`` and ``month`` for a month; each is the present one, in
    the owner's zone, where it is not given.
    """

    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        window = _window(runtime, args)
        wanted = CallFilter(since=window.start, until=window.end)
        sums = await runtime.unit_of_work.run(
            lambda stores: stores.invocations.sums(wanted, by=Dimension.TASK_TYPE)
        )
        left_out = set(args.get("exclude_task_types", ()))
        counted = [each for each in sums if each.name not in left_out]
        return {
            "ok": True,
            "scope": args["scope"],
            **_told(counted),
            "breakdown": {each.name or "": _told([each]) for each in counted},
        }

    return Tool(spec=COST_SUMMARY, run=run)


def _window(runtime: Runtime, args: Mapping[str, Any]) -> Interval:
    zone = runtime.policy.zone
    today = local(runtime.clock.now(), zone).date()
    if args["scope"] == "daily":
        named = args.get("for_date")
        return local_day(today if named is None else day_of(named, name="for_date"), zone)
    first = date(args.get("year", today.year), args.get("month", today.month), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Interval(instant_at(first, MIDNIGHT, zone), instant_at(following, MIDNIGHT, zone))


def _told(sums: list[CallSums]) -> Mapping[str, Any]:
    total: Decimal = sum((each.billed for each in sums), NOTHING)
    return {"total_usd": float(total), "call_count": sum(each.calls for each in sums)}
