"""The jobs that ask a model about the answers of models: shadows and spot checks."""

from donna_core.domain.effects import JobKind
from donna_core.ports.jobs import JobRow
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.shadow import shadow
from donna_core.usecases.spot_check import spot_check


async def assess_models(runtime: Runtime, job: JobRow) -> None:
    """Do a claimed job of either kind; whatever it meets, nobody waits for it."""
    if job.job.kind is JobKind.SHADOW:
        await shadow(runtime, job)
    else:
        await spot_check(runtime, job)
