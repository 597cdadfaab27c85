"""One connection to PostgreSQL and the transactions on it, each of them decided whole.

A transaction is serializable and has its turn: a lock that is waited for before the
transaction begins, so that it sees what the turn before it left. Statements that belong
together travel together, so that a turn costs no way to the server more than a transaction.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import blake2b
from threading import Event, get_native_id
from typing import Any, TypeVar

from psycopg import Error as DriverError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, StatementError

from donna_adapters.sql.postgres_faults import DEADLOCK, SERIALIZATION, code_of, is_lost

T = TypeVar("T")

MOST_TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(milliseconds=5), timedelta(seconds=1)
_WAIT_FOR = "BEGIN; SELECT pg_advisory_lock({turn}); COMMIT; "
_BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT pg_current_xact_id()::text"
_GIVE_BACK = "; SELECT pg_advisory_unlock_all()"


class _Lost(Exception):
    """The connection went away before anything was certain to be kept."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class PostgresSession:
    """A connection that is opened when it is needed, and anew after it was lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T], *, turn: str | None) -> T:
        """Return what the work returned once it is kept.

        What ran into another transaction, or lost its connection before it was kept, is run
        again, a bounded number of times. Raise the driver's error after that.
        """
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return self._attempt(work, turn)
            except _Lost as lost:
                error: Exception = lost.cause
            except (DBAPIError, DriverError) as failed:
                if code_of(failed) not in {SERIALIZATION, DEADLOCK}:
                    raise
                error = failed
            if attempt == MOST_TRIES:
                raise error
            _pause(attempt)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _attempt(self, work: Callable[[Connection], T], turn: str | None) -> T:
        try:
            connection = self._connected()
            transaction_id = self._begin(turn)
            result = work(connection)
        except (DBAPIError, DriverError) as error:
            if is_lost(error):
                self.close()
                raise _Lost(error) from error
            self._roll_back()
            raise
        except StatementError as error:
            self._roll_back()
            # A value that no column takes, such as a naive instant, is the decision's own fault.
            raise (error.orig or error) from None
        except BaseException:
            self._roll_back()
            raise
        self._commit(transaction_id)
        return result

    def _begin(self, turn: str | None) -> str:
        """Wait for the turn, begin, and return the name by which the server knows this."""
        taken = "" if turn is None else _WAIT_FOR.format(turn=lock_number(turn))
        cursor = self._driver.execute(taken + _BEGIN)
        while cursor.nextset():
            pass
        return str(cursor.fetchone()[0])

    def _commit(self, transaction_id: str) -> None:
        try:
            self._driver.execute("COMMIT" + _GIVE_BACK)
        except DriverError as error:
            if not is_lost(error):
                self._roll_back()
                raise
            self.close()
            match self._fate_of(transaction_id):
                case "committed":
                    return
                case "aborted":
                    raise _Lost(error) from error
                case _:
                    raise
        if self._connection is not None:
            self._connection.commit()

    def _fate_of(self, transaction_id: str) -> str:
        """Ask the server, by a new connection, what became of a transaction.

        The answer to a commit was lost: to repeat it unasked could do everything twice.
        """
        found = "in progress"
        for attempt in range(1, MOST_TRIES + 1):
            try:
                self._connected()
                asked = self._driver.execute("SELECT pg_xact_status(%s::xid8)", [transaction_id])
                found = str(asked.fetchone()[0])
            except (DBAPIError, DriverError) as error:
                self.close()
                if attempt == MOST_TRIES or not is_lost(error):
                    raise
            if found != "in progress":
                break
            _pause(attempt)
        return found

    def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            self._driver.execute("ROLLBACK" + _GIVE_BACK)
            self._connection.rollback()
        except (DBAPIError, DriverError):
            self.close()  # a server that loses the connection rolls back by itself

    @property
    def _driver(self) -> Any:
        """The driver's connection: it sends several statements at once."""
        assert self._connection is not None  # noqa: S101  # opened by whoever asks
        return self._connection.connection.driver_connection

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection


def lock_number(turn: str) -> int:
    """Return the number of the advisory lock that a turn waits for: 64 bits of its hash."""
    return int.from_bytes(blake2b(turn.encode(), digest_size=8).digest(), "big", signed=True)


def _pause(attempt: int) -> None:
    """Wait longer from try to try, and not as long as the others who try."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
    Event().wait(longest.total_seconds() * (0.5 + get_native_id() % 50 / 100))
