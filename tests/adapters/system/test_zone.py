"""The machine's zone is found, or Donna says why she takes another."""

import pytest

from donna_adapters.system.zone import detected_zone, system_zone


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Kathmandu", "UTC"])
def test_the_zone_of_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """TZ goes before everything else, and a change of it is seen without a restart."""
    monkeypatch.setenv("TZ", name)

    assert system_zone() == name
    assert detected_zone().note == ""


@pytest.mark.parametrize("name", ["CET-1CEST,M3.5.0,M10.5.0/3", "Nowhere/Land", ":/etc/nothing"])
def test_what_is_no_iana_name_leads_to_utc_with_a_note(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A POSIX rule or a wrong name is not guessed at; the note says what to set."""
    monkeypatch.setenv("TZ", name)

    assert system_zone() == "UTC"
    assert "TZ to an IANA name" in detected_zone().note
