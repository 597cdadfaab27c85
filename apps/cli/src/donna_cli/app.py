"""The command ``donna``: its options, its commands by name, and how it ends."""

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Literal

import typer
from attrs import evolve
from typer.core import TyperCommand, TyperGroup

from donna_cli.catalog import CATALOG, Entry, Group
from donna_cli.catalog_groups import GROUPS
from donna_cli.exits import ended
from donna_cli.invocation import Invocation, with_shared_options
from donna_core.domain.workflow.cells import Protocol

MARKUP: Literal["rich"] = "rich"
COMMANDS = "donna_cli.commands"
EXAMPLES = "Examples:"
SETTINGS = {"help_option_names": ["-h", "--help"]}


class LazyGroup(TyperGroup):
    """A group that imports a command when it is asked for and lists all of them without."""

    table: Mapping[str, Entry | Group] = {**CATALOG, **GROUPS}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what is needed to list the command, which is not to run it."""
        del ctx
        entry = self.table.get(cmd_name)
        return None if entry is None else _listed(cmd_name, entry)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command itself, imported now."""
        # What a misspelt name is compared with.
        self.commands = {name: _listed(name, entry) for name, entry in self.table.items()}
        name, listed, rest = super().resolve_command(ctx, args)
        command = None
        if name is not None and listed is not None:
            command = self.load(name, plain=self.rich_markup_mode is None)
        return name, command, rest

    def load(self, name: str, *, plain: bool) -> Any:
        """Return a command of the table, imported."""
        return load_group(name, plain=plain) if name in GROUPS else load(name, plain=plain)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # Typer's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002  # the same
        **extra: Any,
    ) -> Any:
        """Run a command and exit with its code; whatever Donna raises ends in one message."""
        del standalone_mode
        given = [_legible(each) for each in (sys.argv[1:] if args is None else args)]
        if given == ["--version"]:
            given = ["version"]
        if "--plain" in given:
            self.rich_markup_mode = None
        with ended(given) as ending:
            ending.code = super().main(
                given,
                prog_name or "donna",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        sys.exit(ending.code)


app = typer.Typer(
    cls=LazyGroup,
    name="donna",
    help="Donna keeps your tasks, plans them and keeps after you.",
    epilog="Without a command: what is on now, what comes next and what is overdue.",
    rich_markup_mode=MARKUP,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)


def load(name: str, *, plain: bool = False) -> Any:
    """Import a command of the table and return it as Typer runs it."""
    entry = CATALOG[name]
    module, _, attribute = entry.target.partition(":")
    function = getattr(import_module(f"{COMMANDS}.{module}"), attribute)
    return _single(name, function, with_shared_options(function, writes=entry.writes), plain=plain)


def _single(
    name: str, function: Callable[..., Any], command: Callable[..., Any], *, plain: bool
) -> Any:
    markup = None if plain else MARKUP
    single = typer.Typer(
        add_completion=False, rich_markup_mode=markup, pretty_exceptions_enable=False
    )
    single.command(name, help=_help(function, plain=plain), context_settings=SETTINGS)(command)
    return typer.main.get_command(single)


def load_group(name: str, *, plain: bool = False) -> Any:
    """Return a group of commands as Typer runs it; none of them is imported yet."""
    group = GROUPS[name]
    markup = None if plain else MARKUP

    class Commands(LazyGroup):
        """The commands of this group."""

        table = group.commands

        def load(self, name: str, *, plain: bool) -> Any:
            return load_member(group, name, plain=plain)

    below = typer.Typer(
        name=name,
        cls=Commands,
        add_completion=False,
        rich_markup_mode=markup,
        pretty_exceptions_enable=False,
    )
    below.callback(help=group.help, invoke_without_command=True, context_settings=SETTINGS)(_group)
    return typer.main.get_command(below)


def load_member(group: Group, name: str, *, plain: bool = False) -> Any:
    """Import a command of a group and return it as Typer runs it."""
    entry = group.commands[name]
    module, _, attribute = entry.target.partition(":")
    function = getattr(import_module(f"{COMMANDS}.{module}"), attribute)
    if not group.at_desk:
        command = with_shared_options(function, writes=entry.writes)
        return _single(name, function, command, plain=plain)
    # Commands about tasks need nothing of workflows.
    from donna_cli.desk import at_desk  # noqa: PLC0415  # see above

    return _single(name, function, at_desk(function), plain=plain)


def _group(context: typer.Context) -> None:
    """Show the commands when none is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run ``donna`` with the arguments of this process."""
    app()


def _donna(
    invocation: Invocation,
    *,
    protocol: Annotated[
        Protocol | None,
        typer.Option(
            "--protocol", "-p", help="Who reads what workflows print.", show_default="human"
        ),
    ] = None,
    session: Annotated[
        str | None,
        typer.Option("--session", help="The session of workflows to work in.", show_default=False),
    ] = None,
    context: typer.Context,
) -> Any:
    machine = protocol is Protocol.AUTOMATION
    context.obj = evolve(
        invocation, protocol=protocol, session=session, json=invocation.json or machine
    )
    if context.invoked_subcommand is not None:
        return None
    return import_module(f"{COMMANDS}.looking").now(invocation)


app.callback(invoke_without_command=True)(with_shared_options(_donna, writes=False))


def _listed(name: str, entry: Entry | Group) -> TyperCommand:
    return TyperCommand(name, help=entry.help, rich_help_panel=entry.panel)


def _help(function: Callable[..., Any], *, plain: bool) -> str:
    """Return the docstring as Typer shows it: brackets are no markup, examples keep their lines."""
    text = inspect.getdoc(function) or ""
    if plain:
        return text.replace(EXAMPLES, f"\b\n{EXAMPLES}")
    return text.replace("[", "\\[")


def _legible(argument: str) -> str:
    """Return the argument with bytes that are no text replaced, as nothing can store them."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
