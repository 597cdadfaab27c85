"""Asking one model: whether the question fits, when it is its turn, and again where that helps."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from donna_core.domain.errors import ConfigError, ModelUnavailable
from donna_core.domain.labels import Label
from donna_core.domain.spending.ledger import ModelLane
from donna_core.domain.spending.limits import Rate, RateRules, fresh_rate, hold, take
from donna_core.domain.timing.zones import instant_at, local
from donna_core.ports.clock import Clock
from donna_core.ports.language_model import ModelReply
from donna_llm.alerts import Alerter
from donna_llm.attempts import Attempts, Question
from donna_llm.configuration import GatewayConfig
from donna_llm.errors import ProviderError, UnknownModel
from donna_llm.ports import Provider
from donna_llm.pricing import TokenEstimator
from donna_llm.queue import Turns
from donna_llm.routing import ContextOverflow, Model
from donna_llm.turns import Period, PushedAside, Turn, TurnQueue

_NOTHING = timedelta(0)
_ONE_DAY = timedelta(days=1)
_SHORTEST = timedelta(seconds=1)
_UNLIMITED = RateRules(per_minute=1_000_000, per_hour=10_000_000)


class TooOften(ModelUnavailable):
    """Somebody asks, or is asked, more often than is bearable; try again after ``retry_after``."""

    def __init__(self, task_type: str, who: str, *, retry_after: timedelta) -> None:
        self.who, self.retry_after = who, retry_after
        seconds = max(1, round(retry_after.total_seconds()))
        super().__init__(task_type, problem=f"{who} is over its limit; try again in {seconds} s")


class NotConfigured(ModelUnavailable):
    """The provider of a routed model cannot be set up: a library or a key is missing."""

    def __init__(self, task_type: str, error: ConfigError) -> None:
        super().__init__(task_type, problem=str(error).rstrip("."))


class StaysHere(ModelUnavailable):
    """The question holds what must not leave this machine, and the model is elsewhere."""

    def __init__(self, task_type: str, model: Model) -> None:
        self.model = model.alias
        problem = f"it holds what must not leave this machine, and '{model.alias}' is elsewhere"
        super().__init__(task_type, problem=f"{problem}; route it to a model on this machine")


class Shelf:
    """The providers by name, each made when it is first wanted."""

    def __init__(self, factories: Mapping[str, Callable[[], Provider]]) -> None:
        self._factories = factories
        self._made: dict[str, Provider] = {}

    def get(self, name: str) -> Provider:
        """Return the provider; raise ``ConfigError`` where it cannot be made."""
        if name not in self._made:
            if name not in self._factories:
                raise ConfigError(
                    f"nobody knows the provider '{name}'",
                    where="donna_models.yaml: models",
                    remedy=f"Known: {', '.join(sorted(self._factories))}",
                )
            self._made[name] = self._factories[name]()
        return self._made[name]

    async def close(self) -> None:
        """Close what was made."""
        for provider in self._made.values():
            await provider.close()
        self._made.clear()


class Limits:
    """How often callers ask and providers are asked, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[str, Rate] = {}

    def take(self, who: str, rules: RateRules) -> timedelta:
        """Take a turn now and return nothing to wait, or take none and return how long to wait."""
        now = self._clock.now()
        rate = self._rates.get(who) or fresh_rate(rules, at=now)
        self._rates[who], wait = take(rate, rules, at=now)
        return wait

    def hold(self, who: str, pause: timedelta) -> None:
        """Leave somebody alone for as long as was asked."""
        now = self._clock.now()
        rate = self._rates.get(who) or fresh_rate(_UNLIMITED, at=now)
        self._rates[who] = hold(rate, until=now + pause)


class Asking:
    """Puts questions to single models."""

    def __init__(
        self,
        attempts: Attempts,
        shelf: Shelf,
        *,
        clock: Clock,
        alerter: Alerter,
        limits: Limits,
        config: GatewayConfig,
    ) -> None:
        self._attempts, self._shelf, self._clock = attempts, shelf, clock
        self._alerter, self._limits, self._estimator = alerter, limits, TokenEstimator()
        self._queues: dict[str, TurnQueue] = {}
        self._config = config

    async def ask(
        self, question: Question, model: Model, config: GatewayConfig, *, escalated: bool = False
    ) -> ModelReply:
        """Return the model's answer, after as many attempts as the policy allows.

        A person who waits does so for the total deadline of the lane, all attempts together.
        Raise ``ModelUnavailable``, ``BudgetPausedError``, ``ApprovalNeeded`` or the
        ``ProviderError`` of the last attempt.
        """
        tokens = self._fitting(question, model, config)
        provider = self._provider(question, model)
        failures = made = 0
        request = question.request
        began, patience = self._clock.now(), config.deadlines[request.lane].total

        async def attempt(turn: Turn) -> ModelReply:
            nonlocal made
            made += 1
            drawn = self._attempts.draw(
                question,
                model,
                config,
                number=made,
                estimated_tokens=tokens,
                overflow_escalated=escalated,
                waited_ms=turn.waited_ms,
                total=self._left(request.lane, began, patience),
            )
            try:
                return await self._attempts.make(drawn, provider, turn)
            except PushedAside:
                most = config.queue.most_interruptions
                caller, times = question.request.caller, turn.interruptions + 1
                await self._alerter.was_pushed_aside(caller, times, most, config.alerts)
                raise

        while True:
            await self._be_bearable(question, model, config)
            try:
                reply = await self._in_turn(attempt, question, model, config)
            except ProviderError as error:
                failures += 1
                if error.retry_after is not None:
                    self._limits.hold(_asked(model), error.retry_after)
                pause = question.retries.pause_after(failures, error)
                if pause is None:
                    raise
                again = self._clock.now() + pause
                if request.lane is ModelLane.EXTERNAL and again - began >= patience:
                    raise
                await self._clock.sleep_until(again)
            else:
                self._learn(question, model, reply, config)
                return reply

    def _left(self, lane: ModelLane, began: datetime, patience: timedelta) -> timedelta:
        """Return how long one attempt may take: what is left of a person's patience."""
        if lane is ModelLane.INTERNAL:
            return patience
        return max(patience - (self._clock.now() - began), _SHORTEST)

    async def probe(self, models: Sequence[Model]) -> Mapping[str, ProviderError | ConfigError]:
        """Return what keeps models from answering, by alias, without spending anything."""
        found: dict[str, ProviderError | ConfigError] = {}
        for name in dict.fromkeys(model.provider for model in models):
            own = [model for model in models if model.provider == name]
            try:
                problems = await self._shelf.get(name).probe([model.name for model in own])
            except (ConfigError, ProviderError) as error:
                found.update({model.alias: error for model in own})
                continue
            for problem in problems:
                # What is wrong with the provider as a whole is told once, and meant for all.
                alone = isinstance(problem, UnknownModel)
                found.update(
                    {m.alias: problem for m in own if not alone or m.name == problem.model}
                )
        return found

    async def close(self) -> None:
        """Stop waiting for anything, and close the providers."""
        for queue in self._queues.values():
            await queue.close()
        await self._shelf.close()

    def _fitting(self, question: Question, model: Model, config: GatewayConfig) -> int:
        """Return about how many tokens the prompt has; raise ``ContextOverflow``."""
        tokens = self._estimator.tokens(model.actual, question.characters, config.estimation)
        self._check_context(question, model, tokens)
        return tokens

    def _check_context(self, question: Question, model: Model, tokens: int) -> None:
        reserve = model.max_output_tokens
        if model.context_tokens is not None and tokens + reserve > model.context_tokens:
            task_type = question.request.task_type
            raise ContextOverflow(task_type, model, prompt=tokens, reserve=reserve)

    def _learn(
        self, question: Question, model: Model, reply: ModelReply, config: GatewayConfig
    ) -> None:
        """Learn from what was counted; a server that cut the prompt to fit has not answered it."""
        counted = reply.metadata.tokens_in
        self._estimator.learn(
            model.actual,
            characters=question.characters,
            tokens=counted,
            rules=config.estimation,
        )
        self._check_context(question, model, counted)

    def _provider(self, question: Question, model: Model) -> Provider:
        request = question.request
        try:
            provider = self._shelf.get(model.provider)
        except ConfigError as error:
            raise NotConfigured(request.task_type, error) from error
        if Label.LOCAL_ONLY in request.labels and not provider.is_local:
            raise StaysHere(request.task_type, model)
        return provider

    async def _be_bearable(self, question: Question, model: Model, config: GatewayConfig) -> None:
        """Wait until the provider may be asked; raise ``TooOften`` where that takes too long."""
        rules = config.provider_rates.get(model.provider, _UNLIMITED)
        patience = config.deadlines[question.request.lane].total
        while (wait := self._limits.take(_asked(model), rules)) > _NOTHING:
            patience -= wait
            if patience < _NOTHING:
                task_type = question.request.task_type
                raise TooOften(task_type, model.provider, retry_after=wait)
            await self._clock.sleep_until(self._clock.now() + wait)

    async def _in_turn(
        self,
        attempt: Callable[[Turn], Awaitable[ModelReply]],
        question: Question,
        model: Model,
        config: GatewayConfig,
    ) -> ModelReply:
        queue, request = self._queue(model.provider, config), question.request
        await self._alerter.queue_is_long(model.provider, len(queue.turns.waiting), config.alerts)
        external = request.lane is ModelLane.EXTERNAL
        return await queue.run(
            attempt,
            task_type=request.task_type,
            caller=request.caller,
            lane=request.lane,
            urgency=question.urgency,
            patience=config.deadlines[request.lane].total if external else None,
        )

    def _queue(self, provider: str, config: GatewayConfig) -> TurnQueue:
        """Return the queue of a provider, under the present rules."""
        self._config = config
        queue = self._queues.get(provider)
        if queue is None:
            turns = Turns(config.queue, config.slots(provider))
            queue = TurnQueue(turns, clock=self._clock, period=self._period)
            self._queues[provider] = queue
        queue.turns.rules, queue.turns.at_once = config.queue, config.slots(provider)
        return queue

    def _period(self) -> Period:
        return period_of(self._config, self._clock.now())


def period_of(config: GatewayConfig, now: datetime) -> Period:
    """Return what holds at an instant: in active hours people go first, just before them too.

    Before people are about, nothing is begun that nobody waits for, so that it does not stand
    in their way.
    """
    zone = config.spending.zone
    wall = local(now, zone)
    first, last = config.active_from, config.active_until
    inside = first <= wall.time() < last if first < last else not last <= wall.time() < first
    today = instant_at(wall.date(), first, zone)
    start = today if now < today else instant_at(wall.date() + _ONE_DAY, first, zone)
    drains = not inside and start - now <= config.drain_before
    return Period(preempts=inside, holds_background=drains, until=start if drains else None)


def _asked(model: Model) -> str:
    """Return under which name the calls to a model's provider are counted."""
    return f"provider {model.provider}"
