"""Putting together who is evaluated, and where evaluations are kept.

Models are asked through the gateway, so that what they cost is held by the budget and stands in
the log of calls; only the model that was named answers.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from attrs import evolve, frozen

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.models import provider_factories
from donna_adapters.compose.settings import Options, find_place
from donna_core.domain.errors import ConfigError, InvalidInput
from donna_core.domain.ids import CallId
from donna_core.domain.spending.limits import RateRules
from donna_core.local.rules_model import RulesModel
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_llm.configuration import GatewayConfig, configure
from donna_llm.evals.harness import CALLER, Subject
from donna_llm.evals.sessions import SessionFolder
from donna_llm.gateway import Gateway, World
from donna_llm.ports import Provider
from donna_llm.pricing import Price
from donna_llm.providers.replay import RecordingProvider, ReplayProvider
from donna_llm.routing import Model

RULES = "rules/default"
"""How the rules are named among the models."""

PROVIDERS = ("anthropic", "ollama", "replay")
ALIAS = "evaluated"
_MAX_OUTPUT_TOKENS = 1024
_UNHURRIED = RateRules(per_minute=1_000_000, per_hour=1_000_000)


class NoSuchModel(InvalidInput):
    """The name is none of a model that can be evaluated."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"'{name}' names no model. Say {RULES}, ollama/MODEL, anthropic/MODEL, or "
            "replay/PROVIDER/MODEL with the recording."
        )


@frozen(kw_only=True)
class Tape:
    """Where answers are recorded, and where recorded ones come from."""

    record: Path | None = None
    recording: Path | None = None


@frozen(kw_only=True)
class Evaluation:
    """What an evaluation needs of the world."""

    subject: Subject
    sessions: SessionFolder
    clock: Clock
    ids: IdSource


def session_folder(options: Options) -> SessionFolder:
    """Return where evaluations are kept: ``evaluations`` in the data folder."""
    return SessionFolder(find_place(options).data / "evaluations")


@asynccontextmanager
async def open_evaluation(
    options: Options, name: str, tape: Tape | None = None
) -> AsyncIterator[Evaluation]:
    """Yield who is evaluated by its ``provider/model``, after a look whether it can answer.

    Raise ``NoSuchModel``, ``ConfigError`` where a key, a price or a library is missing, or the
    ``ProviderError`` that keeps the model from answering.
    """
    async with AsyncExitStack() as stack:
        composed = await stack.enter_async_context(open_runtime(options))
        runtime = composed.runtime
        rules = RulesModel(
            runtime.policy.lexicon,
            priorities=runtime.policy.priorities,
            text_limit=runtime.policy.text_limit,
        )
        if name == RULES and tape not in {None, Tape()}:
            raise InvalidInput("The rules are the same every time: nothing to record or replay.")
        subject = Subject(name=name, model=rules)
        if name != RULES:
            gateway, model = await _gateway(composed, options, rules, name, tape or Tape())
            stack.push_async_callback(gateway.close)
            subject = Subject(
                name=name,
                model=gateway,
                alias=model.alias,
                assess=lambda call, right: _assess(runtime.unit_of_work, call, was_right=right),
            )
        yield Evaluation(
            subject=subject,
            sessions=session_folder(options),
            clock=runtime.clock,
            ids=runtime.ids,
        )


async def _gateway(
    composed: Composed, options: Options, rules: RulesModel, name: str, tape: Tape
) -> tuple[Gateway, Model]:
    """Return a gateway that knows the named model and waits for nobody else."""
    home, runtime = composed.home, composed.runtime
    config = configure(home.settings, folder=home.place.config, zone=runtime.policy.zone)
    model = _model(name, config, default_context=home.settings.donna_models.ollama.default_num_ctx)
    config = evolve(
        config,
        models={**config.models, model.alias: model},
        caller_rates={**config.caller_rates, CALLER: _UNHURRIED},
    )
    factories = provider_factories(
        home.settings.donna_models, data=home.place.data, environment=options.environment
    )
    factory = _taped(model.provider, factories[model.provider], tape)
    await _look(factory, model)
    world = World(
        unit_of_work=runtime.unit_of_work,
        clock=runtime.clock,
        ids=runtime.ids,
        providers={model.provider: factory},
    )
    gateway = Gateway(
        world, rules=rules, interpret=rules.refined, config=config, reload=lambda: config
    )
    return gateway, model


def _model(name: str, config: GatewayConfig, *, default_context: int) -> Model:
    """Return the configured model of that name, or one made up where no price is needed."""
    provider, _, model = name.partition("/")
    if provider not in PROVIDERS or not model:
        raise NoSuchModel(name)
    if provider == "replay":
        # Asked as the model was that is replayed: its limits are part of what was recorded.
        played = _model(model, config, default_context=default_context)
        return evolve(played, alias=ALIAS, provider=provider, name=model, price=Price())
    for known in config.models.values():
        if known.actual == name:
            return known
    if provider == "anthropic":
        raise ConfigError(
            f"'{model}' is not there, so its price is not known",
            where="donna_models.yaml: models",
            remedy="Add the model with input_cost_per_token_usd and output_cost_per_token_usd",
        )
    return Model(
        alias=ALIAS,
        provider=provider,
        name=model,
        max_output_tokens=_MAX_OUTPUT_TOKENS,
        price=Price(),
        context_tokens=default_context if provider == "ollama" else None,
    )


def _taped(provider: str, factory: Callable[[], Provider], tape: Tape) -> Callable[[], Provider]:
    """Return the factory with what is recorded, or from where."""
    recording, record = tape.recording, tape.record
    if recording is not None:
        if provider != "replay":
            raise InvalidInput(
                "--recording goes with a model of replay/, as in replay/ollama/MODEL."
            )
        return lambda: ReplayProvider(recording)
    if record is not None:
        return lambda: RecordingProvider(factory(), record)
    return factory


async def _assess(unit_of_work: UnitOfWork, call: str, *, was_right: bool) -> None:
    def decide(stores: Stores) -> None:
        stores.invocations.assess(CallId(call), was_right=was_right)

    await unit_of_work.run(decide)


async def _look(factory: Callable[[], Provider], model: Model) -> None:
    """Raise what keeps the model from answering, before anything is asked or spent."""
    provider = factory()
    try:
        for finding in await provider.probe([model.name]):
            raise finding
    finally:
        await provider.close()
