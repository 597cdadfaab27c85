"""How well and how fast Donna reads times, beside three libraries in the same run.

The cases are other people's test suites, one JSON object a line, in the folder that the
environment variable DONNA_CAPTURE_DATA names. The first reading counts: a date by its day, a
date-time by its minute, a time by its clock. ``preferred`` is the nearest one ahead.
"""

import json
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.phrases import find
from donna_core.domain.capture.times import TimeReading, read_times
from donna_core.domain.capture.tokens import tokenize
from donna_core.domain.capture.values import Frame
from donna_core.local.languages import language

VARIABLE = "DONNA_CAPTURE_DATA"
INTENTS = {
    "calendar_query": "task_query", "calendar_set": "task", "calendar_remove": "task_action",
    "alarm_query": "task_query", "alarm_set": "task", "alarm_remove": "task_action",
    "lists_query": "task_query", "lists_createoradd": "task", "lists_remove": "task_action",
}  # fmt: skip
KINDS = {
    "person", "relation", "place_name", "event_name", "meal_type", "list_name", "date", "time",
    "timeofday", "general_frequency",
}  # fmt: skip
LEXICON = Path(__file__).resolve().parents[2] / "config" / "lexicon.yaml"
UTC = ZoneInfo("UTC")
ZONES = {"duckling": ZoneInfo("Etc/GMT+2")}  # where that suite's clock stands
Case = Mapping[str, Any]
First = Callable[[str, datetime], datetime | None]
Rule = Callable[[str, datetime], str | None]


def cases(name: str) -> list[Case]:
    """Return the cases of one file; skips where nobody said where the files are."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"set {VARIABLE} to the folder with {name}.dev.jsonl to run this benchmark")
    path = Path(folder) / f"{name}.dev.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is missing: {VARIABLE} names the folder with the cases")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


class Donna:
    """Donna's grammar with the shipped lexicon."""

    def __init__(self) -> None:
        self.lexicon = Lexicon.from_mapping(
            yaml.safe_load(LEXICON.read_text(encoding="utf-8")), language=partial(language, "en")
        )

    def times(self, text: str, at: datetime) -> tuple[TimeReading, ...]:
        """Return every time of the text, as said at that zoned moment."""
        zone = at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else UTC
        frame = Frame.of(
            at=at,
            zone=zone,
            day_first=False,
            parts=self.lexicon.parts,
            language=self.lexicon.language,
        )
        return read_times(find(tokenize(text), text, frame=frame), frame=frame)

    def first(self, text: str, at: datetime) -> datetime | None:
        """Return the first reading on the clock of the moment's zone, naive."""
        readings = self.times(text, at)
        start = readings[0].start if readings else None
        return start.astimezone(at.tzinfo).replace(tzinfo=None) if start else None

    def rule(self, text: str, at: datetime) -> str | None:
        """Return the first repetition as RFC 5545 text with its beginning and exceptions."""
        found = next((reading for reading in self.times(text, at) if reading.rrule), None)
        return found.rrule if found else None


def peers() -> dict[str, First]:
    """Return the other readers; each gives its first answer, naive."""
    dateparser = pytest.importorskip("dateparser.search")
    parsedatetime = pytest.importorskip("parsedatetime")
    recurrent = pytest.importorskip("recurrent.event_parser")

    def by_dateparser(text: str, at: datetime) -> datetime | None:
        settings = {"RELATIVE_BASE": at.replace(tzinfo=None), "PREFER_DATES_FROM": "future"}
        found = dateparser.search_dates(text, languages=["en"], settings=settings)
        return found[0][1].replace(tzinfo=None) if found else None

    def by_parsedatetime(text: str, at: datetime) -> datetime | None:
        found = parsedatetime.Calendar().nlp(text, sourceTime=at.replace(tzinfo=None))
        return found[0][0] if found else None

    def by_recurrent(text: str, at: datetime) -> datetime | None:
        found = recurrent.RecurringEvent(now_date=at.replace(tzinfo=None)).parse(text)
        return found if isinstance(found, datetime) else None

    return {"dateparser": by_dateparser, "parsedatetime": by_parsedatetime,
            "recurrent": by_recurrent}  # fmt: skip


def answered(reader: First, text: str, at: datetime) -> datetime | None:
    """Return a peer's answer; text that breaks it counts as unanswered."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return reader(text, at)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        return None


def is_right(case: Case, found: datetime | None, values: Sequence[str]) -> bool:
    """Return whether the reading is one of the values, as exactly as the kind of case asks."""
    if found is None:
        return False
    stamp = found.strftime("%Y-%m-%dT%H:%M")
    part = {"date": slice(0, 10), "time": slice(-5, None)}.get(case["kind"], slice(None))
    return any(stamp[part] == value[:16][part] for value in values)


def said_at(case: Case) -> datetime:
    """Return the moment a case was said, in the zone of its suite."""
    zone = ZONES.get(str(case.get("suite")), UTC)
    return datetime.fromisoformat(case.get("reference", "2027-05-05T10:00:00")).replace(tzinfo=zone)


def parts_of(rule: str | Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of a rule in one spelling: no default interval, sorted lists."""
    pairs = rule if isinstance(rule, Mapping) else dict(p.split("=") for p in rule.split(";"))
    parts = {name: ",".join(sorted(str(value).upper().replace("+", "").split(",")))
             for name, value in pairs.items()
             if name != "EXDATE" and (name, str(value)) != ("INTERVAL", "1")}  # fmt: skip
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]
    if position := parts.pop("BYSETPOS", ""):
        parts["BYDAY"] = ",".join(position + day for day in parts["BYDAY"].split(","))
    return parts


def left_out(rule: str | Mapping[str, Any]) -> set[str]:
    """Return the excepted days or, where a whole month was meant, months of a rule."""
    if isinstance(rule, str):
        return {day[:8] for part in rule.split(";") if part.startswith("EXDATE=")
                for day in part[7:].split(",")}  # fmt: skip
    return {f"{day[1]}{day[0]:02}" if isinstance(day, list) else day[:10].replace("-", "")
            for day in rule.get("EXDATE", ())}  # fmt: skip


def same_rule(found: str | None, wanted: Mapping[str, Any]) -> bool:
    """Return whether both rules say the same; a stated beginning counts where one is wanted."""
    if found is None:
        return False
    ours, theirs = parts_of(found), parts_of(wanted)
    if "DTSTART" not in theirs:
        ours.pop("DTSTART", None)
    days, months = left_out(found), left_out(wanted)
    return ours == theirs and ({day[:6] for day in days} if any(len(m) == 6 for m in months)
                               else days) == months  # fmt: skip


def rows(marks: Mapping[tuple[str, str], Counter[bool]]) -> Iterator[str]:
    """Yield a line per suite with the share of each reader."""
    for suite in dict.fromkeys(suite for suite, _ in marks):
        shares = {name: found[True] / found.total() for (of, name), found in marks.items()
                  if of == suite}  # fmt: skip
        yield f"{suite:20}" + "".join(f"{name:>15} {share:5.0%}" for name, share in shares.items())


def test_time_phrases_beside_other_readers() -> None:
    """Print the preferred and the accepted share of every suite, for each reader."""
    phrases = cases("time_phrases")
    readers: dict[str, First] = {"Donna": Donna().first, **peers()}
    marks: dict[tuple[str, str], Counter[bool]] = {}

    for case in phrases:
        for name, reader in readers.items():
            found = answered(reader, case["text"], said_at(case))
            for rank in ("preferred", "accept"):
                right = is_right(case, found, case[rank])
                marks.setdefault((f"{case['suite'][:12]} {rank[:7]}", name), Counter())[right] += 1

    print("\n" + "\n".join(rows(marks)))
    assert {count.total() > 0 for count in marks.values()} == {True}


def test_repetitions_lengths_and_silence() -> None:
    """Print exact RRULEs a suite, durations, and texts without a time left alone."""
    donna, marks = Donna(), dict[tuple[str, str], Counter[bool]]()

    def note(suite: str, *, right: bool) -> None:
        marks.setdefault((suite, "Donna"), Counter())[right] += 1

    for case in cases("recurrence"):
        right = same_rule(donna.rule(case["text"], said_at(case)), case["rrule"])
        note(f"RRULE {case['suite']}", right=right)
    for case in cases("duration"):
        wanted = {float(value["value"]) for value in case["values"]}
        found = {
            reading.duration.total_seconds()
            for reading in donna.times(case["text"], said_at(case))
            if reading.duration
        }
        note("durations", right=bool(found & wanted))  # fmt: skip
    for case in cases("no_time"):
        note("left alone", right=not donna.times(case["text"], said_at(case)))

    print("\n" + "\n".join(rows(marks)))
    assert marks


def words_of(text: str) -> list[str]:
    """Return the words of a title as they are compared: no case, no punctuation."""
    return "".join(c for c in text.casefold() if c.isalnum() or c in " '").split()


def test_reminders_and_commands() -> None:
    """Print exact titles, times found, intents and the F1 of entities."""
    donna, at = Donna(), datetime(2027, 5, 5, 10, 0, tzinfo=UTC)
    titles, timed, intents, named = (Counter[bool]() for _ in range(4))
    for case in cases("reminders"):
        reading = read(case["text"], at=at, zone=UTC, lexicon=donna.lexicon)
        wanted = [words_of(slot["text"]) for slot in case["slots"] if slot["slot"] == "TODO"]
        found = [words_of(each.title) for each in (reading.tasks or (reading,))]
        if wanted:
            titles[found[0] in wanted] += 1
        if any("DATE_TIME" in slot["slot"] for slot in case["slots"]):
            timed[bool(reading.times)] += 1
    for case in cases("commands"):
        reading = read(case["text"], at=at, zone=UTC, lexicon=donna.lexicon)
        intents[reading.intent.value == INTENTS[case["intent"]]] += 1
        ours = Counter((e.kind, own(e.text)) for e in reading.entities if e.kind in KINDS)
        theirs = Counter((e["type"], own(e["text"])) for e in case["entities"])
        named[True] += 2 * (ours & theirs).total()
        named[False] += (ours - theirs).total() + (theirs - ours).total()

    print()
    for name, marks in (("exact title", titles), ("time found", timed), ("intent", intents),
                        ("entities F1", named)):  # fmt: skip
        print(f"{name:20}{'Donna':>15} {marks[True] / marks.total():5.1%}")
    assert min(marks.total() for marks in (titles, timed, intents, named)) > 0


def own(text: str) -> str:
    """Return the words of an entity without a possessive, however it was cut."""
    return " ".join(text.casefold().replace("'s", "").split())


def test_sentences_a_second_beside_dateparser() -> None:
    """Print the time a sentence takes, and the ratio to ``dateparser.search_dates``."""
    donna, other = Donna(), peers()["dateparser"]
    said = [(case["text"], said_at(case)) for name in ("reminders", "commands", "time_phrases")
            for case in cases(name)]  # fmt: skip
    spent: list[float] = []
    for text, at in said:
        donna.times(text, at)  # tables are loaded once
        began = perf_counter()
        donna.times(text, at)
        spent.append(perf_counter() - began)
    began = perf_counter()
    for text, at in said[::10]:
        answered(other, text, at)
    peer = (perf_counter() - began) / len(said[::10])

    spent.sort()
    print(
        f"\n{len(spent)} sentences: median {median(spent) * 1e3:.2f} ms, "
        f"p99 {spent[len(spent) * 99 // 100] * 1e3:.2f} ms; "
        f"{peer * len(spent) / sum(spent):.0f} times the rate of dateparser.search_dates"
    )
    assert len(spent) == len(said)
