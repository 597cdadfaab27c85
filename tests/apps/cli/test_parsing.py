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
    assert donna("list", "--all", "--json").json["tasks"] == []
    assert not (home / "donna.ics").exists()


def test_json_gives_the_reading(donna: Donna, monday: Any) -> None:
    """Times are those of the zone, durations minutes."""
    reading = donna("parse", f"Call mechanic {monday} 3pm for 45 min", "--json").json

    assert reading["scheduled_start"] == f"{monday}T15:00:00"
    assert (reading["duration_minutes"], reading["estimated_minutes"]) == (45, 45)
    assert (reading["intent"], reading["time_intent"]) == ("task", "exact")


def test_a_phrase_is_found_in_its_text(donna: Donna, monday: Any) -> None:
    """The span cuts the phrase out of the text, its kind says which fields count."""
    reading = donna("parse", f"Call mechanic {monday} 3pm for 45 min", "--json").json

    when, length = reading["times"]
    assert [reading["text"][slice(*each["span"])] for each in (when, length)] == [
        when["text"],
        length["text"],
    ]
    assert (when["kind"], when["start"], when["grain"]) == (
        "instant",
        f"{monday}T15:00:00",
        "minute",
    )
    assert (length["kind"], length["duration_s"], length["rrule"]) == ("duration", 2700, None)


def test_several_tasks_are_told_apart(donna: Donna) -> None:
    """Each has an object of its own; lines and bullets part them as words do."""
    line = {"text": "Tomorrow:\n- call mom at 5pm\n- buy milk", "reference": "2026-11-18T10:00:00"}
    reading = json.loads(donna("parse", "--jsonl", text=json.dumps(line)).out)

    assert [task["title"] for task in reading["tasks"]] == ["Call mom", "Buy milk"]
    assert reading["tasks"][0]["scheduled_start"] == "2026-11-19T17:00:00"
    assert reading["tasks"][1]["deadline"] == "2026-11-19T23:59:00"
    assert reading["title"] == "Call mom"


def test_a_command_is_read_with_its_slots(donna: Donna) -> None:
    """What a message wants done, to which task and when."""
    line = {"text": "Move the dentist to Friday", "reference": "2026-11-18T10:00:00"}
    reading = json.loads(donna("parse", "--jsonl", text=json.dumps(line)).out)

    assert reading["intent"] == "task_action"
    assert reading["slots"] == {
        "verb": "move",
        "target": "dentist",
        "list_name": None,
        "when": "2026-11-20T00:00:00",
    }


def test_the_rules_are_shown_on_demand(donna: Donna) -> None:
    """What a reading rests on is named, but only for those who ask."""
    plain = donna("parse", "Lunch with Ann friday noon")
    explained = donna("parse", "--explain", "Lunch with Ann friday noon")

    assert "rule " not in plain.out
    assert "rule " in explained.out
    assert "'Ann' is person" in explained.out
    assert "Assumed: " in donna("parse", "--explain", "Call Ann tomorrow at 7").out


def test_lines_carry_their_own_time_and_place(donna: Donna) -> None:
    """Each line is read as if said then and there."""
    lines = [
        {"text": "Call mum tomorrow 9am", "reference": "2026-11-18T10:00:00Z"},
        {"text": "Call mum tomorrow 9am", "reference": "2026-11-18T10:00:00", "zone": "Asia/Tokyo"},
    ]
    said = donna("parse", "--jsonl", text="\n".join(map(json.dumps, lines)))

    readings = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert {reading["scheduled_start"] for reading in readings} == {"2026-11-19T09:00:00"}
    assert [reading["zone"] for reading in readings] == ["Europe/Berlin", "Asia/Tokyo"]


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


def test_a_receipt_lists_every_task_of_a_message(donna: Donna) -> None:
    """Two tasks, two entries, one way back."""
    said = donna("add", "tomorrow: call mom, buy milk")

    assert said.code == 0
    assert "Added: #1 Call mom" in said.out
    assert "Added: #2 Buy milk" in said.out
    assert "'tomorrow' was taken to hold for several of them" in said.out
    assert said.out.count("donna undo") == 1
    donna("undo")
    assert donna("list", "--json").json["tasks"] == []


def test_a_command_in_words_points_to_the_commands_there_are(donna: Donna) -> None:
    """It is no task, and what to type instead is named."""
    said = donna("add", "move the dentist to Friday")

    assert said.code == 1
    assert "donna move" in said.out
