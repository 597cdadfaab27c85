"""The real program in this process, on an empty home in Berlin."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from typer.testing import CliRunner

from donna_cli.app import app

BERLIN = "timezone: Europe/Berlin\n"


@frozen(kw_only=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Give the one object it printed."""
        [line] = self.out.splitlines()
        return json.loads(line)


Donna = Callable[..., Said]


@frozen
class Monday:
    """A Monday some weeks ahead, and how its times are said and shown."""

    day: date

    def __str__(self) -> str:
        return self.day.isoformat()

    def at(self, hour: int, minute: int = 0) -> str:
        """Give the wall time in Berlin as the wire has it."""
        wall = datetime.combine(self.day, time(hour, minute), tzinfo=ZoneInfo("Europe/Berlin"))
        return wall.astimezone(UTC).isoformat(timespec="microseconds")

    @property
    def shown(self) -> str:
        """Give the day as the terminal shows it."""
        year = datetime.now(ZoneInfo("Europe/Berlin")).year
        return f"{self.day:%a %-d %b}" + (f" {self.day.year}" if self.day.year != year else "")


@pytest.fixture
def monday() -> Monday:
    """Give a Monday four to five weeks ahead."""
    later = datetime.now(ZoneInfo("Europe/Berlin")).date() + timedelta(weeks=5)
    return Monday(later - timedelta(days=later.weekday()))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty home whose owner lives in Berlin."""
    folder = tmp_path / "home"
    (folder / "config").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    (folder / "config" / "calendar.yaml").write_text(BERLIN)
    monkeypatch.setenv("DONNA_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("DONNA_CONFIG_DIR", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def donna(home: Path) -> Donna:
    """Give a function that runs ``donna`` with these words and waits for its end."""
    assert home.is_dir()

    def run(*words: str, text: str | bytes | None = None) -> Said:
        result = CliRunner().invoke(app, list(words), input=text)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    return run


@pytest.fixture
def process(home: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Give a function that starts ``donna`` as a program of its own."""

    def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "donna_cli", *words],
            env={**os.environ, "DONNA_HOME": str(home), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start
