"""What becomes of failures: pauses, breakers, words to the owner, limits, and closing time."""

import asyncio
from datetime import timedelta

import pytest

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.spending.invocations import Outcome
from donna_core.domain.spending.ledger import ModelLane
from donna_core.ports.language_model import Urgency
from donna_llm.errors import (
    BadKey,
    Declined,
    FirstByteTimeout,
    Overloaded,
    ProviderError,
    RateLimited,
    ReplyMalformed,
    Unreachable,
)
from donna_llm.gateway import GatewayClosed
from donna_llm.ports import ProviderCall
from donna_llm.resilience import RetryRules
from donna_llm.testing.house import SURE, House, compare, parse
from donna_llm.testing.scripted_provider import Answer

SECOND = timedelta(seconds=1)
SAME = {"verdict": "same", "confidence": 0.9}
LOCAL = """
models:
  small: {provider: ollama, model: tiny}
routing:
  parse_task: {model: small}
  dedup_check: {model: small}
"""


def failing(kind: type[ProviderError], **more: timedelta) -> ProviderError:
    """Return an error of the small model."""
    return kind("no", provider="ollama", model="tiny", **more)  # type: ignore[arg-type]  # a retry_after


@pytest.mark.parametrize(
    ("most", "first", "longest", "pauses"),
    [(3, 2, 30, [2, 4, 8]), (2, 1, 15, [1, 2]), (1, 5, 5, [5]), (6, 2, 9, [2, 4, 8, 9, 9, 9])],
)
def test_pauses_double_up_to_the_longest(
    most: int, first: int, longest: int, pauses: list[int]
) -> None:
    """Three kinds of work have three policies; after the last repetition it is enough."""
    rules = RetryRules(most=most, first_pause=first * SECOND, longest_pause=longest * SECOND)
    found = [rules.pause_after(number, failing(Overloaded)) for number in range(1, most + 2)]

    assert found == [*(pause * SECOND for pause in pauses), None]


def test_what_will_not_get_better_is_not_repeated() -> None:
    """A wrong key stays wrong; a vendor that asks for a longer pause than we have is left."""
    rules = RetryRules(most=3, first_pause=SECOND, longest_pause=15 * SECOND)

    assert rules.pause_after(1, failing(BadKey)) is None
    assert rules.pause_after(1, failing(Declined)) is None
    assert rules.pause_after(1, failing(RateLimited, retry_after=9 * SECOND)) == 9 * SECOND
    assert rules.pause_after(1, failing(RateLimited, retry_after=60 * SECOND)) is None


async def test_a_provider_that_fails_is_left_alone_and_looked_at(house: House) -> None:
    """Five failures open the breaker: one word to the owner, no calls, a probe, one word more."""
    house.write(donna_models=LOCAL)
    answers: list[Answer] = [*(failing(Unreachable) for _ in range(6)), SURE, SURE]
    small = house.says("ollama", answers)
    gateway = house.gateway()

    for _ in range(4):
        assert (await house.finish(gateway.complete(parse()))).metadata.degraded
    assert len(small.calls) == 5
    reply = await gateway.complete(parse())
    assert "left alone" in reply.metadata.note

    house.clock.advance(by=timedelta(minutes=5, seconds=1))
    assert (await house.finish(gateway.complete(parse()))).metadata.degraded
    assert len(small.calls) == 6
    house.clock.advance(by=timedelta(minutes=6))
    assert not (await house.finish(gateway.complete(parse()))).metadata.degraded
    assert not (await gateway.complete(parse())).metadata.degraded

    subjects = [message.subject for message in await house.messages()]
    assert subjects == ["A model is out of reach", "The model is back"]


async def test_a_breaker_outlives_its_process(house: House) -> None:
    """A new process does not begin to knock at a closed door."""
    house.write(donna_models=LOCAL)
    small = house.says("ollama", lambda _: failing(Unreachable))
    gateway = house.gateway()
    for _ in range(2):
        await house.finish(gateway.complete(parse()))

    known = len(small.calls)
    await house.gateway().complete(parse())

    assert len(small.calls) == known == 5


async def test_answers_that_make_no_sense_are_no_fault_of_the_provider(house: House) -> None:
    """A model that talks nonsense is asked again tomorrow; the door stays open."""
    house.write(donna_models=LOCAL)
    small = house.says("ollama", lambda _: failing(ReplyMalformed))
    gateway = house.gateway()
    for _ in range(3):
        await house.finish(gateway.complete(parse()))

    assert len(small.calls) == 9
    assert await house.messages() == []


async def test_retry_after_is_honoured_by_everybody(house: House) -> None:
    """A provider that asks for a pause gets it from all callers, not only from the one it told."""
    house.write(donna_models=LOCAL)
    small = house.says("ollama", [failing(RateLimited, retry_after=10 * SECOND), SURE, SAME])
    gateway = house.gateway()
    asked = [asyncio.ensure_future(gateway.complete(each)) for each in (parse(), compare())]
    await house.clock.run_until(house.clock.now() + 9 * SECOND)
    assert len(small.calls) <= 2
    before = house.clock.now()
    await house.clock.run_until(before + 2 * SECOND)

    assert all(task.done() for task in asked)


async def test_a_caller_over_its_limit_hears_when_to_come_back(house: House) -> None:
    """What the rules cover is answered by them; the rest is refused with a time."""
    limits = "rate_limits: {default: {requests_per_minute: 2, requests_per_hour: 100}}"
    house.write(donna_models=LOCAL, llm_gateway=limits)
    small = house.says("ollama", lambda _: SAME)
    gateway = house.gateway()
    for _ in range(2):
        await gateway.complete(compare(caller="eager"))

    for _ in range(3):
        reply = await gateway.complete(compare(caller="eager"))
        assert "over its limit; try again in 30 s" in reply.metadata.note
    assert not (await gateway.complete(compare(caller="patient"))).metadata.degraded
    house.clock.advance(by=31 * SECOND)
    assert not (await gateway.complete(compare(caller="eager"))).metadata.degraded

    assert len(small.calls) == 4
    assert [m.subject for m in await house.messages()] == ["eager asks too often"]


async def test_the_owner_hears_of_a_long_queue_once(house: House) -> None:
    """While it stays long, the word is not repeated."""
    house.write(donna_models=LOCAL, llm_gateway="alerts: {queue_depth_warning: 2}")

    async def slow(_: ProviderCall) -> Answer:
        await house.clock.sleep_until(house.clock.now() + SECOND)
        return SAME

    house.works("ollama", slow)
    gateway = house.gateway()
    asked = [asyncio.ensure_future(gateway.complete(compare(caller=str(n)))) for n in range(9)]
    await house.clock.run_until(house.clock.now() + 10 * SECOND)

    assert all(task.done() for task in asked)
    subjects = [message.subject for message in await house.messages()]
    assert subjects == ["Questions to a model pile up"]


async def test_a_person_pushes_background_work_aside(house: House) -> None:
    """The call that steps aside is written down as such and done again afterwards."""
    house.write(donna_models=LOCAL)

    async def slow(call: ProviderCall) -> Answer:
        await house.clock.sleep_until(house.clock.now() + 10 * SECOND)
        return SURE if "call Ada" in call.prompt else SAME

    house.works("ollama", slow)
    gateway = house.gateway()
    own = asyncio.ensure_future(gateway.complete(compare(priority=Urgency.BACKGROUND)))
    await house.clock.run_until(house.clock.now() + SECOND)
    person = asyncio.ensure_future(gateway.complete(parse(lane=ModelLane.EXTERNAL)))
    await house.clock.run_until(house.clock.now() + 25 * SECOND)

    assert (await own).output == SAME
    assert not (await person).metadata.degraded
    rows = await house.rows()
    assert [(row.task_type, row.outcome) for row in rows] == [
        ("dedup_check", Outcome.PREEMPTED),
        ("parse_task", Outcome.ANSWERED),
        ("dedup_check", Outcome.ANSWERED),
    ]
    assert rows[0].interrupted
    assert rows[2].queue_wait_ms == 10_000


async def test_closing_lets_work_finish_for_a_while(house: House) -> None:
    """What is under way has its time, what takes longer is cut off, nothing new begins."""
    house.write(donna_models=LOCAL)

    async def slow(call: ProviderCall) -> Answer:
        seconds = 5 if "call Ada" in call.prompt else 50
        await house.clock.sleep_until(house.clock.now() + seconds * SECOND)
        return SURE

    house.write(llm_gateway="queue: {at_once: {ollama: 2}}")
    house.works("ollama", slow)
    gateway = house.gateway()
    short = asyncio.ensure_future(gateway.complete(parse()))
    long = asyncio.ensure_future(gateway.complete(compare()))
    await house.clock.settle()
    closing = asyncio.ensure_future(gateway.close())
    await house.clock.settle()

    with pytest.raises(GatewayClosed, match="stopping"):
        await gateway.complete(parse())
    await house.clock.run_until(house.clock.now() + 11 * SECOND)
    assert closing.done()
    assert not short.result().metadata.degraded
    assert long.cancelled()
    assert [row.outcome for row in await house.rows()] == [Outcome.ANSWERED, Outcome.FAILED]


async def test_a_caller_who_leaves_ends_the_call(house: House) -> None:
    """The provider is told, the money is kept, and the row says that nobody waits."""

    async def slow(_: ProviderCall) -> Answer:
        await house.clock.sleep_until(house.clock.now() + 60 * SECOND)
        raise AssertionError("nobody waits for this")

    big = house.works("anthropic", slow)
    asked = asyncio.ensure_future(house.gateway().complete(compare()))
    await house.clock.settle()
    assert big.active == 1
    asked.cancel()
    await house.clock.settle()

    assert big.active == 0
    [row] = await house.rows()
    assert (row.error_type, row.interrupted) == ("Cancelled", True)
    [entry] = await house.entries()
    assert entry.cost == entry.reservation.worst_case == row.cost


async def test_changed_files_are_followed_and_bad_ones_are_not(house: House) -> None:
    """A change counts from the next question on; a mistake changes nothing and is told."""
    house.write(donna_models="{}")
    house.says("ollama", lambda _: SURE)
    gateway = house.gateway()
    assert (await gateway.complete(parse())).metadata.model_actual == "rules/donna"

    house.write(donna_models=LOCAL)
    house.clock.advance(by=2 * SECOND)
    assert (await gateway.complete(parse())).metadata.model_actual == "ollama/tiny"

    house.write(donna_models="routing:\n  parse_task: {model: gone}\n")
    house.clock.advance(by=2 * SECOND)
    assert (await gateway.complete(parse())).metadata.model_actual == "ollama/tiny"
    assert "donna_models.yaml:2" in gateway.live.problem
    [message] = await house.messages()
    assert message.subject == "The new settings cannot be used"
    assert "donna_models.yaml:2" in message.body

    house.write(donna_models=LOCAL + "\n# right again\n")
    house.clock.advance(by=2 * SECOND)
    await gateway.complete(parse())
    assert gateway.live.problem == ""


async def test_a_file_that_is_only_touched_changes_nothing(house: House) -> None:
    """What counts is what a file holds."""
    gateway = house.gateway()
    known = gateway.live.config
    house.write(donna_models=(house.folder / "donna_models.yaml").read_text())
    house.clock.advance(by=2 * SECOND)

    assert gateway.live.look() is None
    assert gateway.live.config is known


async def test_nobody_answers_what_nobody_can(house: House) -> None:
    """Where neither models nor rules answer, the error tells of every model that was tried."""
    house.write(
        donna_models=LOCAL + "  research: {model: small}\n",
        task_types="""
task_types:
  research: {description: x, inputs: [text], prompt_template: prompts/ask.md,
    output_schema: schemas/dedup_check.json, retries: agent}
""",
    )
    (house.folder / "prompts").mkdir()
    (house.folder / "prompts" / "ask.md").write_text("---\nvariables: [text]\n---\n{{ text }}")
    small = house.says("ollama", lambda _: failing(Unreachable))
    gateway = house.gateway()

    request = parse()
    with pytest.raises(ModelUnavailable, match=r"No model answered research: small: .*ollama/tiny"):
        await house.finish(
            gateway.complete(type(request)(task_type="research", inputs={"text": "x"}))
        )
    assert len(small.calls) == 2


async def test_a_person_waits_no_longer_than_the_lane_allows(house: House) -> None:
    """However slow a model is, all its attempts together keep to the deadline of the lane."""
    house.write(
        donna_models=LOCAL,
        llm_gateway="deadlines: {external: {first_byte_seconds: 9, total_seconds: 20}}",
    )

    async def hanging(call: ProviderCall) -> Answer:
        await house.clock.sleep_until(house.clock.now() + call.first_byte)
        return FirstByteTimeout("nothing came", provider="ollama", model="tiny")

    house.works("ollama", hanging)
    began = house.clock.now()

    reply = await house.finish(house.gateway().complete(parse(lane=ModelLane.EXTERNAL)))

    assert reply.metadata.degraded
    assert timedelta(seconds=18) < house.clock.now() - began <= timedelta(seconds=20)
