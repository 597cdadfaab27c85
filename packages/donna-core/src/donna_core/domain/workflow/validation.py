"""What is wrong with an artifact, found without running anything.

What the 0.2.1 engine did not look for is reported as well, and keeps no file from being written:
what was accepted then still is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from donna_core.domain.workflow.artifact import (
    Artifact,
    Finish,
    Kind,
    Output,
    RequestAction,
    RunScript,
    Script,
    Section,
    WorkflowHead,
)
from donna_core.domain.workflow.problems import Problem, problem

ADVISORY = frozenset(
    f"donna.{code}"
    for code in (
        "artifacts.duplicate_section_id",
        "workflows.no_path_to_finish",
        "workflows.run_script_broken_script",
        "workflows.unknown_variable",
        "workflows.unreachable_operation",
    )
)
"""What is reported and does not keep an artifact from being written."""

ScriptCheck = Callable[[Script], str | None]
"""Says why a script cannot run, or ``None``."""
SchemaCheck = Callable[[Mapping[str, Any]], str | None]
"""Says why a JSON Schema is none, or ``None``."""


def validate(
    artifact: Artifact, *, check_script: ScriptCheck, check_schema: SchemaCheck
) -> tuple[Problem, ...]:
    """Return everything that is wrong, in the order of the file where it has one."""
    return (
        *artifact.problems,
        *(each for section in artifact.sections for each in _section(artifact, section)),
        *_duplicates(artifact),
        *_scripts(artifact, check_script),
        *_schemas(artifact, check_schema),
        *_whole(artifact),
    )


def _problem(artifact: Artifact, code: str, line: int, **fields: Any) -> Problem:
    location = artifact.location(line)
    return problem(code, location=location, artifact_id=str(artifact.id), **fields)


def _section(artifact: Artifact, section: Section) -> Iterator[Problem]:
    match section.operation:
        case WorkflowHead():
            yield from _graph(artifact, section)
        case Output(following=None):
            code = "workflows.output_missing_next_operation"
            yield _problem(artifact, code, section.line, section_id=section.id)
        case RunScript() as script:
            yield from _script_rules(artifact, section, script)
        case _:
            pass


def _script_rules(artifact: Artifact, section: Section, script: RunScript) -> Iterator[Problem]:
    for key, target in (("success", script.on_success), ("failure", script.on_failure)):
        if target is None:
            code = f"workflows.run_script_missing_goto_on_{key}"
            yield _problem(artifact, code, section.line, section_id=section.id)
    line = section.lines.get("goto_on_code", section.line)
    for exit_code in script.on_code:
        if not _is_whole(exit_code):
            code = "workflows.run_script_invalid_exit_code"
            fields = {"section_id": section.id, "exit_code": exit_code}
            yield _problem(artifact, code, line, **fields)
        elif int(exit_code) == 0:
            code = "workflows.run_script_goto_on_code_includes_zero"
            yield _problem(artifact, code, line, section_id=section.id)


def _graph(artifact: Artifact, head: Section) -> Iterator[Problem]:
    """Walk from the start of a workflow and judge every section that is met."""
    if not isinstance(head.operation, WorkflowHead) or head is not artifact.primary:
        return
    start = head.operation.start
    line = head.lines.get("start_operation_id", head.line)
    if artifact.find(start) is None:
        yield _missing(artifact, start, line)
        code = "workflows.wrong_start_operation"
        yield _problem(artifact, code, line, section_id=head.id, start_operation_id=start)
        yield _missing(artifact, start, line)
        return
    for section in reachable(artifact, start):
        yield from _in_graph(artifact, head, section)


def reachable(artifact: Artifact, start: str) -> Sequence[Section]:
    """Return the sections that can be met from one, in the order of a breadth-first walk."""
    met: dict[str, Section] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        section = artifact.find(name)
        if section is None or name in met:
            continue
        met[name] = section
        waiting += section.transitions
    return tuple(met.values())


def _in_graph(artifact: Artifact, head: Section, section: Section) -> Iterator[Problem]:
    fields = {"section_id": head.id, "workflow_section_id": section.id}
    if section.kind is Kind.WORKFLOW:
        return
    if not section.kind.executable:
        code = "workflows.section_is_not_an_operation"
        yield _problem(artifact, code, section.line, **fields)
        return
    if section.final and section.transitions:
        code = "workflows.final_operation_has_transitions"
        yield _problem(artifact, code, section.line, **fields)
    if not section.final and not section.transitions:
        code = "workflows.no_outgoing_transitions"
        yield _problem(artifact, code, section.line, **fields)
    absent = dict.fromkeys(
        (each.name, each.line) for each in section.leads() if artifact.find(each.name) is None
    )
    seen: set[str] = set()
    for name, line in absent:
        if name not in seen:
            seen.add(name)
            yield _missing(artifact, name, line)


def _missing(artifact: Artifact, section_id: str, line: int) -> Problem:
    return _problem(artifact, "artifacts.section_not_found", line, section_id=section_id)


def _duplicates(artifact: Artifact) -> Iterator[Problem]:
    seen: set[str] = set()
    for section in artifact.sections:
        if section.id in seen:
            code = "artifacts.duplicate_section_id"
            yield _problem(artifact, code, section.line, section_id=section.id)
        seen.add(section.id)


def _scripts(artifact: Artifact, check: ScriptCheck) -> Iterator[Problem]:
    for section in artifact.sections:
        if isinstance(section.operation, RunScript):
            script = section.operation.script
            details = check(script)
            if details is not None:
                code = "workflows.run_script_broken_script"
                fields = {"section_id": section.id, "details": details}
                yield _problem(artifact, code, script.line, **fields)


def _schemas(artifact: Artifact, check: SchemaCheck) -> Iterator[Problem]:
    for section in artifact.sections:
        rule = section.operation.result if isinstance(section.operation, RequestAction) else None
        details = None if rule is None else check(rule.schema)
        if details is not None:
            line = section.lines.get("result_schema", section.line)
            fields = {"section_id": section.id, "details": details}
            yield _problem(artifact, "workflows.result_schema_invalid", line, **fields)


def _whole(artifact: Artifact) -> Iterator[Problem]:
    """Judge a workflow as a whole: what is never met, what never ends, what nobody saves."""
    head = artifact.primary
    if not isinstance(head.operation, WorkflowHead) or artifact.find(head.operation.start) is None:
        return
    met = reachable(artifact, head.operation.start)
    inside = {section.id for section in met}
    for section in artifact.sections:
        if section is not head and section.kind.executable and section.id not in inside:
            code = "workflows.unreachable_operation"
            yield _problem(artifact, code, section.line, section_id=section.id)
    for section in _endless(met):
        code = "workflows.no_path_to_finish"
        yield _problem(artifact, code, section.line, section_id=section.id)
    saved = {name for section in met for name in saves(section)}
    for section in met:
        for variable in section.variables:
            if variable.name not in saved:
                fields = {"section_id": section.id, "variable": variable.name}
                code = "workflows.unknown_variable"
                yield _problem(artifact, code, variable.line, **fields)


def _endless(met: Sequence[Section]) -> Iterator[Section]:
    """Yield the sections from which no end can be reached.

    Ways that break off are reported as such, and count as ends here.
    """
    inside = {section.id for section in met}
    ending = {
        section.id
        for section in met
        if isinstance(section.operation, Finish)
        or not section.transitions
        or not inside.issuperset(section.transitions)
    }
    while True:
        more = {
            section.id
            for section in met
            if section.id not in ending and ending & set(section.transitions)
        }
        if not more:
            break
        ending |= more
    yield from (section for section in met if section.kind.executable and section.id not in ending)


def saves(section: Section) -> tuple[str, ...]:
    """Return the task variables that an operation saves."""
    match section.operation:
        case RunScript(save_stdout_to=out, save_stderr_to=err):
            named = (out, err)
        case RequestAction(result=rule) if rule is not None:
            named = (rule.save_to, None)
        case _:
            named = (None, None)
    return tuple(name for name in named if name is not None)


def _is_whole(code: str) -> bool:
    digits = code.removeprefix("-")
    return digits.isascii() and digits.isdecimal()
