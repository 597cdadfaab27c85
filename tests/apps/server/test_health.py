"""The health endpoints answer over a real socket, within a loop that is not theirs."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from donna_core.domain.errors import StorageUnavailable
from donna_server.http.health import (
    SECURITY_HEADERS,
    CannotListen,
    Check,
    CheckName,
    Health,
    create_app,
    serve,
    work_loop_check,
)

BEATING = Check(name=CheckName.WORK_LOOP, ok=True)
STOPPED = Check(name=CheckName.WORK_LOOP, ok=False, detail="last round 900 s ago")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def finding(*checks: Check) -> Callable[[], Awaitable[Health]]:
    """Return a look that finds just this."""

    async def look() -> Health:
        return Health(checks=checks)

    return look


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@asynccontextmanager
async def served(
    checks: Callable[[], Awaitable[Health]], *, beat: Check = BEATING
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the app on a loopback port for as long as the block lasts."""
    port = free_port()
    server = asyncio.create_task(serve(create_app(checks, beat=lambda: beat), port=port))
    transport = httpx.AsyncHTTPTransport(retries=5)
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, transport=transport, trust_env=False) as client:
        yield client
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)


async def test_all_well_is_200() -> None:
    """Every finding is listed, and nothing fails."""
    database = Check(name=CheckName.DATABASE, ok=True, detail="0.4 ms")
    async with served(finding(database, BEATING)) as client:
        response = await client.get("/health")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "failing": [],
        "checks": {
            "database": {"ok": True, "detail": "0.4 ms"},
            "work_loop": {"ok": True, "detail": ""},
        },
    }


async def test_what_fails_is_named_with_503() -> None:
    """One unreadable calendar and a backlog are two names."""
    calendars = Check(name=CheckName.CALENDARS, ok=False, detail="family: the file is not there")
    outbox = Check(name=CheckName.OUTBOX, ok=False, detail="41 deliveries wait, oldest 2 h")
    async with served(finding(BEATING, calendars, outbox)) as client:
        response = await client.get("/health")

    assert response.status_code == 503
    assert response.json()["failing"] == ["calendars", "outbox"]
    assert response.json()["checks"]["calendars"]["detail"] == "family: the file is not there"


async def test_looking_that_fails_is_a_finding() -> None:
    """A database that cannot be opened for the check makes 503, not 500."""

    async def look() -> Health:
        raise StorageUnavailable("the disk is full", remedy="Make room.")

    async with served(look) as client:
        response = await client.get("/health")

    assert response.status_code == 503
    assert response.json()["failing"] == ["checks"]
    assert "disk is full" in response.json()["checks"]["checks"]["detail"]


@pytest.mark.parametrize(("beat", "status"), [(BEATING, 200), (STOPPED, 503)])
async def test_livez_asks_the_beat_alone(beat: Check, status: int) -> None:
    """A dead database is no reason to restart: only the beat counts, and nothing is looked at."""
    looked = []

    async def look() -> Health:
        looked.append(1)
        return Health(checks=())

    async with served(look, beat=beat) as client:
        response = await client.get("/livez")

    assert response.status_code == status
    assert list(response.json()["checks"]) == ["work_loop"]
    assert looked == []


@pytest.mark.parametrize("path", ["/health", "/livez", "/docs", "/openapi.json", "/redoc", "/"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    """Known or not, a path answers with the headers and without naming the server."""
    async with served(finding(BEATING)) as client:
        response = await client.get(path)

    assert response.status_code == (200 if path in {"/health", "/livez"} else 404)
    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "server" not in response.headers


async def test_an_unforeseen_error_tells_nothing() -> None:
    """The answer to a defect has no word about its inside, and the headers all the same."""

    async def look() -> Health:
        raise ZeroDivisionError("a secret")

    async with served(look) as client:
        response = await client.get("/health")

    assert (response.status_code, response.json()) == (500, {"status": "error"})
    assert response.headers["Cache-Control"] == "no-store"


async def test_only_reading_is_possible() -> None:
    """HEAD works for simple probes; nothing else is allowed."""
    async with served(finding(BEATING)) as client:
        assert (await client.head("/health")).status_code == 200
        assert (await client.post("/health")).status_code == 405


async def test_a_taken_port_is_named_with_a_way_out() -> None:
    """The error says which port and which option."""
    app = create_app(finding(BEATING), beat=lambda: BEATING)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"port {port}: the port is taken.*--port"):
            await serve(app, port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 8100)])
async def test_an_impossible_address_is_refused(host: str, port: int) -> None:
    """A port beyond the last, or an address of another machine."""
    app = create_app(finding(BEATING), beat=lambda: BEATING)

    with pytest.raises(CannotListen, match=f"Cannot listen on {host}, port {port}"):
        await serve(app, host=host, port=port)


async def test_serving_leaves_the_signals_and_frees_the_port() -> None:
    """Whoever owns the loop still gets Ctrl-C, and after a cancel the port can be had again."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with served(finding(BEATING)) as client:
        await client.get("/livez")
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
        port = client.base_url.port
    assert port is not None
    socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.parametrize(
    ("beat_at", "ok"),
    [
        (None, False),
        (NOW - timedelta(seconds=60), True),
        (NOW - timedelta(seconds=61), False),
        (NOW + timedelta(hours=1), True),
    ],
)
def test_a_beat_ages(beat_at: datetime | None, ok: bool) -> None:
    """Up to the limit all is well; a clock set back does not make the loop look dead."""
    check = work_loop_check(beat_at, now=NOW, limit=timedelta(seconds=60))

    assert check.ok is ok
    assert check.detail
