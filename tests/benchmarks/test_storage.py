"""Decisions, due polls and claims, each beside a peer of the same run."""

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from donna_adapters.sql.connection import connect, engine_for
from donna_adapters.sql.database import Database
from donna_adapters.sql.due import due_users
from donna_adapters.sql.opening import open_database
from donna_adapters.sql.sqlite import BUSY_TIMEOUT
from donna_adapters.sql.stores.jobs import SqlJobStore
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.event_log import event as happening
from donna_core.testing.contracts.stores import HOUR, ME, NOON, capture, job, message, task

DECISIONS = 150
FEW, MANY, USERS = 1_000, 1_000_000, 10_000
Statement = tuple[str, Any, bool]


def decide(number: int) -> Callable[[Stores], None]:
    """Return a decision as a capture makes it: a task with all that belongs to it."""

    def decision(stores: Stores) -> None:
        captured = task(stores.tasks.next_number(), title=f"Errand {number}")
        stores.tasks.save(captured)
        stores.history.record(capture(captured, f"command-{number}"))
        stores.events.append([happening(number)])
        stores.jobs.want([job(f"job-{number}", task_id=captured.id)])
        stores.outbox.add([message(f"message-{number}", task_id=captured.id)], at=NOON)

    return decision


@contextmanager
def heard() -> Iterator[list[Statement]]:
    """Collect the statements that reach the driver, with their parameters."""
    found: list[Statement] = []

    def listen(*said: Any) -> None:
        found.append((said[2], said[3], said[5]))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def statements_of(database: Database) -> list[list[Statement]]:
    """Return the statements of every decision, as they were made on a database."""
    unit_of_work, transactions = database.unit_of_work(ME), []
    for number in range(DECISIONS):
        with heard() as found:
            asyncio.run(unit_of_work.run(decide(number)))
        transactions.append([each for each in found if not each[0].startswith("BEGIN")])
    return transactions


def donna_seconds(database: Database) -> float:
    """Return how long the decisions take through the stores."""
    unit_of_work = database.unit_of_work(ME)

    async def all_of_them() -> float:
        began = perf_counter()
        for number in range(DECISIONS):
            await unit_of_work.run(decide(number))
        return perf_counter() - began

    return asyncio.run(all_of_them())


def bare_seconds(driver: Any, transactions: list[list[Statement]], begin: str) -> float:
    """Return how long the driver alone takes for the same statements and commits."""
    cursor = driver.cursor()
    began = perf_counter()
    for transaction in transactions:
        cursor.execute(begin)
        for statement, parameters, is_many in transaction:
            (cursor.executemany if is_many else cursor.execute)(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        cursor.execute("COMMIT")
    return perf_counter() - began


def report(what: str, rounds: list[tuple[float, float]]) -> None:
    """Print the median ratio of the rounds."""
    ratio, ours, theirs = sorted((bare / donna, donna, bare) for donna, bare in rounds)[
        len(rounds) // 2
    ]
    print(
        f"\ndecisions on {what}: {DECISIONS / ours:.0f}/s, the driver alone "
        f"{DECISIONS / theirs:.0f}/s: {ratio:.0%} of its rate"
    )


def test_decisions_beside_bare_sqlite(tmp_path: Path) -> None:
    """Through the stores at least 25 % of the driver's rate, with the same sync."""
    with open_database(path=tmp_path / "heard.db") as database:
        transactions = statements_of(database)
    rounds = []
    for number in range(5):
        with open_database(path=tmp_path / f"donna-{number}.db") as database:
            donna = donna_seconds(database)
        open_database(path=tmp_path / f"bare-{number}.db").close()
        settled = connect(engine_for(tmp_path / f"bare-{number}.db"), busy_timeout=BUSY_TIMEOUT)
        driver = settled.connection.driver_connection
        rounds.append((donna, bare_seconds(driver, transactions, "BEGIN IMMEDIATE")))
        settled.close()
    report("SQLite", rounds)


@pytest.mark.timeout(600)
def test_decisions_beside_bare_psycopg(postgres: Any, own_postgres_url: str) -> None:
    """Through the stores at least 40 % of the driver's rate, equally serializable."""
    psycopg = pytest.importorskip("psycopg")
    schema = own_postgres_url.rpartition("=")[2]
    with open_database(url=own_postgres_url) as database:
        transactions = statements_of(database)
        rounds = []
        for _ in range(5):
            asyncio.run(database.transact(empty))
            donna = donna_seconds(database)
            asyncio.run(database.transact(empty))
            with psycopg.connect(postgres.info.dsn, autocommit=True) as driver:
                driver.execute(f"SET search_path = {schema}")
                begin = "BEGIN ISOLATION LEVEL SERIALIZABLE"
                rounds.append((donna, bare_seconds(driver, transactions, begin)))
    report("PostgreSQL", rounds)


def empty(connection: Any) -> None:
    """Take all rows away."""
    from donna_adapters.sql.tables import METADATA  # noqa: PLC0415  # only here

    for table in reversed(METADATA.sorted_tables):
        connection.execute(table.delete())


def stock(connection: Any, *, jobs: int, users: int) -> None:
    """Store jobs that wait for a later instant, and a few that are due."""
    later = "2027-01-01T00:00:00.000000+00:00"
    connection.execute(text("DELETE FROM job"))
    connection.execute(
        text(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
            "INSERT INTO job (user_id, key, kind, run_at, payload_json, state, attempts, fence, "
            "note) SELECT 'user-' || (i % :users), 'job-' || i, 'reminder', :later, '{}', "
            "'pending', 0, 0, '' FROM n"
        ),
        {"last": jobs - 1, "users": users, "later": later},
    )
    for number in range(20):
        SqlJobStore(connection, UserId(f"user-{number}")).want([job("due")])


def poll_seconds(database: Database) -> float:
    """Return how long it takes to learn whose turn it is."""

    async def polls() -> float:
        times = []
        for _ in range(60):
            began = perf_counter()
            users = await database.transact(lambda c: due_users(c, now=NOON + HOUR, limit=50))
            times.append(perf_counter() - began)
            assert len(users) == 20
        return median(times)

    return asyncio.run(polls())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_the_due_poll_among_a_million_jobs(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It costs at most twice what it costs among a thousand."""
    url = request.getfixturevalue("own_postgres_url") if kind == "PostgreSQL" else None
    with open_database(path=tmp_path / "donna.db", url=url) as database:
        times = []
        for jobs, users in ((FEW, 10), (MANY, USERS)):
            asyncio.run(database.transact(lambda c, j=jobs, u=users: stock(c, jobs=j, users=u)))  # type: ignore[misc]  # a lambda with defaults
            if url is not None:
                analyze(request.getfixturevalue("postgres"), url)
            times.append(poll_seconds(database))
    few, many = times
    print(
        f"\ndue poll on {kind}: {few * 1000:.2f} ms among {FEW} jobs, "
        f"{many * 1000:.2f} ms among {MANY} of {USERS} users: {many / few:.1f} times"
    )


def analyze(postgres: Any, url: str) -> None:
    """Let the server count its rows, as it does by itself after a while."""
    postgres.execute(f"VACUUM ANALYZE {url.rpartition('=')[2]}.job")


def claim_all(url: str, share: list[str], ready: Any) -> None:
    """Claim every job of the users, one by one, as a worker does."""

    async def claims() -> None:
        with open_database(url=url) as database:
            ready.wait()
            for user in share:
                unit_of_work = database.unit_of_work(UserId(user))
                while await unit_of_work.run(
                    lambda stores: stores.jobs.claim(
                        now=NOON, lease_until=NOON + timedelta(hours=1), limit=1
                    )
                ):
                    pass

    asyncio.run(claims())


@pytest.mark.timeout(600)
def test_claims_of_one_two_and_four_workers(own_postgres_url: str) -> None:
    """More workers claim more."""
    users, each = [f"user-{n}" for n in range(40)], 10
    spawn = multiprocessing.get_context("spawn")
    rates = []
    with open_database(url=own_postgres_url) as database:
        for workers in (1, 2, 4):
            asyncio.run(database.transact(empty))
            for user in users:
                asyncio.run(
                    database.unit_of_work(UserId(user)).run(
                        lambda stores: stores.jobs.want(job(f"job-{n}") for n in range(each))
                    )
                )
            ready = spawn.Barrier(workers + 1)
            crew = [
                spawn.Process(target=claim_all, args=(own_postgres_url, users[n::workers], ready))
                for n in range(workers)
            ]
            for worker in crew:
                worker.start()
            ready.wait()
            began = perf_counter()
            for worker in crew:
                worker.join()
            rates.append(len(users) * each / (perf_counter() - began))
    shown = ", ".join(f"{rate:.0f}/s" for rate in rates)
    print(f"\nclaims by 1, 2 and 4 workers: {shown}; {rates[2] / rates[0]:.1f} times")
