"""About Donna: version, schema."""

import json
import platform

import typer

from donna_adapters.sql.driver import SQLITE_VERSION
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import Page, present
from donna_core import __version__
from donna_core.domain.wording import Line


def version(invocation: Invocation) -> ExitCode:
    """Show the versions of Donna and what she runs on.

    Examples:
      donna version
      donna version --json
    """
    sqlite, python = ".".join(map(str, SQLITE_VERSION)), platform.python_version()
    page = Page(
        blocks=lambda: [Line(f"donna {__version__} (Python {python}, SQLite {sqlite})")],
        wire=lambda wire: wire.version(donna=__version__, python=python, sqlite=sqlite),
    )
    return present(page, invocation)


def schema(invocation: Invocation) -> ExitCode:
    """Show the JSON Schema of what --json prints.

    Examples:
      donna schema
      donna schema --json
    """
    # The generator of schemas is needed here and nowhere else.
    from donna_cli.schema_page import schemas  # noqa: PLC0415  # see above

    typer.echo(json.dumps(schemas(), indent=None if invocation.json else 2))
    return ExitCode.OK
