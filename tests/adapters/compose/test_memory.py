"""Where vectors are compared is settled by the owner, and by who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_core.domain.errors import ConfigError
from donna_memory.documents import Document, SourceType
from donna_memory.ports import Embedder
from donna_memory.testing.hashing_embedder import HashingEmbedder


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield what is asked of any database while it is open."""
    heard: list[str] = []

    def listen(*told: object) -> None:
        heard.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


@pytest.mark.parametrize(
    ("index", "once", "compares"),
    [
        ("auto", True, True),
        ("auto", False, False),
        ("memory", True, False),
        ("database", False, True),
    ],
)
async def test_the_database_compares_for_who_asks_once(
    tmp_path: Path, *, index: str, once: bool, compares: bool
) -> None:
    """Unless the owner has it otherwise."""
    options = configured(tmp_path, f"retrieval: {{index: {index}}}\n")

    async with open_runtime(options) as composed:
        memory = open_memory(composed, once=once)
        if memory.without_meaning:
            pytest.skip(memory.without_meaning)
        with statements() as heard:
            await memory.store.search("spare key", user_id=composed.runtime.user_id)

    assert any("vec_distance_cosine(" in each for each in heard) is compares


@pytest.mark.parametrize("name", ["nowhere:made", "math:none", "math:sqrt", "builtins:list"])
async def test_an_embedder_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    """What is not there, a function that wants arguments, and one that makes something else."""
    options = configured(tmp_path, f"embedding: {{provider: '{name}'}}\n")
    async with open_runtime(options) as composed:
        with pytest.raises(ConfigError, match=name):
            open_memory(composed)


async def test_an_embedder_of_the_owners_own_is_used(tmp_path: Path) -> None:
    """Named by what makes it."""
    named = "donna_memory.testing.hashing_embedder:HashingEmbedder"
    options = configured(tmp_path, f"embedding: {{provider: '{named}'}}\n")
    async with open_runtime(options) as composed:
        memory = open_memory(composed)
        said = Document(
            user_id=composed.runtime.user_id, source_type=SourceType.CHAT, source_id="a",
            content="The spare key.",
        )  # fmt: skip
        assert (await memory.store.upsert_many([said])).embedded == 1


def made_away() -> Embedder:
    """Make an embedder that does not answer."""
    embedder = HashingEmbedder(is_local=False)
    embedder.away = True
    return embedder


async def test_a_search_says_that_the_embedder_was_away(tmp_path: Path) -> None:
    """What it says is what the embedder said; nothing before it was asked."""
    options = configured(tmp_path, f"embedding: {{provider: '{__name__}:made_away'}}\n")
    async with open_runtime(options) as composed:
        memory = open_memory(composed)
        assert memory.without_meaning == ""

        await memory.store.search("spare key", user_id=composed.runtime.user_id)

        assert memory.without_meaning == "Going by words alone: The model does not answer."


def configured(home: Path, memory: str) -> Options:
    """Return the options of a home with this memory.yaml."""
    config = home / "config"
    config.mkdir()
    (config / "memory.yaml").write_text(memory)
    return Options(output=lambda _: None, data_dir=home, environment={})
