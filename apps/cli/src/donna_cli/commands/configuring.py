"""The configuration: config."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from donna_adapters.compose.settings import find_place
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.overlay import set_value
from donna_cli.render import Block
from donna_cli.session import Page, options_of, present, run
from donna_cli.settings import Setting, full_key, named, settings
from donna_core.domain.errors import InvalidInput
from donna_core.domain.wording import Line, Tone


def config(
    invocation: Invocation,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[get KEY | set KEY VALUE | path]", help="Nothing lists all."),
    ] = None,
) -> ExitCode:
    """List what can be configured, read one key, or set it.

    Values are YAML. What is set is kept in the configuration folder, over the defaults.

    Examples:
      donna config get calendar.timezone
      donna config set notifications.reminder_minutes_before 20
    """
    place = find_place(options_of(invocation))
    folder = place.config if place.config and place.config.is_dir() else None
    match words or []:
        case []:
            found = settings(folder)
            return present(_listed(place.config_folder, found), invocation)
        case ["path"]:
            return present(_listed(place.config_folder, []), invocation)
        case ["get", key]:
            return present(_shown(named(key, settings(folder))), invocation)
        case ["set", key, *value] if value:
            setting = full_key(key, settings(folder))
            run(set_value(place.config_folder, tuple(setting.split(".")), " ".join(value)))
            return present(_shown(named(setting, settings(place.config_folder))), invocation)
    raise InvalidInput("Say `donna config`, or behind it: get KEY, set KEY VALUE, or path.")


def _listed(folder: Path, found: list[Setting]) -> Page:
    def blocks() -> Iterator[Block]:
        if not found:
            yield Line(str(folder))
            return
        yield Line(f"Files in {folder} go before the defaults.", Tone.QUIET)
        yield from _lines(found)

    return Page(blocks=blocks, wire=lambda wire: wire.config(str(folder), found))


def _shown(found: list[Setting]) -> Page:
    single = found[0] if len(found) == 1 else None
    return Page(
        blocks=lambda: _lines(found),
        wire=lambda wire: wire.setting(single) if single else wire.config("", found),
    )


def _lines(found: list[Setting]) -> Iterator[Block]:
    for each in found:
        value = json.dumps(each.value, ensure_ascii=False)
        source = each.where if each.overlaid else "default"
        yield Line(f"{each.key} = {value}  ({source})", Tone.GOOD if each.overlaid else Tone.PLAIN)
