"""What an artifact is made of: sections, their kinds, and what each kind is configured with."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from attrs import field, frozen

from donna_core.domain.workflow.ids import ArtifactId
from donna_core.domain.workflow.problems import Problem

PRIMARY = "primary"
DEFAULT_TIMEOUT = 60
OUTPUT_LIMIT = 1024 * 1024
"""Bytes of each stream of a script that are kept, unless its operation says otherwise."""
MAX_ATTEMPTS = 3


class Kind(StrEnum):
    """What a section is, by the name its configuration gives it."""

    SPECIFICATION = "donna.lib.specification"
    TEXT = "donna.lib.text"
    WORKFLOW = "donna.lib.workflow"
    REQUEST_ACTION = "donna.lib.request_action"
    RUN_SCRIPT = "donna.lib.run_script"
    OUTPUT = "donna.lib.output"
    FINISH = "donna.lib.finish"

    @property
    def executable(self) -> bool:
        """Whether a workflow can lead to it."""
        return self not in {Kind.SPECIFICATION, Kind.TEXT}


@frozen(kw_only=True)
class Script:
    """A script as the artifact holds it: the words of its fence, and its text."""

    language: str
    text: str
    line: int


@frozen(kw_only=True)
class ResultRule:
    """What a structured result must look like, and where it leads.

    ``schema`` is a JSON Schema. With ``key`` and ``branches``, the value of that member of the
    result chooses the next operation. After ``max_attempts`` results that do not fit, the
    workflow goes to ``on_invalid``, where that is given.
    """

    schema: Mapping[str, Any]
    save_to: str | None = None
    max_attempts: int = MAX_ATTEMPTS
    on_invalid: str | None = None
    key: str | None = None
    branches: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Prose:
    """A section to be read; it cannot be executed."""


@frozen(kw_only=True)
class WorkflowHead:
    """The head of a workflow."""

    start: str


@frozen(kw_only=True)
class RequestAction:
    """Asks the agent to do something and to say where to go on."""

    final: bool = False
    result: ResultRule | None = None


@frozen(kw_only=True)
class RunScript:
    """Runs a script and goes where its exit code leads. ``timeout`` is in seconds."""

    script: Script
    on_success: str | None = None
    on_failure: str | None = None
    on_code: Mapping[str, str] = field(factory=dict)
    save_stdout_to: str | None = None
    save_stderr_to: str | None = None
    timeout: int = DEFAULT_TIMEOUT
    idempotent: bool = False
    clean_environment: bool = False
    output_limit: int = OUTPUT_LIMIT
    final: bool = False

    def after(self, code: int) -> str | None:
        """Return where an exit code leads; signals are negative, a timeout is 124."""
        if code == 0:
            return self.on_success
        return self.on_code.get(str(code), self.on_failure)


@frozen(kw_only=True)
class Output:
    """Prints its body and goes on."""

    following: str | None = None
    final: bool = False


@frozen(kw_only=True)
class Finish:
    """Prints its body and ends the task."""


Operation: TypeAlias = Prose | WorkflowHead | RequestAction | RunScript | Output | Finish


@frozen(kw_only=True)
class Mention:
    """A name used inside a section, and the line of the file it stands on."""

    name: str
    line: int


@frozen(kw_only=True)
class Section:
    """One heading of level 1 or 2 with everything below it.

    ``body`` is the text without its configuration, as Markdown. ``gotos`` and ``variables``
    are what its text mentions when no task is there.
    """

    id: str
    kind: Kind
    title: str
    line: int
    body: str
    tags: Sequence[str] = ()
    operation: Operation
    gotos: Sequence[Mention] = ()
    variables: Sequence[Mention] = ()
    lines: Mapping[str, int] = field(factory=dict)

    @property
    def final(self) -> bool:
        """Whether a task ends here."""
        match self.operation:
            case Finish():
                return True
            case RequestAction(final=final) | RunScript(final=final) | Output(final=final):
                return final
            case _:
                return False

    @property
    def transitions(self) -> tuple[str, ...]:
        """The local ids it may lead to, each once, in the order of the text."""
        return tuple(dict.fromkeys(each.name for each in self.leads()))

    def leads(self) -> tuple[Mention, ...]:
        """Return what it may lead to, with the line that says so."""
        named: dict[str, str | None]
        match self.operation:
            case WorkflowHead(start=start):
                named = {"start_operation_id": start}
            case RunScript() as script:
                named = {"goto_on_success": script.on_success, "goto_on_failure": script.on_failure}
                named |= {f"goto_on_code.{code}": each for code, each in script.on_code.items()}
            case Output(following=following):
                named = {"next_operation_id": following}
            case RequestAction(result=rule):
                named = _result_leads(rule)
            case _:
                named = {}
        leads = [self._mention(key, name) for key, name in named.items() if name is not None]
        spoken = self.gotos if isinstance(self.operation, RequestAction) else ()
        return (*spoken, *leads)

    def _mention(self, key: str, name: str) -> Mention:
        return Mention(name=name, line=self.lines.get(key.partition(".")[0], self.line))


def _result_leads(rule: ResultRule | None) -> dict[str, str | None]:
    if rule is None:
        return {}
    branches = {f"goto_on_result.{value}": target for value, target in rule.branches.items()}
    return {"goto_on_invalid": rule.on_invalid, **branches}


@frozen(kw_only=True)
class Artifact:
    """A Markdown file as Donna understands it; its first section is the primary one."""

    id: ArtifactId
    path: str
    sections: Sequence[Section]
    problems: Sequence[Problem] = ()

    @property
    def primary(self) -> Section:
        """The section of the heading of level 1."""
        return self.sections[0]

    @property
    def tags(self) -> frozenset[str]:
        """What the artifact can be filtered by."""
        return frozenset(self.primary.tags)

    def find(self, local: str) -> Section | None:
        """Return the first section of that id."""
        return next((each for each in self.sections if each.id == local), None)

    def location(self, line: int) -> str:
        """Return the place of a line as ``file:line``."""
        return f"{self.path}:{line}"


def unnamed_id(artifact: ArtifactId, title: str, position: int) -> str:
    """Return the id of a section that has none: ``markdown`` and 32 hexadecimal digits.

    The same section gets the same id at every load.
    """
    digest = hashlib.sha256(f"{artifact}\n{position}\n{title}".encode()).hexdigest()
    return f"markdown{digest[:32]}"


def tags_of(kind: Kind, given: Sequence[str]) -> tuple[str, ...]:
    """Return the tags of a section; workflows and specifications are tagged as such."""
    own = {Kind.WORKFLOW: "workflow", Kind.SPECIFICATION: "specification"}.get(kind)
    return tuple(given) if own is None or own in given else (*given, own)
