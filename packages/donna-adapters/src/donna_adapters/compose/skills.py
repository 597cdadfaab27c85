"""Composition of skills: apart, because only what runs or checks them pays for it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from attrs import evolve, frozen

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import embedder_of
from donna_adapters.compose.tools import tools_of
from donna_core.domain.skill.capability import Capability, Trigger
from donna_core.local.settings import CapabilitiesFile, MemoryFile, RunSection
from donna_skills.capabilities.matching import Matcher, MeaningMatcher, WordMatcher
from donna_skills.capabilities.registry import Capabilities
from donna_skills.execution.answering import Asker
from donna_skills.execution.running import RunLimits, SkillRunner
from donna_skills.execution.shadowing import Comparison
from donna_skills.execution.shelf import SkillShelf
from donna_skills.execution.validation import Validator
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.tools.registry import ToolRegistry


@frozen(kw_only=True)
class Skills:
    """The skills of a composed Donna: where they are kept, run and proved."""

    shelf: SkillShelf
    runner: SkillRunner
    validator: Validator
    lifecycles: Lifecycles
    comparison: Comparison

    async def known(self, matcher: Matcher) -> Capabilities:
        """Return what can be asked for, each with the inputs of its skill; put into the matcher.

        Raise ``CapabilityToolConfigError`` where one that acts by itself needs a tool that is
        not there.
        """
        schemas = await self.shelf.schemas()
        capabilities = Capabilities(matcher)
        for name, each in (await self.shelf.capabilities()).items():
            capabilities.add(evolve(each, input_schema=schemas.get(name, each.input_schema)))
        capabilities.check_tools(self.shelf.specs.keys())
        return capabilities


def open_skills(composed: Composed) -> Skills:
    """Return the skills of a composed Donna, with every tool that can be offered here."""
    runtime, settings = composed.runtime, composed.home.settings
    tools = ToolRegistry(tools_of(composed, opened=frozenset(settings.skills.web.opened)))
    asker = Asker(model=runtime.language_model, tools=tools, clock=runtime.clock)
    lifecycles = Lifecycles(runtime.unit_of_work, clock=runtime.clock)
    shelf = SkillShelf(
        unit_of_work=runtime.unit_of_work,
        lifecycles=lifecycles,
        specs=asker.specs,
        configured={each.name: each for each in _capabilities(settings.capabilities)},
    )
    return Skills(
        shelf=shelf,
        runner=SkillRunner(
            unit_of_work=runtime.unit_of_work,
            ids=runtime.ids,
            asker=asker,
            lifecycles=lifecycles,
            limits=_limits(settings.skills.runs),
        ),
        validator=Validator(specs=asker.specs, clock=runtime.clock, ids=runtime.ids),
        lifecycles=lifecycles,
        comparison=Comparison(shelf=shelf, lifecycles=lifecycles),
    )


def _capabilities(section: CapabilitiesFile) -> Iterator[Capability]:
    for name, row in section.capabilities.items():
        yield Capability(
            name=name,
            description=row.description,
            trigger=Trigger(row.trigger),
            tools=frozenset(row.tools),
        )


def _limits(section: RunSection) -> RunLimits:
    return RunLimits(
        step=timedelta(seconds=section.step_seconds),
        run=timedelta(seconds=section.run_seconds),
        cost_usd=Decimal(str(section.cost_usd)),
    )


def matcher_of(settings: MemoryFile) -> Matcher:
    """Return what compares texts: by meaning, or by words where there are no weights.

    Loads a model: call it on a thread where a loop is running.
    """
    embedder, _ = embedder_of(settings)
    return WordMatcher() if embedder is None else MeaningMatcher(embedder.embed)
