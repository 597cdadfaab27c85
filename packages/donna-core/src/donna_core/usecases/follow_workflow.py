"""A task and the workflow it carries: what the workflow did, noted in the history of the task."""

from attrs import evolve, frozen

from donna_core.domain.errors import Refused
from donna_core.domain.tasks.history import Actor
from donna_core.domain.tasks.task import AgentStatus, Task
from donna_core.domain.workflow.errand import Errand, carrying, errand_of
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve_one
from donna_core.usecases.runtime import Runtime

VERB = "workflow"


class NoWorkflow(Refused):
    """The task carries no workflow that could run."""

    def __init__(self, task: Task) -> None:
        self.task_number = task.number
        super().__init__(
            f"{task.handle} '{task.title}' carries no workflow. Give it one with "
            f"`donna edit {task.number} --workflow <workflow-id>` in its project."
        )


@frozen(kw_only=True)
class Progress:
    """What one command did: the titles of the operations that ran, and what waits now.

    ``request`` is the oldest request that is open, with ``about`` it is called by; ``ended``
    says that nothing is left to do.
    """

    steps: tuple[str, ...] = ()
    request: str | None = None
    about: str = ""
    ended: bool = False


async def carried(runtime: Runtime, reference: str) -> tuple[Task, Errand]:
    """Return a task and the workflow it carries; raise ``NoWorkflow``."""

    def decide(stores: Stores) -> tuple[Task, Errand]:
        task = resolve_one(stores, reference)
        errand = errand_of(task)
        if errand is None:
            raise NoWorkflow(task)
        return task, errand

    return await runtime.unit_of_work.run(decide)


async def follow_workflow(runtime: Runtime, reference: str, progress: Progress) -> Changed:
    """Note in the history of a task what its workflow did, and since when it waits.

    A request that is open already keeps the instant since which it waits.
    """
    origin = Origin.draw(runtime, VERB, _sentence(progress), actor=Actor.DONNA)

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        task = resolve_one(stores, reference)
        errand = errand_of(task)
        if errand is None:
            raise NoWorkflow(task)
        waits_still = progress.request is not None and progress.request == errand.request
        asked_at = errand.asked_at if waits_still else origin.at
        gone_on = evolve(
            errand,
            request=progress.request,
            about=progress.about,
            asked_at=None if progress.request is None else asked_at,
            steps=errand.steps + len(progress.steps),
        )
        status = AgentStatus.COMPLETE if progress.ended else AgentStatus.IN_PROGRESS
        recorder.put(carrying(task, gone_on, status=status))
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _sentence(progress: Progress) -> str:
    parts = [", then ".join(progress.steps)] if progress.steps else []
    if progress.request is not None:
        parts.append(f"waits for {progress.request} ({progress.about})")
    elif progress.ended:
        parts.append("ended")
    return "; ".join(parts)
