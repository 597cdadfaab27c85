"""Reasons are values that survive storage and can be said in plain words."""

import json
import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.planning.reasons import _CLAUSES, Reason, ReasonCode, say, say_all
from donna_core.domain.tasks.task import Domain

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WISH = {"weekdays": [5, 6], "time_of_day": "morning", "earliest": None, "latest": NOON}
SPECIMENS = {
    "duration": timedelta(minutes=90),
    "wanted": timedelta(hours=2),
    "lead": timedelta(minutes=5),
    "labels": ["a", "b", "c", "d", "e"],
    "wish": WISH,
    "label": "Stand-up {x}",
    "calendar": "work",
    "title": "Stand-up",
    "domain": Domain.WORK,
    "deadline_type": "hard",
    "word": "refactor",
    "event": "team meeting",
    "side": "before",
    **dict.fromkeys(("start", "starts", "until", "opens", "closes", "deadline", "earliest"), NOON),
    **dict.fromkeys(("priority", "tasks", "reschedules", "number", "dependencies", "days"), 3),
}


def specimen(code: ReasonCode) -> Reason:
    """Return a reason of this code with every fact its clause names."""
    named = [name for _, name, _, _ in string.Formatter().parse(_CLAUSES[code]) if name]
    return Reason.of(code, **{name: SPECIMENS[name] for name in named})


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_its_clause(code: ReasonCode) -> None:
    """Each code is said in one clause that begins with its conjunction and leaves nothing open."""
    clause = say(specimen(code), zone=BERLIN)

    assert clause.startswith(("because ", "although "))
    assert "2026-11-20T" not in clause
    assert "{" not in clause.replace("{x}", "")


@pytest.mark.parametrize("code", ReasonCode)
def test_a_reason_survives_json(code: ReasonCode) -> None:
    """What comes back from JSON equals what was stored, and is said the same."""
    reason = specimen(code)

    again = Reason(code=code, facts=json.loads(json.dumps(dict(reason.facts))))

    assert again == reason
    assert hash(again) == hash(reason)
    assert say(again, zone=BERLIN) == say(reason, zone=BERLIN)


def test_instants_are_said_as_the_zone_shows_them() -> None:
    """A deadline is told in local time with its weekday."""
    reason = Reason.of(ReasonCode.DEADLINE, deadline=NOON, deadline_type="hard")

    assert say(reason, zone=BERLIN) == "because the deadline is Fri 20 Nov 13:00"
    assert reason.instant("deadline") == NOON


def test_durations_are_said_in_hours_and_minutes() -> None:
    """A duration is told in hours and minutes and read back exactly."""
    reason = Reason.of(ReasonCode.EARLIEST_FREE, start=NOON, duration=timedelta(minutes=90))

    assert say(reason, zone=BERLIN) == "because it is the first free 1 h 30 min"
    assert reason.duration("duration") == timedelta(minutes=90)


def test_a_wish_is_said_in_its_own_terms() -> None:
    """Weekdays, part of the day and end of a wish are told together."""
    reason = Reason.of(ReasonCode.INTENT, wish=WISH)

    clause = say(reason, zone=BERLIN)

    assert clause == "because you asked for Sat or Sun, morning, done by Fri 20 Nov 13:00"


def test_many_labels_are_cut_short() -> None:
    """Of many blocks three are named and the others counted."""
    clause = say(specimen(ReasonCode.STRETCH_TAKEN), zone=BERLIN)

    assert clause.startswith("because 'a', 'b', 'c' and 2 more leave no room")


def test_reasons_are_joined_by_what_they_argue() -> None:
    """What speaks for a place comes first, what speaks against it last, nothing twice."""
    against = Reason.of(ReasonCode.OUTSIDE_WINDOWS, domain="work")
    asked = Reason.of(ReasonCode.ASKED_FOR)
    short = Reason.of(ReasonCode.MODERATE, duration=timedelta(hours=1))

    phrase = say_all([against, asked, short, asked], zone=BERLIN)

    assert phrase == (
        "because you asked for this time and it takes 1 h, "
        "although that is outside the usual hours for work tasks"
    )
