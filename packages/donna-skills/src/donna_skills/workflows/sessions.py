"""One session of a workspace: begun, run, answered, looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, frozen

from donna_core.domain.workflow.artifact import ResultRule, Section
from donna_core.domain.workflow.cells import Cell, succeeded
from donna_core.domain.workflow.ids import (
    ArtifactId,
    OperationId,
    parse_artifact_id,
    parse_operation_id,
)
from donna_core.domain.workflow.machine import Completed, Continued, Event, WorkflowCalled
from donna_core.domain.workflow.problems import ProblemsFound, found
from donna_core.domain.workflow.state import State
from donna_core.domain.workflow.status import details_cells, status_cell
from donna_skills.workflows.driving import Bench, Drive, not_executable, position_of
from donna_skills.workflows.wording import rule_of


@frozen(kw_only=True)
class Answer:
    """What the agent reports: the request, where to go on, and a result where one is wanted."""

    request_id: str
    target: str | None = None
    result: Any = None
    has_result: bool = False


@define(kw_only=True)
class Session(Bench):
    """A session; every method returns the cells that end a command.

    Cells that are shown meanwhile go to ``emit`` at once. Everything may raise
    ``ProblemsFound``; what was done before is saved.
    """

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

    def standing_state(self) -> State:
        """Return the state as it is, and an empty one where none can be read."""
        try:
            return self.store.load()
        except ProblemsFound:
            return State()

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
                raise not_executable(artifact.operation(primary.id), primary.kind)
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
            rule = rule_of(section.operation)
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
        return loaded.artifact.sections[position_of(loaded, operation)]

    def _driven(
        self, state: State, event: Event, answered: Mapping[str, Any] | None = None
    ) -> list[Cell]:
        drive = Drive(bench=self, state=state, answered=answered)
        return details_cells(drive.to_rest(event))


def _complaints(rule: ResultRule, result: Any) -> list[str]:
    # Few workflows ask for structured results, and the checker takes long to import.
    from donna_skills.workflows.results import complaints  # noqa: PLC0415  # see above

    return complaints(rule.schema, result)
