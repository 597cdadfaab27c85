"""Money and model calls from the command line: what is shown, allowed and taken back."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from donna_adapters.compose.settings import DATABASE_NAME, OWNER
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import CallId, RequestId
from donna_core.domain.labels import Label
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.domain.spending.ledger import Settlement
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.budgets import BERLIN, spending
from donna_core.testing.contracts.spending import invocation, reservation
from donna_core.usecases.spend import reserve, settle

Donna = Callable[..., Any]
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(BERLIN).date()


@pytest.fixture
def spent(donna: Donna, home: Path) -> Callable[..., None]:
    """Give a function that has had a call made and paid, with its row in the log."""
    donna("add", "Call mechanic monday 3pm")

    def spend(name: str, dollars: str, *, known: bool = True, **fields: Any) -> None:
        wish = reservation(
            name, dollars, at=NOW, day=TODAY, request_id=RequestId(f"of-{name}"), **fields
        )
        cost = wish.worst_case if known else None
        row = made(name, cost=wish.worst_case, billed=True)

        def decide(stores: Stores) -> None:
            reserve(stores, wish, rules=spending(per_request="99", daily="99"))
            settled = Settlement(call_id=wish.id, at=NOW, cost=cost)
            settle(stores, settled, rules=spending(daily="99"))
            stores.invocations.record([row])

        with SqliteDatabase.open(home / DATABASE_NAME) as database:
            asyncio.run(database.unit_of_work(OWNER).run(decide))

    return spend


def made(name: str, **fields: Any) -> Invocation:
    """Return a call that was made now, by the digest."""
    defaults = {"at": NOW, "request_id": RequestId(f"of-{name}"), "caller": "digest"}
    return invocation(name, **{**defaults, **fields})


def record(home: Path, *rows: Invocation) -> None:
    """Write these calls into the log."""
    with SqliteDatabase.open(home / DATABASE_NAME) as database:
        unit = database.unit_of_work(OWNER)
        asyncio.run(unit.run(lambda stores: stores.invocations.record(rows)))


def test_the_budget_shows_who_spent_it(donna: Donna, spent: Callable[..., None]) -> None:
    """Bars for today and this month, and a table by caller, by model and by task type."""
    spent("call-1", "12")
    spent("call-2", "5", known=False)
    said = donna("budget")

    assert "85%  $17.00 of $20.00" in said.out
    assert "17%  $17.00 of $100.00" in said.out
    assert "Of 1 call nobody knows the cost; they count in full, $5.00." in said.out
    for name in ("digest", "anthropic/small", "parse_task"):
        assert name in said.out
    assert "█" not in donna("budget", "--plain").out


def test_a_raise_lifts_the_pause_and_is_taken_back(
    donna: Donna, spent: Callable[..., None]
) -> None:
    """It says who approved it; undo and redo work as everywhere."""
    spent("call-1", "20")
    assert "donna budget raise AMOUNT --until today" in donna("budget").out
    assert donna("budget", "--json").json["paused"] is True

    said = donna("budget", "raise", "$2.50", "--until", "today", "--by", "Ana")
    assert f"$2.50 more for the budget of {TODAY.isoformat()}, approved by Ana." in said.out
    assert donna("budget", "--json").json["day"]["left"] == "2.50"
    assert "$2.50 less again" in donna("undo").out
    assert donna("budget", "--json").json["day"]["limit"] == "20.00"
    donna("redo")
    assert donna("budget", "--json").json["day"]["limit"] == "22.50"


def test_a_rehearsed_raise_is_not_kept(donna: Donna) -> None:
    """--dry-run shows it and changes nothing."""
    said = donna("budget", "raise", "5", "--dry-run")

    assert "Dry run" in said.out
    assert donna("budget", "--json").json["month"]["raised"] == "0.00"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["raise", "11", "--until", "today"], "$10.00 more is possible"),
        (["raise", "51"], "monthly_ceiling_usd"),
        (["raise", "nothing"], "'nothing' is no amount"),
        (["raise", "NaN"], "no amount that can be meant"),
        (["raise", "0"], "above nothing"),
        (["raise"], "raise AMOUNT, or approve TASK"),
        (["lower", "5"], "raise AMOUNT, or approve TASK"),
        (["approve", "99"], "No task matches"),
    ],
)
def test_what_cannot_be_allowed_is_told(donna: Donna, words: list[str], told: str) -> None:
    """What failed, and what to do instead."""
    said = donna("budget", *words)

    assert said.code in {1, 3}
    assert told in said.err


def test_a_raise_beyond_the_ceiling_in_steps_is_told_too(donna: Donna) -> None:
    """What was raised before counts."""
    donna("budget", "raise", "6", "--until", "today")

    assert "$4.00 more is possible" in donna("budget", "raise", "5", "--until", "today").err


def test_a_task_is_approved_by_its_number(donna: Donna) -> None:
    """As much again as any task may cost, where no amount is given."""
    donna("add", "Call mechanic monday 3pm")
    said = donna("budget", "approve", "1", "--by", "Ana")

    assert "$5.00 more for task #1 Call mechanic, without asking again" in said.out
    [raised] = donna("budget", "approve", "1", "--amount", "2", "--json").json["allowances"]
    assert (raised["scope"], raised["amount"]) == ("task", "2.00")


def test_calls_are_listed_and_shown(donna: Donna, home: Path) -> None:
    """The newest first, by every filter; one of them with its prompt, its answer and its kin."""
    donna("add", "Buy milk")
    record(
        home,
        made("call-0001", prompt="Understand: tea", output={"title": "Tea"}, confidence=0.9),
        made(
            "call-0002",
            request_id=RequestId("of-call-0001"),
            outcome=Outcome.TIMED_OUT,
            error="no answer",
            at=NOW - timedelta(minutes=1),
        ),
        made("call-0003", at=NOW - timedelta(days=40)),
    )

    assert [each["id"] for each in donna("llm", "--json").json["calls"]] == [
        "call-0001",
        "call-0002",
    ]
    late = donna("llm", "calls", "--outcome", "timed_out", "--days", "60", "--json").json
    assert [each["id"] for each in late["calls"]] == ["call-0002"]
    assert "all-0001" in donna("llm", "calls", "--task-type", "parse_task").out
    one = donna("llm", "calls", "0001").out
    for part in ("Understand: tea", '"title": "Tea"', "its own confidence 0.90", "all-0002"):
        assert part in one
    assert donna("llm", "calls", "000").code == 3
    assert "No such call" in donna("llm", "calls", "--caller", "nobody").out


def test_quality_stands_beside_cost(donna: Donna, home: Path) -> None:
    """Per model what a call costs, how it was judged, and how far its confidence holds."""
    donna("add", "Buy milk")
    paid = {"cost": Decimal("0.02"), "billed": True}
    record(
        home,
        made("call-1", quality_score=0.5, confidence=0.9, was_right=True, **paid),
        made("call-2", quality_score=1.0, confidence=0.95, was_right=False, **paid),
    )
    said = donna("llm", "quality")

    assert "0.75 (2)" in said.out
    assert "$0.02" in said.out
    assert "said 92%, right 50% of 2 calls" in said.out
    [model] = donna("llm", "quality", "--by", "caller", "--json").json["sums"]
    assert (model["name"], model["billed"], model["right"]) == ("digest", "0.04", 0.5)


def test_a_shadow_stands_beside_what_it_shadows(donna: Donna, home: Path) -> None:
    """How often both agree, and what each costs and takes."""
    donna("add", "Buy milk")
    tea, coffee = {"title": "Tea", "domain": "work"}, {"title": "TEA", "domain": "family"}
    record(
        home,
        made("call-1", output=tea, latency_ms=300),
        made(
            "call-2",
            output=coffee,
            is_shadow=True,
            shadow_of=CallId("call-1"),
            model_actual="anthropic/large",
            cost=Decimal("0.02"),
            billed=True,
        ),
    )
    assert "anthropic/large" in donna("llm", "shadows", "--plain").out
    [pair] = donna("llm", "shadows", "--json").json["comparisons"]

    assert (pair["model"], pair["shadow"]) == ("anthropic/small", "anthropic/large")
    assert (pair["agreement"], pair["shadow_cost"]) == (0.5, "0.02")


def test_the_doctor_looks_at_the_budget(donna: Donna, spent: Callable[..., None]) -> None:
    """A pause is no fault; the way out of it is named."""
    spent("call-1", "20")
    checks = {each["name"]: each for each in donna("doctor", "--json").json["checks"]}

    assert checks["model budget"]["ok"]
    assert "$20.00 of $20.00 today" in checks["model budget"]["found"]
    assert "raise" in checks["model budget"]["remedy"]


def test_the_digest_says_what_models_cost(donna: Donna, spent: Callable[..., None]) -> None:
    """Only in a month in which they cost anything."""
    assert "Models" not in donna("digest", "--evening").out
    spent("call-1", "3")

    assert "- $3.00 of $20.00 for the day, $3.00 of $100.00 for the month" in (
        donna("digest", "--evening").out
    )


def test_what_left_this_machine_is_listed(donna: Donna, home: Path) -> None:
    """To whom, what for, from where and how much; what stayed here is left out."""
    donna("list")
    assert "No model on another machine was asked since" in donna("llm", "sent").out
    record(
        home,
        made("call-here"),
        made(
            "call-there",
            bytes_sent=1_200,
            sources=("vault:Trips/Plan.md",),
            labels=frozenset({Label.PRIVATE}),
        ),
        made("embed-there", task_type="embed_vault_chunk", bytes_sent=300),
    )

    told = donna("llm", "sent", "--plain")
    sent = donna("llm", "sent", "--limit", "1", "--json").json

    assert "parse_task: vault:Trips/Plan.md" in told.out
    assert "embed_vault_chunk: digest" in told.out
    assert "anthropic/small: 2 calls, 1500 bytes" in told.out
    assert "Nothing of it was local-only." in told.out
    assert "call-here" not in told.out
    assert "1200 bytes went to another machine" in donna("llm", "calls", "call-there").out
    assert sent["recipients"] == [{"recipient": "anthropic/small", "calls": 2, "bytes_sent": 1_500}]
    [latest] = sent["calls"]
    assert latest["bytes_sent"] in {300, 1_200}


def test_what_must_not_have_left_is_told(donna: Donna, home: Path) -> None:
    """It cannot happen; if it does, it is the first thing to know."""
    donna("list")
    record(home, made("call-1", bytes_sent=10, labels=frozenset({Label.LOCAL_ONLY})))

    assert "Local-only text was in 1 call." in donna("llm", "sent").out
    assert donna("llm", "sent", "--json").json["local_only"] == 1
