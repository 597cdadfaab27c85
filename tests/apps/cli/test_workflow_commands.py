"""The table of commands about workflows agrees with the commands."""

import inspect
import shlex
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from donna_cli.app import EXAMPLES
from donna_cli.catalog_groups import GROUPS

COMMANDS = [(group, name) for group, entry in GROUPS.items() for name in entry.commands]
Donna = Callable[..., Any]


def documented(group: str, name: str) -> str:
    """Return the docstring behind a command."""
    module, _, attribute = GROUPS[group].commands[name].target.partition(":")
    return inspect.getdoc(getattr(import_module(f"donna_cli.commands.{module}"), attribute)) or ""


@pytest.mark.parametrize(("group", "name"), COMMANDS)
def test_the_table_says_what_the_command_says(group: str, name: str) -> None:
    """The line of help in the table is the first line of the docstring."""
    assert documented(group, name).splitlines()[0] == GROUPS[group].commands[name].help


@pytest.mark.parametrize(("group", "name"), COMMANDS)
def test_help_has_two_real_examples(donna: Donna, group: str, name: str) -> None:
    """--help shows at least two examples, and both call this command."""
    said = donna(group, name, "--help")
    examples = [
        line.strip() for line in documented(group, name).partition(EXAMPLES)[2].splitlines()
    ]
    real = [shlex.split(line) for line in examples if line]

    assert said.code == 0
    assert len(real) >= 2
    for words in real:
        assert words[0] == "donna"
        assert [group, name] == [word for word in words if word in {group, name}][:2]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_lists_its_commands(donna: Donna, group: str) -> None:
    """Without a command it shows what there is, which is no mistake."""
    said = donna(group)

    assert said.code == 0
    assert all(name in said.out for name in GROUPS[group].commands)


def test_a_misspelt_command_is_told_its_neighbours(donna: Donna) -> None:
    """What was probably meant is named."""
    said = donna("sessions", "contineu")

    assert said.code == 2
    assert "continue" in said.err


WORKFLOW = """# Ship

```toml donna
kind = "donna.lib.workflow"
start_operation_id = "ask"
```

## Ask

```toml donna
id = "ask"
kind = "donna.lib.request_action"
```

Ship it, then `{{ donna.lib.goto("end") }}`.

## End

```toml donna
id = "end"
kind = "donna.lib.finish"
```

Shipped.
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, donna: Donna) -> Path:
    """Give a workspace with one workflow, as the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    donna("workspaces", "init", "--no-instructions")
    (folder / ".donna/project/ship.md").write_text(WORKFLOW)
    return folder


@pytest.mark.usefixtures("project")
def test_a_task_runs_its_workflow_and_goes_on_with_it(donna: Donna) -> None:
    """The first run starts it, the next goes on, and the history of the task tells of both."""
    donna("add", "Ship the release")
    donna("edit", "1", "--workflow", "project:ship")
    first = donna("-p", "llm", "sessions", "run", "#1")
    again = donna("-p", "llm", "sessions", "run", "1")
    words = ["action-request-completed", "AR-4-e", "project:ship:end", "--session", "task_1"]
    donna("-p", "llm", "sessions", *words)
    told = donna("why", "1").out

    assert "--session 'task_1' sessions action-request-completed" in first.out
    assert first.out.count("kind=action_request") == again.out.count("kind=action_request") == 1
    assert "workflow (Ship, then Ask; waits for AR-4-e (project:ship:ask))" in told
    assert "workflow (End; ended)" in told
    assert "carries the workflow project:ship" in donna("show", "1").out


@pytest.mark.usefixtures("project")
def test_a_task_without_a_workflow_says_how_to_give_it_one(donna: Donna) -> None:
    """It is refused with code 1, and nothing runs."""
    donna("add", "Buy milk")
    said = donna("sessions", "run", "1")

    assert said.code == 1
    assert "donna edit 1 --workflow" in said.err


def test_a_workflow_needs_a_project(donna: Donna, tmp_path: Path, monkeypatch: Any) -> None:
    """Outside of a workspace a task cannot be given one."""
    monkeypatch.chdir(tmp_path)
    donna("add", "Buy milk")
    said = donna("edit", "1", "--workflow", "project:ship")

    assert said.code == 1
    assert ".donna" in said.err
