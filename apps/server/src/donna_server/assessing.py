"""Which of the jobs that nobody waits for is done by whom."""

import asyncio
from collections.abc import Awaitable, Callable

from attrs import evolve

from donna_adapters.compose.build import Composed
from donna_core.domain.effects import JobKind
from donna_core.ports.jobs import JobRow
from donna_core.usecases.assess_models import assess_models
from donna_core.usecases.runtime import Runtime
from donna_memory.junk import JunkReport
from donna_memory.review import review

Assess = Callable[[Runtime, JobRow], Awaitable[None]]
"""Does a claimed job; whatever it meets, nobody waits for it."""


def assessing(composed: Composed) -> Assess:
    """Return what does these jobs in a composed Donna."""

    async def assess(runtime: Runtime, row: JobRow) -> None:
        match row.job.kind:
            case JobKind.SKILL_SHADOW:
                await _compare(evolve(composed, runtime=runtime), row)
            case JobKind.MEMORY_REVIEW:
                await _review(evolve(composed, runtime=runtime), row)
            case _:
                await assess_models(runtime, row)

    return assess


async def _compare(composed: Composed, row: JobRow) -> None:
    # Importing what runs skills takes a moment: only who has skills waits for it.
    from donna_adapters.compose.skills import open_skills  # noqa: PLC0415  # seldom wanted

    await open_skills(composed).comparison.do(composed.runtime, row)


async def _review(composed: Composed, row: JobRow) -> None:
    from donna_adapters.compose.memory import junk_in, open_memory  # noqa: PLC0415  # NumPy, seconds

    async def look() -> JunkReport:
        memory = await asyncio.to_thread(open_memory, composed)
        return await junk_in(memory, composed.runtime.user_id)

    await review(composed.runtime, row, look)
