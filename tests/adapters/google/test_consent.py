"""Consent by OAuth for installed apps, with a browser that follows where it is sent."""

import json
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest

from donna_core.ports.calendar import Access

pytest.importorskip("google_auth_oauthlib", reason="install donna-adapters[google]")

from donna_adapters.google.consent import (  # an extra
    NoClient,
    NotConsented,
    calendars_of,
    consent,
)


@pytest.fixture
def client(google: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the JSON file of an OAuth client whose server is on this machine."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the loopback server has no TLS
    path = tmp_path / "client.json"
    known = {"client_id": "client", "client_secret": "secret"}
    addresses = {"auth_uri": f"{google.url}/auth", "token_uri": f"{google.url}/token"}
    path.write_text(json.dumps({"installed": {**known, **addresses}}))
    return path


def follow(address: str) -> str:
    """Open the address as a browser does, and return where that ended."""
    try:
        with urlopen(address, timeout=10) as page:
            return str(page.url)
    except HTTPError as error:
        return str(error.url)
    except URLError:
        return ""


class Stays(HTTPRedirectHandler):
    """Goes where it is sent no further than to hear of it."""

    def redirect_request(self, *asked: Any) -> None:
        self.ended = str(asked[5])


def ended_at(address: str) -> str:
    """Return where a browser on another machine would end: at a page it cannot reach."""
    browser = Stays()
    with pytest.raises(HTTPError) as raised:
        build_opener(browser).open(address, timeout=10)
    raised.value.close()
    return browser.ended


def test_a_browser_on_this_machine_answers_by_itself(
    google: Any, client: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is of use: the calendars of the account are told, the primary one first."""

    class Browser:
        def open(self, address: str, **_: object) -> None:
            Thread(target=follow, args=[address]).start()

    monkeypatch.setattr("webbrowser.get", lambda *_: Browser())
    token = consent(client, Access.READ_WRITE)
    found = calendars_of(token, endpoint=f"{google.url}/calendar/v3/")

    assert [(each.id, each.is_primary, each.is_writable) for each in found] == [
        ("anna@example.org", True, True),
        ("team@example.org", False, False),
    ]
    assert token["refresh_token"] == google.refresh_token
    assert token["granted_at"] > "2026"


def test_a_browser_elsewhere_answers_by_what_is_pasted(google: Any, client: Path) -> None:
    """The whole address it ended at, which nobody can reach; an answer to another try is none."""
    ended: list[str] = []

    def paste(address: str) -> str:
        ended.append(ended_at(address))
        return ended[-1]

    token = consent(client, Access.READ_WRITE, paste=paste)
    assert token["token"] == google.access_token
    with pytest.raises(NotConsented, match="another try"):
        consent(client, Access.READ_WRITE, paste=lambda _: ended[-1])
    with pytest.raises(NotConsented, match="access_denied"):
        consent(
            client, Access.READ_WRITE, paste=lambda _: "http://127.0.0.1:1/?error=access_denied"
        )


def test_what_is_no_client_is_named(tmp_path: Path) -> None:
    """With how to get one."""
    (tmp_path / "x.json").write_text("{}")
    for name in ("x.json", "gone.json"):
        with pytest.raises(NoClient, match="Desktop app"):
            consent(tmp_path / name, Access.READ_ONLY)


def test_less_than_was_asked_for_is_no_consent(client: Path) -> None:
    """Google lets its users untick what they please."""
    with pytest.raises(NotConsented, match="every box"):
        consent(client, Access.READ_ONLY, paste=ended_at)
