"""How a session stands, as cells."""

from donna_core.domain.workflow.cells import Cell
from donna_core.domain.workflow.state import ActionRequest, State


def status_cell(state: State) -> Cell:
    """Return the cell that counts what is open."""
    return Cell(
        kind="session_state_status",
        meta={
            "tasks": len(state.tasks),
            "queued_work_units": len(state.work_units),
            "pending_action_requests": len(state.action_requests),
        },
        content=_sentence(state),
    )


def details_cells(state: State) -> list[Cell]:
    """Return the status, then every open request, the oldest first."""
    return [status_cell(state), *map(request_cell, state.action_requests)]


def request_cell(request: ActionRequest) -> Cell:
    """Return the cell that tells the agent what to do."""
    return Cell(
        kind="action_request", meta={"action_request_id": request.id}, content=request.request
    )


def _sentence(state: State) -> str:
    if not state.started:
        return (
            "The session has begun and runs no workflow yet. "
            "Run one with `sessions run <workflow-id>`."
        )
    if not state.tasks:
        return "Nothing is left to do in this session: every workflow has ended."
    if state.work_units:
        return "Operations are queued. Let them run with `sessions continue`."
    if state.action_requests:
        return (
            "Action requests are open. Do what they ask for, then report each one with "
            "`sessions action-request-completed`."
        )
    return "Tasks are open and nothing is queued for them. `sessions reset` ends them."
