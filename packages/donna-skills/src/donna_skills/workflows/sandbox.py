"""Templates: what an artifact may compute while it is rendered, and nothing else.

Jinja in its sandbox, without a loader. Names that are not there render as nothing.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import evolve, frozen
from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from donna_core.domain.workflow.configuration import DIRECTIVES, Modules
from donna_core.domain.workflow.ids import parse_name, parse_pattern
from donna_core.domain.workflow.problems import ProblemsFound, found
from donna_skills.workflows.rendering import Mode, Rendering, Trusted

# What the expressions of a template can raise by themselves.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TemplateError,
    TypeError,
    ValueError,
)
_STRUCTURAL = (
    nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Block,
    nodes.Extends, nodes.Include,
)  # fmt: skip


# What Jinja asks of anything that is called; an answer of ours would mean yes.
_ASKED_BY_JINJA = {"unsafe_callable", "alters_data", "jinja_pass_arg"}


class _Context(Mapping[str, str]):
    """The variables of the current task; reading one counts as inserting a value."""

    def __init__(self, rendering: Rendering, values: Mapping[str, Any]) -> None:
        self._rendering, self._values = rendering, values

    def __getitem__(self, name: str) -> str:
        self._rendering.tainted = True
        return str(self._values[name])

    def __iter__(self) -> Any:
        self._rendering.tainted = True
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@frozen
class _CurrentTask:
    id: str
    context: _Context


@frozen
class _CurrentUnit:
    id: str
    operation_id: str


class _Path:
    """A dotted name in a template that leads to a directive, or to nothing.

    What it keeps is private, and so out of reach of templates.
    """

    __slots__ = ("_parts", "_rendering")

    def __init__(self, rendering: Rendering, *parts: str) -> None:
        self._rendering, self._parts = rendering, parts

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _ASKED_BY_JINJA:
            raise AttributeError(name)
        return _Path(self._rendering, *self._parts, name)

    def __str__(self) -> str:
        return ""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        library, name = self._parts[:-1], self._parts[-1]
        if library == ("donna", "lib") and name in DIRECTIVES:
            return _DIRECTIVES[name](self._rendering, arguments, keywords)
        raise missing_directive(".".join(self._parts), self._rendering.modules)


def missing_directive(path: str, modules: Modules) -> ProblemsFound:
    """Return what to raise for a call of something that is no directive."""
    module, _, name = path.rpartition(".")
    if module == "donna.lib":
        return found("workspaces.directive_not_available", directive=path)
    names = modules(module) if module else None
    if names is None:
        return found("workspaces.directive_module_not_importable", directive=path)
    reason = "directive" if name in names else "available"
    return found(f"workspaces.directive_not_{reason}", directive=path)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox; ``current`` is the rendering that runs now."""

    current: Rendering | None = None


def evaluated(source: str, rendering: Rendering, *, first_line: int) -> str:
    """Return the source rendered; raise ``ProblemsFound`` with the line of the file."""
    environment = _environment()
    previous, environment.current = environment.current, None
    try:
        template = _compiled(source)
        environment.current = rendering
        return str(template.render(_names(rendering)))
    except TemplateSyntaxError as error:
        place = f"{rendering.path}:{first_line + error.lineno}"
        details = error.message or "it is malformed"
        raise found("workspaces.template_invalid", location=place, details=details) from error
    except SecurityError as error:
        place = f"{rendering.path}:{first_line + _line(error)}"
        raise found("workspaces.template_unsafe", location=place, details=str(error)) from error
    except ProblemsFound as error:
        place = f"{rendering.path}:{first_line + _line(error)}"
        placed = (evolve(each, location=each.location or place) for each in error.problems)
        raise ProblemsFound(placed) from error
    except _FAULTS as error:
        place = f"{rendering.path}:{first_line + _line(error)}"
        raise found("workspaces.template_invalid", location=place, details=str(error)) from error
    finally:
        environment.current = previous


def defines_nothing(source: str) -> bool:
    """Say whether the template defines nothing outside the place where it stands."""
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError:
        return False
    return next(tree.find_all(_STRUCTURAL), None) is None


def _names(rendering: Rendering) -> dict[str, Any]:
    names: dict[str, Any] = {
        "donna": _Path(rendering, "donna"),
        "render_mode": rendering.mode,
        "artifact_id": Trusted(rendering.artifact),
    }
    running = rendering.running
    if running is not None:
        names["current_task"] = _CurrentTask(running.task_id, _Context(rendering, running.context))
        names["current_work_unit"] = _CurrentUnit(running.unit_id, running.operation_id)
    return names


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    return _Environment(
        undefined=_Undefined,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.debug"],
        finalize=_finalize,
    )


@lru_cache(maxsize=512)
def _compiled(source: str) -> Any:
    return _environment().from_string(source)


def _finalize(value: Any) -> Any:
    rendering = _environment().current
    return value if rendering is None else rendering.finalize(value)


class _Undefined(ChainableUndefined):
    """A name that is not there: it renders as nothing, and calling it is a mistake."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _ASKED_BY_JINJA:
            raise AttributeError(name)
        return type(self)(name=f"{self._undefined_name}.{name}")

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        del arguments, keywords
        rendering = _environment().current
        name = str(self._undefined_name)
        if rendering is not None and "." in name:
            raise missing_directive(name, rendering.modules)
        raise found("workspaces.template_invalid", details=f"`{name}` is not defined")


def _line(error: BaseException) -> int:
    lines = [
        frame.lineno or 1
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in {"<template>", "<unknown>"}
    ]
    return lines[-1] if lines else 1


# --- directives ---

_Directive = Callable[[Rendering, Sequence[Any], Mapping[str, Any]], str]


def _only_argument(name: str, arguments: Sequence[Any]) -> str:
    if len(arguments) != 1:
        raise found(f"directives.{name}.invalid_arguments", provided_count=len(arguments))
    return str(arguments[0])


def _refuse_keywords(name: str, keywords: Mapping[str, Any]) -> None:
    if keywords:
        details = f"unexpected keyword `{next(iter(keywords))}`"
        directive = f"donna.lib.{name}"
        raise found("workspaces.directive_unexpected_error", directive=directive, details=details)


def _reference(name: str) -> _Directive:
    """Return the directive that points to artifacts: ``view`` or ``list``."""

    def directive(
        rendering: Rendering, arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> str:
        pattern = str(parse_pattern(_only_argument(name, arguments)))
        tags = _tags(name, keywords)
        if rendering.mode is Mode.ANALYSIS:
            listed = f" tags={','.join(tags)}" if tags else ""
            return Trusted(f"$$donna {name} {pattern}{listed} donna$$")
        asked = "".join(f" --tag '{tag}'" for tag in tags)
        command = rendering.speaker.command(f"artifacts {name} '{pattern}'{asked}")
        return Trusted(f"{pattern} ({command})")

    return directive


def _tags(name: str, keywords: Mapping[str, Any]) -> Sequence[str]:
    for keyword in keywords:
        if keyword != "tags":
            raise found(f"directives.{name}.invalid_keyword", keyword=keyword)
    tags = keywords.get("tags")
    if tags is None:
        return ()
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise found(f"directives.{name}.invalid_tags")
    return tags


def _goto(rendering: Rendering, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    name = parse_name(_only_argument("goto", arguments))
    _refuse_keywords("goto", keywords)
    rendering.gotos.append(name)
    if rendering.mode is Mode.ANALYSIS:
        return Trusted(f"$$donna goto {name} donna$$")
    target = rendering.artifact.operation(name)
    words = f"sessions action-request-completed <action-request-id> '{target}'"
    return Trusted(rendering.speaker.command(words))


def _task_variable(
    rendering: Rendering, arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> str:
    name = _only_argument("task_variable", arguments)
    _refuse_keywords("task_variable", keywords)
    match rendering.mode:
        case Mode.ANALYSIS:
            rendering.names.append(name)
            return Trusted(f"$$donna task_variable {name} donna$$")
        case Mode.VIEW:
            return Trusted(f"$$donna the value of task variable '{name}' stands here donna$$")
        case Mode.EXECUTE:
            return rendering.variable(name)


_DIRECTIVES: Mapping[str, _Directive] = {
    "view": _reference("view"),
    "list": _reference("list"),
    "goto": _goto,
    "task_variable": _task_variable,
}
