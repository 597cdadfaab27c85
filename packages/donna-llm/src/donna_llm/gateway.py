"""The one way to a model: every call of Donna's goes through ``Gateway.complete``.

It finds who is to answer (routing), waits for its turn (queue), holds the money (budget), asks
(provider), checks the answer (schema), asks again where that helps (retries), lets somebody else
answer where it does not (cascade), and lets the rules stand in where nobody does.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from donna_core.domain.errors import (
    ApprovalNeeded,
    BudgetPausedError,
    DonnaError,
    InvalidInput,
    ModelUnavailable,
)
from donna_core.domain.ids import RequestId
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import (
    PROMPT_TASK,
    LanguageModel,
    ModelHealth,
    ModelReply,
    ModelRequest,
)
from donna_core.ports.unit_of_work import UnitOfWork
from donna_llm.alerts import Alerter
from donna_llm.asking import Asking, Limits, Shelf, TooOften
from donna_llm.attempts import Attempts, Interpreter, Question
from donna_llm.committing import SharedCommits
from donna_llm.configuration import GatewayConfig
from donna_llm.errors import ProviderError
from donna_llm.ports import Provider
from donna_llm.reloading import LiveConfiguration
from donna_llm.routing import RULES, ContextOverflow, Model, Route, UnknownAlias, route_of
from donna_llm.structured import schema_of

_STANDARD = "standard"
_IN_THE_WAY = (ModelUnavailable, ProviderError, BudgetPausedError, ApprovalNeeded, InvalidInput)


class GatewayClosed(ModelUnavailable):
    """Donna is stopping and begins nothing new."""

    def __init__(self, task_type: str) -> None:
        super().__init__(task_type, problem="Donna is stopping")


@frozen(kw_only=True)
class World:
    """What the gateway needs of the world."""

    unit_of_work: UnitOfWork
    clock: Clock
    ids: IdSource
    providers: Mapping[str, Callable[[], Provider]]


class Gateway(LanguageModel):
    """Answers every task type that is routed, by models where they are, by the rules elsewhere.

    ``rules`` answer what is routed to them and stand in for models that do not answer.
    ``interpret`` turns an answer that meets its schema into the form the rules answer in.
    ``config`` is what it goes by until a file of ``folder`` changes; then ``reload`` reads anew.
    """

    def __init__(
        self,
        world: World,
        *,
        rules: LanguageModel,
        interpret: Interpreter,
        config: GatewayConfig,
        reload: Callable[[], GatewayConfig],
        folder: Path | None = None,
    ) -> None:
        self._clock, self._ids, self._rules = world.clock, world.ids, rules
        self.live = LiveConfiguration(config, reload, folder=folder, clock=world.clock)
        unit_of_work = self._commits = SharedCommits(world.unit_of_work)
        self._attempts = Attempts(
            unit_of_work=unit_of_work, clock=world.clock, ids=world.ids, interpret=interpret
        )
        self._alerter = Alerter(unit_of_work, world.clock)
        self._limits = Limits(world.clock)
        self._asking = Asking(
            self._attempts,
            Shelf(world.providers),
            clock=world.clock,
            alerter=self._alerter,
            limits=self._limits,
            config=config,
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    async def ask(
        self,
        prompt: str,
        *,
        model_alias: str,
        schema: Mapping[str, Any] | None = None,
        caller: str = "donna",
    ) -> ModelReply:
        """Put a prompt to a model, by its alias; the short form of ``complete``.

        Without a schema the output is ``{"text": …}``.
        """
        return await self.complete(
            ModelRequest(
                task_type=PROMPT_TASK,
                prompt=prompt,
                schema=schema,
                model_alias=model_alias,
                caller=caller,
            )
        )

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the answer, of whoever gives one; see ``LanguageModel``.

        Raise ``BudgetPausedError`` or ``ApprovalNeeded`` where money alone stood in the way and
        the rules have no answer either.
        """
        if self._closing:
            raise GatewayClosed(request.task_type)
        config = await self._present_config()
        route = _route(request, config)
        if route.is_rules_only:
            return await self._rules.complete(request)
        task = asyncio.current_task()
        if task is None or task in self._under_way:
            return await self._answered(request, route, config)
        self._under_way.add(task)
        self._idle.clear()
        try:
            return await self._answered(request, route, config)
        finally:
            self._under_way.discard(task)
            if not self._under_way:
                self._idle.set()

    async def probe(self) -> tuple[ModelHealth, ...]:
        """Look whether the routed models could answer, without spending anything."""
        models = self.live.config.routed
        problems = await self._asking.probe(models)
        return tuple(
            ModelHealth(
                alias=model.alias, model_actual=model.actual, problem=problems.get(model.alias)
            )
            for model in models
        )

    async def close(self) -> None:
        """Begin nothing new, let what is under way finish for a while, and end the rest."""
        self._closing = True
        patience = self.live.config.shutdown_drain
        alarm = asyncio.ensure_future(self._clock.sleep_until(self._clock.now() + patience))
        idle = asyncio.ensure_future(self._idle.wait())
        await asyncio.wait({alarm, idle}, return_when=asyncio.FIRST_COMPLETED)
        alarm.cancel()
        for task in self._under_way:
            task.cancel()
        await idle
        await self._commits.drain()
        await self._asking.close()

    async def _present_config(self) -> GatewayConfig:
        changed = self.live.look()
        if changed is not None:
            await self._alerter.settings_changed(changed.problem)
        return self.live.config

    async def _answered(
        self, request: ModelRequest, route: Route, config: GatewayConfig
    ) -> ModelReply:
        """Ask the models of the route in turn, and the rules where none answers for sure."""
        try:
            await self._bear(request, config)
            question = _question(request, config, RequestId(self._ids.new()))
        except _IN_THE_WAY as error:
            return await self._rules_instead(request, error)
        cascade = _Cascade(question, route)
        for model in route.cascade:
            try:
                reply = await self._ask(question, model, config, cascade)
            except _IN_THE_WAY as error:
                cascade.failed(model, error)
                continue
            if cascade.is_sure(model, reply):
                return reply
        if cascade.best is not None:
            await self._attempts.tell_of_stand_in(request, cascade.why)
            return cascade.best.as_stand_in(cascade.why)
        return await self._rules_stand_in(question, config, cascade)

    async def _ask(
        self, question: Question, model: Model, config: GatewayConfig, cascade: "_Cascade"
    ) -> ModelReply:
        if model.provider != RULES:
            return await self._asking.ask(question, model, config, escalated=cascade.has_overflowed)
        reply = await self._rules.complete(question.request)
        return await self._noted(question, model, config, reply)

    async def _rules_stand_in(
        self, question: Question, config: GatewayConfig, cascade: "_Cascade"
    ) -> ModelReply:
        """Let the rules answer for the models, unless one model was asked for by name."""
        rules = next((m for m in config.models.values() if m.provider == RULES), None)
        if rules is None or question.request.model_alias is not None:
            raise cascade.refusal()
        try:
            reply = await self._rules.complete(question.request)
        except ModelUnavailable:
            raise cascade.refusal() from None
        return await self._noted(question, rules, config, reply.as_stand_in(cascade.why))

    async def _noted(
        self, question: Question, rules: Model, config: GatewayConfig, reply: ModelReply
    ) -> ModelReply:
        attempt = self._attempts.draw(question, rules, config, number=1, estimated_tokens=0)
        return await self._attempts.note_rules(attempt, reply)

    async def _bear(self, request: ModelRequest, config: GatewayConfig) -> None:
        """Raise ``TooOften`` where the caller is over its limit."""
        wait = self._limits.take(f"caller {request.caller}", config.caller_rate(request.caller))
        if wait:
            await self._alerter.caller_was_refused(request.caller, config.alerts)
            raise TooOften(request.task_type, request.caller, retry_after=wait)

    async def _rules_instead(self, request: ModelRequest, error: DonnaError) -> ModelReply:
        """Let the rules answer what could not even be asked; raise its error where they cannot."""
        if request.model_alias is not None:
            raise error
        try:
            reply = await self._rules.complete(request)
        except ModelUnavailable:
            raise error from None
        await self._attempts.tell_of_stand_in(request, str(error))
        return reply.as_stand_in(str(error))


class _Cascade:
    """How far a question has come with the models of its route."""

    def __init__(self, question: Question, route: Route) -> None:
        self._question, self._route = question, route
        self._errors: list[DonnaError] = []
        self._said: list[str] = []
        self.best: ModelReply | None = None
        self._confidence = -1.0

    @property
    def has_overflowed(self) -> bool:
        """Whether a model had too little room for the question."""
        return any(isinstance(error, ContextOverflow) for error in self._errors)

    @property
    def why(self) -> str:
        """Why nobody answered for sure."""
        return "; ".join(self._said)

    def failed(self, model: Model, error: DonnaError) -> None:
        """Note that a model did not answer."""
        self._errors.append(error)
        self._said.append(f"{model.alias}: {str(error).rstrip('.')}")

    def is_sure(self, model: Model, reply: ModelReply) -> bool:
        """Whether the answer is taken: it is confident enough, or there is nobody else to ask."""
        threshold = self._route.confidence_threshold
        confidence = reply.output.get("confidence")
        if threshold is None or model is self._route.cascade[-1]:
            return True
        if not isinstance(confidence, int | float) or confidence >= threshold:
            return True
        self._said.append(f"{model.alias} was not sure ({confidence:.2f})")
        if confidence > self._confidence:
            self.best, self._confidence = reply, float(confidence)
        return False

    def refusal(self) -> DonnaError:
        """Return the error for a question that nobody answers."""
        money = [e for e in self._errors if isinstance(e, BudgetPausedError | ApprovalNeeded)]
        if money and len(money) == len(self._errors):
            return money[0]
        known = [error for error in self._errors if isinstance(error, ModelUnavailable)]
        if len(self._errors) == len(known) == 1:
            return known[0]
        return ModelUnavailable(self._question.request.task_type, problem=self.why)


def _route(request: ModelRequest, config: GatewayConfig) -> Route:
    if request.model_alias is None:
        return route_of(request.task_type, config.routes)
    if request.model_alias not in config.models:
        raise UnknownAlias(request.task_type, request.model_alias)
    return Route(cascade=(config.models[request.model_alias],))


def _question(request: ModelRequest, config: GatewayConfig, number: RequestId) -> Question:
    """Return the request as it is put to models; raise ``InvalidInput`` for missing inputs."""
    task_type = config.task_type(request.task_type)
    template = None if task_type is None else task_type.prompt
    if template is None and request.prompt is None:
        raise ModelUnavailable(
            request.task_type,
            problem="task_types.yaml has no prompt for it and the question brought none",
        )
    schema = None if task_type is None else task_type.schema
    prompt = request.prompt
    if prompt is None and template is not None:
        prompt = template.render(request.inputs)
    return Question(
        request=request,
        id=number,
        system="" if task_type is None else task_type.description,
        prompt=prompt or "",
        schema=schema if request.schema is None else schema_of(request.schema),
        urgency=request.priority or config.priority(request.task_type),
        retries=config.retries[_STANDARD] if task_type is None else task_type.retries,
        input_hash=_hash(request),
    )


def _hash(request: ModelRequest) -> str:
    """Return the same for the same question, whoever asks it whenever."""
    plain = [request.task_type, request.prompt, request.inputs, request.schema]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
