"""`donna config`: every key, where it comes from, and setting it safely."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from donna_cli.overlay import with_value

Donna = Callable[..., Any]

KEYS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(tuple)
PLAIN = st.recursive(
    st.one_of(st.integers(-5, 5), st.booleans(), st.sampled_from(["x", "two words"])),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)


def test_every_key_says_where_it_comes_from(donna: Donna, home: Path) -> None:
    """The owner's values carry file and line, the others are defaults."""
    listed = donna("config", "--json").json
    keys = {each["key"]: each for each in listed["settings"]}

    assert listed["folder"] == str(home / "config")
    assert keys["calendar.timezone"]["value"] == "Europe/Berlin"
    assert keys["calendar.timezone"]["where"] == f"{home / 'config' / 'calendar.yaml'}:1"
    assert keys["notifications.reminder_minutes_before"]["overlaid"] is False


def test_setting_takes_effect_and_keeps_comments(donna: Donna, home: Path) -> None:
    """The file stays the owner's own."""
    file = home / "config" / "calendar.yaml"
    file.write_text("# mine\ntimezone: Europe/Berlin # since 2020\n")
    said = donna("config", "set", "timezone", "America/Lima")
    donna("config", "set", "calendar.scheduling.lead_minutes", "10")

    assert said.code == 0
    assert "# mine\n" in file.read_text()
    assert "timezone: America/Lima # since 2020" in file.read_text()
    assert donna("config", "get", "lead_minutes").out.startswith(
        "calendar.scheduling.lead_minutes = 10  ("
    )
    assert donna("--json").json["zone"] == "America/Lima"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["set", "calendar.timezone", "Mars/X"], 2),
        (["set", "calendar.priority.deadline_warning_days", "lots"], 2),
        (["set", "calendar.timezone", "[1, 2"], 2),
        (["set", "calendar.calendars.personal.access", "read_only"], 2),
        (["set", "no.such.key", "1"], 3),
        (["get", "no.such.key"], 3),
        (["sing"], 1),
    ],
)
def test_what_donna_could_not_start_with_is_refused(
    donna: Donna, home: Path, words: list[str], code: int
) -> None:
    """The file is as before, and the message names the place."""
    said = donna("config", *words)

    assert (said.code, said.out) == (code, "")
    assert (home / "config" / "calendar.yaml").read_text() == "timezone: Europe/Berlin\n"
    assert donna("list").code == 0


def test_a_broken_configuration_names_file_and_line(donna: Donna, home: Path) -> None:
    """And config set can put it right."""
    file = home / "config" / "calendar.yaml"
    file.write_text("day_first: false\ntimezone: Mars/X\n")
    broken = donna("list")
    repaired = donna("config", "set", "calendar.timezone", "Europe/Berlin")

    assert broken.code == 2
    assert "timezone" in broken.err
    assert repaired.code == 0
    assert donna("list").code == 0
    file.write_text("day_first: perhaps\n")
    assert f"{file}:1" in donna("list").err


def test_the_folder_is_made_when_it_is_needed(donna: Donna, tmp_path: Path) -> None:
    """`config path` names a folder that need not exist; setting creates it for its owner only."""
    folder = tmp_path / "elsewhere"
    path = donna("config", "path", "--config-dir", str(folder))
    donna("config", "set", "timezone", "America/Lima", "--config-dir", str(folder))

    assert path.out == f"{folder}\n"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "calendar.yaml").read_text() == "timezone: America/Lima\n"


@given(before=st.dictionaries(st.sampled_from("abc"), PLAIN), path=KEYS, flow=st.booleans())
def test_one_value_is_set_and_no_other(before: dict[str, Any], path: Any, flow: bool) -> None:
    """Whatever the file holds and however it is written, the rest of it means the same."""
    text = yaml.safe_dump(before, default_flow_style=flow, sort_keys=False) if before else ""
    wanted = yaml.safe_load(yaml.safe_dump(before))
    inner = wanted
    for key in path[:-1]:
        if not isinstance(inner.get(key), dict):
            inner[key] = {}
        inner = inner[key]
    inner[path[-1]] = "new"

    assert yaml.safe_load(with_value(text, path, "new")) == wanted
