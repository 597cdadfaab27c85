"""What an artifact is rendered for, by whom it is read, and what a rendering leads to.

What a task saved is not inserted into the text: it is marked, and put in after the text was
understood, so that no value can become a heading, a configuration or a command.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import Factory, define, frozen

from donna_core.domain.workflow.configuration import Modules
from donna_core.domain.workflow.ids import ArtifactId
from donna_core.domain.workflow.problems import found
from donna_skills.workflows.speaker import Speaker

SYNTAX = ("{{", "{%", "{#")
_OPEN, _CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


class Mode(StrEnum):
    """What a rendering is for."""

    VIEW = "view"
    EXECUTE = "execute"
    ANALYSIS = "analysis"


class Trusted(str):
    """Text that Donna wrote herself, such as a command line."""

    __slots__ = ()


@frozen(kw_only=True)
class Running:
    """What a template may ask of the task it is rendered for."""

    task_id: str
    context: Mapping[str, Any]
    unit_id: str
    operation_id: str


@define
class Rendering:
    """One rendering: what it is for, what it read and where it led to.

    ``path`` is the file that problems are told of.
    """

    mode: Mode
    speaker: Speaker
    artifact: ArtifactId
    modules: Modules
    path: str
    running: Running | None = None
    values: list[str] = Factory(list)
    names: list[str] = Factory(list)
    gotos: list[str] = Factory(list)
    tainted: bool = False

    def finalize(self, value: Any) -> Any:
        """Return what is written for the value of an expression."""
        if isinstance(value, Trusted) or not self.tainted or not isinstance(value, str):
            return value
        self.values.append(value)
        return f"{_OPEN}{len(self.values) - 1}{_CLOSE}"

    def filled(self, text: str) -> str:
        """Return the text with its values in place, each line indented like the first."""
        if not self.values:
            return text
        lines = text.split("\n")
        filled = [_filled_line(line, self.values) for line in lines]
        # A value that ends its paragraph ends it once.
        for number, line in enumerate(lines):
            ends = number + 1 == len(lines) or not lines[number + 1].strip()
            if ends and line.endswith(_CLOSE):
                filled[number] = filled[number].rstrip("\n")
        return "\n".join(filled)

    def variable(self, name: str) -> str:
        """Return the value of a task variable, or a mark that is hard to overlook."""
        if self.running is None:
            raise found("directives.task_variable.task_context_missing")
        self.tainted = True
        self.names.append(name)
        if name not in self.running.context:
            return f"$$donna task variable '{name}' is not set in this task donna$$"
        return str(self.running.context[name])


def rendered(source: str, rendering: Rendering, *, first_line: int = 0) -> str:
    """Return the source rendered; raise ``ProblemsFound``.

    ``first_line`` is where the source begins in its file, counted from 0, for error messages.
    """
    if not has_syntax(source):
        return source
    # Jinja takes longer to import than most artifacts to render, and many need none of it.
    from donna_skills.workflows.sandbox import evaluated  # noqa: PLC0415  # see above

    return evaluated(source, rendering, first_line=first_line)


def stands_alone(source: str) -> bool:
    """Say whether the template defines nothing that its other parts could use."""
    if not has_syntax(source):
        return True
    from donna_skills.workflows.sandbox import defines_nothing  # noqa: PLC0415  # see above

    return defines_nothing(source)


def has_syntax(source: str) -> bool:
    """Say whether the source holds anything for a template engine."""
    return any(mark in source for mark in SYNTAX)


def _filled_line(line: str, values: Sequence[str]) -> str:
    """Return one line with its values; the further lines of a value get the same prefix."""
    if _OPEN not in line:
        return line
    prefix = re.match(r"[\s>]*", line)
    indent = prefix.group() if prefix else ""
    pieces: list[str] = []
    position = 0
    for mark in MARK.finditer(line):
        between = line[position : mark.start()]
        pieces.append(between.lstrip(" ") if pieces and pieces[-1].endswith("\n") else between)
        number = int(mark.group(1))
        value = values[number] if number < len(values) else mark.group()
        pieces.append(value.replace("\n", f"\n{indent}") if indent else value)
        position = mark.end()
    rest = line[position:]
    pieces.append(rest.lstrip(" ") if pieces[-1].endswith("\n") else rest)
    return "".join(pieces)
