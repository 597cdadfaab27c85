"""donna memory: what is told is found again."""

import json
from collections.abc import Callable
from typing import Any

Donna = Callable[..., Any]

TALK = [
    {"id": "t:1", "session": "t", "speaker": "Ann", "text": "Which colour is the boat?"},
    {"id": "t:2", "session": "t", "speaker": "Bo", "text": "Blue, with a white stripe."},
    {
        "id": "t:3",
        "session": "t",
        "speaker": "Ann",
        "text": "I sold the piano.",
        "time": "2026-03-01",
    },
]


def lines(*objects: dict[str, Any]) -> str:
    """Return the objects, one a line."""
    return "".join(json.dumps(each) + "\n" for each in objects)


def test_what_is_ingested_is_found_by_the_line(donna: Donna) -> None:
    """Ids come back as they were given, best first."""
    told = donna("memory", "ingest", "--jsonl", text=lines(*TALK))
    assert json.loads(told.out)["changed"] == 3

    asked = lines({"query": "the colour of the boat", "k": 2}, {"query": "piano", "session": "x"})
    found = donna("memory", "search", "--jsonl", text=asked)

    first, second = (json.loads(line) for line in found.out.splitlines())
    assert [each["id"] for each in first["results"]] == ["t:1", "t:2"]
    assert second == {"results": []}


def test_a_bad_line_is_named_and_the_others_are_kept(donna: Donna) -> None:
    """Its number, what is wrong with it, and an exit code that says so."""
    told = donna("memory", "ingest", "--jsonl", text=lines({"id": "a"}, TALK[2]) + "nonsense\n")

    first, second, counted = (json.loads(line) for line in told.out.splitlines())
    assert (told.code, first["line"], second["line"]) == (1, 1, 3)
    assert "'text'" in first["message"]
    assert counted["changed"] == 1


def test_a_search_shows_where_it_comes_from(donna: Donna) -> None:
    """The id, the day and the score."""
    donna("memory", "ingest", text=lines(*TALK))

    found = donna("memory", "search", "sold", "piano", "-k", "1")

    assert "Ann: I sold the piano." in found.out
    assert "chat t:3, 2026-03-01, score" in found.out
    assert donna("memory", "search", "zebra crossing", "--tag", "none").out.startswith("Nothing")


def test_a_search_is_bounded_by_days_and_shows_question_and_answer(donna: Donna) -> None:
    """What has no time meets no bound; a turn comes with what completes it."""
    donna("memory", "ingest", text=lines(*TALK))

    found = donna("memory", "search", "piano", "--since", "2026-02-28", "--until", "2026-03-02")
    assert "Ann: I sold the piano." in found.out
    assert "piano" not in donna("memory", "search", "piano", "--since", "2026-03-02").out
    assert "piano" not in donna("memory", "search", "piano", "--until", "2026-03-01").out
    refused = donna("memory", "search", "piano", "--since", "2026-03-02", "--until", "2026-03-01")
    assert (refused.code, "--until" in refused.err) == (1, True)

    [first, *_] = donna("memory", "search", "stripe", "--json").json["hits"]
    assert (first["id"], first["before"]) == ("t:2", "Ann: Which colour is the boat?")
    assert "Ann: Which colour is the boat?\n1. Bo: Blue" in donna("memory", "search", "stripe").out


def test_a_question_that_is_forgotten_is_gone_from_its_answer(donna: Donna) -> None:
    """The answer is found by its own words, and by its meaning with the next backfill."""
    donna("memory", "ingest", text=lines(*TALK))
    donna("memory", "forget", "chat", "t:1")

    assert "colour" not in json.dumps(donna("memory", "search", "colour", "--json").json["hits"])
    told = donna("memory", "backfill", "--json").json["sources"][-1]
    assert (told["source"], told["looked_at"]) in {("vectors", 1), ("chat", 0)}
    [first, *_] = donna("memory", "search", "stripe", "--json").json["hits"]
    assert (first["id"], first["before"]) == ("t:2", "")


def test_what_is_forgotten_is_not_found(donna: Donna) -> None:
    """A rehearsal forgets nothing, and what is not there is not found."""
    donna("memory", "ingest", text=lines(*TALK))

    assert "Would forget" in donna("memory", "forget", "chat", "t:3", "--dry-run").out
    assert donna("memory", "forget", "chat", "t:3").code == 0
    assert donna("memory", "forget", "chat", "t:3").code == 3
    hits = json.loads(donna("memory", "search", "piano", "--json").out)["hits"]
    assert "t:3" not in [hit["id"] for hit in hits]
