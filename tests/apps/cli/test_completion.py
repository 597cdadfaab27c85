"""What a shell is offered: commands, and live tasks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
Donna = Callable[..., Any]
Process = Callable[..., Any]


def completed(process: Process, line: str, **environment: str) -> list[str]:
    """Return what bash is offered at the end of the line."""
    started = process(
        _DONNA_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(len(line.split(" ")) - 1),
        **environment,
    )
    out, err = started.communicate()
    assert err == b""
    return list(out.decode().split())


def test_tasks_are_completed_by_number_and_by_word(donna: Donna, process: Process) -> None:
    """Closed tasks are not offered."""
    donna("add", "-", text="Call mechanic\nBuy milk\nBuy bread\n")
    donna("done", "3")

    assert completed(process, "donna done ") == ["2", "1"]
    assert completed(process, "donna done mech") == ["mechanic"]
    assert completed(process, "donna done call me") == ["mechanic"]
    assert completed(process, "donna done bu") == ["buy", "milk"]


def test_commands_are_completed(process: Process) -> None:
    """From the table."""
    assert completed(process, "donna un") == ["unblock", "unpin", "unlock", "undo"]


def test_another_home_is_completed(donna: Donna, process: Process, tmp_path: Path) -> None:
    """--data-dir counts for completion too."""
    elsewhere = str(tmp_path / "elsewhere")
    donna("add", "Buy milk", "--data-dir", elsewhere)

    assert completed(process, f"donna --data-dir {elsewhere} done ") == ["1"]
    assert completed(process, "donna done ") == []


@pytest.mark.parametrize("content", [None, b"no database" * 100])
def test_a_home_that_cannot_be_read_offers_nothing(
    process: Process, home: Path, content: bytes | None
) -> None:
    """A shell is no place for an error message."""
    if content is not None:
        (home / "donna_tasks.db").write_bytes(content)

    assert completed(process, "donna done ") == []
