"""The gateway's configuration holds together, and every mistake is found at its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from donna_core.domain.errors import ConfigError
from donna_core.local.settings import Settings, load_settings
from donna_core.ports.language_model import Urgency
from donna_core.testing.witness import declared, watched
from donna_core.testing.world import BERLIN
from donna_llm.configuration import GatewayConfig, configure
from donna_llm.routing import route_of

READ_BY_COMPOSITION = {
    f"donna_models.{key}"
    for key in (
        "anthropic",
        "anthropic.base_url",
        "anthropic.api_key_env",
        "ollama.base_url",
        "ollama.keepalive",
        "ollama.structured_outputs",
        "replay",
        "replay.recording",
        "quality_monitoring.judge_batch_schedule",
    )
}
"""What it takes to reach the vendors is handed to their providers."""

LOCAL = """
models:
  small: {provider: ollama, model: tiny}
  big: {provider: anthropic, model: large, input_cost_per_token_usd: 0.000003,
    output_cost_per_token_usd: 0.000015}
routing:
  parse_task: {model: small, fallback: [big], confidence_threshold: 0.7}
"""


def load(folder: Path, **files: str) -> GatewayConfig:
    """Return the shipped configuration under these files."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return configure(load_settings(folder), folder=folder, zone=BERLIN)


def test_what_is_shipped_asks_nobody() -> None:
    """Without a word of the owner's, no model is asked."""
    settings = load_settings()

    assert not settings.donna_models.asks_models
    config = configure(settings, folder=None, zone=BERLIN)
    assert config.routed == ()
    assert all(route.is_rules_only for route in config.routes.values())


def test_a_route_names_its_models_in_order(tmp_path: Path) -> None:
    """The cascade is the model and its fallbacks, with their prices."""
    config = load(tmp_path, donna_models=LOCAL)

    assert load_settings(tmp_path).donna_models.asks_models
    route = config.routes["parse_task"]
    assert [model.actual for model in route.cascade] == ["ollama/tiny", "anthropic/large"]
    assert route.confidence_threshold == 0.7
    small, big = route.cascade
    assert (small.context_tokens, small.price.is_billed) == (8192, False)
    assert big.price.received == Decimal("0.000015")
    assert [model.alias for model in config.routed] == ["small", "big"]


@pytest.mark.parametrize(
    ("file", "text", "line", "problem"),
    [
        ("donna_models", "routing:\n  parse_task: {model: nobody}\n", 2, "no model has that alias"),
        ("donna_models", "routing:\n  mow_lawn: {model: rules}\n", 2, "does not know it"),
        ("donna_models", "models:\n  x: {provider: anthropic, model: y}\n", 2, "no price"),
        ("donna_models", "models:\n  x: {provider: openai, model: y}\n", 2, "provider"),
        (
            "donna_models",
            "models:\n  x: {provider: ollama, model: y, num_ctx: 512}\n",
            2,
            "no room",
        ),
        (
            "donna_models",
            "\nollama:\n  token_estimation:\n    divisor_bounds: [4, 2]\n",
            4,
            "above",
        ),
        ("llm_gateway", "scheduling:\n  active_hours: 6-22\n", 2, "active_hours"),
        ("llm_gateway", "priority_map:\n  parse_task: urgent\n", 2, "parse_task"),
    ],
)
def test_a_mistake_is_found_at_its_line(
    tmp_path: Path, file: str, text: str, line: int, problem: str
) -> None:
    """What only fits together is checked like every single value."""
    with pytest.raises(ConfigError, match=problem) as found:
        load(tmp_path, **{file: text})

    assert found.value.where == f"{tmp_path / file}.yaml:{line}"


def test_names_of_steps_go_by_their_beginnings(tmp_path: Path) -> None:
    """A step of a skill is routed, typed and ranked like the work it belongs to."""
    config = load(
        tmp_path,
        donna_models=LOCAL + "  dedup_check::lists: {model: small}\n",
        llm_gateway="priority_map: {dedup_check: background}\n",
    )

    assert route_of("dedup_check::lists::a", config.routes).cascade[0].alias == "small"
    assert route_of("dedup_check::x", config.routes).cascade[0].alias == "rules"
    task_type = config.task_type("dedup_check::lists::a")
    assert task_type is not None
    assert task_type.name == "dedup_check"
    assert config.priority("dedup_check::lists") is Urgency.BACKGROUND
    assert config.priority("anything") is Urgency.NORMAL


def test_every_key_is_read_by_somebody(tmp_path: Path) -> None:
    """No knob of the three files turns nothing."""
    (tmp_path / "donna_models.yaml").write_text(LOCAL)
    (tmp_path / "llm_gateway.yaml").write_text(
        "rate_limits: {providers: {ollama: {requests_per_minute: 5, requests_per_hour: 50}}}"
    )
    read: set[str] = set()
    configure(watched(load_settings(tmp_path), "", read), folder=tmp_path, zone=BERLIN)

    files = ("donna_models", "task_types", "llm_gateway")
    about = {key for key in declared(Settings) if key.partition(".")[0] in files}
    assert about - read == READ_BY_COMPOSITION
