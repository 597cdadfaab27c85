"""The configuration of the gateway, checked as a whole: what names what has to exist.

``configure`` takes settings whose single values were checked already, looks at what holds only
between them, and reads the prompts and schemas they name. Every mistake is a ``ConfigError``
with the file and line of the setting, the prompt or the schema.
"""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.errors import ConfigError
from donna_core.domain.spending.budget import SpendingRules
from donna_core.domain.spending.ledger import ModelLane
from donna_core.domain.spending.limits import BreakerRules, RateRules
from donna_core.domain.spending.spot_checks import SpotCheckRules
from donna_core.domain.spending.texts import TextRules
from donna_core.local.model_settings import (
    Deadline,
    GatewayFile,
    ModelRow,
    ModelsFile,
    RateRow,
    RetryRow,
    TaskTypeRow,
)
from donna_core.local.settings import Settings, defaults_folder, load_documents
from donna_core.local.spending_rules import spending_rules, spot_check_rules, text_rules
from donna_core.ports.language_model import Urgency
from donna_llm.pricing import EstimationRules, Price
from donna_llm.prompts import Prompt, load_examples, load_prompt
from donna_llm.queue import QueueRules
from donna_llm.resilience import RetryRules
from donna_llm.routing import RULES, Model, Route, longest_known
from donna_llm.structured import Schema, Unfit, load_schema

_FEWEST_AT_ONCE = 1
_REMEDY = "`donna config` lists every key"


@frozen(kw_only=True)
class Deadlines:
    """How long an answer may take, from the call on."""

    first_byte: timedelta
    total: timedelta


@frozen(kw_only=True)
class TaskType:
    """What is asked and what an answer looks like; the description tells the model its part."""

    name: str
    description: str
    prompt: Prompt | None
    schema: Schema | None
    retries: RetryRules


@frozen(kw_only=True)
class Alerts:
    """When the owner hears about the gateway itself."""

    queue_depth: int
    refusals: int
    debounce: timedelta


@frozen(kw_only=True)
class GatewayConfig:
    """Everything the gateway goes by."""

    models: Mapping[str, Model]
    routes: Mapping[str, Route]
    task_types: Mapping[str, TaskType]
    priorities: Mapping[str, Urgency]
    deadlines: Mapping[ModelLane, Deadlines]
    retries: Mapping[str, RetryRules]
    queue: QueueRules
    at_once: Mapping[str, int]
    shutdown_drain: timedelta
    active_from: time
    active_until: time
    drain_before: timedelta
    default_rate: RateRules
    caller_rates: Mapping[str, RateRules]
    provider_rates: Mapping[str, RateRules]
    breaker: BreakerRules
    estimation: EstimationRules
    alerts: Alerts
    spending: SpendingRules
    texts: TextRules
    spot_checks: SpotCheckRules

    def shadow_of(self, task_type: str, model: Model) -> Model | None:
        """Return who is asked the same as this model, where it is the first of its route."""
        known = longest_known(task_type, self.routes)
        route = None if known is None else self.routes[known]
        return route.shadow if route is not None and route.cascade[0] == model else None

    def task_type(self, name: str) -> TaskType | None:
        """Return the task type of that name or of its longest known beginning."""
        known = longest_known(name, self.task_types)
        return None if known is None else self.task_types[known]

    def priority(self, task_type: str) -> Urgency:
        """Return how soon a task type is asked where the request does not say."""
        known = longest_known(task_type, self.priorities)
        return Urgency.NORMAL if known is None else self.priorities[known]

    def slots(self, provider: str) -> int:
        """Return how many calls to a provider run at once."""
        return self.at_once.get(provider, _FEWEST_AT_ONCE)

    def caller_rate(self, caller: str) -> RateRules:
        """Return the limits of a caller."""
        return self.caller_rates.get(caller, self.default_rate)

    @property
    def routed(self) -> tuple[Model, ...]:
        """The models that are asked at all, each once, rules left out."""
        found = {
            model.alias: model
            for route in self.routes.values()
            for model in route.cascade
            if model.provider != RULES
        }
        return tuple(found.values())


def configure(settings: Settings, *, folder: Path | None, zone: ZoneInfo) -> GatewayConfig:
    """Return what the gateway goes by in this zone; ``folder`` holds the owner's files.

    Raise ``ConfigError``.
    """
    places = _Places(folder)
    gateway = settings.llm_gateway
    models = dict(_models(settings.donna_models, places))
    retries = {
        "critical": _retries(gateway.retries.critical),
        "standard": _retries(gateway.retries.standard),
        "agent": _retries(gateway.retries.agent),
    }
    task_types = {
        name: _task_type(name, row, retries, places)
        for name, row in settings.task_types.task_types.items()
    }
    start, end = gateway.scheduling.active_hours.split("-")
    return GatewayConfig(
        models=models,
        routes=dict(_routes(settings.donna_models, models, task_types, places)),
        task_types=task_types,
        priorities=gateway.priority_map,
        deadlines={
            ModelLane.EXTERNAL: _deadlines(gateway.deadlines.external),
            ModelLane.INTERNAL: _deadlines(gateway.deadlines.internal),
        },
        retries=retries,
        queue=_queue(gateway),
        at_once=gateway.queue.at_once,
        shutdown_drain=timedelta(seconds=gateway.queue.shutdown_drain_seconds),
        active_from=time.fromisoformat(start),
        active_until=time.fromisoformat(end),
        drain_before=timedelta(minutes=gateway.scheduling.schedule_drain_minutes),
        default_rate=_rate(gateway.rate_limits.default),
        caller_rates={name: _rate(row) for name, row in gateway.rate_limits.callers.items()},
        provider_rates={name: _rate(row) for name, row in gateway.rate_limits.providers.items()},
        breaker=BreakerRules(
            failures=gateway.breaker.failures,
            within=timedelta(minutes=gateway.breaker.within_minutes),
            probe_every=timedelta(minutes=gateway.breaker.probe_every_minutes),
        ),
        estimation=_estimation(settings.donna_models, places),
        alerts=Alerts(
            queue_depth=gateway.alerts.queue_depth_warning,
            refusals=gateway.alerts.rate_limit_alert_threshold,
            debounce=timedelta(minutes=gateway.alerts.debounce_minutes),
        ),
        spending=spending_rules(settings.donna_models.cost, zone=zone),
        texts=text_rules(settings.donna_models.call_log),
        spot_checks=_spot_checks(settings.donna_models, models, places),
    )


class _Places:
    """Where settings stand and where files are; the settings are read again only for an error."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def problem(self, file: str, path: tuple[str, ...], problem: str) -> ConfigError:
        """Return the error for the setting at this path."""
        document = load_documents(self._folder)[file]
        return ConfigError(problem, where=document.place(path), remedy=_REMEDY)

    def file(self, name: str) -> Path:
        """Return the owner's file of this name, or else the packaged one."""
        if self._folder is not None and (self._folder / name).is_file():
            return self._folder / name
        return defaults_folder() / name


def _models(section: ModelsFile, places: _Places) -> Iterator[tuple[str, Model]]:
    for alias, row in section.models.items():
        prices = (row.input_cost_per_token_usd, row.output_cost_per_token_usd)
        if None in prices and (row.provider == "anthropic" or prices != (None, None)):
            problem = (
                f"'{alias}' has no price: input_cost_per_token_usd and output_cost_per_token_usd"
            )
            raise places.problem("donna_models", ("models", alias, "provider"), problem)
        context = row.num_ctx
        if row.provider == "ollama":
            context = row.num_ctx or section.ollama.default_num_ctx
        if context is not None and context <= row.max_output_tokens:
            problem = f"'{alias}' leaves no room for a prompt: num_ctx is {context} tokens"
            raise places.problem("donna_models", ("models", alias, "num_ctx"), problem)
        yield (
            alias,
            Model(
                alias=alias,
                provider=row.provider,
                name=row.model,
                max_output_tokens=row.max_output_tokens,
                price=_price(row),
                context_tokens=context,
            ),
        )


def _price(row: ModelRow) -> Price:
    sent, received = row.input_cost_per_token_usd, row.output_cost_per_token_usd
    return Price(
        sent=None if sent is None else Decimal(str(sent)),
        received=None if received is None else Decimal(str(received)),
        cache_write_factor=Decimal(str(row.cache_write_factor)),
        cache_read_factor=Decimal(str(row.cache_read_factor)),
        estimate=Decimal(str(row.estimated_cost_per_1k_tokens)),
    )


def _routes(
    section: ModelsFile,
    models: Mapping[str, Model],
    task_types: Mapping[str, TaskType],
    places: _Places,
) -> Iterator[tuple[str, Route]]:
    for name, row in section.routing.items():
        for alias in row.cascade:
            if alias not in models:
                problem = f"'{name}' is routed to '{alias}', and no model has that alias"
                key = "model" if alias == row.model else "fallback"
                raise places.problem("donna_models", ("routing", name, key), problem)
        if longest_known(name, task_types) is None:
            problem = f"'{name}' is routed, and task_types.yaml does not know it"
            raise places.problem("donna_models", ("routing", name, "model"), problem)

        cascade = tuple(models[alias] for alias in row.cascade)
        if row.shadow is not None and row.shadow not in models:
            problem = f"the shadow of '{name}' is '{row.shadow}', and no model has that alias"
            raise places.problem("donna_models", ("routing", name, "shadow"), problem)
        shadow = models[row.shadow] if section.shadow.enabled and row.shadow else None
        yield (
            name,
            Route(cascade=cascade, confidence_threshold=row.confidence_threshold, shadow=shadow),
        )


def _spot_checks(
    section: ModelsFile, models: Mapping[str, Model], places: _Places
) -> SpotCheckRules:
    rules = spot_check_rules(section.quality_monitoring)
    if rules.enabled and rules.judge not in models:
        problem = f"the judge is '{rules.judge}', and no model has that alias"
        raise places.problem("donna_models", ("quality_monitoring", "judge_model"), problem)
    return rules


def _task_type(
    name: str, row: TaskTypeRow, retries: Mapping[str, RetryRules], places: _Places
) -> TaskType:
    schema = None if row.output_schema is None else load_schema(places.file(row.output_schema))
    examples = None
    if row.examples_file is not None and schema is not None:
        path = places.file(row.examples_file)
        examples = load_examples(path, inputs=row.inputs)
        for number, example in enumerate(examples, start=1):
            try:
                schema.check(example["answer"])
            except Unfit as error:
                problem = (
                    f"the answer of example {number} does not meet {row.output_schema}: {error}"
                )
                raise ConfigError(problem, where=str(path), remedy="Correct the example") from error
    prompt = None
    if row.prompt_template is not None:
        file = places.file(row.prompt_template)
        prompt = load_prompt(file, inputs=row.inputs, examples=examples)
    return TaskType(
        name=name,
        description=row.description,
        prompt=prompt,
        schema=schema,
        retries=retries[row.retries],
    )


def _retries(row: RetryRow) -> RetryRules:
    return RetryRules(
        most=row.most,
        first_pause=timedelta(seconds=row.first_pause_seconds),
        longest_pause=timedelta(seconds=row.longest_pause_seconds),
    )


def _deadlines(row: Deadline) -> Deadlines:
    return Deadlines(
        first_byte=timedelta(seconds=row.first_byte_seconds),
        total=timedelta(seconds=row.total_seconds),
    )


def _queue(gateway: GatewayFile) -> QueueRules:
    queue = gateway.queue
    return QueueRules(
        depth={
            ModelLane.EXTERNAL: queue.max_external_depth,
            ModelLane.INTERNAL: queue.max_internal_depth,
        },
        most_interruptions=queue.max_interrupt_count,
        most_overtaken=queue.most_overtaken,
    )


def _rate(row: RateRow) -> RateRules:
    return RateRules(per_minute=row.requests_per_minute, per_hour=row.requests_per_hour)


def _estimation(section: ModelsFile, places: _Places) -> EstimationRules:
    rules = section.ollama.token_estimation
    low, high = rules.divisor_bounds
    if low > high:
        path = ("ollama", "token_estimation", "divisor_bounds")
        raise places.problem("donna_models", path, f"{low} is above {high}")
    return EstimationRules(
        safety_factor=rules.safety_factor, alpha=rules.ema_alpha, bounds=(low, high)
    )
