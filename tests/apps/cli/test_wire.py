"""--json: what is printed fits its schema, and no text drives the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_cli.schema import DigestObject, ErrorObject
from donna_cli.schema_page import PRINTED_BY
from donna_cli.wire import dumped

Donna = Callable[..., Any]
LABELLED = Path(__file__).parent / "data" / "labelled"

EVALUATION = ["eval", "-t", "dedup_check", "--tier", "1"]
# What there has to be before a command has something to print.
BEFORE = {"donna eval compare": EVALUATION}
PRINTED = [
    ("donna", []),
    ("donna parse", ["parse", "Call mum tomorrow"]),
    ("donna list, donna next", ["list"]),
    ("donna list, donna next", ["next"]),
    ("donna promises", ["promises"]),
    *((f"donna calendar {verb}", ["calendar", verb]) for verb in ("list", "status", "sync")),
    ("donna calendar events", ["calendar", "events"]),
    ("donna history", ["history"]),
    ("donna today", ["today"]),
    ("donna week", ["week"]),
    ("donna plan week", ["plan", "week"]),
    ("donna what-if", ["what-if", "off", "monday"]),
    ("donna show", ["show", "1"]),
    ("donna why", ["why", "1"]),
    ("donna digest", ["digest"]),
    ("donna quiet without a time", ["quiet"]),
    ("donna doctor", ["doctor"]),
    ("donna config", ["config"]),
    ("donna config get, donna config set", ["config", "get", "timezone"]),
    ("donna version", ["version"]),
    ("donna budget", ["budget"]),
    ("donna eval, donna eval show", EVALUATION),
    ("donna eval sessions", ["eval", "sessions"]),
    ("donna eval compare", ["eval", "compare", "1", "last"]),
    ("donna llm calls", ["llm", "calls"]),
    ("donna llm quality", ["llm", "quality"]),
    ("donna memory search", ["memory", "search", "mechanic"]),
    ("donna memory search --jsonl", ["memory", "search", "--jsonl"]),
    ("donna memory ingest", ["memory", "ingest"]),
    ("donna memory backfill", ["memory", "backfill"]),
    ("donna memory eval", ["memory", "eval", "--fixtures-dir", str(LABELLED)]),
    ("donna memory forget", ["memory", "forget", "chat", "a"]),
    ("donna memory why", ["memory", "why", "mechanic"]),
    ("donna memory report", ["memory", "report"]),
    ("donna memory export", ["memory", "export"]),
    ("donna skills list", ["skills", "list"]),
    ("donna skills capabilities", ["skills", "capabilities"]),
    ("donna skills match", ["skills", "match", "sum", "up", "https://example.org/"]),
    ("donna skills candidates", ["skills", "candidates"]),
    ("donna llm shadows", ["llm", "shadows"]),
    ("donna llm sent", ["llm", "sent"]),
    *(
        ("every command that changes something", words)
        for words in (
            ["add", "Pay rent"],
            ["done", "1"],
            ["move", "1", "in 3 days"],
            ["edit", "1", "--priority", "5"],
            ["undo"],
            ["quiet", "2h"],
            ["budget", "raise", "5"],
            ["budget", "approve", "1"],
            ["plan"],
            ["add", "hello there"],
            ["add", "fyi the spare key is under the pot"],
            ["remember", "Ruth is vegetarian"],
        )
    ),
]


@pytest.mark.parametrize(("what", "words"), PRINTED)
def test_output_fits_its_model(donna: Donna, what: str, words: list[str]) -> None:
    """Each command prints one object with the documented fields and no others."""
    donna("add", "Call mechanic monday 3pm !4 @car")
    if what in BEFORE:
        donna(*BEFORE[what])
    if words[:2] in (["memory", "forget"], ["memory", "export"]):
        donna("memory", "ingest", text='{"id": "a", "text": "The key is under the mat."}')
    said = donna(*words, "--json", text='{"query": "key"}' if "--jsonl" in words else None)

    model = PRINTED_BY[what].model_validate_json(said.out)
    assert model.model_dump(mode="json") == said.json


def test_every_object_is_printed_here() -> None:
    """No documented command is left out."""
    elsewhere = {
        *("donna vault write", "donna vault undo"),
        *("donna vault mark", "donna vault unmark", "donna vault marks"),
        *(
            "donna memory export --to",
            "donna restore",
            "donna calendar connect",
            "donna calendar disconnect",
        ),
        *("donna skills check", "donna skills add", "donna skills fixtures", "donna skills runs"),
        "donna skills import, donna skills export",
        "donna skills run, donna skills show, donna skills approve, donna skills wrong",
        *("donna skills why", "donna skills promote, donna skills demote, donna skills rollback"),
    }
    # Those are in test_recollecting, test_marking, test_restoring, test_calendars and test_skills*.
    told = {what for what, _ in PRINTED} | elsewhere

    assert told == PRINTED_BY.keys() - {"any command that fails"}


@pytest.mark.parametrize(
    "words", [["done", "99"], ["add", "--no-such"], ["edit", "1", "--for", "x"]]
)
def test_errors_fit_their_model(donna: Donna, words: list[str]) -> None:
    """An error is an object on stderr."""
    said = donna(*words, "--json")

    assert said.out == ""
    assert ErrorObject.model_validate_json(said.err).exit_code == said.code


def test_the_schema_names_each_object(donna: Donna) -> None:
    """`donna schema` is a JSON Schema whose references resolve."""
    schema = donna("schema", "--json").json
    named = {each["$ref"].rsplit("/", 1)[-1] for each in schema["properties"].values()}

    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert named <= schema["$defs"].keys()


@given(text=st.text())
def test_no_character_steers_a_terminal(text: str) -> None:
    """JSON comes back as it was, and holds no control or direction character on the way."""
    shown = dumped(DigestObject.model_construct(subject=text, body=""))

    assert json.loads(shown)["subject"] == text
    assert "\x1b" not in shown
    assert not any(0x7F <= ord(each) <= 0x9F or 0x202A <= ord(each) <= 0x202E for each in shown)
