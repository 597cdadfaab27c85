"""The house in which the gateway is tried."""

from pathlib import Path

import pytest

from donna_llm.testing.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with a small model of its own and a big one elsewhere."""
    return House(tmp_path)
