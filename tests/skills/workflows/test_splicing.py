"""Values in scripts never become program text."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.workflow.problems import ProblemsFound
from donna_skills.workflows.splicing import exported, spliced

MARK = "\ue0000\ue001"
NASTY = "a' \" $(touch pwned) `touch pwned` \\ ; touch pwned\n# \u00e9"
SHELL = {
    "bare words": f"#!/bin/bash\nset -f; IFS=; printf %s {MARK}",
    "double quotes": f'#!/bin/bash\nprintf %s "{MARK}"',
    "single quotes": f"#!/bin/bash\nprintf %s '{MARK}'",
    "quotes in a command": f"#!/bin/bash\nprintf %s \"$(printf %s '{MARK}x')\" | head -c -1",
    "after a comment": f"#!/bin/bash\n# it's\nprintf %s '{MARK}'",
}


def output(text: str, environment: dict[str, str], folder: Path) -> bytes:
    """Run a shell script and return what it prints."""
    program = (
        [sys.executable, "-c", "import sys; print(end='')"] if not text else ["bash", "-c", text]
    )
    return subprocess.run(
        program,
        env={"PATH": "/usr/bin:/bin", **environment},
        cwd=folder,
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("where", SHELL)
def test_a_shell_gets_the_very_value(where: str, tmp_path: Path) -> None:
    """Whatever the value is, it arrives whole and is not executed."""
    program = spliced(SHELL[where], "bash", [NASTY], "s")

    assert output(program.text, dict(program.environment), tmp_path).decode() == NASTY
    assert list(tmp_path.iterdir()) == []


@given(value=st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_python_gets_the_very_value(value: str) -> None:
    """In a literal of a Python script, the value is that of the literal."""
    program = spliced(f'x = "{MARK}"\n', "python3", [value], "s")
    names: dict[str, str] = {}
    exec(program.text, names)

    assert names["x"] == value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (f"cat <<'END'\n{MARK}\nEND\n", "bash"),
        (f"x = {MARK}\n", "python3"),
        (f'x = f"{MARK}"\n', "python3"),
        (f"puts '{MARK}'", "ruby"),
        (f"puts '{MARK}'", None),
    ],
)
def test_where_nothing_is_safe_only_plain_words_go(text: str, language: str | None) -> None:
    """A plain word is inserted as it is; anything else is refused."""
    assert "v1.2-rc_3" in spliced(text, language, ["v1.2-rc_3"], "s").text
    with pytest.raises(ProblemsFound) as caught:
        spliced(text, language, [NASTY], "s")

    assert caught.value.problems[0].code == "donna.workflows.run_script_unsafe_value"


def test_variables_are_exported_as_far_as_they_fit() -> None:
    """Names no shell can say and values no environment can hold are left out."""
    context = {"a": "1", "é": "2", "b c": "3", "huge": "x" * 200_000, "zero": "\0", "n": 4}

    assert exported(context) == {"DONNA_VAR_a": "1", "DONNA_VAR_n": "4"}
