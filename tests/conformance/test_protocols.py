"""How each protocol writes cells down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Donna = Callable[[str], Any]
Place = Callable[[dict[str, str], list[str]], None]


@pytest.fixture
def ready(donna: Donna, place: Place) -> Donna:
    """Give the command, in a workspace with a session and the workflow ``project:tea``."""
    donna("workspaces init --no-instructions")
    donna("sessions start")
    place({}, ["tea", "note"])
    return donna


def test_automation_writes_one_object_a_line(ready: Donna) -> None:
    """Every line is an object with its kind, in compact form with sorted keys."""
    lines = [
        line for line in ready("-p automation sessions run project:tea").out.split("\n") if line
    ]
    objects = [json.loads(line) for line in lines]

    kinds = ["log", "log", "log", "session_state_status", "action_request"]
    assert [each["kind"] for each in objects] == kinds
    assert objects[3]["tasks"] == 1
    assert objects[4]["action_request_id"] == "AR-5-f"
    assert "donna -p automation sessions" in objects[4]["content"]
    for line, plain in zip(lines, objects, strict=True):
        form = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
        assert line == json.dumps(plain, **form)  # type: ignore[arg-type]  # options by name


def test_automation_separates_what_is_printed_meanwhile(ready: Donna) -> None:
    """Cells that are flushed at once are followed by a blank line, the last has no newline."""
    out = ready("-p automation sessions run project:tea").out

    assert out.count("}\n\n{") == 3
    assert out.count("}\n{") == 1
    assert out.endswith("}")


def test_human_marks_where_a_cell_begins(ready: Donna) -> None:
    """People get spaces around equals signs and no mark at the end."""
    lines = ready("artifacts list project:note").out.split("\n")

    assert lines[0].startswith("----- DONNA CELL ")
    assert lines[0].endswith(" -----")
    assert len(lines[0].split()[3]) == 22
    assert lines[1:6] == [
        "kind = artifact_status",
        "media_type = text/markdown",
        "artifact_id = project:note",
        "artifact_kind = donna.lib.specification",
        "artifact_title = A note",
    ]
    assert lines[6] == ""


def test_human_is_the_protocol_where_none_is_named(ready: Donna) -> None:
    """`donna …` is `donna -p human …`, apart from the random ids."""
    plain, named = (ready(f"{p}artifacts list project:note").out for p in ("", "-p human "))

    assert plain.split("\n")[1:] == named.split("\n")[1:]


def test_a_cell_of_llm_is_always_delimited(ready: Donna) -> None:
    """Also a single one has its begin and its end, with the same id."""
    out = ready("--protocol llm sessions status").out

    first, last = out.split("\n")[0], out.split("\n")[-1]
    assert first == last.replace(" END--", " BEGIN--")


def test_a_value_stays_on_its_line(ready: Donna, project: Path) -> None:
    """A header value with several lines does not spill over into others."""
    (project / ".donna" / "config.toml").write_text("worlds = [\n[[\n")
    out = ready("-p llm artifacts list").out

    header = out.split("\n\n")[0].split("\n")[1:]
    assert all("=" in line for line in header)


def test_an_unknown_protocol_is_a_usage_error(ready: Donna) -> None:
    """It ends with code 2 and prints nothing on stdout."""
    said = ready("-p robot sessions status")

    assert (said.code, said.out) == (2, "")
    assert "robot" in said.err
