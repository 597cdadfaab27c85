"""From the merged configuration of a section to its operation, each key checked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from donna_core.domain.workflow.artifact import (
    DEFAULT_TIMEOUT,
    MAX_ATTEMPTS,
    OUTPUT_LIMIT,
    Finish,
    Kind,
    Operation,
    Output,
    Prose,
    RequestAction,
    ResultRule,
    RunScript,
    Script,
    WorkflowHead,
)
from donna_core.domain.workflow.ids import is_name
from donna_core.domain.workflow.problems import ProblemsFound, found

T = TypeVar("T")
Modules = Callable[[str], frozenset[str] | None]
"""Tells the names that a module defines, without running it, or ``None`` when there is none."""

DIRECTIVES = frozenset({"view", "list", "goto", "task_variable"})
OPERATION_MODES = ("start", "normal", "final")
LIBRARY = "donna.lib"


def kind_of(import_path: str, modules: Modules) -> Kind:
    """Return the kind of that name; raise ``ProblemsFound``. Nothing is imported."""
    module, dot, name = import_path.rpartition(".")
    parts = import_path.split(".")
    if not dot or not all(map(is_name, parts)):
        raise found("machine.primitive_invalid_import_path", import_path=import_path)
    if import_path in set(Kind):
        return Kind(import_path)
    if module == LIBRARY:
        known = name in DIRECTIVES
        code = "workspaces.primitive_does_not_support_markdown" if known else None
        raise found(code or "machine.primitive_not_available", import_path=import_path)
    names = modules(module)
    if names is None:
        raise found("machine.primitive_module_not_importable", import_path=import_path)
    code = "primitive_not_primitive" if name in names else "primitive_not_available"
    raise found(f"machine.{code}", import_path=import_path)


class Reader:
    """Takes the keys of a configuration one after the other, and refuses what is left."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._left = dict(given)
        self.complaints: list[str] = []

    def take(self, key: str, default: T, read: Callable[[Any], T], wanted: str) -> T:
        """Return the value of a key as ``read`` makes it; a ``ValueError`` is a complaint."""
        if key not in self._left:
            return default
        value = self._left.pop(key)
        try:
            return read(value)
        except ValueError:
            self.complaints.append(f"`{key}` must be {wanted}, not {_shown(value)}")
            return default

    def required(self, key: str) -> None:
        """Complain when the key is not there."""
        if key not in self._left:
            self.complaints.append(f"`{key}` is missing")

    def finish(self) -> None:
        """Complain about every key that nobody took."""
        self.complaints += [f"`{key}` is not known here" for key in sorted(self._left)]


def operation_of(
    kind: Kind, reader: Reader, scripts: Sequence[Script], section_id: str
) -> Operation:
    """Return the operation that a section is configured to be.

    Complaints are left with the reader; a missing or a second script raises ``ProblemsFound``.
    """
    match kind:
        case Kind.SPECIFICATION | Kind.TEXT:
            return Prose()
        case Kind.WORKFLOW:
            reader.required("start_operation_id")
            return WorkflowHead(start=reader.take("start_operation_id", "", _name, _NAME))
        case Kind.FINISH:
            reader.take("fsm_mode", "final", _one_of("final"), "`final`")
            return Finish()
        case Kind.OUTPUT:
            return _output(reader)
        case Kind.REQUEST_ACTION:
            final = _is_final(reader)
            return RequestAction(final=final, result=_result_rule(reader))
        case Kind.RUN_SCRIPT:
            return _run_script(reader, _only(scripts, section_id))


def _output(reader: Reader) -> Output:
    final = _is_final(reader)
    older = reader.take("next_operation", None, _optional_name, _NAME)
    newer = reader.take("next_operation_id", older, _optional_name, _NAME)
    if older is not None and newer != older:
        reader.complaints.append("`next_operation` and `next_operation_id` differ; keep one")
    return Output(following=newer, final=final)


def _run_script(reader: Reader, script: Script) -> RunScript:
    return RunScript(
        script=script,
        on_success=reader.take("goto_on_success", None, _optional_name, _NAME),
        on_failure=reader.take("goto_on_failure", None, _optional_name, _NAME),
        on_code=reader.take("goto_on_code", {}, _table_of_names, "a table of operation ids"),
        save_stdout_to=reader.take("save_stdout_to", None, _optional_text, "a text"),
        save_stderr_to=reader.take("save_stderr_to", None, _optional_text, "a text"),
        timeout=reader.take("timeout", DEFAULT_TIMEOUT, whole, "a whole number of seconds"),
        idempotent=reader.take("idempotent", default=False, read=_flag, wanted="true or false"),
        clean_environment=reader.take(
            "environment", default=False, read=_clean, wanted="`inherit` or `clean`"
        ),
        output_limit=reader.take("output_limit", OUTPUT_LIMIT, _bytes, "a number of bytes"),
        final=_is_final(reader),
    )


def _result_rule(reader: Reader) -> ResultRule | None:
    schema = reader.take("result_schema", None, _optional_table, "a JSON Schema")
    rule = ResultRule(
        schema=schema or {},
        save_to=reader.take("save_result_to", None, _optional_text, "a text"),
        max_attempts=reader.take("max_attempts", MAX_ATTEMPTS, _positive, "a number above 0"),
        on_invalid=reader.take("goto_on_invalid", None, _optional_name, _NAME),
        key=reader.take("result_key", None, _optional_text, "a text"),
        branches=reader.take("goto_on_result", {}, _table_of_names, "a table of operation ids"),
    )
    if bool(rule.branches) != (rule.key is not None):
        reader.complaints.append("`result_key` and `goto_on_result` need each other")
    if schema is not None:
        return rule
    if rule != ResultRule(schema={}):
        reader.complaints.append("`result_schema` is missing beside what uses the result")
    return None


def _only(scripts: Sequence[Script], section_id: str) -> Script:
    if len(scripts) == 1:
        return scripts[0]
    how_many = "multiple_script_blocks" if scripts else "missing_script_block"
    raise found(f"workflows.run_script_{how_many}", section_id=section_id)


def _is_final(reader: Reader) -> bool:
    modes = ", ".join(OPERATION_MODES)
    return (
        reader.take("fsm_mode", "normal", _one_of(*OPERATION_MODES), f"one of {modes}") == "final"
    )


_NAME = "the id of an operation"


def _name(value: Any) -> str:
    if not is_name(value):
        raise ValueError
    return str(value)


def _optional_name(value: Any) -> str | None:
    return _name(value)


def text(value: Any) -> str:
    """Return the value when it is a text; raise ``ValueError``."""
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  # one kind of complaint about values
    return value


def _optional_text(value: Any) -> str | None:
    return text(value)


def texts(value: Any) -> list[str]:
    """Return the value when it is a list of texts; raise ``ValueError``."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError  # one kind of complaint about values
    return value


def whole(value: Any) -> int:
    """Return a whole number, also when it is written as a text or with a zero fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError  # noqa: TRY004  # one kind of complaint about values
    if isinstance(value, float) and not value.is_integer():
        raise ValueError  # one kind of complaint about values
    return int(value)


def _positive(value: Any) -> int:
    number = whole(value)
    if number < 1:
        raise ValueError
    return number


def _bytes(value: Any) -> int:
    number = whole(value)
    if number < 0:
        raise ValueError
    return number


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004  # one kind of complaint about values
    return value


def _clean(value: Any) -> bool:
    return _one_of("inherit", "clean")(value) == "clean"


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return read


def _optional_table(value: Any) -> Mapping[str, Any] | None:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004  # one kind of complaint about values
    return value


def _table_of_names(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004  # one kind of complaint about values
    return {text(code): _name(target) for code, target in value.items()}


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def complaint(error: Sequence[str], section_id: str) -> ProblemsFound:
    """Return the complaints about one section as one problem."""
    return found(
        "artifacts.section_config_invalid", section_id=section_id, details="; ".join(error)
    )
