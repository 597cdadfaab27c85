"""Requests to Google, by its own client: made again where that may help, and named when they fail.

The client is synchronous, and its parts take a second to import: they are where they are used.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from threading import Event
from typing import Any

from donna_core.local.clock import wall_time

Token = Mapping[str, Any]
"""What consent gave: token, refresh_token, token_uri, client_id, client_secret, scopes, and the
instants expiry and granted_at (ISO 8601)."""

PATIENCE = 30
"""Seconds Google may take for an answer."""

TRIES = 4
"""How often a request is made that was refused for its rate, or for a fault over there."""

FIRST_PAUSE = 1.0
"""Seconds before the second try; each further one waits twice as long."""

TESTING_LIFE = timedelta(days=7)
"""How long a consent lasts while the app is in Testing.

Source: support.google.com/cloud/answer/15549945.
"""

AGAIN = "Donna asks again later; until then she goes by what she saw last."
_RATES = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}


class Failed(Exception):
    """A request that came to nothing; ``status`` is that of the answer, 0 without one."""

    def __init__(self, problem: str, *, status: int = 0, remedy: str = AGAIN) -> None:
        self.problem, self.status, self.remedy = problem, status, remedy
        super().__init__(problem)


def wait(seconds: float) -> None:
    """Wait; a test need not."""
    Event().wait(seconds)


class GoogleClient:
    """The Calendar API for one consent, for one thread at a time."""

    def __init__(
        self,
        calendar_id: str,
        *,
        token: Token,
        keep_token: Callable[[Token], None],
        endpoint: str,
        pause: Callable[[float], object] = wait,
    ) -> None:
        self._calendar_id = calendar_id
        self._token, self._keep_token = token, keep_token
        self._endpoint, self._pause = endpoint, pause
        self._service: Any = None
        self._credentials: Any = None

    def call(self, request: Callable[[Any], Any], *, etag: str | None = None) -> Any:
        """Make one request to the service and return its answer; raise ``Failed``.

        With an ``etag`` it is refused (412) where the thing is not as it was read.
        """
        pause = FIRST_PAUSE
        for _ in range(TRIES - 1):
            try:
                return self._once(request, etag)
            except Failed as problem:
                if problem.remedy != AGAIN or problem.status in {404, 409, 410, 412}:
                    raise
            self._pause(pause)
            pause *= 2
        return self._once(request, etag)

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._service is not None:
            self._service.close()

    def _once(self, request: Callable[[Any], Any], etag: str | None) -> Any:
        from google.auth.exceptions import GoogleAuthError, RefreshError  # noqa: PLC0415  # an extra
        from googleapiclient.errors import HttpError  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra without types
        from httplib2 import HttpLib2Error  # type: ignore[import-untyped]  # noqa: PLC0415  # the same

        try:
            asked = request(self._built())
            if etag is not None:
                asked.headers["If-Match"] = etag
            answer = asked.execute(num_retries=0)
        except HttpError as error:
            raise self._refused(*_what_it_says(error)) from error
        except RefreshError as error:
            raise self._consent_is_over(error) from error
        except (GoogleAuthError, HttpLib2Error, HTTPException, OSError, ValueError) as error:
            raise Failed(f"Google cannot be reached: {error}") from error
        self._note_renewal()
        return answer

    def _built(self) -> Any:
        if self._service is None:
            from google.oauth2.credentials import Credentials  # noqa: PLC0415  # an extra
            from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]  # noqa: PLC0415  # the same, without types
            from googleapiclient.discovery import build  # type: ignore[import-untyped]  # noqa: PLC0415  # the same
            from httplib2 import Http  # noqa: PLC0415  # the same

            self._credentials = Credentials(  # type: ignore[no-untyped-call]  # it has no types
                self._token.get("token"),
                refresh_token=self._token.get("refresh_token"),
                token_uri=self._token.get("token_uri"),
                client_id=self._token.get("client_id"),
                client_secret=self._token.get("client_secret"),
                scopes=self._token.get("scopes"),
                expiry=_naive(self._token.get("expiry")),
            )
            self._service = build(
                "calendar",
                "v3",
                http=AuthorizedHttp(self._credentials, http=Http(timeout=PATIENCE)),
                cache_discovery=False,
                static_discovery=True,
                client_options={"api_endpoint": self._endpoint} if self._endpoint else None,
            )
        return self._service

    def _note_renewal(self) -> None:
        """Keep a token that was renewed on the way, so that the next process need not."""
        if self._credentials.token != self._token.get("token"):
            expiry = self._credentials.expiry
            fresh = {
                "token": self._credentials.token,
                "refresh_token": self._credentials.refresh_token,
                "expiry": expiry.replace(tzinfo=UTC).isoformat() if expiry else None,
            }
            self._token = {**self._token, **fresh}
            self._keep_token(self._token)

    def _refused(self, status: int, reason: str) -> Failed:
        name = self._calendar_id
        said = f"Google answered {status} {reason}".rstrip()
        if status in {401, 403} and reason not in _RATES:
            remedy = "Give your consent anew: "
            remedy += f"donna calendar disconnect {name}, then connect it again."
        elif status == 404:
            remedy = "It may be gone, or not be shared with you any more."
        elif status == 400:
            remedy = "Please report this."
        else:
            remedy = AGAIN
        return Failed(said, status=status, remedy=remedy)

    def _consent_is_over(self, error: Exception) -> Failed:
        """Name why a refresh token is of no use any more (RFC 6749 section 5.2)."""
        if "invalid_grant" not in str(error):
            return Failed(f"Google renews no token: {error}")
        granted = self._token.get("granted_at")
        age = wall_time() - datetime.fromisoformat(granted) if granted else None
        certain = age is not None and TESTING_LIFE <= age < TESTING_LIFE + timedelta(days=1)
        problem = (
            "your consent ended after seven days, as it does while the app is in Testing"
            if certain
            else "your consent is not valid any more: it was taken back, or seven days passed "
            "while the app is in Testing"
        )
        name = self._calendar_id
        return Failed(
            problem,
            remedy="Publish the app (console.cloud.google.com, page Audience: In production). "
            f"Then: donna calendar disconnect {name}, and connect it again.",
        )


def _naive(instant: str | None) -> datetime | None:
    """Return the instant as Google's library takes it: UTC, without saying so."""
    if not instant:
        return None
    return datetime.fromisoformat(instant).astimezone(UTC).replace(tzinfo=None)


def _what_it_says(error: Any) -> tuple[int, str]:
    """Return the status of Google's refusal, and its reason in one word."""
    try:
        errors = json.loads(error.content)["error"]["errors"]
        return int(error.resp.status), str(errors[0]["reason"])
    except (ValueError, KeyError, TypeError, IndexError):
        return int(error.resp.status), ""
