"""What holds for every test: where caches go, and that a slow machine is no failure."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

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


POSTGRES = os.environ.get("DONNA_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """Give a connection to a PostgreSQL server, for tests that need one."""
    psycopg = pytest.importorskip("psycopg", reason="install donna-adapters[postgres]")
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        pytest.skip(f"start PostgreSQL at {POSTGRES}, or name another in DONNA_TEST_POSTGRES")
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Any) -> Iterator[str]:
    """Give the address of a schema that all tests of this run share; drop it in the end."""
    with fresh_schema(postgres) as url:
        yield url


@pytest.fixture
def own_postgres_url(postgres: Any) -> Iterator[str]:
    """Give the address of a schema of this test's own; drop it in the end."""
    with fresh_schema(postgres) as url:
        yield url


@contextmanager
def fresh_schema(server: Any) -> Iterator[str]:
    """Give the address of a schema that is not there yet, and leave none behind."""
    schema = f"donna_test_{uuid4().hex}"
    try:
        yield f"{POSTGRES}?schema={schema}"
    finally:
        made = server.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [schema]
        )
        for (name,) in made.fetchall():
            server.execute(f"DROP SCHEMA {name} CASCADE")
