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
    config = tmp_path / "config"
    config.mkdir()
    (config / "memory.yaml").write_text(f"retrieval: {{index: {index}}}\n")
    options = Options(output=lambda _: None, data_dir=tmp_path, environment={})

    async with open_runtime(options) as composed:
        memory = open_memory(composed, once=once)
        if memory.without_meaning:
            pytest.skip(memory.without_meaning)
        with statements() as heard:
            await memory.store.search("spare key", user_id=composed.runtime.user_id)

    assert any("vec_distance_cosine(" in each for each in heard) is compares
