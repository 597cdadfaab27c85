"""The machine at work: what it asks for is done, saved and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import define, evolve

from donna_core.domain.workflow.artifact import Kind, Operation, RunScript
from donna_core.domain.workflow.cells import Cell
from donna_core.domain.workflow.ids import OperationId, parse_operation_id
from donna_core.domain.workflow.machine import (
    Event,
    Execute,
    Found,
    Load,
    Report,
    Rest,
    ScriptEnded,
    Show,
    step,
)
from donna_core.domain.workflow.problems import ProblemsFound, found
from donna_core.domain.workflow.state import State, WorkUnit
from donna_core.ports.workflow import ScriptJob, ScriptRunner, SessionStore
from donna_skills.workflows.languages import language_of
from donna_skills.workflows.library import Library
from donna_skills.workflows.rendering import Mode, Running
from donna_skills.workflows.speaker import Speaker
from donna_skills.workflows.splicing import exported, spliced
from donna_skills.workflows.wording import doubt, instructed, offered
from donna_skills.workflows.workspace import Workspace

if TYPE_CHECKING:
    from donna_skills.workflows.documents import Loaded, Shown

MOST_STEPS = 10_000
"""Operations that one command executes before it asks whether the workflow loops for ever."""


@define(kw_only=True)
class Bench:
    """What a session works with.

    ``label`` tells its scripts from those of other sessions, ``held`` is put into their
    environment, and ``emit`` shows a cell at once.
    """

    workspace: Workspace
    speaker: Speaker
    library: Library
    store: SessionStore
    runner: ScriptRunner
    label: str
    held: Mapping[str, str]
    emit: Callable[[Cell], None]


@define(kw_only=True)
class Drive:
    """The machine at work, from one event until it rests.

    ``answered`` is written down as soon as the machine has accepted the answer.
    """

    bench: Bench
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
            self.bench.store.save(self.state, durable=durable)
            self.saved = self.state

    def _stop(self, error: ProblemsFound) -> None:
        self._save(durable=True)
        for each in error.problems:
            self.bench.store.record("problem", code=each.code, message=each.message)
        raise error

    def _show(self, cell: Cell) -> None:
        if cell.kind == "operation_output":
            operation = cell.meta["operation_id"]
            self.bench.store.record("output", operation=operation, text=cell.content)
        self.bench.emit(cell)

    def _record_answer(self) -> None:
        answered = self.answered
        if answered is not None and self.state.request(str(answered["request"])) is None:
            self.bench.store.record("completed", **answered)
            self.answered = None

    def _record_requests(self, before: State) -> None:
        known = {each.id for each in before.action_requests}
        for each in self.state.action_requests:
            if each.id not in known:
                self.bench.store.record(
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
        loaded = self.bench.library.load(source.artifact)
        position = position_of(loaded, source)
        section = loaded.artifact.sections[position]
        if not section.kind.executable:
            raise not_executable(source, section.kind)
        if unit.begun:
            self.bench.runner.forget(self._label(unit))
            ended = self._remembered(unit, source, section.operation)
            if ended is not None:
                return ended
        task = self.state.task(unit.task_id)
        running = Running(
            task_id=unit.task_id,
            context={} if task is None else task.context,
            unit_id=unit.id,
            operation_id=unit.operation_id,
        )
        shown = loaded.shown(position, Mode.EXECUTE, self.bench.speaker, running)
        self.rendered = {unit.id: shown}
        facts = {"operation": unit.operation_id, "task": unit.task_id, "title": section.title}
        self.bench.store.record("operation", **facts)
        return Found(
            unit_id=unit.id,
            source=source,
            title=shown.title,
            operation=section.operation,
            text=instructed(shown.body, section.operation, self.bench.speaker),
            offered=offered(section, source, shown),
            doubt=doubt(section, source, self.bench.speaker) if unit.begun else "",
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
        result = self.bench.runner.run(job)
        saved = {
            name: text
            for name, wanted, text in (
                ("stdout", operation.save_stdout_to, result.stdout),
                ("stderr", operation.save_stderr_to, result.stderr),
            )
            if wanted is not None
        }
        facts = {"operation": unit.operation_id, "unit": unit.id, "code": result.code}
        self.bench.store.record("script_ended", **facts, **saved)
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
            label=self._label(unit),
            folder=self.bench.workspace.project,
            timeout=operation.timeout,
            output_limit=operation.output_limit,
            environment={**variables, **program.environment, **self.bench.held},
            clean_environment=operation.clean_environment,
        )

    def _label(self, unit: WorkUnit) -> str:
        """Return what the files of the unit's script are called after."""
        return f"{self.bench.label}-{unit.id}"

    def _remembered(
        self, unit: WorkUnit, source: OperationId, operation: Operation
    ) -> ScriptEnded | None:
        """Return how a script ended whose end was written down and not yet acted upon."""
        for entry in reversed(self.bench.store.journal()):
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


def position_of(loaded: Loaded, operation: OperationId) -> int:
    """Return where a section stands in its artifact; raise ``ProblemsFound``."""
    for position, section in enumerate(loaded.artifact.sections):
        if section.id == operation.local:
            return position
    raise found(
        "artifacts.section_not_found",
        location=loaded.artifact.location(1),
        artifact_id=str(operation.artifact),
        section_id=operation.local,
    )


def not_executable(operation: OperationId, kind: Kind) -> ProblemsFound:
    """Return the exception for leading to something that is only read."""
    code = "machine.operation_not_executable"
    return found(code, operation_id=str(operation), section_kind=str(kind))
