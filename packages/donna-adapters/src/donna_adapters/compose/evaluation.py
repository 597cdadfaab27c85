"""Putting together who is evaluated, and where evaluations are kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import frozen

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options, find_place
from donna_core.domain.errors import InvalidInput
from donna_core.local.rules_model import RulesModel
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_llm.evals.harness import Subject
from donna_llm.evals.sessions import SessionFolder

RULES = "rules/default"
"""How the rules are named among the models."""


class NoSuchModel(InvalidInput):
    """The name is none of a model that can be evaluated."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"'{name}' names no model. Say {RULES}, ollama/MODEL, anthropic/MODEL, or "
            "replay/PROVIDER/MODEL with a recording."
        )


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
async def open_evaluation(options: Options, name: str) -> AsyncIterator[Evaluation]:
    """Yield who is evaluated by its ``provider/model``. Raise ``NoSuchModel``."""
    async with open_runtime(options) as composed:
        runtime = composed.runtime
        if name != RULES:
            raise NoSuchModel(name)
        rules = RulesModel(
            runtime.policy.lexicon,
            priorities=runtime.policy.priorities,
            text_limit=runtime.policy.text_limit,
        )
        yield Evaluation(
            subject=Subject(name=name, model=rules),
            sessions=session_folder(options),
            clock=runtime.clock,
            ids=runtime.ids,
        )
