"""One attempt to get an answer from a model, with everything that is written down about it.

Reserve, call, settle: one decision opens the attempt (is the provider well, is there money), one
closes it (what it cost, its row in the log of calls, the provider's health, the word to the
owner). Whatever happens in between, both are in the database or neither is.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.errors import InvalidInput, ModelUnavailable
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import CallId, RequestId
from donna_core.domain.labels import Label
from donna_core.domain.spending.budget import Denied, refusal
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.domain.spending.ledger import Reservation, Settlement
from donna_core.domain.spending.limits import Admission, Breaker, admit, failed, succeeded
from donna_core.domain.spending.texts import fit_to_keep
from donna_core.domain.timing.zones import local
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import ModelMetadata, ModelReply, ModelRequest, Urgency
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.usecases.shadow import SHADOW_OF, shadow_job
from donna_core.usecases.spend import reserve, settle
from donna_llm.configuration import GatewayConfig
from donna_llm.errors import ProviderError, ReplyMalformed
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.resilience import RetryRules, is_providers_fault, notice, outcome_of
from donna_llm.routing import Model
from donna_llm.structured import Schema
from donna_llm.turns import PushedAside, Turn

Interpreter = Callable[[ModelRequest, Mapping[str, Any]], Mapping[str, Any]]
"""From an answer that meets its schema to the form in which a task type is answered."""

MARGIN = timedelta(minutes=1)
"""How long after its deadline a reservation may still be settled by who made it."""


@frozen(kw_only=True)
class Question:
    """A request as it is put to models: what does not change from attempt to attempt."""

    request: ModelRequest
    id: RequestId
    system: str
    prompt: str
    schema: Schema | None
    urgency: Urgency
    retries: RetryRules
    input_hash: str

    @property
    def characters(self) -> int:
        """How long what is sent is; the schema goes another way."""
        return len(self.system) + len(self.prompt)

    @property
    def size(self) -> int:
        """How many bytes of UTF-8 are sent, the schema included."""
        schema = "" if self.schema is None else self.schema.text
        return sum(
            len(part.encode("utf-8", "replace")) for part in (self.system, self.prompt, schema)
        )


@frozen(kw_only=True)
class Attempt:
    """One call of a question to one model; ``number`` counts from 1 over retries.

    ``total`` is how long it may take, from the call on.
    """

    id: CallId
    question: Question
    model: Model
    number: int
    at: datetime
    config: GatewayConfig
    estimated_tokens: int
    total: timedelta = timedelta(0)
    overflow_escalated: bool = False
    waited_ms: int = 0

    def row(self, outcome: Outcome, *, latency_ms: int, **found: Any) -> Invocation:
        """Return the row of the log of calls, its texts as they may be kept."""
        request = self.question.request
        marks: dict[str, Any] = {name: request.tags[name] for name in _TAGS if name in request.tags}
        row = fit_to_keep(
            Invocation(
                id=self.id,
                at=self.at,
                task_type=request.task_type,
                request_id=self.question.id,
                model_alias=self.model.alias,
                provider=self.model.provider,
                input_hash=self.question.input_hash,
                outcome=outcome,
                attempt=self.number,
                lane=request.lane,
                caller=request.caller,
                task_id=request.task_id,
                latency_ms=latency_ms,
                queue_wait_ms=self.waited_ms,
                estimated_tokens_in=self.estimated_tokens,
                prompt=self.question.prompt,
                overflow_escalated=self.overflow_escalated,
                is_shadow=SHADOW_OF in request.tags,
                sources=request.sources,
                labels=request.labels,
                **{"model_actual": self.model.actual, **found},
                **marks,
            ),
            self.config.texts,
        )
        may_be_shown = Label.LOCAL_ONLY not in request.labels
        return evolve(row, spot_check_queued=may_be_shown and self.config.spot_checks.wants(row))


_TAGS = (
    "agent_id", "chain_id", "channel", "correlation_id", "escalation_request_id",
    "eval_session_id", SHADOW_OF, "skill_id",
)  # fmt: skip


class ProviderPaused(ModelUnavailable):
    """The provider failed so often that it is left alone until ``until``."""

    def __init__(self, task_type: str, provider: str, *, until: datetime | None) -> None:
        self.provider, self.until = provider, until
        when = "" if until is None else f" until {until.isoformat(timespec='seconds')}"
        super().__init__(task_type, problem=f"{provider} failed too often and is left alone{when}")


class Attempts:
    """Makes attempts; the only place from which a provider is called."""

    def __init__(
        self, *, unit_of_work: UnitOfWork, clock: Clock, ids: IdSource, interpret: Interpreter
    ) -> None:
        self._unit_of_work, self._clock, self._ids = unit_of_work, clock, ids
        self._interpret = interpret

    def draw(self, question: Question, model: Model, config: GatewayConfig, **more: Any) -> Attempt:
        """Draw the id and the instant of an attempt that is about to be made."""
        return Attempt(
            id=CallId(self._ids.new()),
            at=self._clock.now(),
            question=question,
            model=model,
            config=config,
            **more,
        )

    async def make(self, attempt: Attempt, provider: Provider, turn: Turn) -> ModelReply:
        """Make the attempt and return its answer.

        Raise ``ProviderPaused``, ``BudgetPausedError`` or ``ApprovalNeeded`` where it may not be
        made, ``ProviderError`` where it came to nothing, ``PushedAside`` where it has to wait.
        """
        wish = _reservation(attempt)
        await self._open(attempt, wish)
        # What nobody knows the price of counts with the most it can have cost.
        lost = {} if wish is None else {"cost": wish.worst_case, "billed": True}
        sent = 0 if provider.is_local else attempt.question.size
        began = self._clock.now()

        def row(outcome: Outcome, **found: Any) -> Invocation:
            latency = (self._clock.now() - began) // timedelta(milliseconds=1)
            return attempt.row(outcome, latency_ms=max(latency, 0), bytes_sent=sent, **found)

        try:
            with turn.may_be_interrupted():
                reply = await provider.call(_call(attempt))
            answer = self._read(attempt, reply)
        except PushedAside:
            await self._close(attempt, row(Outcome.PREEMPTED, interrupted=True, **lost))
            raise
        except asyncio.CancelledError:
            stopped = {"interrupted": True, "error_type": "Cancelled", "error": "nobody waits"}
            await self._close(attempt, row(Outcome.FAILED, **stopped, **lost))
            raise
        except ProviderError as error:
            await self._close(attempt, row(outcome_of(error), **_told(error, attempt, lost)), error)
            raise
        found = {
            "model_actual": reply.model_actual,
            "tokens_in": reply.tokens_in,
            "tokens_out": reply.tokens_out,
            "cost": attempt.model.price.cost(reply.usage),
            "billed": attempt.model.price.is_billed,
            "output": answer.plain,
            "confidence": answer.confidence,
        }
        written = row(Outcome.ANSWERED, **found)
        await self._close(attempt, written)
        return ModelReply(output=answer.output, metadata=_metadata(written))

    async def note_rules(self, attempt: Attempt, reply: ModelReply) -> ModelReply:
        """Write down an answer of the rules, and that they stand in where they do."""
        told, confidence = reply.metadata, reply.output.get("confidence")
        row = attempt.row(
            Outcome.ANSWERED,
            latency_ms=0,
            model_actual=told.model_actual,
            output=reply.output,
            confidence=confidence if isinstance(confidence, float) else None,
            degraded=told.degraded,
        )
        events = (
            [_stood_in(attempt.question.request, told.note, attempt.at)] if told.degraded else []
        )

        def decide(stores: Stores) -> None:
            stores.invocations.record([row])
            stores.events.append(events)

        await self._unit_of_work.run(decide)
        return evolve(reply, metadata=evolve(told, invocation_id=row.id))

    async def tell_of_stand_in(self, request: ModelRequest, why: str) -> None:
        """Note that an answer was taken that somebody better should have given or confirmed."""
        event = _stood_in(request, why, self._clock.now())
        await self._unit_of_work.run(lambda stores: stores.events.append([event]))

    def _read(self, attempt: Attempt, reply: ProviderReply) -> "_Answer":
        """Return what the reply says; raise ``ReplyMalformed`` where it is not what was asked."""
        schema, request = attempt.question.schema, attempt.question.request
        if schema is None:
            return _Answer(plain={"text": reply.text}, output={"text": reply.text})
        try:
            plain = schema.check(reply.data)
            # Who brings a prompt or a schema along knows what the answer means.
            own = request.prompt is not None or request.schema is not None
            output = plain if own else self._interpret(request, plain)
        except InvalidInput as error:
            raise ReplyMalformed(
                f"the answer is not as asked for: {error}",
                provider=attempt.model.provider,
                model=attempt.model.name,
                usage=reply.usage,
            ) from error
        confidence = plain.get("confidence")
        known = isinstance(confidence, int | float) and 0 <= confidence <= 1
        return _Answer(plain=plain, output=output, confidence=confidence if known else None)

    async def _open(self, attempt: Attempt, wish: Reservation | None) -> None:
        """Let the provider's health and the budget have their say; raise what they object to."""
        config, provider = attempt.config, attempt.model.provider

        def decide(stores: Stores) -> Breaker | Denied | None:
            before = stores.health.get(provider)
            after, admission = admit(before, config.breaker, at=attempt.at)
            if admission is Admission.REFUSED:
                return before
            if wish is not None:
                verdict = reserve(stores, wish, rules=config.spending)
                if isinstance(verdict, Denied):
                    return verdict
            if after != before:
                stores.health.save(provider, after)
            return None

        try:
            stands_in_the_way = await self._unit_of_work.run(decide)
        except asyncio.CancelledError:
            await self._give_back(attempt)
            raise
        if isinstance(stands_in_the_way, Denied):
            raise refusal(stands_in_the_way)
        if stands_in_the_way is not None:
            task_type = attempt.question.request.task_type
            raise ProviderPaused(task_type, provider, until=stands_in_the_way.probe_at)

    async def _give_back(self, attempt: Attempt) -> None:
        """Release what a caller reserved who left before the call did."""
        at = self._clock.now()
        await self._unit_of_work.run(
            lambda stores: stores.spend.release(attempt.id, at=at, note="nobody waits")
        )

    async def _close(
        self, attempt: Attempt, row: Invocation, error: ProviderError | None = None
    ) -> None:
        at, config = self._clock.now(), attempt.config
        settlement = _settlement(attempt, row, error, at=at)

        def decide(stores: Stores) -> None:
            if settlement is not None:
                settle(stores, settlement, rules=config.spending)
            elif attempt.model.price.is_billed:
                stores.spend.release(attempt.id, at=at, note=row.error_type or "")
            stores.invocations.record([row])
            _cast_shadow(stores, attempt, row, at=at)
            _note_health(stores, attempt, row, error, at=at)

        await self._unit_of_work.run(decide)


@frozen(kw_only=True)
class _Answer:
    """An answer as it came and as it is handed on."""

    plain: Mapping[str, Any]
    output: Mapping[str, Any]
    confidence: float | None = None


def _stood_in(request: ModelRequest, why: str, at: datetime) -> Event:
    data = {"task_type": request.task_type, "caller": request.caller, "why": why}
    return Event(kind=EventKind.MODEL_STOOD_IN, at=at, task_id=request.task_id, data=data)


def _call(attempt: Attempt) -> ProviderCall:
    question, deadlines = attempt.question, attempt.config.deadlines
    first_byte = deadlines[question.request.lane].first_byte
    return ProviderCall(
        model=attempt.model.name,
        prompt=question.prompt,
        system=question.system,
        schema=None if question.schema is None else question.schema.plain,
        max_tokens=attempt.model.max_output_tokens,
        context_tokens=attempt.model.context_tokens,
        first_byte=min(first_byte, attempt.total),
        total=attempt.total,
        request_id=attempt.id,
    )


def _reservation(attempt: Attempt) -> Reservation | None:
    """Return the most the attempt can cost, or ``None`` where nobody asks for money."""
    model, question, request = attempt.model, attempt.question, attempt.question.request
    if not model.price.is_billed:
        return None
    schema = "" if question.schema is None else question.schema.text
    return Reservation(
        id=attempt.id,
        at=attempt.at,
        day=local(attempt.at, attempt.config.spending.zone).date(),
        caller=request.caller,
        lane=request.lane,
        request_id=question.id,
        provider=model.provider,
        worst_case=model.price.worst_case(
            question.system + question.prompt + schema, max_tokens=model.max_output_tokens
        ),
        lapses_at=attempt.at + attempt.total + MARGIN,
        task_id=request.task_id,
    )


def _settlement(
    attempt: Attempt, row: Invocation, error: ProviderError | None, *, at: datetime
) -> Settlement | None:
    """Return what the attempt cost, or ``None`` where it is not billed."""
    if not row.billed:
        return None
    known = row.outcome is Outcome.ANSWERED or (error is not None and error.usage is not None)
    return Settlement(
        call_id=attempt.id, at=at, cost=row.cost if known else None, note=row.error_type or ""
    )


def _told(error: ProviderError, attempt: Attempt, lost: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says of an error; what was billed for nothing is marked."""
    told = {"error_type": type(error).__name__, "error": str(error)}
    if error.usage is None:
        return {
            **told,
            **(lost if error.may_be_billed else {}),
            "interrupted": bool(lost) and error.may_be_billed,
        }
    price, usage = attempt.model.price, error.usage
    return {
        **told,
        "tokens_in": usage.tokens_in + usage.cache_read_tokens + usage.cache_write_tokens,
        "tokens_out": usage.tokens_out,
        "cost": price.cost(usage),
        "billed": price.is_billed,
        "interrupted": price.is_billed,
    }


def _metadata(row: Invocation) -> ModelMetadata:
    return ModelMetadata(
        model_actual=row.model_actual,
        latency_ms=row.latency_ms,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        cost_usd=row.cost,
        queue_wait_ms=row.queue_wait_ms,
        invocation_id=row.id,
        is_shadow=row.is_shadow,
    )


def _cast_shadow(stores: Stores, attempt: Attempt, row: Invocation, *, at: datetime) -> None:
    """Have a second model asked the same later, where one is to be compared."""
    request = attempt.question.request
    stays = request.model_alias is not None or Label.LOCAL_ONLY in request.labels
    if row.outcome is not Outcome.ANSWERED or stays or row.eval_session_id is not None:
        return
    model = attempt.config.shadow_of(row.task_type, attempt.model)
    if model is not None:
        stores.jobs.want([shadow_job(row, model.alias, at=at)])


def _note_health(
    stores: Stores,
    attempt: Attempt,
    row: Invocation,
    error: ProviderError | None,
    *,
    at: datetime,
) -> None:
    provider, before = attempt.model.provider, stores.health.get(attempt.model.provider)
    if error is not None and is_providers_fault(error):
        after = failed(before, attempt.config.breaker, at=at)
    elif error is not None or row.outcome is Outcome.ANSWERED:
        after = succeeded(before)
    else:
        return  # whoever was cut off has not seen how the provider does
    if after == before:
        return
    stores.health.save(provider, after)
    word = notice(provider, before, after, at=at)
    if word is not None:
        stores.outbox.add([word], at=at)
        data = {"provider": provider, "state": after.state.value, "error": row.error or ""}
        stores.events.append([Event(kind=EventKind.BREAKER_TURNED, at=at, data=data)])
