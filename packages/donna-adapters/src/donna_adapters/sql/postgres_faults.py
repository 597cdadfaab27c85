"""What PostgreSQL complains about, in Donna's words.

The keys are its SQLSTATE codes, or the two letters of a class of them:
postgresql.org/docs/current/errcodes-appendix.html.
"""

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from donna_core.domain.errors import StorageUnavailable

SERIALIZATION, DEADLOCK = "40001", "40P01"
UNDEFINED_TABLE = "42P01"
CANCELLED = "57014"

FAULTS: Mapping[str, tuple[str, str]] = {
    "08": ("{place} cannot be reached: {detail}", "Start PostgreSQL or correct the address."),
    "28": (
        "{place} refuses the login: {detail}",
        "Correct the user and the password in DONNA_DATABASE_URL.",
    ),
    "3D000": ("{place} does not exist", "Create it with `createdb`, or correct its name."),
    "42501": (
        "{place} does not let this user do that: {detail}",
        "Give the user the schema: GRANT ALL ON SCHEMA … TO …",
    ),
    "25006": (
        "{place} is read-only, as a standby is",
        "Name the primary in DONNA_DATABASE_URL, and repeat.",
    ),
    "53100": ("the disk of {place} is full", "Free some space on the server, and repeat."),
    "53200": ("{place} has no memory left", "Give the server more, and repeat."),
    "53300": (
        "{place} has no connection left",
        "Raise max_connections or stop other programs, and repeat.",
    ),
    "55P03": (
        "another process is deciding on {place} and did not finish in time",
        "Wait for it or stop it, and repeat.",
    ),
    "57P": ("{place} is stopping or starting", "Wait until it is up, and repeat."),
    "40": (
        "other processes changed {place} at the same moment, again and again",
        "Repeat it.",
    ),
    "XX": ("{place} reports damage: {detail}", "Restore the last good dump of it."),
}
UNREACHABLE = FAULTS["08"]
UNEXPECTED = (
    "{place} answered: {detail}",
    "Run `donna doctor`, and report this if it finds nothing.",
)


def unavailable(error: BaseException, *, place: str) -> StorageUnavailable:
    """Return Donna's error for one of the driver, or of SQLAlchemy around it."""
    code = code_of(error)
    if code is None:
        problem, remedy = UNREACHABLE if is_lost(error) else UNEXPECTED
    else:
        problem, remedy = FAULTS.get(code) or FAULTS.get(code[:3]) or _of_class(code)
    said = str(cause_of(error)).strip().splitlines() or [type(error).__name__]
    return StorageUnavailable(problem.format(place=place, detail=said[0]), remedy=remedy)


def code_of(error: BaseException) -> str | None:
    """Return the SQLSTATE of the error, which one that never reached a server has not."""
    code: str | None = getattr(cause_of(error), "sqlstate", None)
    return code


def cause_of(error: BaseException) -> BaseException:
    """Return the driver's own error."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error


def is_lost(error: BaseException) -> bool:
    """Whether the error means that there is no connection any more."""
    code = code_of(error)
    if code is None:
        return type(cause_of(error)).__name__ in {"OperationalError", "ConnectionTimeout"}
    return code[:2] == "08" or code[:3] == "57P"


def _of_class(code: str) -> tuple[str, str]:
    return FAULTS.get(code[:2], UNEXPECTED)
