"""A server on this machine that speaks Google's Calendar API v3 and its OAuth."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from attrs import define, field

EVENTS = re.compile(r"/calendar/v3/calendars/([^/]+)/events(?:/([^/]+))?")
CALENDARS = [
    {"id": "anna@example.org", "summary": "Anna", "primary": True, "accessRole": "owner"},
    {"id": "team@example.org", "summary": "Team", "accessRole": "reader"},
]


@define
class Google:
    """What the server holds, how it misbehaves, and what it was asked."""

    url: str = ""
    page_size: int = 2
    oldest_token: int = 0
    access_token: str = "access-0"
    refresh_token: str = "refresh"
    is_over: bool = False
    events: dict[str, dict[str, Any]] = field(factory=dict)
    faults: list[tuple[int, str]] = field(factory=list)
    requests: list[str] = field(factory=list)
    count: int = 0
    challenge: str = ""

    def put(self, item: dict[str, Any]) -> dict[str, Any]:
        """Store an event as it is now."""
        self.count += 1
        self.events[item["id"]] = {
            "status": "confirmed",
            **item,
            "etag": f'"{self.count}"',
            "_changed": self.count,
        }
        return self.shown(self.events[item["id"]])

    def cancel(self, event_id: str) -> None:
        """Delete an event: Google goes on to know of it."""
        self.put({**self.events[event_id], "status": "cancelled"})

    def token(self, *, days_ago: float = 1, fresh: bool = True) -> dict[str, Any]:
        """Return what a consent gave."""
        now = datetime.now(UTC)
        expiry = now + timedelta(hours=1 if fresh else -1)
        return {
            "token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_uri": f"{self.url}/token",
            "client_id": "client",
            "client_secret": "secret",
            "expiry": expiry.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "granted_at": (now - timedelta(days=days_ago)).isoformat(),
        }

    @staticmethod
    def shown(item: dict[str, Any]) -> dict[str, Any]:
        """Return the event as it goes over the wire."""
        return {key: value for key, value in item.items() if not key.startswith("_")}

    def listed(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer ``events.list``."""
        token = asked.get("syncToken")
        if token is not None and {"timeMin", "timeMax"} & asked.keys():
            return refusal(400, "badRequest")
        if asked.get("singleEvents") != "true":
            return refusal(400, "testExpectsSingleEvents")
        since = int(token.partition("-")[2]) if token and token.startswith("sync-") else 0
        if token is not None and (not token.startswith("sync-") or since < self.oldest_token):
            return refusal(410, "fullSyncRequired")
        found = [
            item
            for item in sorted(self.events.values(), key=lambda item: int(item["_changed"]))
            if item["_changed"] > since
            and (token is not None or item["status"] != "cancelled")
            and (token is not None or overlaps(item, asked["timeMin"], asked["timeMax"]))
        ]
        first = int(asked.get("pageToken", "0"))
        page = [self.shown(item) for item in found[first : first + self.page_size]]
        answer: dict[str, Any] = {"kind": "calendar#events", "items": page}
        if first + self.page_size < len(found):
            answer["nextPageToken"] = str(first + self.page_size)
        else:
            answer["nextSyncToken"] = f"sync-{self.count}"
        return 200, answer

    def acted(
        self, method: str, event_id: str, body: dict[str, Any], etag: str | None
    ) -> tuple[int, dict[str, Any]]:
        """Answer ``get``, ``insert``, ``patch`` and ``delete``."""
        item = self.events.get(event_id)
        if method == "POST":
            fresh = {"organizer": {"email": "anna@example.org"}, **body}
            return (200, self.put(fresh)) if item is None else refusal(409, "duplicate")
        if item is None:
            return refusal(404, "notFound")
        if method == "GET":
            return 200, self.shown(item)
        if etag is not None and etag != item["etag"]:
            return refusal(412, "conditionNotMet")
        if method == "PATCH":
            return 200, self.put({**item, **body})
        was_there = item["status"] != "cancelled"
        self.cancel(event_id)
        return (204, {}) if was_there else refusal(410, "deleted")

    def granted(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer the token endpoint (RFC 6749, RFC 7636)."""
        if self.is_over:
            return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}
        if asked["grant_type"] == "authorization_code":
            digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
                return 400, {"error": "invalid_grant", "error_description": "Bad verifier."}
        self.access_token = f"access-{len(self.requests)}"
        scopes = "https://www.googleapis.com/auth/calendar.events"
        return 200, {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": 3599,
            "token_type": "Bearer",
            "scope": f"{scopes} https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        }


def overlaps(item: dict[str, Any], earliest: str, latest: str) -> bool:
    """Tell whether the event meets the window that was asked for."""

    def instant(moment: dict[str, str]) -> datetime:
        said = moment.get("dateTime") or f"{moment['date']}T00:00:00+00:00"
        return datetime.fromisoformat(said)

    begins, ends = instant(item["start"]), instant(item["end"])
    return begins < datetime.fromisoformat(latest) and ends > datetime.fromisoformat(earliest)


def refusal(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    """Return an error as Google words it."""
    errors = [{"domain": "global", "reason": reason, "message": reason}]
    return status, {"error": {"code": status, "message": reason, "errors": errors}}


class Handler(BaseHTTPRequestHandler):
    """Lets the state of the server answer."""

    protocol_version = "HTTP/1.1"
    state: Google

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        """Note the request and answer it."""
        split = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(split.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.state.requests.append(f"{self.command} {split.path}")
        if split.path == "/token":
            form = {key: values[0] for key, values in parse_qs(body).items()}
            self.send(*self.state.granted(form))
        elif split.path == "/auth":
            self.state.challenge = asked["code_challenge"]
            back = urlencode({"code": "a-code", "state": asked["state"]})
            self.send(302, {}, location=f"{asked['redirect_uri']}?{back}")
        elif self.state.faults:
            self.misbehave(*self.state.faults.pop(0))
        elif self.headers.get("Authorization") != f"Bearer {self.state.access_token}":
            self.send(*refusal(401, "authError"))
        else:
            self.send(*self.served(split.path, asked, body))

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815  # as the base class has them

    def served(self, path: str, asked: dict[str, str], body: str) -> tuple[int, dict[str, Any]]:
        """Return the answer of the API."""
        if path == "/calendar/v3/users/me/calendarList":
            return 200, {"items": CALENDARS}
        found = EVENTS.fullmatch(path)
        if found is None:
            return refusal(404, "notFound")
        if self.command == "GET" and found[2] is None:
            return self.state.listed(asked)
        given = json.loads(body) if body else {}
        event_id = given["id"] if self.command == "POST" else unquote(found[2])
        return self.state.acted(self.command, event_id, given, self.headers.get("If-Match"))

    def misbehave(self, status: int, reason: str) -> None:
        """Refuse for this reason, or begin an answer and hang up."""
        if reason != "cut":
            self.send(*refusal(status, reason))
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"items": [{"id": "half')
        self.close_connection = True

    def send(self, status: int, value: dict[str, Any], *, location: str = "") -> None:
        """Send a whole answer."""
        content = b"" if status == 204 else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def google() -> Iterator[Google]:
    """Give a running server, its calendars empty."""
    state = Google()
    handler = type("HandlerOfOne", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state
        server.shutdown()
        thread.join()
