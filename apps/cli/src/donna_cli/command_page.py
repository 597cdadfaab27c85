"""The reference page of the commands, in Markdown: docs/reference/cli.md."""

import inspect
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from donna_cli.app import EXAMPLES, load, load_member
from donna_cli.catalog import CATALOG, Entry
from donna_cli.catalog_groups import GROUPS
from donna_cli.exits import ExitCode
from donna_cli.invocation import everywhere, on_writing

_SHARED = {*inspect.signature(everywhere).parameters, *inspect.signature(on_writing).parameters}

_MEANINGS = {
    ExitCode.OK: "Done as asked.",
    ExitCode.REFUSED: "Refused: understood, and not possible; nothing was changed.",
    ExitCode.USAGE: "Usage: an option, an argument or the configuration cannot be used.",
    ExitCode.NOT_FOUND: "Not found: nothing matches what was named.",
    ExitCode.DEGRADED: "Degraded: something outside could not be read or written, or the doctor "
    "found something wrong; what was accepted is safe.",
    ExitCode.BUDGET: "Budget: it might cost more than is allowed, and was not done.",
    ExitCode.INTERRUPTED: "Ended by the interrupt key.",
}


def document() -> str:
    """Return the page, made from the table of commands and the commands themselves."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Command reference"
    yield ""
    yield "`donna` alone shows what is on now, what comes next and what is overdue."
    yield "This page is generated from the table in `apps/cli/src/donna_cli/catalog.py`."
    for panel, entries in groupby(CATALOG.items(), key=lambda item: item[1].panel):
        yield from ("", f"## {panel}")
        for name, entry in entries:
            yield from _command(name, entry)
    yield from _groups()
    yield from _everywhere()
    yield from _codes()


def _groups() -> Iterator[str]:
    panel = next(iter(GROUPS.values())).panel
    yield from ("", f"## {panel}", "")
    yield "What is wrong with a workspace, artifact or session is printed as a cell, with code 0."
    yield "`donna -p llm …` and `donna -p automation …` choose who reads what is printed."
    for first, group in GROUPS.items():
        for name, entry in group.commands.items():
            command = load_member(group, name, plain=True)
            yield from _described(f"{first} {name}", command, writes=entry.writes)


def _command(name: str, entry: Entry) -> Iterator[str]:
    yield from _described(name, load(name, plain=True), writes=entry.writes)


def _described(name: str, command: Any, *, writes: bool) -> Iterator[str]:
    text, _, examples = command.help.replace("\b\n", "").partition(EXAMPLES)
    yield from ("", f"### donna {name}", "")
    yield from (line for line in text.strip().splitlines())
    options = [each for each in command.params if each.name not in _SHARED and _named(each)]
    if options:
        yield from ("", "| option | |", "|---|---|")
        yield from (f"| `{_named(each)}` | {each.help} |" for each in options)
    if writes:
        yield from ("", "It changes something, so it takes `--dry-run` and `--yes`.")
    yield from ("", "```text", *(line.strip() for line in examples.strip().splitlines()), "```")


def _everywhere() -> Iterator[str]:
    yield from ("", "## Everywhere", "", "| option | |", "|---|---|")
    for function in (everywhere, on_writing):
        for parameter in inspect.signature(function).parameters.values():
            [option] = parameter.annotation.__metadata__
            name = ", ".join([option.default, *(option.param_decls or ())])
            yield f"| `{name}` | {option.help} |"


def _codes() -> Iterator[str]:
    yield from ("", "## Exit codes", "", "| code | meaning |", "|---|---|")
    yield from (f"| {code.value} | {_MEANINGS[code]} |" for code in ExitCode)


def _named(parameter: Any) -> str:
    """Return the option as it is typed; an argument or ``--help`` has no row."""
    names = [name for name in parameter.opts if name.startswith("-")]
    return ", ".join(names)
