"""Putting the gateway together; imported only where a model is configured.

Whoever goes by the rules alone pays neither for templates nor for schemas, and the library of a
vendor is imported when its first question is asked.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from donna_adapters.compose.settings import Home
from donna_core.domain.errors import ConfigError
from donna_core.local.model_settings import ModelsFile
from donna_core.local.rules_model import RulesModel
from donna_core.local.settings import load_settings
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.unit_of_work import UnitOfWork
from donna_llm.configuration import configure
from donna_llm.gateway import Gateway, World
from donna_llm.ports import Provider
from donna_llm.providers.anthropic import AnthropicProvider
from donna_llm.providers.ollama import OllamaProvider
from donna_llm.providers.replay import ReplayProvider

OLLAMA_VARIABLE = "DONNA_OLLAMA_URL"


def make_gateway(
    home: Home,
    rules: RulesModel,
    *,
    zone: ZoneInfo,
    unit_of_work: UnitOfWork,
    clock: Clock,
    ids: IdSource,
    environment: Mapping[str, str],
) -> Gateway:
    """Return the gateway to the configured models. Raise ``ConfigError``."""
    folder = home.place.config
    factories = provider_factories(
        home.settings.donna_models, data=home.place.data, environment=environment
    )
    return Gateway(
        World(unit_of_work=unit_of_work, clock=clock, ids=ids, providers=factories),
        rules=rules,
        interpret=rules.refined,
        config=configure(home.settings, folder=folder, zone=zone),
        reload=lambda: configure(load_settings(folder), folder=folder, zone=zone),
        folder=folder,
    )


def provider_factories(
    section: ModelsFile, *, data: Path, environment: Mapping[str, str]
) -> dict[str, Callable[[], Provider]]:
    """Return how each provider is made; what is missing for one is told when it is made."""

    def anthropic() -> Provider:
        name = section.anthropic.api_key_env
        key = environment.get(name)
        if not key:
            raise ConfigError(
                f"the environment variable {name} holds no key",
                where="donna_models.yaml: anthropic.api_key_env",
                remedy=f"Set {name}, or route to models that need no key",
            )
        return AnthropicProvider(key, address=section.anthropic.base_url)

    def ollama() -> Provider:
        return OllamaProvider(
            environment.get(OLLAMA_VARIABLE) or section.ollama.base_url,
            keep_alive=section.ollama.keepalive,
            structured=section.ollama.structured_outputs,
        )

    def replay() -> Provider:
        if section.replay.recording is None:
            raise ConfigError(
                "a model is replayed, and no recording is named",
                where="donna_models.yaml: replay.recording",
                remedy="Name the file of recorded answers",
            )
        return ReplayProvider(data / Path(section.replay.recording).expanduser())

    return {"anthropic": anthropic, "ollama": ollama, "replay": replay}
