"""Scripts run in processes of their own."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from threading import Event

import pytest

from donna_core.ports.workflow import ScriptJob, ScriptResult
from donna_skills.workflows.scripts import ProcessRunner


def run(text: str, folder: Path, **options: object) -> ScriptResult:
    """Run a script with sensible defaults."""
    given = {"language": "bash", "timeout": 20, "output_limit": 10_000, "label": "t", **options}
    return ProcessRunner().run(ScriptJob(text=text, folder=folder, **given))  # type: ignore[arg-type]  # named by the tests


def test_output_and_code_come_back(tmp_path: Path) -> None:
    """Both streams are captured apart, with bare line feeds."""
    result = run("#!/bin/sh\nprintf 'a\\r\\nb\\n'\necho c >&2\nexit 7", tmp_path)

    assert result == ScriptResult(code=7, stdout="a\nb\n", stderr="c\n")


def test_a_script_runs_in_the_project(tmp_path: Path) -> None:
    """The working directory is the one of the job, and nothing is on stdin."""
    assert run("#!/bin/sh\npwd\ncat", tmp_path).stdout == f"{tmp_path}\n"


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("echo $BASH_VERSION | grep -q .", "bash", 0),
        ("import sys; sys.exit(5)", "python", 5),
        ("", "sh", 0),
        ("echo hi", "text", 126),
        ("#!/no/such/interpreter\n", "bash", 127),
        ("#!/bin/sh\nkill -9 $$", "sh", -9),
    ],
)
def test_every_script_ends_with_a_code(tmp_path: Path, text: str, language: str, code: int) -> None:
    """Without a first line the fence's language chooses; what cannot start has a code too."""
    assert run(text, tmp_path, language=language).code == code


def test_a_timeout_ends_the_script_and_what_it_started(tmp_path: Path) -> None:
    """The whole process group is gone, and what was printed before is kept."""
    result = run("#!/bin/sh\nsleep 60 & echo $!\nsleep 60", tmp_path, timeout=1)
    child = int(result.stdout)

    assert result.code == 124
    while alive(child):  # it was killed; until the system has done so, the test waits
        Event().wait(0.01)


def alive(process: int) -> bool:
    """Say whether a process runs; one that is dead and not yet collected does not."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()[:1] not in {"", "Z"}


def test_a_timeout_of_nothing_starts_nothing(tmp_path: Path) -> None:
    """No time at all means that the script does not run."""
    assert run(f"#!/bin/sh\ntouch {tmp_path}/ran", tmp_path, timeout=0).code == 124
    assert not (tmp_path / "ran").exists()


def test_output_has_a_cap(tmp_path: Path) -> None:
    """The first bytes are kept, and it is told how many were not."""
    result = run("#!/bin/sh\nhead -c 5000000 /dev/zero | tr '\\0' x", tmp_path, output_limit=100)

    assert result.stdout == "x" * 100 + "\n[donna: 4999900 more bytes were not kept]\n"


def test_background_processes_delay_nothing(tmp_path: Path) -> None:
    """Who inherits the streams is not waited for."""
    result = run("#!/bin/sh\nsleep 30 & echo $!", tmp_path)
    os.kill(int(result.stdout), signal.SIGKILL)

    assert result.code == 0


def test_output_that_is_no_text_is_replaced(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 end nothing."""
    assert run("#!/bin/sh\nprintf 'a\\377b'", tmp_path).stdout == "a\ufffdb"


def test_the_environment_can_be_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean one has the path and what the job adds, not what else was set."""
    monkeypatch.setenv("SECRET", "s3cret")
    text = '#!/bin/sh\necho "[$SECRET] [$GIVEN] ${PATH:+path}"'

    inherited = run(text, tmp_path, environment={"GIVEN": "g"})
    clean = run(text, tmp_path, environment={"GIVEN": "g"}, clean_environment=True)

    assert (inherited.stdout, clean.stdout) == ("[s3cret] [g] path\n", "[] [g] path\n")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script's file is removed, also one of a runner that was killed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "donna-script-t-old").touch()
    run("#!/bin/sh\ntrue", tmp_path)
    ProcessRunner().forget("t")

    assert list(tmp_path.iterdir()) == []
