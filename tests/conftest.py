"""What holds for every test: where caches go, and that a slow machine is no failure."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".cache" / "hypothesis"))
settings.register_profile("donna", deadline=None, print_blob=True)
settings.register_profile("quick", parent=settings.get_profile("donna"), max_examples=10)
settings.load_profile("donna")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave benchmarks out unless they are asked for by name: a timing is never a test."""
    asked_for = any("benchmarks" in argument for argument in config.args)
    return True if collection_path.name == "benchmarks" and not asked_for else None
