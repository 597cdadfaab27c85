"""A session driven: what the machine asks for is done, saved and written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, frozen

from donna_core.domain.workflow.artifact import (
    Kind,
    Operation,
    RequestAction,
    ResultRule,
    RunScript,
    Section,
)
from donna_core.domain.workflow.cells import Cell, succeeded
from donna_core.domain.workflow.ids import (
    ArtifactId,
    OperationId,
    parse_artifact_id,
    parse_operation_id,
)
from donna_core.domain.workflow.machine import (
    Completed,
    Continued,
    Event,
    Execute,
    Found,
    Load,
    Report,
    Rest,
    ScriptEnded,
    Show,
    WorkflowCalled,
    step,
)
from donna_core.domain.workflow.problems import ProblemsFound, found
from donna_core.domain.workflow.state import State, WorkUnit
from donna_core.domain.workflow.status import details_cells, status_cell
from donna_core.ports.workflow import ScriptJob, ScriptRunner, SessionStore
from donna_skills.workflows.languages import language_of
from donna_skills.workflows.library import Library
from donna_skills.workflows.rendering import Mode, Running
from donna_skills.workflows.speaker import Speaker
from donna_skills.workflows.splicing import exported, spliced
from donna_skills.workflows.workspace import Workspace

if TYPE_CHECKING:
    from donna_skills.workflows.documents import Loaded, Shown

MOST_STEPS = 10_000
"""Operations that one command executes before it asks whether the workflow loops for ever."""


@frozen(kw_only=True)
class Answer:
    """What the agent reports: the request, where to go on, and a result where one is wanted."""

    request_id: str
    target: str | None = None
    result: Any = None
    has_result: bool = False


@define(kw_only=True)
class Session:
    """One session of a workspace; every method returns the cells that end a command.

    Cells that are shown meanwhile go to ``emit`` at once. Everything may raise
    ``ProblemsFound``; what was done before is saved.
    """

    workspace: Workspace
    speaker: Speaker
    library: Library
    store: SessionStore
    runner: ScriptRunner
    label: str
    held: Mapping[str, str]
    emit: Callable[[Cell], None]

    def start(self) -> list[Cell]:
        """Begin anew: without tasks, artifacts and scratch files of an earlier session."""
        with self.store.locked():
            self.store.clear()
            self.store.record("session_started")
            self.store.save(State(), durable=True)
        return [succeeded("A new session has begun.")]

    def reset(self) -> list[Cell]:
        """Forget all tasks and keep the artifacts."""
        with self.store.locked():
            self.store.record("session_reset")
            self.store.save(State(), durable=True)
        return [succeeded("The session has been reset; its artifacts were kept.")]

    def status(self) -> list[Cell]:
        """Count what is open."""
        return [status_cell(self.store.load())]

    def details(self) -> list[Cell]:
        """Count what is open and show every open request."""
        return details_cells(self.store.load())

    def proceed(self) -> list[Cell]:
        """Go on with what is queued."""
        with self.store.locked():
            return self._driven(self.store.load(), Continued())

    def run(self, workflow: str) -> list[Cell]:
        """Run a workflow, on top of those that run."""
        artifact = parse_artifact_id(workflow)
        with self.store.locked():
            state = self.store.load()
            primary = self.library.load(artifact).artifact.primary
            if not primary.kind.executable:
                raise _not_executable(artifact.operation(primary.id), primary.kind)
            self.store.record("workflow_called", workflow=workflow)
            return self._driven(state, WorkflowCalled(head=artifact.operation(primary.id)))

    def complete(self, answer: Answer) -> list[Cell]:
        """Take note that a request was done, and go on where the agent says."""
        target = None if answer.target is None else parse_operation_id(answer.target)
        with self.store.locked():
            state = self.store.load()
            request = state.request(answer.request_id)
            if request is None:
                raise found("machine.action_request_not_found", request_id=answer.request_id)
            source = parse_operation_id(request.operation_id)
            section = self._section(source)
            rule = _rule(section.operation)
            complaints: Sequence[str] = ()
            if rule is not None and answer.has_result:
                complaints = _complaints(rule, answer.result)
            note = {"request": request.id, "operation": request.operation_id}
            note |= {"target": answer.target} if answer.target is not None else {}
            note |= {"result": answer.result} if answer.has_result else {}
            event = Completed(
                request_id=request.id,
                target=target,
                source=source,
                operation=section.operation,
                transitions=section.transitions,
                result=answer.result,
                has_result=answer.has_result,
                complaints=complaints,
            )
            return self._driven(state, event, note)

    def standing(self, workflow: ArtifactId | None) -> tuple[ArtifactId, frozenset[str]]:
        """Return a workflow, by default that of the topmost task, and where its tasks stand."""
        try:
            state = self.store.load()
        except ProblemsFound:
            if workflow is None:
                raise
            return workflow, frozenset()
        open_ids = [each.operation_id for each in state.work_units]
        open_ids += [each.operation_id for each in state.action_requests]
        open_operations = [parse_operation_id(each) for each in open_ids]
        if workflow is None:
            running = [each.artifact for each in open_operations]
            if not running:
                raise found("machine.no_workflow_running")
            workflow = running[-1]
        inside = [each.local for each in open_operations if each.artifact == workflow]
        return workflow, frozenset(inside)

    def _section(self, operation: OperationId) -> Section:
        loaded = self.library.load(operation.artifact)
        return loaded.artifact.sections[_position(loaded, operation)]

    def _driven(
        self, state: State, event: Event, answered: Mapping[str, Any] | None = None
    ) -> list[Cell]:
        drive = _Drive(session=self, state=state, answered=answered)
        return details_cells(drive.to_rest(event))


@define(kw_only=True)
class _Drive:
    """The machine at work, from one event until it rests.

    ``answered`` is written down as soon as the machine has accepted the answer.
    """

    session: Session
    state: State
    saved: State | None = None
    rendered: dict[str, Shown] | None = None
    steps: int = 0
    answered: Mapping[str, Any] | None = None

    def to_rest(self, event: Event) -> State:
        """Return the state in which nothing is left to do without the agent."""
        self.saved = self.state
        following: Event | None = event
        while following is not None:
            before = self.state
            self.state, requests = step(self.state, following)
            self._record_answer()
            self._record_requests(before)
            # The end of a script is in the journal already, and saved with what comes next.
            if not isinstance(following, ScriptEnded):
                self._save(durable=False)
            following = None
            for request in requests:
                match request:
                    case Show(cell=cell):
                        self._show(cell)
                    case Load(unit=unit):
                        following = self._found(unit)
                    case Execute(unit=unit, operation=operation):
                        following = self._executed(unit, operation)
                    case Report(problem=problem):
                        self._stop(ProblemsFound([problem]))
                    case Rest():
                        self._save(durable=True)
        return self.state

    def _save(self, *, durable: bool) -> None:
        if durable or self.state is not self.saved:
            self.session.store.save(self.state, durable=durable)
            self.saved = self.state

    def _stop(self, error: ProblemsFound) -> None:
        self._save(durable=True)
        for each in error.problems:
            self.session.store.record("problem", code=each.code, message=each.message)
        raise error

    def _show(self, cell: Cell) -> None:
        if cell.kind == "operation_output":
            operation = cell.meta["operation_id"]
            self.session.store.record("output", operation=operation, text=cell.content)
        self.session.emit(cell)

    def _record_answer(self) -> None:
        answered = self.answered
        if answered is not None and self.state.request(str(answered["request"])) is None:
            self.session.store.record("completed", **answered)
            self.answered = None

    def _record_requests(self, before: State) -> None:
        known = {each.id for each in before.action_requests}
        for each in self.state.action_requests:
            if each.id not in known:
                self.session.store.record(
                    "request", request=each.id, operation=each.operation_id, text=each.request
                )

    def _found(self, unit: WorkUnit) -> Event:
        try:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise found("machine.step_limit_reached", steps=MOST_STEPS)
            return self._loaded(unit)
        except ProblemsFound as error:
            self._stop(error)
            raise

    def _loaded(self, unit: WorkUnit) -> Event:
        source = parse_operation_id(unit.operation_id)
        loaded = self.session.library.load(source.artifact)
        position = _position(loaded, source)
        section = loaded.artifact.sections[position]
        if not section.kind.executable:
            raise _not_executable(source, section.kind)
        if unit.begun and (ended := self._remembered(unit, source, section.operation)):
            return ended
        task = self.state.task(unit.task_id)
        running = Running(
            task_id=unit.task_id,
            context={} if task is None else task.context,
            unit_id=unit.id,
            operation_id=unit.operation_id,
        )
        shown = loaded.shown(position, Mode.EXECUTE, self.session.speaker, running)
        self.rendered = {unit.id: shown}
        facts = {"operation": unit.operation_id, "task": unit.task_id, "title": section.title}
        self.session.store.record("operation", **facts)
        return Found(
            unit_id=unit.id,
            source=source,
            title=shown.title,
            operation=section.operation,
            text=_instructed(shown.body, section.operation, self.session.speaker),
            offered=_offered(section, shown),
            doubt=_doubt(section, source, self.session.speaker) if unit.begun else "",
        )

    def _executed(self, unit: WorkUnit, operation: RunScript) -> Event:
        source = parse_operation_id(unit.operation_id)
        try:
            job = self._job(unit, source, operation)
        except ProblemsFound as error:
            # Nothing ran, so nothing is in doubt.
            self.state = evolve(
                self.state,
                work_units=tuple(
                    evolve(each, begun=False) if each.id == unit.id else each
                    for each in self.state.work_units
                ),
            )
            self._stop(error)
            raise
        self._save(durable=True)
        self.session.runner.forget(job.label)
        result = self.session.runner.run(job)
        saved = {
            name: text
            for name, wanted, text in (
                ("stdout", operation.save_stdout_to, result.stdout),
                ("stderr", operation.save_stderr_to, result.stderr),
            )
            if wanted is not None
        }
        facts = {"operation": unit.operation_id, "unit": unit.id, "code": result.code}
        self.session.store.record("script_ended", **facts, **saved)
        return ScriptEnded(
            unit_id=unit.id,
            source=source,
            operation=operation,
            code=result.code,
            stdout=result.stdout,
            stderr=result.stderr,
        )

    def _job(self, unit: WorkUnit, source: OperationId, operation: RunScript) -> ScriptJob:
        shown = (self.rendered or {})[unit.id]
        scripts = [fence for fence in shown.fences if fence.is_script]
        if len(scripts) != 1:
            found_them = len(scripts)
            raise found("workspaces.markdown_structure_changed", expected=1, found=found_them)
        [fence] = scripts
        language = language_of(fence.content, fence.format)
        program = spliced(fence.content, language, shown.rendering.values, source.local)
        task = self.state.task(unit.task_id)
        variables = exported(task.context) if task is not None else {}
        return ScriptJob(
            text=program.text,
            language=fence.format,
            label=f"{self.session.label}-{unit.id}",
            folder=self.session.workspace.project,
            timeout=operation.timeout,
            output_limit=operation.output_limit,
            environment={**variables, **program.environment, **self.session.held},
            clean_environment=operation.clean_environment,
        )

    def _remembered(
        self, unit: WorkUnit, source: OperationId, operation: Operation
    ) -> ScriptEnded | None:
        """Return how a script ended whose end was written down and not yet acted upon."""
        for entry in reversed(self.session.store.journal()):
            if entry["event"] in {"session_started", "session_reset"}:
                break
            if entry["event"] == "script_ended" and entry.get("unit") == unit.id:
                if not isinstance(operation, RunScript):
                    break
                return ScriptEnded(
                    unit_id=unit.id,
                    source=source,
                    operation=operation,
                    code=int(entry["code"]),
                    stdout=str(entry.get("stdout", "")),
                    stderr=str(entry.get("stderr", "")),
                )
        return None


def _position(loaded: Loaded, operation: OperationId) -> int:
    for position, section in enumerate(loaded.artifact.sections):
        if section.id == operation.local:
            return position
    raise found(
        "artifacts.section_not_found",
        location=loaded.artifact.location(1),
        artifact_id=str(operation.artifact),
        section_id=operation.local,
    )


def _not_executable(operation: OperationId, kind: Kind) -> ProblemsFound:
    code = "machine.operation_not_executable"
    return found(code, operation_id=str(operation), section_kind=str(kind))


def _rule(operation: Operation) -> ResultRule | None:
    return operation.result if isinstance(operation, RequestAction) else None


def _offered(section: Section, shown: Shown) -> tuple[str, ...]:
    """Return where a section may lead to, as it stands and as it was rendered for the task."""
    spoken = shown.rendering.gotos if isinstance(section.operation, RequestAction) else ()
    return tuple(dict.fromkeys((*spoken, *section.transitions)))


def _instructed(body: str, operation: Operation, speaker: Speaker) -> str:
    """Return the body of a request; one that wants a result says how to hand it over."""
    rule = _rule(operation)
    if rule is None:
        return body
    schema = json.dumps(rule.schema, indent=2, ensure_ascii=False)
    target = "" if rule.key is not None else " '<operation-id>'"
    words = f"sessions action-request-completed <action-request-id>{target} --result '<JSON>'"
    return (
        f"{body}\n\nReport the result as JSON that fits this schema, with "
        f"`{speaker.command(words)}`:\n\n```json\n{schema}\n```"
    )


def _doubt(section: Section, source: OperationId, speaker: Speaker) -> str:
    """Return the question about a script that was begun and whose end nobody saw."""

    def choice(target: str) -> str:
        operation = source.artifact.operation(target)
        words = f"sessions action-request-completed <action-request-id> '{operation}'"
        return speaker.command(words)

    script = section.operation
    lines = [
        (
            f"The script of `{source}` was begun and Donna was cut off before it ended: "
            "it may have run, wholly or in part. Look at what it has done, then choose:"
        ),
        "",
        f"- run it again: `{choice(section.id)}`",
    ]
    if isinstance(script, RunScript):
        if script.on_success is not None:
            lines.append(f"- go on as after success: `{choice(script.on_success)}`")
        if script.on_failure is not None:
            lines.append(f"- go on as after failure: `{choice(script.on_failure)}`")
        lines += [
            f"- go on as after exit code {code}: `{choice(target)}`"
            for code, target in script.on_code.items()
        ]
    return "\n".join(lines)


def _complaints(rule: ResultRule, result: Any) -> list[str]:
    # Few workflows ask for structured results, and the checker takes long to import.
    from donna_skills.workflows.results import complaints  # noqa: PLC0415  # see above

    return complaints(rule.schema, result)
