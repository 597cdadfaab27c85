"""Which of the jobs that ask a model about earlier answers is done by whom."""

from collections.abc import Awaitable, Callable

from attrs import evolve

from donna_adapters.compose.build import Composed
from donna_core.domain.effects import JobKind
from donna_core.ports.jobs import JobRow
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.runtime import Runtime

Assess = Callable[[Runtime, JobRow], Awaitable[None]]
"""Does a claimed job; whatever it meets, nobody waits for it."""


def assessing(composed: Composed) -> Assess:
    """Return what does these jobs in a composed Donna."""

    async def assess(runtime: Runtime, row: JobRow) -> None:
        if row.job.kind is not JobKind.SKILL_SHADOW:
            await assess_models(runtime, row)
            return
        # Importing what runs skills takes a moment: only who has skills waits for it.
        from donna_adapters.compose.skills import open_skills  # noqa: PLC0415  # seldom wanted

        skills = open_skills(evolve(composed, runtime=runtime))
        await skills.comparison.do(runtime, row)

    return assess
