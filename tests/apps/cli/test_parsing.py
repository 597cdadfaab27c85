"""`donna parse`: what is understood, by the sentence and by the line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Donna = Callable[..., Any]


def test_a_reading_is_shown_and_nothing_is_kept(donna: Donna, home: Path, monday: Any) -> None:
    """The title, the time and the spans they were read from."""
    said = donna("parse", "Call", "mechanic", str(monday), "3pm", "!4")

    assert said.code == 0
    assert said.out.splitlines()[0] == "Call mechanic"
    assert f"{monday.shown} 15:00" in said.out
    assert donna("list", "--all", "--json").json == {"tasks": []}
    assert not (home / "donna.ics").exists()


def test_json_gives_the_reading(donna: Donna, monday: Any) -> None:
    """Instants are UTC, durations minutes."""
    reading = donna("parse", f"Call mechanic {monday} 3pm for 45 min", "--json").json

    assert reading["start"] == monday.at(15)
    assert (reading["duration_minutes"], reading["duration_stated"]) == (45, True)


def test_lines_carry_their_own_time_and_place(donna: Donna) -> None:
    """Each line is read as if said then and there."""
    lines = [
        {"text": "Call mum tomorrow 9am", "reference": "2026-11-18T10:00:00Z"},
        {"text": "Call mum tomorrow 9am", "reference": "2026-11-18T10:00:00", "zone": "Asia/Tokyo"},
    ]
    said = donna("parse", "--jsonl", text="\n".join(map(json.dumps, lines)))

    starts = [json.loads(line)["start"] for line in said.out.splitlines()]
    assert said.code == 0
    assert starts == ["2026-11-19T08:00:00.000000+00:00", "2026-11-19T00:00:00.000000+00:00"]


def test_a_bad_line_yields_an_error_in_its_place(donna: Donna) -> None:
    """The stream goes on, each error names its line, and the exit code is 1."""
    lines = [
        '{"text": "Buy milk"}',
        "no json",
        '{"text": "Buy milk", "zone": "Mars/X"}',
        '{"txt": 1}',
        '{"text": ""}',
        "[]",
        '{"text": "Fix the roof"}',
    ]
    said = donna("parse", "--jsonl", text="\n".join(lines))

    answers = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1
    assert [answer.get("line") for answer in answers] == [None, 2, 3, 4, 5, 6, None]
    assert {answer["error"] for answer in answers if "error" in answer} == {
        "InvalidInput",
        "UnknownZone",
        "EmptyText",
    }


def test_bytes_that_are_no_text_do_not_end_the_stream(donna: Donna) -> None:
    """They are replaced, as everywhere."""
    said = donna("parse", "--jsonl", text=b'{"text": "Drink caf\xe9"}\n{"text": "Buy milk"}\n')

    titles = [json.loads(line)["title"] for line in said.out.splitlines()]
    assert (said.code, len(titles)) == (0, 2)
