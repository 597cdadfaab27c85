"""What can be wrong with workflows: a family, a stable code, the facts, a sentence and advice.

Clients rely on ``kind``, ``code`` and ``fields``. The sentences are for people and may change.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from donna_core.domain.errors import Refused

Value: TypeAlias = str | int | bool


@frozen(kw_only=True)
class Problem:
    """One thing that is wrong. ``location`` is ``file:line`` where a file is to be corrected."""

    kind: str
    code: str
    fields: Mapping[str, Value] = field(factory=dict)
    message: str
    advice: Sequence[str] = ()
    location: str | None = None
    warning: bool = False


class ProblemsFound(Refused):
    """Something about a workspace, an artifact or a session is wrong; ``problems`` say what."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(each.message for each in self.problems))


WARNINGS = frozenset({"workflows.unknown_variable"})
"""What may be meant: it is reported, and the artifact is valid all the same."""


@frozen
class _Meaning:
    kind: str
    message: str
    advice: tuple[str, ...] = ()


def problem(code: str, *, location: str | None = None, **fields: Any) -> Problem:
    """Return the problem of a code; ``code`` is without the leading ``donna.``.

    Fields are texts, numbers or flags, and those that are ``None`` are left out. A ``KeyError``
    is a mistake in the calling code.
    """
    meaning = MEANINGS[code]
    present = {name: value for name, value in fields.items() if value is not None}
    shown = {name: str(value) for name, value in present.items()}
    return Problem(
        kind=meaning.kind,
        code=f"donna.{code}",
        fields=present,
        message=meaning.message.format_map(_Blank(shown)),
        advice=tuple(line.format_map(_Blank(shown)) for line in meaning.advice),
        location=location,
        warning=code in WARNINGS,
    )


def found(code: str, *, location: str | None = None, **fields: Any) -> ProblemsFound:
    """Return the exception that carries one problem."""
    return ProblemsFound([problem(code, location=location, **fields)])


_KINDS = (
    "Known kinds are donna.lib.workflow, specification, text, request_action, run_script, output "
    "and finish."
)
_DIRECTIVES = "Directives are donna.lib.view, list, goto and task_variable."


class _Blank(dict[str, str]):
    """Fills what a sentence names and a problem does not know."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _family(kind: str, prefix: str, **codes: tuple[str, ...]) -> dict[str, _Meaning]:
    return {
        f"{prefix}.{name}": _Meaning(kind, message, tuple(advice))
        for name, (message, *advice) in codes.items()
    }


MEANINGS: Mapping[str, _Meaning] = {
    **_family(
        "core_environment_error",
        "core",
        project_dir_not_found=(
            "No folder from here upwards holds `{donna_dir_name}`.",
            "Change into a project that has one, or make one here: `donna workspaces init`.",
        ),
    ),
    **_family(
        "domain_error",
        "domain",
        invalid_id_format=(
            "`{value}` is no valid {id_type}.",
            "Its parts are names of letters, digits and `_`, separated by `:`.",
        ),
        invalid_id_pattern=(
            "`{value}` is no valid pattern of artifact ids.",
            "Its parts are names, `*` (one part) or `**` (any number), separated by `:`.",
        ),
    ),
    **_family(
        "cli_error",
        "cli",
        invalid_slug_with_extension=(
            "`{value}` is no file name with an extension.",
            "Give both parts, for example `notes.md`.",
        ),
    ),
    **_family(
        "machine_error",
        "machine",
        session_state_not_initialized=(
            "There is no session here yet.",
            "Begin one with `donna sessions start`.",
        ),
        session_state_unreadable=(
            "The state of the session cannot be read: {details}",
            "`donna sessions reset` begins anew and keeps the artifacts.",
        ),
        session_locked=(
            "Another process works on this session (process {holder}).",
            "Repeat the command later; `--session NAME` gives an agent a session of its own.",
        ),
        action_request_not_found=(
            "No open action request is called `{request_id}`.",
            "`donna sessions details` lists the open ones.",
        ),
        invalid_operation_transition=(
            "`{operation_id}` does not lead to `{next_operation_id}`.",
            "Choose one of the operations that the action request names.",
        ),
        action_request_result_required=(
            "`{operation_id}` asks for a structured result and got none.",
            "Repeat the command with `--result '<JSON>'` or `--result-file FILE`.",
        ),
        action_request_result_invalid=(
            "The result for `{operation_id}` does not fit its schema: {details}",
            "Correct it and repeat the command; attempt {attempt} of {max_attempts}.",
        ),
        action_request_result_unrouted=(
            "`{operation_id}` has no branch for the value `{value}` of `{key}`.",
            "Give one of the values that `goto_on_result` lists.",
        ),
        no_workflow_running=(
            "No workflow runs in this session.",
            "Name one: `donna artifacts list '**' --tag workflow` shows them.",
        ),
        step_limit_reached=(
            "{steps} operations ran without asking anybody; the workflow may loop for ever.",
            "`donna sessions continue` lets it go on, `donna sessions reset` ends it.",
        ),
        primitive_invalid_import_path=(
            "The kind `{import_path}` is not of the form `package.name`.",
            "Use a kind such as `donna.lib.request_action`.",
        ),
        primitive_module_not_importable=(
            "The kind `{import_path}` names a module that does not exist.",
            "Use a kind such as `donna.lib.request_action`.",
        ),
        primitive_not_available=(
            "The kind `{import_path}` does not exist.",
            _KINDS,
        ),
        primitive_not_primitive=(
            "`{import_path}` is not the kind of a section.",
            _KINDS,
        ),
        operation_not_executable=(
            "`{operation_id}` is a `{section_kind}`, which cannot be executed.",
            "Let the workflow lead to an operation instead.",
        ),
    ),
    **_family(
        "artifact_validation_error",
        "artifacts",
        section_not_found=(
            "`{artifact_id}` has no section `{section_id}`.",
            "Add the section, or correct the name where it is used.",
        ),
        duplicate_section_id=(
            "`{artifact_id}` has several sections called `{section_id}`; only the first counts.",
            "Give each section an id of its own.",
        ),
        section_config_invalid=(
            "The configuration of section `{section_id}` cannot be used: {details}",
            "Correct the block marked `donna` of this section.",
        ),
    ),
    **_family(
        "artifact_validation_error",
        "workflows",
        wrong_start_operation=(
            "The workflow starts at `{start_operation_id}`, which does not exist.",
            "Let `start_operation_id` name a section of this file.",
        ),
        section_is_not_an_operation=(
            "The workflow leads to `{workflow_section_id}`, which is no operation.",
            "Give the section the kind of an operation, or lead elsewhere.",
        ),
        final_operation_has_transitions=(
            "`{workflow_section_id}` is final and leads on.",
            "Remove its transitions, or its `fsm_mode`.",
        ),
        no_outgoing_transitions=(
            "`{workflow_section_id}` leads nowhere and is not final.",
            "Add a `goto`, or make it a `donna.lib.finish`.",
        ),
        output_missing_next_operation=(
            "The output `{section_id}` does not say what comes next.",
            "Add `next_operation_id`.",
        ),
        run_script_missing_goto_on_success=(
            "The script `{section_id}` does not say where success leads.",
            "Add `goto_on_success`.",
        ),
        run_script_missing_goto_on_failure=(
            "The script `{section_id}` does not say where failure leads.",
            "Add `goto_on_failure`.",
        ),
        run_script_goto_on_code_includes_zero=(
            "`goto_on_code` of `{section_id}` holds 0, which is success.",
            "Use `goto_on_success` for it.",
        ),
        run_script_invalid_exit_code=(
            "`goto_on_code` of `{section_id}` holds `{exit_code}`, which is no whole number.",
            'Use exit codes such as "2", or "-9" for a signal.',
        ),
        run_script_missing_script_block=(
            "The operation `{section_id}` holds no script.",
            "Add one fenced block that begins with ```bash donna script.",
        ),
        run_script_multiple_script_blocks=(
            "The operation `{section_id}` holds several scripts.",
            "Keep one, and make the others operations of their own.",
        ),
        run_script_broken_script=(
            "The script of `{section_id}` cannot run: {details}",
            "Correct the script.",
        ),
        run_script_unsafe_value=(
            "The script of `{section_id}` would hold the value of `{variable}` as program text.",
            "Read it from the environment variable `DONNA_VAR_{variable}` instead.",
        ),
        result_schema_invalid=(
            "`result_schema` of `{section_id}` is no JSON Schema: {details}",
            "Correct it; json-schema.org describes the format.",
        ),
        unreachable_operation=(
            "Nothing leads to the operation `{section_id}`.",
            "Lead to it, or remove it.",
        ),
        no_path_to_finish=(
            "From `{section_id}` no path leads to an end of the workflow.",
            "Let one of its paths end in a `donna.lib.finish`.",
        ),
        unknown_variable=(
            "`{section_id}` uses the task variable `{variable}`, which no operation saves.",
            "Save it with `save_stdout_to` or `save_result_to`, or correct the name.",
        ),
    ),
    **_family(
        "workspace_error",
        "workspaces",
        workspace_already_initialized=(
            "`{project_dir}` is a workspace already.",
            "Use it as it is; `donna workspaces update` renews the instruction files.",
        ),
        workspace_unwritable=(
            "`{path}` cannot be written: {details}",
            "Correct this and repeat the command.",
        ),
    ),
    **_family(
        "workspace_config_error",
        "workspaces",
        config_parse_failed=("`{config_path}` is no valid TOML: {details}", "Correct the file."),
        config_validation_failed=("`{config_path}` cannot be used: {details}", "Correct the file."),
    ),
    **_family(
        "world_error",
        "workspaces",
        world_not_configured=(
            "There is no world `{world_id}`.",
            "Name one of those in `.donna/config.toml`, or add it there.",
        ),
        world_readonly=("The world `{world_id}` is read-only.", "Set `readonly = false` for it."),
        state_storage_unsupported=(
            "The world `{world_id}` cannot keep the state of a session.",
            "Let the world `session` be a filesystem world with `session = true`.",
        ),
    ),
    **_family(
        "artifact_error",
        "workspaces",
        artifact_not_found=(
            "There is no artifact `{artifact_id}`.",
            "`donna artifacts list '**'` lists all of them.",
        ),
        artifact_multiple_files=(
            "Several files are the artifact `{artifact_id}`.",
            "Keep one of them: {details}",
        ),
        artifact_unreadable=("`{artifact_id}` cannot be read: {details}", "Correct the file."),
    ),
    **_family(
        "artifact_update_error",
        "workspaces",
        cannot_update_readonly_world=(
            "`{artifact_id}` cannot be changed: the world `{world_id}` is read-only.",
            "Write to another world, such as `project` or `session`.",
        ),
        input_path_has_no_extension=(
            "`{path}` has no extension.",
            "Give the file one, such as `.md`.",
        ),
        no_source_for_artifact_extension=(
            "No kind of source reads files like `{path}`.",
            "Use an extension listed under `sources` in `.donna/config.toml`, such as `.md`.",
        ),
    ),
    **_family(
        "artifact_copy_error",
        "workspaces",
        cannot_copy_to_readonly_world=(
            "`{target_id}` cannot be written: the world `{world_id}` is read-only.",
            "Choose a target in another world, such as `project` or `session`.",
        ),
    ),
    **_family(
        "artifact_remove_error",
        "workspaces",
        cannot_remove_readonly_world=(
            "`{artifact_id}` cannot be removed: the world `{world_id}` is read-only.",
            "Set `readonly = false` for the world if this is meant.",
        ),
    ),
    **_family(
        "markdown_error",
        "workspaces",
        markdown_multiple_h1_sections=(
            "The document has several headings of level 1.",
            "Keep one; make the others `##`.",
        ),
        markdown_h1_section_must_be_first=(
            "Something stands before the heading of level 1.",
            "Begin the document with `# Title`.",
        ),
        markdown_artifact_without_sections=("The document is empty.", "Begin it with `# Title`."),
        markdown_unsupported_code_format=(
            "A block marked `donna` is written in `{format}`.",
            "Use `toml`, `yaml` or `json`.",
        ),
        markdown_invalid_config=(
            "A block marked `donna` is no valid {format}: {details}",
            "Correct the block.",
        ),
        markdown_not_utf8=("The document is no UTF-8 text: {details}", "Save it as UTF-8."),
        markdown_structure_changed=(
            "Rendered for a task, the document has {found} sections instead of {expected}.",
            "Keep headings of level 1 and 2 out of conditions that depend on a task.",
        ),
        primitive_does_not_support_markdown=(
            "`{import_path}` is a directive, not the kind of a section.",
            "Use it inside the text, as `{{{{ {import_path}(…) }}}}`.",
        ),
    ),
    **_family(
        "template_directive_error",
        "workspaces",
        directive_module_not_importable=(
            "`{directive}` does not exist.",
            _DIRECTIVES,
        ),
        directive_not_available=(
            "`{directive}` does not exist.",
            _DIRECTIVES,
        ),
        directive_not_directive=(
            "`{directive}` is no directive.",
            _DIRECTIVES,
        ),
        directive_unexpected_error=(
            "`{directive}` cannot be called like this: {details}",
            "`donna artifacts view donna:usage:artifacts` tells its arguments.",
        ),
        template_invalid=(
            "The template cannot be rendered: {details}",
            "Correct the expression; `{{% raw %}}` keeps braces as they are.",
        ),
        template_unsafe=(
            "The template reaches for what no template may use: {details}",
            "Templates may use values and filters only.",
        ),
    ),
    **{
        key: meaning
        for name in ("view", "list", "goto", "task_variable")
        for key, meaning in _family(
            "directive_error",
            f"directives.{name}",
            invalid_arguments=(
                f"`donna.lib.{name}` takes one argument and got {{provided_count}}.",
                "Give exactly one text.",
            ),
            invalid_keyword=(f"`donna.lib.{name}` knows no `{{keyword}}`.", "Remove it."),
            invalid_tags=(
                f"`tags` of `donna.lib.{name}` is no list of texts.",
                'Write `tags=["one", "two"]`.',
            ),
            task_context_missing=(
                "A task variable is used without a task.",
                "Use it in operations only.",
            ),
        ).items()
    },
}
"""Every code there is, without its leading ``donna.``."""
