"""Asking the owner for access to their calendars at Google: OAuth 2.0 for installed apps.

By a browser on this machine, or on another one whose answer is pasted here (RFC 8252); with
PKCE either way (RFC 7636).
"""

import webbrowser
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import frozen

from donna_adapters.google.client import Failed, GoogleClient, Token
from donna_core.domain.errors import Degraded, InvalidInput, Refused
from donna_core.local.clock import wall_time
from donna_core.ports.calendar import Access

_ROOT = "https://www.googleapis.com/auth/calendar"
_LIST = f"{_ROOT}.calendarlist.readonly"
SCOPES: Mapping[Access, Mapping[str, str]] = {
    Access.READ_ONLY: {
        f"{_ROOT}.events.readonly": "to see the events that she plans around",
        _LIST: "to see which calendars you have",
    },
    Access.READ_WRITE: {
        f"{_ROOT}.events": "to see events, and to write her own; she never changes others",
        _LIST: "to see which calendars you have",
    },
}
"""What is asked for, and what for."""

PATIENCE = 300
"""Seconds in which the browser has to answer."""

_NOWHERE = "http://127.0.0.1:1/"


class NoClient(InvalidInput):
    """The file does not describe an OAuth client of the kind for programs on a desk."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        super().__init__(
            f"{path} is no OAuth client: {problem}. Make one of type 'Desktop app' at "
            "console.cloud.google.com, page Clients, and download its JSON file."
        )


class NotConsented(Refused):
    """The owner, or Google, gave no access."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"Google gave no access: {problem}. Nothing was connected; try again.")


class CalendarsUnknown(Degraded):
    """Google did not say which calendars there are."""


@frozen(kw_only=True)
class RemoteCalendar:
    """One calendar of the account."""

    id: str
    name: str
    is_primary: bool
    is_writable: bool


def consent(
    client: Path,
    access: Access,
    *,
    paste: Callable[[str], str] | None = None,
) -> Token:
    """Return what the owner consented to; raise ``NoClient`` or ``NotConsented``.

    Without ``paste`` the browser of this machine is opened and answers by itself. ``paste`` is
    handed the address to open elsewhere, and returns the one the browser ended at, or the code
    in it.
    """
    from google_auth_oauthlib.flow import (  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra without types
        InstalledAppFlow,
        WSGITimeoutError,
    )
    from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]  # noqa: PLC0415  # the same

    scopes = list(SCOPES[access])
    try:
        flow = InstalledAppFlow.from_client_secrets_file(
            str(client), scopes, autogenerate_code_verifier=True
        )
    except (OSError, ValueError, KeyError, AttributeError) as problem:
        raise NoClient(client, str(problem)) from problem
    try:
        if paste is None:
            flow.run_local_server(
                host="127.0.0.1",
                port=0,
                authorization_prompt_message="",
                success_message="Donna may see your calendar now. You can close this window.",
                timeout_seconds=PATIENCE,
                prompt="consent",
            )
        else:
            _by_hand(flow, paste)
    except Warning as changed:  # how oauthlib says that other scopes were granted
        raise NotConsented("not all that was asked for was granted; leave every box ticked") from (
            changed
        )
    except webbrowser.Error as problem:
        raise NotConsented("there is no browser on this machine; add --headless") from problem
    except (OAuth2Error, WSGITimeoutError, OSError, ValueError) as problem:
        raise NotConsented(str(problem) or type(problem).__name__) from problem
    finally:
        flow.oauth2session.close()
    return _token_of(flow.credentials)


def calendars_of(token: Token, *, endpoint: str = "") -> tuple[RemoteCalendar, ...]:
    """Return the calendars of the account, the primary one first; raise ``CalendarsUnknown``."""
    client = GoogleClient("google", token=token, keep_token=lambda _: None, endpoint=endpoint)
    items: list[dict[str, Any]] = []
    page: str | None = None
    try:
        while True:
            answer = client.call(
                lambda service, page=page: service.calendarList().list(pageToken=page)  # type: ignore[misc]  # a default
            )
            items += answer.get("items", [])
            if (page := answer.get("nextPageToken")) is None:
                break
    except Failed as problem:
        raise CalendarsUnknown(f"{problem.problem}. {problem.remedy}") from problem
    finally:
        client.close()
    found = [
        RemoteCalendar(
            id=str(item["id"]),
            name=str(item.get("summaryOverride") or item.get("summary") or item["id"]),
            is_primary=bool(item.get("primary")),
            is_writable=item.get("accessRole") in {"owner", "writer"},
        )
        for item in items
    ]
    return tuple(sorted(found, key=lambda each: (not each.is_primary, each.name)))


def _by_hand(flow: Any, paste: Callable[[str], str]) -> None:
    """Let the owner carry the answer from another machine's browser."""
    flow.redirect_uri = _NOWHERE
    address, state = flow.authorization_url(access_type="offline", prompt="consent")
    pasted = paste(address).strip()
    answer = {name: values[0] for name, values in parse_qs(urlsplit(pasted).query).items()}
    if "error" in answer:
        raise NotConsented(answer["error"])
    if answer and answer.get("state") != state:
        raise NotConsented("the pasted address belongs to another try")
    flow.fetch_token(code=answer.get("code", pasted))


def _token_of(credentials: Any) -> Token:
    expiry = credentials.expiry
    return {
        "token": credentials.token,
        "refresh_token": credentials.refresh_token,
        "token_uri": credentials.token_uri,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scopes": list(credentials.scopes or ()),
        "expiry": expiry.replace(tzinfo=UTC).isoformat() if expiry else None,
        "granted_at": wall_time().isoformat(),
    }
