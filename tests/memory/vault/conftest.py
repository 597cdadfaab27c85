"""A vault on the disk, with its history beside it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from donna_core.testing.fake_clock import FakeClock
from donna_memory.vault.history import GitHistory
from donna_memory.vault.marks import Marked
from donna_memory.vault.writer import VaultRules, VaultWriter

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give an empty vault."""
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


@pytest.fixture
def history(tmp_path: Path) -> GitHistory:
    """Give its history, not begun yet."""
    return GitHistory(tmp_path / "history" / "vault.git")


@pytest.fixture
def writer(root: Path, history: GitHistory) -> VaultWriter:
    """Give Donna's writer; notes of the name Mine.md are her owner's alone."""
    mine = Marked(patterns=("*/Mine.md",))
    rules = VaultRules(folders=frozenset({"Inbox", "People"}), max_note_bytes=1000)
    return VaultWriter(root, history, rules=rules, clock=FakeClock(NOON), marked=lambda: mine)
