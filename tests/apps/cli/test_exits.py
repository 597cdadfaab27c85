"""Every family of errors has its exit code, and none of them a traceback."""

import inspect

import pytest

from donna_cli.exits import ExitCode, code_of, ended
from donna_core.domain import errors
from donna_core.domain.errors import DonnaError

CODES = {
    "Refused": ExitCode.REFUSED,
    "InvalidInput": ExitCode.REFUSED,
    "InvalidTransition": ExitCode.REFUSED,
    "AmbiguousReference": ExitCode.REFUSED,
    "VersionConflict": ExitCode.REFUSED,
    "DonnaError": ExitCode.REFUSED,
    "ConfigError": ExitCode.USAGE,
    "OverBudget": ExitCode.BUDGET,
    "BudgetPausedError": ExitCode.BUDGET,
    "ApprovalNeeded": ExitCode.BUDGET,
    "NotFound": ExitCode.NOT_FOUND,
    "TaskNotFound": ExitCode.NOT_FOUND,
    "Degraded": ExitCode.DEGRADED,
    "CalendarUnreadable": ExitCode.DEGRADED,
    "StorageUnavailable": ExitCode.DEGRADED,
    "ModelUnavailable": ExitCode.DEGRADED,
}
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, DonnaError)
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_has_its_code(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message goes to stderr once, the code to the shell."""
    error = KINDS[name].__new__(KINDS[name])
    error.args = ("it is broken. Mend it.",)

    def fail() -> None:
        raise error

    with ended(["list"]) as ending:
        fail()

    assert name in CODES, f"{name} is new: which exit code is it?"
    assert (ending.code, code_of(error)) == (CODES[name], CODES[name])
    assert capsys.readouterr() == ("", "donna: it is broken. Mend it.\n")
