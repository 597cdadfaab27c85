"""The table of commands agrees with the commands, and every example runs."""

import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from donna_cli.app import EXAMPLES, app, load
from donna_cli.catalog import CATALOG

Donna = Callable[..., Any]
# These run until they are ended, or for long; tests of their own run them.
LASTING = {"run", "demo", "worker"}
NEEDS_A_COPY = {"restore"}  # test_restoring.py makes one
# What each command needs before its examples make sense; every home has tasks 1 to 6.
BEFORE = {
    "block": ["start 3", "start 1"],
    "unblock": ["start 3", "start 1", "block 3", "block 1"],
    "reopen": ["done 3", "drop 1"],
    "accept": ["add Build a boat by tomorrow", "edit 7 --for 15h"],
    "redo": ["done 3", "undo"],
}
# Donna has to ask before one can answer.
WITHOUT_A_QUESTION = {"ack", "busy"}


def function(name: str) -> Any:
    """Return the function behind a command."""
    module, _, attribute = CATALOG[name].target.partition(":")
    return getattr(import_module(f"donna_cli.commands.{module}"), attribute)


def examples(name: str) -> list[str]:
    """Return the examples in its docstring."""
    _, _, shown = (inspect.getdoc(function(name)) or "").partition(EXAMPLES)
    return [line.strip() for line in shown.splitlines() if line.strip()]


@pytest.mark.parametrize("name", CATALOG)
def test_the_table_says_what_the_command_says(name: str) -> None:
    """The line of help in the table is the first line of the docstring."""
    said = inspect.getdoc(function(name)) or ""

    assert said.splitlines()[0] == CATALOG[name].help


@pytest.mark.parametrize("name", CATALOG)
def test_help_has_two_real_examples(donna: Donna, name: str) -> None:
    """--help shows at least two examples, and both call this command."""
    said = donna(name, "--help")

    assert said.code == 0
    assert len(examples(name)) >= 2
    for example in examples(name):
        assert shlex.split(example)[:2] == ["donna", name]
        assert example in said.out


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with six tasks, made once and copied for each example."""
    folder = tmp_path_factory.mktemp("lived-in") / "home"
    titles = ["Wash the car", "Pay rent", "Call mechanic", "Buy milk", "Phone the garage", "Sort"]
    words = ["--data-dir", str(folder), "add", "-"]
    result = CliRunner().invoke(app, words, input="\n".join(titles))
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize(
    ("name", "example"),
    [
        (name, each)
        for name in sorted(CATALOG.keys() - LASTING - NEEDS_A_COPY)
        for each in examples(name)
    ],
)
def test_examples_run(donna: Donna, home: Path, lived_in: Path, name: str, example: str) -> None:
    """Each example succeeds in a home with some tasks, or says why it cannot."""
    shutil.copytree(lived_in, home, dirs_exist_ok=True)
    for command in BEFORE.get(name, []):
        donna(*shlex.split(command))
    said = donna(*shlex.split(example)[1:])

    assert said.code in ({3} if name in WITHOUT_A_QUESTION else {0}), said
    assert said.out or said.err


def test_help_imports_no_command(home: Path) -> None:
    """Listing the commands loads none of them, and no database."""
    program = (
        "import sys; from donna_cli.app import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('donna_cli.commands.')"
        " or name in {'sqlalchemy', 'donna_core.domain.tasks.task'}], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=home
    )

    assert result.stderr.strip() == "[]"
    assert all(name in result.stdout for name in CATALOG)


def test_version_is_an_option_too(donna: Donna) -> None:
    """As people are used to."""
    assert donna("--version").out == donna("version").out


def test_a_misspelt_command_is_a_usage_error(donna: Donna) -> None:
    """With the likely ones named."""
    said = donna("dnoe")

    assert (said.code, said.out) == (2, "")
    assert "'done'" in said.err


@pytest.mark.parametrize("words", [["add", "--no-such"], ["done"], ["snooze"], ["--port", "x"]])
def test_usage_errors_name_the_way_out(donna: Donna, words: list[str]) -> None:
    """Code 2, nothing on stdout, and a pointer to --help."""
    said = donna(*words)

    assert (said.code, said.out) == (2, "")
    assert "--help" in said.err


def test_plain_help_has_no_boxes(donna: Donna) -> None:
    """A screen reader hears words."""
    everything, one = donna("--plain", "--help"), donna("--plain", "add", "--help")

    assert not re.search("[─-╿]", everything.out + one.out)
    assert "  donna add Call mechanic monday 3pm !4\n" in one.out


def test_options_may_stand_before_or_behind(donna: Donna, tmp_path: Path) -> None:
    """`donna --json list` is `donna list --json`."""
    elsewhere = str(tmp_path / "elsewhere")
    donna("--data-dir", elsewhere, "add", "Buy milk")

    assert donna("--json", "list").out == donna("list", "--json").out
    assert donna("--json", "list").out.startswith('{"tasks": []')
    assert "Buy milk" in donna("list", "--data-dir", elsewhere).out


def test_a_description_of_each_command_exists() -> None:
    """Loading a command gives it the options of its kind."""
    for name, entry in CATALOG.items():
        names = {parameter.name for parameter in load(name).params}
        assert {"json", "plain", "data_dir"} <= names
        assert entry.writes == ("dry_run" in names)
