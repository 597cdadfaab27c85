"""Whether Donna does her work, for whoever watches over her process.

``/health`` looks at everything she depends on; it is for people and dashboards. ``/livez`` says
only whether her work loop still turns. A restart cures a loop that has stopped and nothing
else, so a supervisor should ask ``/livez``. Importing this module imports FastAPI and uvicorn.
"""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from attrs import frozen
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from uvicorn import Config, Server

from donna_core.domain.errors import DonnaError, Refused

LONGEST_CHECK = timedelta(seconds=5)
LONGEST_FAREWELL = timedelta(seconds=5)
LARGEST_HEAD = 16 * 1024
LAST_PORT = 65_535

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class CheckName(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    WORK_LOOP = "work_loop"
    CALENDARS = "calendars"
    OUTBOX = "outbox"
    MEMORY = "memory"
    CHECKS = "checks"
    """The looking itself, when it fails or takes too long."""


@frozen(kw_only=True)
class Check:
    """One finding; ``detail`` says in words what was found."""

    name: CheckName
    ok: bool
    detail: str = ""


@frozen(kw_only=True)
class Health:
    """All findings of one look."""

    checks: tuple[Check, ...]

    @property
    def failing(self) -> tuple[Check, ...]:
        """The findings that are not as they should be."""
        return tuple(check for check in self.checks if not check.ok)


class CannotListen(Refused):
    """No socket could be opened at this address; nothing was started."""

    def __init__(self, host: str, *, port: int, problem: str, remedy: str) -> None:
        self.host, self.port, self.problem, self.remedy = host, port, problem, remedy
        super().__init__(f"Cannot listen on {host}, port {port}: {problem}. {remedy}")


def work_loop_check(beat_at: datetime | None, *, now: datetime, limit: timedelta) -> Check:
    """Return whether the work loop has finished a round within ``limit`` of ``now``."""
    if beat_at is None:
        return Check(name=CheckName.WORK_LOOP, ok=False, detail="no round finished yet")
    age = max(now - beat_at, timedelta(0))
    detail = f"last round {age.total_seconds():.0f} s ago, limit {limit.total_seconds():.0f} s"
    return Check(name=CheckName.WORK_LOOP, ok=age <= limit, detail=detail)


def create_app(checks: Callable[[], Awaitable[Health]], *, beat: Callable[[], Check]) -> FastAPI:
    """Return an app with ``/health``, which runs the checks, and ``/livez``, the beat alone.

    Both answer 200 when all is well and 503 otherwise, with the findings as JSON. ``beat`` is
    asked within the event loop: it looks at memory only.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_with_security_headers)
    app.add_exception_handler(Exception, _internal_error)

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> JSONResponse:
        return _answer(await _looked_at(checks))

    @app.api_route("/livez", methods=["GET", "HEAD"])
    async def livez() -> JSONResponse:
        return _answer(Health(checks=(beat(),)))

    return app


async def serve(app: FastAPI, *, host: str = "127.0.0.1", port: int) -> None:
    """Serve the app within the running loop until cancelled; then finish what is being answered.

    Signals stay with whoever owns the loop. Raise ``CannotListen`` when the port is taken or
    the address cannot be used.
    """
    listener = _listener(host, port)
    server = _EmbeddedServer(
        Config(
            app,
            access_log=False,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            http="h11",
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=int(LONGEST_FAREWELL.total_seconds()),
            ws="none",
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await running
        raise
    finally:
        listener.close()


async def _looked_at(checks: Callable[[], Awaitable[Health]]) -> Health:
    """Return the findings; looking that fails or does not end is a finding too."""
    try:
        async with asyncio.timeout(LONGEST_CHECK.total_seconds()):
            return await checks()
    except TimeoutError:
        problem = f"not answered within {LONGEST_CHECK.total_seconds():.0f} s"
    except DonnaError as error:
        problem = str(error)
    return Health(checks=(Check(name=CheckName.CHECKS, ok=False, detail=problem),))


def _answer(health: Health) -> JSONResponse:
    failing = _names(health.failing)
    return JSONResponse(
        status_code=503 if failing else 200,
        content={
            "status": "failing" if failing else "ok",
            "failing": failing,
            "checks": {
                check.name.value: {"ok": check.ok, "detail": check.detail}
                for check in health.checks
            },
        },
    )


def _names(checks: Sequence[Check]) -> list[str]:
    return [check.name.value for check in checks]


async def _with_security_headers(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await answer(request)
    response.headers.update(SECURITY_HEADERS)
    return response


async def _internal_error(*_: Any) -> JSONResponse:
    """Answer an unforeseen error without a word about its inside; uvicorn logs the traceback."""
    content = {"status": "error"}
    return JSONResponse(status_code=500, content=content, headers=SECURITY_HEADERS)


class _EmbeddedServer(Server):
    """A server that is a guest in somebody else's loop and leaves the signals alone."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _listener(host: str, port: int) -> socket.socket:
    """Return a listening socket, so that a taken port is known before anything starts."""
    if not 0 <= port <= LAST_PORT:
        problem, remedy = "there is no such port", f"Choose one up to {LAST_PORT} with --port."
        raise CannotListen(host, port=port, problem=problem, remedy=remedy)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem, remedy = "the port is taken", "Stop its user, or choose another with --port."
        elif error.errno == errno.EACCES:
            problem, remedy = "you may not use this port", "Choose one from 1024 with --port."
        else:
            problem, remedy = error.strerror or str(error), "Check the address."
    raise CannotListen(host, port=port, problem=problem, remedy=remedy)
