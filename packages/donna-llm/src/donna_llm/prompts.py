"""Prompts as files: front matter that declares the variables, then a Jinja template.

Everything that could go wrong when a prompt is rendered is looked for when it is loaded: a
variable that is not declared, one that the task type does not have, one that nothing uses, a
template that does not parse. Each is a ``ConfigError`` at its file and line.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from donna_core.domain.errors import ConfigError, InvalidInput
from donna_core.local.yaml_source import parse_document

EXAMPLES = "examples"
"""The variable under which a prompt finds its examples."""

_FENCE = "---"
_REMEDY = "Correct the file; docs/how-to/models.md tells how a prompt is written"


class InputsMissing(InvalidInput):
    """A question came without what its prompt needs."""

    def __init__(self, prompt: str, *, problem: str) -> None:
        self.prompt, self.problem = prompt, problem
        super().__init__(f"{prompt} cannot be filled in: {problem}. Give the missing input.")


@frozen(kw_only=True)
class Prompt:
    """A checked prompt. ``examples`` are what the template shows as right answers."""

    name: str
    template: Template
    examples: Sequence[Mapping[str, Any]] = ()

    def render(self, inputs: Mapping[str, Any]) -> str:
        """Return the text for these inputs; raise ``InputsMissing``."""
        try:
            return self.template.render({**inputs, EXAMPLES: self.examples})
        except TemplateRuntimeError as error:
            raise InputsMissing(self.name, problem=str(error)) from error


def load_prompt(
    path: Path, *, inputs: Collection[str], examples: Sequence[Mapping[str, Any]] | None = None
) -> Prompt:
    """Return the prompt of a task type with these inputs; raise ``ConfigError``."""
    variables, body, offset = _parts(path)
    known = {*inputs, *([EXAMPLES] if examples is not None else [])}
    for name, where in variables.items():
        if name not in known:
            problem = f"the variable '{name}' is none of the task type's ({', '.join(inputs)})"
            raise ConfigError(problem, where=where, remedy=_REMEDY)
    environment = _environment()
    try:
        tree = environment.parse(body)
        template = environment.from_string(body)
    except TemplateSyntaxError as error:
        where = f"{path}:{error.lineno + offset}"
        problem = error.message or "is no template"
        raise ConfigError(problem, where=where, remedy=_REMEDY) from error
    used = meta.find_undeclared_variables(tree)
    for name in sorted(used - set(variables)):
        where = f"{path}:{_line_of(tree, name) + offset}"
        problem = f"the variable '{name}' is used and not declared"
        raise ConfigError(problem, where=where, remedy=_REMEDY)
    for name in variables:
        if name not in used:
            problem = f"the variable '{name}' is declared and not used"
            raise ConfigError(problem, where=variables[name], remedy=_REMEDY)
    return Prompt(name=str(path), template=template, examples=tuple(examples or ()))


def load_examples(path: Path, *, inputs: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the rows ``{"inputs": …, "answer": …}`` of a JSON file; raise ``ConfigError``."""
    rows = read_json(path)
    if not isinstance(rows, list):
        raise ConfigError("has to be a list of examples", where=str(path), remedy=_REMEDY)
    for number, row in enumerate(rows, start=1):
        shaped = isinstance(row, dict) and set(row) == {"inputs", "answer"}
        if not (shaped and isinstance(row["inputs"], dict) and isinstance(row["answer"], dict)):
            problem = f"example {number} has to have `inputs` and `answer`, both objects"
            raise ConfigError(problem, where=str(path), remedy=_REMEDY)
        if strange := sorted(set(row["inputs"]) - set(inputs)):
            problem = f"example {number} names inputs the task type lacks: {', '.join(strange)}"
            raise ConfigError(problem, where=str(path), remedy=_REMEDY)
    return rows


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; raise ``ConfigError`` at its line where it is none."""
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}"
        raise ConfigError(f"is no JSON ({error.msg})", where=where, remedy=_REMEDY) from error
    except RecursionError as error:
        raise ConfigError("is nested too deeply", where=str(path), remedy=_REMEDY) from error


def _parts(path: Path) -> tuple[Mapping[str, str], str, int]:
    """Return the variables with their places, the template, and the line before its first."""
    lines = _text(path).splitlines()
    if not lines or lines[0] != _FENCE or _FENCE not in lines[1:]:
        problem = "does not begin with its variables between two lines `---`"
        raise ConfigError(problem, where=f"{path}:1", remedy=_REMEDY)
    end = lines.index(_FENCE, 1)
    # The empty line stands for the fence, so that errors name the lines of the file.
    front = parse_document("\n".join(["", *lines[1:end]]), name=str(path))
    names = front.data.get("variables") if isinstance(front.data, dict) else None
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        problem = "has to say `variables: [name, …]` before the prompt"
        raise ConfigError(problem, where=f"{path}:1", remedy=_REMEDY)
    for key in front.data:
        if key != "variables":
            problem = f"the key '{key}' is not known"
            raise ConfigError(problem, where=front.place((key,)), remedy=_REMEDY)
    places = {name: front.place(("variables", n)) for n, name in enumerate(names)}
    return places, "\n".join(lines[end + 1 :]).strip("\n"), end + 1 + _blank(lines[end + 1 :])


def _blank(lines: Sequence[str]) -> int:
    """Return how many empty lines come first."""
    return next((number for number, line in enumerate(lines) if line), 0)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # models read plain text, no HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja's own escapes for HTML, which costs tokens and reads badly.
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


def _line_of(tree: nodes.Template, name: str) -> int:
    found = (node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
    return min(found, default=1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise ConfigError(problem, where=str(path), remedy=_REMEDY) from error
