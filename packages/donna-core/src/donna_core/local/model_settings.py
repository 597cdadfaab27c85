"""The models of the three files about language models: which, for what, and how they are asked."""

from typing import Annotated, Literal

from pydantic import Field

from donna_core.local.sections import (
    Above,
    Dollars,
    Flag,
    NotNegative,
    Positive,
    Section,
    Share,
)
from donna_core.local.spending_settings import (
    CallLogSection,
    CostSection,
    QualitySection,
    ShadowSection,
)
from donna_core.ports.language_model import Urgency

Stretch = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class ModelRow(Section):
    """One model under its alias."""

    provider: Literal["rules", "anthropic", "ollama", "replay"]
    model: str
    max_output_tokens: Positive = 1024
    num_ctx: Positive | None = None
    input_cost_per_token_usd: Dollars | None = None
    output_cost_per_token_usd: Dollars | None = None
    cache_write_factor: Annotated[Above, Field(ge=1)] = 1.25
    cache_read_factor: Share = 0.1
    estimated_cost_per_1k_tokens: Dollars = 0.0


class AnthropicSection(Section):
    """How Anthropic's models are reached."""

    base_url: str | None
    api_key_env: str


class TokenEstimation(Section):
    """How long a text is in tokens, before anybody has counted them."""

    safety_factor: Annotated[Above, Field(le=1)]
    ema_alpha: Annotated[Above, Field(le=1)]
    divisor_bounds: tuple[Above, Above]


class OllamaSection(Section):
    """How models of this machine or this house are reached."""

    base_url: str
    keepalive: str
    default_num_ctx: Positive
    structured_outputs: Flag
    token_estimation: TokenEstimation


class ReplaySection(Section):
    """Where recorded answers are."""

    recording: str | None


class RouteRow(Section):
    """Who answers a task type, and who where the first does not."""

    model: str
    fallback: str | tuple[str, ...] | None = None
    confidence_threshold: Share | None = None
    shadow: str | None = None

    @property
    def cascade(self) -> tuple[str, ...]:
        """The aliases in the order in which they are asked."""
        more = (self.fallback,) if isinstance(self.fallback, str) else (self.fallback or ())
        return (self.model, *more)


class ModelsFile(Section):
    """donna_models.yaml."""

    models: dict[str, ModelRow]
    routing: dict[str, RouteRow]
    anthropic: AnthropicSection
    ollama: OllamaSection
    replay: ReplaySection
    cost: CostSection
    call_log: CallLogSection
    shadow: ShadowSection
    quality_monitoring: QualitySection

    @property
    def asks_models(self) -> bool:
        """Whether any task type is routed to more than the rules, or to nobody that exists."""
        return any(map(self.asks_model_for, self.routing))

    def asks_model_for(self, task_type: str) -> bool:
        """Whether this task type is routed to more than the rules, or to nobody that exists."""
        route = self.routing.get(task_type)
        return route is not None and any(
            alias not in self.models or self.models[alias].provider != "rules"
            for alias in route.cascade
        )


class TaskTypeRow(Section):
    """What is asked, with which inputs, and what an answer looks like.

    A question whose type has no prompt or no schema brings them along.
    """

    description: str
    inputs: tuple[str, ...] = ()
    prompt_template: str | None = None
    output_schema: str | None = None
    examples_file: str | None = None
    retries: Literal["critical", "standard", "agent"] = "standard"


class TaskTypesFile(Section):
    """task_types.yaml."""

    task_types: dict[str, TaskTypeRow]


class ActiveHours(Section):
    """When people are about."""

    active_hours: Stretch
    schedule_drain_minutes: NotNegative


class QueueSection(Section):
    """Who waits, for how long, and who has to step aside."""

    max_external_depth: Positive
    max_internal_depth: Positive
    max_interrupt_count: NotNegative
    most_overtaken: Positive
    shutdown_drain_seconds: NotNegative
    at_once: dict[str, Positive]


class RateRow(Section):
    """How many calls are bearable."""

    requests_per_minute: Positive
    requests_per_hour: Positive


class RateLimits(Section):
    """Limits by who asks and by who is asked."""

    default: RateRow
    callers: dict[str, RateRow]
    providers: dict[str, RateRow]


class Deadline(Section):
    """How long an answer may take."""

    first_byte_seconds: Above
    total_seconds: Above


class Deadlines(Section):
    """The deadlines of the two lanes."""

    external: Deadline
    internal: Deadline


class RetryRow(Section):
    """How often a failed call is repeated, and after which pauses."""

    most: NotNegative
    first_pause_seconds: Above
    longest_pause_seconds: Above


class Retries(Section):
    """The retries of each kind of work."""

    critical: RetryRow
    standard: RetryRow
    agent: RetryRow


class BreakerSection(Section):
    """When a provider is left alone for a while."""

    failures: Positive
    within_minutes: Positive
    probe_every_minutes: Positive


class GatewayAlerts(Section):
    """When the owner hears about the gateway."""

    queue_depth_warning: Positive
    rate_limit_alert_threshold: Positive
    debounce_minutes: Positive


class GatewayFile(Section):
    """llm_gateway.yaml."""

    scheduling: ActiveHours
    queue: QueueSection
    priority_map: dict[str, Urgency]
    rate_limits: RateLimits
    deadlines: Deadlines
    retries: Retries
    breaker: BreakerSection
    alerts: GatewayAlerts
