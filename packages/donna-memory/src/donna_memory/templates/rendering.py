"""From a template and what goes into it to a note: nothing that goes in can become structure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound
from jinja2.exceptions import UndefinedError

from donna_core.domain.errors import InvalidInput
from donna_memory.vault.notes import SEAL, joined, seal_of, split

_ENDLESS = 1 << 30
_SPACES = re.compile(r"\s+")
# What begins a heading, a quote, a list, a rule or a fence where it stands first.
_OPENS = re.compile(r"^(?:[#>+*`~|=-]|\d+[.)])")
_INLINE = re.compile(r"([\\`\[\]<>])")


class TemplateBroken(InvalidInput):
    """A template is not there, or asks for what it is not given."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"The template '{name}' cannot be used: {problem}.")


@frozen(kw_only=True)
class Told:
    """A section that a model wrote: paragraphs, or the lines of a list."""

    heading: str
    lines: tuple[str, ...]
    is_list: bool


def render(
    name: str, values: Mapping[str, Any], *, told: Sequence[Told] = (), model: str = ""
) -> str:
    """Return the text of a note, its front matter read and written again, and its body sealed.

    ``told`` is what a model adds at the end, and ``model`` its name.

    Raise ``TemplateBroken`` for a template that is not there or misses a value.
    """
    try:
        text = (
            _environment()
            .get_template(f"{name}.md.j2")
            .render({**values, "told": told, "model": model})
        )
    except TemplateNotFound as error:
        raise TemplateBroken(name, "there is no such template") from error
    except UndefinedError as error:
        raise TemplateBroken(name, str(error)) from error
    front, body = split(text, path=name)
    body = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    return joined({**front, SEAL: seal_of(body)}, body)


def sections_of(output: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return a model's answer as sections, in its order; what is empty makes none.

    The parts of one entry of a list are put in one line.
    """
    found = []
    for name, value in output.items():
        entries = value if isinstance(value, list) else [value]
        lines = tuple(filter(None, (_in_one(entry) for entry in entries)))
        if lines:
            heading = name.replace("_", " ").capitalize()
            found.append(Told(heading=heading, lines=lines, is_list=isinstance(value, list)))
    return tuple(found)


def _in_one(entry: object) -> str:
    parts = entry.values() if isinstance(entry, Mapping) else [entry]
    return "; ".join(filter(None, (str(part).strip() for part in parts if part is not None)))


@cache
def _environment() -> Environment:
    made = Environment(  # noqa: S701  # Markdown: what HTML would need escaped is escaped by line
        loader=PackageLoader("donna_memory", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(yaml=as_yaml, line=as_line)
    return made


def as_yaml(value: object) -> str:
    """Return the value as YAML in one line: a text is quoted, so that a date stays text."""
    written: str = yaml.safe_dump(value, default_style='"', default_flow_style=True, width=_ENDLESS)
    return written.strip()


def as_line(value: object) -> str:
    """Return a text as one line of plain Markdown, whatever stands in it."""
    kept = "".join(
        " " if letter in "\n\t\r\u2028\u2029" else letter
        for letter in str(value)
        if letter in "\n\t\r" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )
    line = _INLINE.sub(r"\\\1", _SPACES.sub(" ", kept).strip()).replace("::", ":\\:")
    return f"\\{line}" if _OPENS.match(line) else line
