"""However many orchestrators begin at once, one of them leads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("lead_harness.py")
ROUNDS = 100 if "DONNA_SOAK" in os.environ else 10


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_of_many_that_begin_at_once_leads(tmp_path: Path) -> None:
    """The others end; the leader is killed, and the next round has a leader again."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "calendar.yaml").write_text("timezone: UTC\n")
    ran = subprocess.run(
        [sys.executable, str(HARNESS), str(tmp_path), str(ROUNDS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert json.loads(ran.stdout) == [1] * ROUNDS
