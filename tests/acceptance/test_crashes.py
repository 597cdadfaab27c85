"""Real processes on a real database are killed, at every failpoint and at random moments."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
HARNESS = Path(__file__).with_name("crash_harness.py")
SOAK = "DONNA_SOAK" in os.environ
"""`nox -s soak` leaves no failpoint out and kills more often."""


def lives(folder: Path, mode: str, number: int) -> dict[str, Any]:
    """Run the harness and return what it saw."""
    ran = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), mode, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    seen: dict[str, Any] = json.loads(ran.stdout)
    sys.stdout.write(f"{mode}: {seen}\n{ran.stderr[-4000:]}")
    return seen


@pytest.mark.timeout(900)
def test_no_failpoint_loses_or_doubles_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each the next life says and sends what the last one did not, and no more."""
    monkeypatch.delenv("DONNA_DATABASE_URL", raising=False)
    seen = lives(tmp_path, "exhaust", 1 if SOAK else 5)

    assert seen["faults"] == []
    assert seen["failpoints"] > 50


@pytest.mark.timeout(1800)
def test_random_kills_lose_and_double_nothing(tmp_path: Path, database_url: str | None) -> None:
    """However many lives end early, all that was acknowledged is there, and told once."""
    kills = 300 if SOAK else (60 if database_url is None else 10)
    seen = lives(tmp_path, "storm", kills)

    assert seen["faults"] == []
    assert seen["acknowledged"] == 2 * kills
    assert seen["sent"] > 0
