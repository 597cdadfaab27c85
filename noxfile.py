"""Every check of the house, one session each; `make bootstrap` first, then `.venv/bin/nox -l`.

Sessions use the tools of .venv, and the fresh environments they build come from requirements.lock.
With a warm cache all of them work without a network.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
BIN = Path(sys.executable).parent
LOCK = "requirements.lock"
MEMBERS = {
    "donna-core": "packages/donna-core",
    "donna-llm": "packages/donna-llm",
    "donna-memory": "packages/donna-memory",
    "donna-skills": "packages/donna-skills",
    "donna-adapters": "packages/donna-adapters",
    "donna-server": "apps/server",
    "donna-assistant": "apps/cli",
}
# What a package must pass alone in an environment, with nothing but what it declares.
OWN_TESTS = {
    "donna-core": ["tests/core"],
    "donna-llm": ["tests/llm"],
    "donna-memory": ["tests/memory"],
    "donna-skills": ["tests/skills"],
    "donna-adapters": ["tests/contracts", "tests/adapters", "tests/migrations"],
    "donna-server": ["tests/apps/server"],
    "donna-assistant": ["tests/apps/cli", "tests/conformance"],
}
# The extras a package's own tests need.
EXTRAS = {
    "donna-llm": "[anthropic,ollama]",
    "donna-memory": "[minilm]",
    "donna-adapters": "[anthropic,caldav,google,ollama]",
}
# What no package owns: all of them together.
TOGETHER = ["tests/acceptance", "tests/examples"]
# The supported Pythons, newest first; the one of .venv runs everything anyway.
OTHER_PYTHONS = ["3.13", "3.12", "3.11"]
# Repeated runs look for packaging faults, so they draw fewer examples and kill no processes.
QUICK = ("--hypothesis-profile=quick", "-m", "not slow")

nox.needs_version = ">=2025.2.9"
nox.options.envdir = str(CACHE / "nox")
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "tests"]
os.environ.update(UV_CACHE_DIR=str(CACHE / "uv"), UV_PYTHON_DOWNLOADS="never")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.run(BIN / "ruff", "check", ".")
    session.run(BIN / "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, tests included."""
    session.run(BIN / "mypy", *session.posargs)


@nox.session
def imports(session: nox.Session) -> None:
    """Check that imports point downwards."""
    session.run(BIN / "lint-imports", "--cache-dir", CACHE / "import-linter")


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test; arguments after -- go to pytest."""
    session.run(BIN / "pytest", *session.posargs)


@nox.session
def examples(session: nox.Session) -> None:
    """Run the examples, the notebooks and the code in the documents."""
    session.run(BIN / "pytest", "tests/examples", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Check that documents name what exists."""
    session.run(BIN / "pytest", "tests/architecture/test_documents.py", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure, and report each figure beside a peer's of the same run."""
    session.run(BIN / "pytest", "tests/benchmarks", "-p", "no:randomly", "-s", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Kill processes for longer than a check may take: every failpoint, 300 kills."""
    session.run(
        BIN / "pytest",
        *["tests/acceptance/test_crashes.py", "tests/adapters/sql/test_workers.py"],
        "tests/apps/server/test_leading.py",
        *["-p", "no:randomly", "-s", *session.posargs],
        env={"DONNA_SOAK": "1"},
    )


@nox.session
def wheels(session: nox.Session) -> None:
    """Build every wheel from its sdist, install all with the lock, and run what no package owns.

    Each package's own tests run on its wheel too, in ``isolated``.
    """
    built = [build(session, name) for name in MEMBERS]
    python = environment(session, "wheels")
    install(session, python, "--require-hashes", "-r", LOCK)
    install(session, python, "--no-deps", *built)
    test(session, python, *TOGETHER, *QUICK, *session.posargs)


@nox.session
@nox.parametrize("package", [nox.param(name, id=name) for name in MEMBERS])
def isolated(session: nox.Session, package: str) -> None:
    """Run a package's own tests where nothing is installed but what it declares."""
    check_alone(session, package, environment(session, f"isolated-{package}"))


@nox.session
def pythons(session: nox.Session) -> None:
    """Run the core's tests on the newest other Python that this machine has."""
    for version in OTHER_PYTHONS:
        if sys.version.startswith(f"{version}."):
            continue
        found = interpreter(version)
        if found is None:
            session.log(f"Python {version} is not installed here: its run is skipped")
            continue
        check_alone(session, "donna-core", environment(session, f"python-{version}", found))
        break  # the oldest runs everything: what lies between the two brings no news


@nox.session
def public_names(session: nox.Session) -> None:
    """Accept the public names as they are now."""
    session.run(sys.executable, "tests/architecture/test_public_names.py")


@nox.session
def lock(session: nox.Session) -> None:
    """Write requirements.lock anew, keeping pins that still fit; `-- --upgrade` renews them."""
    session.run(
        BIN / "uv",
        *["pip", "compile", "-q", "--universal", "--python-version=3.11", "--generate-hashes"],
        *["--no-annotate", "--custom-compile-command=nox -s lock", "--all-extras"],
        *[f"--no-emit-package={name}" for name in MEMBERS],
        *["--group=pyproject.toml:dev", f"--output-file={LOCK}"],
        *session.posargs,
        *[f"{folder}/pyproject.toml" for folder in MEMBERS.values()],
    )


def check_alone(session: nox.Session, package: str, python: Path) -> None:
    """Install a package's wheel with the versions of the lock, and run its tests."""
    own = f"{build(session, package)}{EXTRAS.get(package, '')}"
    built: list[str | Path] = [own, *(build(session, name) for name in needed_by(package))]
    group = "test-apps" if package in ("donna-server", "donna-assistant") else "test"
    install(session, python, f"--group=pyproject.toml:{group}", f"--constraint={LOCK}", *built)
    folders = [folder for folder in OWN_TESTS[package] if any((ROOT / folder).rglob("test_*.py"))]
    if not folders:
        session.error(f"{package} has no tests of its own in {' '.join(OWN_TESTS[package])}")
    test(session, python, *folders, *QUICK, *session.posargs)


def needed_by(package: str) -> list[str]:
    """Return the members a package builds on; they are listed from the bottom up."""
    names = list(MEMBERS)
    return names[: names.index(package)]


def build(session: nox.Session, package: str) -> Path:
    """Build the sdist, the wheel from the sdist, and return the wheel."""
    target = ROOT / "dist" / package
    if package not in BUILT:
        shutil.rmtree(target, ignore_errors=True)
        options = ["-q", "--no-build-isolation", "--no-create-gitignore"]
        places = [f"--python={sys.executable}", f"--out-dir={target}", MEMBERS[package]]
        session.run(BIN / "uv", "build", *options, *places)
        BUILT.add(package)
    [wheel] = target.glob("*.whl")
    return wheel


BUILT: set[str] = set()


def environment(session: nox.Session, name: str, base: Path | None = None) -> Path:
    """Create an empty environment and return its Python."""
    folder = CACHE / "environments" / name
    session.run(BIN / "uv", "venv", "-q", "--clear", f"--python={base or sys.executable}", folder)
    return folder / "bin" / "python"


def install(session: nox.Session, python: Path, *what: str | Path) -> None:
    """Install into an environment, wheels by path, never a member by name from an index."""
    session.run(BIN / "uv", "pip", "install", "-q", f"--python={python}", *what)


def test(session: nox.Session, python: Path, *arguments: str) -> None:
    """Run pytest in an environment where only installed packages can be imported (-P)."""
    session.run(python, "-P", "-m", "pytest", "-q", "-n", "auto", *arguments)


def interpreter(version: str) -> Path | None:
    """Return a Python of that version that runs, from the PATH or from pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"))  # noqa: PTH111  # works without a HOME
    candidates = list(pyenv.glob(f"versions/{version}.*/bin/python"))
    if on_path := shutil.which(f"python{version}"):
        candidates.insert(0, Path(on_path))
    for candidate in candidates:
        # A pyenv shim exists for versions that are not active, and fails when it is started.
        probe = subprocess.run([candidate, "-c", "import ssl"], capture_output=True, check=False)
        if probe.returncode == 0:
            return candidate
    return None
