"""Composition of skills: apart, because only what runs or checks them pays for it."""

from datetime import timedelta
from decimal import Decimal

from attrs import frozen

from donna_adapters.compose.build import Composed
from donna_adapters.web.fetcher import HttpxFetcher
from donna_skills.capabilities.registry import Capability
from donna_skills.execution.answering import Asker
from donna_skills.execution.running import RunLimits, SkillRunner
from donna_skills.execution.shadowing import Comparison
from donna_skills.execution.shelf import SkillShelf
from donna_skills.execution.validation import Validator
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.tools.registry import ToolRegistry
from donna_skills.tools.web import web_fetch


@frozen(kw_only=True)
class Skills:
    """The skills of a composed Donna: where they are kept, run and proved."""

    shelf: SkillShelf
    runner: SkillRunner
    validator: Validator
    lifecycles: Lifecycles
    comparison: Comparison


def open_skills(composed: Composed) -> Skills:
    """Return the skills of a composed Donna, with every tool that can be offered here."""
    runtime, settings = composed.runtime, composed.home.settings
    tools = ToolRegistry([web_fetch(HttpxFetcher(opened=frozenset(settings.skills.web.opened)))])
    asker = Asker(model=runtime.language_model, tools=tools, clock=runtime.clock)
    lifecycles = Lifecycles(runtime.unit_of_work, clock=runtime.clock)
    limits = settings.skills.runs
    shelf = SkillShelf(
        unit_of_work=runtime.unit_of_work,
        lifecycles=lifecycles,
        specs=asker.specs,
        capabilities={
            name: Capability(name=name, description=row.description, tools=frozenset(row.tools))
            for name, row in settings.capabilities.capabilities.items()
        },
    )
    return Skills(
        shelf=shelf,
        runner=SkillRunner(
            unit_of_work=runtime.unit_of_work,
            ids=runtime.ids,
            asker=asker,
            lifecycles=lifecycles,
            limits=RunLimits(
                step=timedelta(seconds=limits.step_seconds),
                run=timedelta(seconds=limits.run_seconds),
                cost_usd=Decimal(str(limits.cost_usd)),
            ),
        ),
        validator=Validator(specs=asker.specs, clock=runtime.clock, ids=runtime.ids),
        lifecycles=lifecycles,
        comparison=Comparison(shelf=shelf, lifecycles=lifecycles),
    )
