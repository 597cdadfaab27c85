"""Looking after herself: doctor."""

from collections.abc import Iterator

from donna_cli.checks import Check, examine
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block
from donna_cli.session import Page, options_of, present, run
from donna_core.domain.wording import Line, Tone


def doctor(invocation: Invocation) -> ExitCode:
    """Check that everything works, with the cause and the fix where it does not.

    Examples:
      donna doctor
      donna doctor --json
    """

    async def act() -> list[Check]:
        return [check async for check in examine(options_of(invocation))]

    checks = run(act())
    present(Page(blocks=lambda: _lines(checks), wire=lambda wire: wire.doctor(checks)), invocation)
    return ExitCode.OK if all(check.ok for check in checks) else ExitCode.DEGRADED


def _lines(checks: list[Check]) -> Iterator[Block]:
    for check in checks:
        mark, tone = ("ok   ", Tone.PLAIN) if check.ok else ("WRONG", Tone.WARNING)
        yield Line(f"{mark}  {check.name}: {check.found}", tone)
        if check.remedy:
            yield Line(f"{'hint' if check.ok else 'fix'}: {check.remedy}", tone, 4)
