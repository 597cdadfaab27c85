"""Who answers, what is written down of it, and what happens when nobody does."""

from decimal import Decimal

import pytest

from donna_core.domain.errors import BudgetPausedError, ModelUnavailable
from donna_core.domain.events import EventKind
from donna_core.domain.labels import Label
from donna_core.domain.spending.invocations import Outcome
from donna_core.domain.spending.ledger import SpendState
from donna_core.ports.language_model import ModelRequest
from donna_llm.errors import ReplyMalformed, TotalTimeout, Unreachable
from donna_llm.routing import ContextOverflow, UnknownAlias, UnknownRoute
from donna_llm.testing.house import SURE, House, compare, parse

UNSURE = {**SURE, "confidence": 0.4}
SAME = {"verdict": "same", "confidence": 0.9}
DOWN = Unreachable("nobody listens", provider="ollama", model="tiny")
LOST = TotalTimeout("it did not end", provider="anthropic", model="large")


async def test_a_model_answers_and_its_call_is_written_down(house: House) -> None:
    """The answer is in the form the rules answer in; the log has one row."""
    small = house.says("ollama", [SURE])

    reply = await house.gateway().complete(parse())

    assert (reply.output["title"], reply.output["domain"]) == ("Call Ada", "work")
    assert reply.output["text"] == "call Ada"
    assert (reply.metadata.model_actual, reply.metadata.degraded) == ("ollama/tiny", False)
    [row] = await house.rows()
    assert row.id == reply.metadata.invocation_id
    assert (row.outcome, row.model_alias, row.confidence) == (Outcome.ANSWERED, "small", 0.9)
    assert row.output == SURE
    assert row.prompt is not None
    assert '"call Ada"' in row.prompt
    assert small.calls[0].schema is not None
    assert row.cost > 0
    assert not row.billed
    assert await house.entries() == ()


async def test_an_unsure_answer_lets_the_fallback_answer(house: House) -> None:
    """Both answers are recorded, that of the fallback is taken, and its price is settled."""
    house.says("ollama", [UNSURE])
    house.says("anthropic", [UNSURE])

    reply = await house.gateway().complete(parse())

    assert reply.metadata.model_actual == "anthropic/large"
    rows = await house.rows()
    assert [row.model_alias for row in rows] == ["small", "big"]
    assert rows[0].request_id == rows[1].request_id
    [entry] = await house.entries()
    assert (entry.state, entry.cost) == (SpendState.SETTLED, reply.metadata.cost_usd)
    assert Decimal(0) < entry.cost < entry.reservation.worst_case


async def test_the_cascade_begins_with_the_rules_where_it_is_told_to(house: House) -> None:
    """What the rules are sure of costs nothing; what they are not goes on, and all is recorded."""
    route = "parse_task: {model: rules, fallback: [small, big], confidence_threshold: 0.8}"
    models = (house.folder / "donna_models.yaml").read_text()
    first = models.index("  parse_task")
    house.write(donna_models=f"{models[:first]}  {route}\n")
    small = house.says("ollama", [UNSURE])
    house.says("anthropic", [SURE])
    gateway = house.gateway()

    sure = await gateway.complete(parse("call Ada tomorrow at 3pm"))
    assert (sure.metadata.model_actual, sure.metadata.degraded) == ("rules/donna", False)
    assert small.calls == []
    unsure = await gateway.complete(parse("thing"))

    assert unsure.metadata.model_actual == "anthropic/large"
    assert [row.model_alias for row in await house.rows()] == ["rules", "rules", "small", "big"]


async def test_the_rules_stand_in_and_say_so(house: House) -> None:
    """Where no model answers, the rules do, marked, with the reason and an event."""
    house.says("ollama", lambda _: DOWN)
    house.says("anthropic", lambda _: LOST)

    reply = await house.finish(house.gateway().complete(parse("call Ada tomorrow 3pm")))

    assert reply.metadata.degraded
    assert reply.metadata.model_actual == "rules/donna"
    assert "nobody listens" in reply.metadata.note
    assert reply.output["title"] == "Call Ada"
    rows = await house.rows()
    asked = [f"{row.model_alias} {row.attempt}" for row in rows]
    assert asked == ["small 1", "small 2", "small 3", "big 1", "big 2", "big 3", "rules 1"]
    assert rows[-1].degraded
    events = await house.unit_of_work.run(lambda stores: stores.events.since(0))
    assert [event.kind for _, event in events].count(EventKind.MODEL_STOOD_IN) == 1


async def test_the_best_unsure_answer_stands_in(house: House) -> None:
    """An answer nobody better confirms is used, and marked."""
    house.says("ollama", [UNSURE])
    house.says("anthropic", lambda _: LOST)

    reply = await house.finish(house.gateway().complete(parse()))

    assert (reply.metadata.model_actual, reply.metadata.degraded) == ("ollama/tiny", True)
    assert "was not sure (0.40)" in reply.metadata.note
    events = await house.unit_of_work.run(lambda stores: stores.events.since(0))
    assert EventKind.MODEL_STOOD_IN in [event.kind for _, event in events]


async def test_what_was_lost_counts_as_spent(house: House) -> None:
    """After a time-out nobody knows what was billed, so all of it is kept, once per attempt."""
    house.says("anthropic", lambda _: LOST)

    await house.finish(house.gateway().complete(compare()))

    entries = await house.entries()
    assert [entry.state for entry in entries] == [SpendState.KEPT] * 3
    rows = [row for row in await house.rows() if row.model_alias == "big"]
    assert [row.outcome for row in rows] == [Outcome.TIMED_OUT] * 3
    assert sum(row.cost for row in rows) == sum(entry.cost for entry in entries)
    assert all(row.interrupted and row.billed for row in rows)


async def test_what_never_left_costs_nothing(house: House) -> None:
    """A call that found no connection gives its reservation back."""
    error = Unreachable("no route", provider="anthropic", model="large")
    house.says("anthropic", [error, SAME])

    reply = await house.finish(house.gateway().complete(compare()))

    assert not reply.metadata.degraded
    states = [entry.state for entry in await house.entries()]
    assert states == [SpendState.RELEASED, SpendState.SETTLED]


@pytest.mark.parametrize(
    "said",
    [
        {"verdict": "maybe", "confidence": 0.9},
        {"verdict": "same"},
        {"verdict": "same", "confidence": float("nan")},
        {"verdict": "same", "confidence": 0.5, "more": 1},
        ReplyMalformed("half of it is missing", provider="anthropic", model="large"),
    ],
)
async def test_a_wrong_shape_is_asked_for_again(house: House, said: object) -> None:
    """An answer that does not meet its schema counts as a failure, and is paid for."""
    house.says("anthropic", [said, SAME])  # type: ignore[list-item]  # a mapping or an error

    reply = await house.finish(house.gateway().complete(compare()))

    assert reply.output == SAME
    assert [row.outcome for row in await house.rows()] == [Outcome.MALFORMED, Outcome.ANSWERED]
    assert all(entry.cost > 0 for entry in await house.entries())


async def test_an_answer_that_cannot_be_is_asked_for_again(house: House) -> None:
    """A day that does not exist is no answer, however well it is shaped."""
    task = {**SURE["tasks"][0], "deadline": "2026-02-30"}  # type: ignore[index]  # a list of tasks
    house.says("ollama", [{**SURE, "tasks": [task]}, SURE])

    reply = await house.finish(house.gateway().complete(parse()))

    assert reply.output["deadline"] is None
    first, second = await house.rows()
    assert (first.outcome, second.outcome) == (Outcome.MALFORMED, Outcome.ANSWERED)
    assert "2026-02-30" in (first.error or "")


async def test_a_spent_budget_holds_up_what_is_paid_for_only(house: House) -> None:
    """Local answers go on, paid ones are refused before they are made, and the rules stand in."""
    big = house.says("anthropic", [])
    house.says("ollama", [SURE])
    house.write(donna_models=_with_caps(house, daily="0"))
    gateway = house.gateway()

    assert (await gateway.complete(parse())).metadata.model_actual == "ollama/tiny"
    reply = await gateway.complete(compare())

    assert reply.metadata.degraded
    assert "budget" in reply.metadata.note
    assert big.calls == []
    subjects = [message.subject for message in await house.messages()]
    assert subjects == ["Paid models are paused: today's budget is spent"]


async def test_a_spent_budget_is_named_where_nobody_stands_in(house: House) -> None:
    """Who asks for one model gets it or the reason."""
    house.says("anthropic", [])
    house.write(donna_models=_with_caps(house, daily="0"))

    with pytest.raises(BudgetPausedError, match="donna budget raise"):
        await house.gateway().ask("hello", model_alias="big")


async def test_the_short_form_asks_one_model(house: House) -> None:
    """A prompt, a schema and an alias are enough; without a schema the answer is text."""
    big = house.says("anthropic", [{"colour": "red"}, "Red."])
    gateway = house.gateway()
    schema = {"type": "object", "properties": {"colour": {"enum": ["red"]}}}

    shaped = await gateway.ask("Name a colour.", model_alias="big", schema=schema)
    free = await gateway.ask("Name a colour.", model_alias="big")

    assert (shaped.output, free.output) == ({"colour": "red"}, {"text": "Red."})
    assert [call.prompt for call in big.calls] == ["Name a colour."] * 2


async def test_too_long_a_prompt_goes_to_who_has_the_room(house: House) -> None:
    """A prompt that does not fit is not cut: the next model gets it, and the log says why."""
    models = (house.folder / "donna_models.yaml").read_text()
    house.write(donna_models=models.replace("model: tiny", "model: tiny, num_ctx: 4096"))
    small = house.says("ollama", [])
    house.says("anthropic", [SURE])

    reply = await house.gateway().complete(parse("call Ada about " + "everything " * 800))

    assert reply.metadata.model_actual == "anthropic/large"
    assert small.calls == []
    [row] = await house.rows()
    assert row.overflow_escalated
    with pytest.raises(ContextOverflow, match="num_ctx"):
        await house.gateway().ask("x" * 50_000, model_alias="small")


async def test_nobody_is_named_where_nothing_is_routed(house: House) -> None:
    """Unknown task types and aliases say where they would have to be written."""
    gateway = house.gateway()

    with pytest.raises(UnknownRoute, match=r"routing\.mow_lawn"):
        await gateway.complete(ModelRequest(task_type="mow_lawn"))
    with pytest.raises(UnknownAlias, match="no model 'huge'"):
        await gateway.ask("hello", model_alias="huge")


async def test_a_provider_that_cannot_be_made_is_passed_over(house: House) -> None:
    """A missing key or library is a reason like any other, not a crash."""
    reply = await house.gateway().complete(parse())

    assert reply.metadata.degraded
    assert "nobody knows the provider 'ollama'" in reply.metadata.note
    with pytest.raises(ModelUnavailable, match="nobody knows"):
        await house.gateway().ask("hello", model_alias="small")


async def test_what_only_the_rules_answer_is_not_written_down(house: House) -> None:
    """Where no model is asked, nothing is spent and nothing has to be logged."""
    house.write(donna_models="{}")

    reply = await house.gateway().complete(parse())

    assert not reply.metadata.degraded
    assert await house.rows() == []


def _with_caps(house: House, *, daily: str) -> str:
    return (
        f"cost: {{daily_pause_threshold_usd: {daily}}}\n"
        + (house.folder / "donna_models.yaml").read_text()
    )


async def test_the_log_tells_what_went_to_another_machine(house: House) -> None:
    """How many bytes of it, where the texts came from, and how they are labelled."""
    small, big = house.says("ollama", [UNSURE]), house.says("anthropic", [SURE])
    private = frozenset({Label.PRIVATE})

    await house.gateway().complete(parse("call Ādä", sources=("task:4",), labels=private))

    here, away = await house.rows()
    assert (here.bytes_sent, here.sources, here.labels) == (0, ("task:4",), private)
    assert (away.sources, away.labels) == (("task:4",), private)
    [call] = big.calls
    said = len((call.system + call.prompt).encode())
    assert said > len(call.system + call.prompt)
    assert said < away.bytes_sent < said + 4_000  # the schema goes with it
    assert small.calls


async def test_an_attempt_that_came_to_nothing_may_have_been_sent(house: House) -> None:
    """It counts."""
    house.says("anthropic", [LOST, LOST, LOST])

    await house.finish(house.gateway().complete(compare()))

    lost = [row for row in await house.rows() if row.outcome is Outcome.TIMED_OUT]
    assert lost
    assert all(row.bytes_sent for row in lost)
