"""Models are evaluated through the gateway: named, held by the budget, recorded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.evaluation import RULES, NoSuchModel, Tape, open_evaluation
from donna_adapters.compose.settings import Options
from donna_core.domain.errors import ConfigError, InvalidInput
from donna_core.domain.spending.invocations import CallFilter
from donna_llm.errors import BadKey, UnknownModel
from donna_llm.evals.fixtures import plan
from donna_llm.evals.harness import Harness
from donna_llm.evals.sessions import Session
from donna_llm.testing import anthropic_server as claude
from donna_llm.testing import ollama_server as local
from donna_llm.testing.anthropic_server import AnthropicServer
from donna_llm.testing.loopback import Request
from donna_llm.testing.ollama_server import OllamaServer

ANSWER = {"verdict": "same", "confidence": 0.9}
LOCAL = f"ollama/{local.MODEL}"


def options(home: Path, **environment: str) -> Options:
    """Return where this Donna lives, with nothing of the real environment."""
    return Options(output=print, data_dir=home, environment=environment)


async def evaluated(chosen: Options, name: str, tape: Tape | None = None) -> Session:
    """Evaluate a model on the first tier of telling duplicates."""
    async with open_evaluation(chosen, name, tape) as world:
        harness = Harness(clock=world.clock, ids=world.ids, save=world.sessions.save)
        return await harness.run(world.subject, plan("dedup_check", tier=1), hardware={})


async def test_the_rules_need_nobody(tmp_path: Path) -> None:
    """They answer without a gateway."""
    session = await evaluated(options(tmp_path), RULES)

    assert session.suites[0].reaches_gate
    assert session.model_actual == "rules/donna"


async def test_a_local_model_is_asked_recorded_and_replayed(tmp_path: Path) -> None:
    """The replay gives the same answers without a server."""
    tape = tmp_path / "answers.jsonl"
    async with OllamaServer(lambda _: local.said(ANSWER)).serving() as server:
        chosen = options(tmp_path, DONNA_OLLAMA_URL=server.url)
        live = await evaluated(chosen, LOCAL, Tape(record=tape))
    replayed = await evaluated(options(tmp_path), f"replay/{LOCAL}", Tape(recording=tape))

    assert live.suites[0].answered == 40
    assert [(case.id, case.output, case.tokens_in) for case in replayed.suites[0].cases] == [
        (case.id, case.output, case.tokens_in) for case in live.suites[0].cases
    ]


async def test_what_a_cloud_model_costs_is_in_the_books(tmp_path: Path) -> None:
    """Each call has its row with the session it belongs to, and its price."""
    async with AnthropicServer(lambda _: claude.used(ANSWER)).serving() as server:
        config = tmp_path / "config"
        config.mkdir()
        (config / "donna_models.yaml").write_text(f"anthropic: {{base_url: {server.url!r}}}\n")
        chosen = options(tmp_path, ANTHROPIC_API_KEY="key")
        session = await evaluated(chosen, f"anthropic/{claude.MODEL}")

    async with open_runtime(options(tmp_path)) as composed:
        rows = await composed.runtime.unit_of_work.run(
            lambda stores: stores.invocations.select(CallFilter(), limit=100)
        )
    assert session.cost_usd == sum(row.cost for row in rows) > 0
    assert {row.eval_session_id for row in rows} == {session.id}
    assert [row.was_right for row in rows].count(True) == session.passed > 0
    assert [row.was_right for row in rows].count(False) == session.count - session.passed


async def test_what_keeps_a_model_from_answering_is_told_first(tmp_path: Path) -> None:
    """A missing model or a bad key costs no question."""
    asked: list[Request] = []

    def answer(request: Request) -> Any:
        asked.append(request)
        return claude.used(ANSWER)

    async with AnthropicServer(answer, key="right").serving() as server:
        (tmp_path / "config").mkdir()
        text = f"anthropic: {{base_url: {server.url!r}}}\n"
        (tmp_path / "config" / "donna_models.yaml").write_text(text)
        with pytest.raises(BadKey):
            await evaluated(options(tmp_path, ANTHROPIC_API_KEY="x"), f"anthropic/{claude.MODEL}")
    async with OllamaServer(answer).serving() as other:
        with pytest.raises(UnknownModel, match="ollama pull llama3"):
            await evaluated(options(tmp_path, DONNA_OLLAMA_URL=other.url), "ollama/llama3")

    assert asked == []


@pytest.mark.parametrize(
    ("name", "tape", "kind", "told"),
    [
        ("gpt", {}, NoSuchModel, "names no model"),
        ("anthropic/", {}, NoSuchModel, "names no model"),
        ("anthropic/claude-1", {}, ConfigError, "its price is not known"),
        (f"anthropic/{claude.MODEL}", {}, ConfigError, "holds no key"),
        (f"replay/{LOCAL}", {}, ConfigError, "no recording is named"),
        (LOCAL, {"recording": Path("x")}, InvalidInput, "goes with a model of replay/"),
        (RULES, {"record": Path("x")}, InvalidInput, "nothing to record"),
    ],
)
async def test_what_is_missing_is_named(
    tmp_path: Path, name: str, tape: Mapping[str, Path], kind: type[Exception], told: str
) -> None:
    """Each message says what to do."""
    with pytest.raises(kind, match=told):
        await evaluated(options(tmp_path), name, Tape(**tape))
