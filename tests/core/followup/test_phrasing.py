"""Instants, durations and titles as words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.followup.phrasing import (
    GSM_BASIC,
    clipped,
    counted,
    day_name,
    gsm,
    length,
    moment,
    one_line,
    span,
    spoken,
)

BERLIN, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")
NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)


def test_a_moment_is_local_and_names_its_zone() -> None:
    """Zones without letters get the offset; another year is written out."""
    assert moment(NOON, zone=BERLIN, at=NOON) == "Mon 3 Aug 14:00 CEST"
    assert moment(NOON, zone=SAO_PAULO, at=NOON) == "Mon 3 Aug 09:00 UTC-03"
    past = NOON - timedelta(days=365)
    assert moment(past, zone=BERLIN, at=NOON) == "Sun 3 Aug 2025 14:00 CEST"
    assert spoken(NOON, zone=BERLIN) == "Monday 3 August, 14:00 CEST"
    assert day_name(date(2026, 8, 3)) == "Monday 3 August 2026"


def test_the_year_is_that_of_the_reader() -> None:
    """New Year's Eve is told by the local calendar, not by UTC."""
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert moment(eve, zone=BERLIN, at=eve) == "Fri 1 Jan 00:30 CET"
    assert moment(NOON, zone=BERLIN, at=eve) == "Mon 3 Aug 2026 14:00 CEST"


def test_a_span_is_short_within_a_day_only() -> None:
    """Over midnight, and over a change of the clocks, both ends stand in full."""
    hour = timedelta(hours=1)
    night = datetime(2026, 8, 3, 21, 30, tzinfo=UTC)
    fold = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert span(NOON, NOON + hour, zone=BERLIN, at=NOON) == "Mon 3 Aug 14:00–15:00 CEST"
    assert span(night, night + hour, zone=BERLIN, at=NOON) == (
        "Mon 3 Aug 23:30 CEST – Tue 4 Aug 00:30 CEST"
    )
    assert span(fold, fold + hour, zone=BERLIN, at=NOON) == (
        "Sun 25 Oct 02:30 CEST – Sun 25 Oct 02:30 CET"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (1500, "25 h")],
)
def test_durations_in_hours_and_minutes(minutes: int, words: str) -> None:
    """Whole hours need no minutes."""
    assert length(timedelta(minutes=minutes)) == words


def test_counts_agree_with_their_noun() -> None:
    """One is singular, none and many are plural."""
    assert [counted(n, "task", "tasks") for n in range(3)] == ["0 tasks", "1 task", "2 tasks"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Café – “Größe” …", 'Café - "Größe" ...'),
        ("Łódź naïve [x] 5 €", "Lodz naive (x) 5 EUR"),
        ("📞 call\n mum", "call mum"),
        ("買い物", ""),
    ],
)
def test_text_messages_keep_what_the_alphabet_has(text: str, plain: str) -> None:
    """Letters of the GSM alphabet stay, twins replace others, the rest is left out."""
    assert gsm(text) == plain


@given(text=st.text(max_size=60), limit=st.integers(1, 40))
def test_words_are_fitted(text: str, limit: int) -> None:
    """A title is one line within the limit; the plain form is in the alphabet and stable."""
    line = one_line(text, limit=limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert set(gsm(text)) <= GSM_BASIC
    assert gsm(gsm(text)) == gsm(text)
    assert clipped(line, limit=limit, mark="…") == line
