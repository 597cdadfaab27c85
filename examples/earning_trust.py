"""How a skill earns its trust, loses it over a changed web page, and earns it again.

The skill reads a price off a shop's page by its place in the text, where a model reads it by
sense. Weeks pass on virtual time, in seconds. Run it: python examples/earning_trust.py
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve

from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.gates import Evidence
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.ports.fetcher import PATIENCE, Fetcher, Page
from donna_core.ports.language_model import ModelRequest
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.work import work
from donna_skills.execution.answering import Asker
from donna_skills.execution.running import SkillRunner
from donna_skills.execution.shadowing import Comparison
from donna_skills.execution.shelf import SkillShelf
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.lifecycle.shadow import JUDGE, SHADOW
from donna_skills.tools.registry import ToolRegistry
from donna_skills.tools.web import web_fetch

NAME = "kettle_price"
URL = "https://shop.example/kettle"
OLD, NEW = "Kettle. Price: 39.90 EUR", "Our finest kettle, now only 39.90 EUR"

SKILL = """\
capability_name: product_price
description: Says what the kettle costs.
steps:
  - name: get
    kind: tool
    tools: [web_fetch]
    tool_invocations:
      - {tool: web_fetch, args: {url: "%s"}, store_as: page}
final_output: "{{ {'price': %s} }}"
"""
BY_PLACE = "state.get.page.body[15:20]"
BY_CURRENCY = "(state.get.page.body | replace(' EUR', ''))[-5:]"


class Shop(Fetcher):
    """A shop with one page, which it may change overnight."""

    text = OLD

    async def fetch(self, url: str, *, patience: timedelta = PATIENCE) -> Page:
        del patience
        return Page(url=url, status=200, headers={}, body=self.text.encode())


def reads_by_sense(request: ModelRequest) -> Mapping[str, Any]:
    """Return the price as a model would find it, or what it thinks of two that differ."""
    if request.caller == JUDGE:
        return {"agreement": 0.0, "rationale": "one of them is no price"}
    found = re.search(r"(\d+\.\d\d) EUR", request.prompt or "")
    return {"price": found[1] if found else ""}


class Story:
    """A skill, the world around it, and what is told of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shop, self.world = folder, Shop(), SimulatedWorld()
        model = ScriptedLanguageModel({SHADOW: reads_by_sense, JUDGE: reads_by_sense})
        self.runtime = evolve(self.world.runtime, language_model=model)
        tools = ToolRegistry([web_fetch(self.shop)])
        asker = Asker(model=model, tools=tools, clock=self.runtime.clock)
        self.lifecycles = Lifecycles(self.runtime.unit_of_work, clock=self.runtime.clock)
        self.shelf = SkillShelf(
            unit_of_work=self.runtime.unit_of_work,
            lifecycles=self.lifecycles,
            specs=asker.specs,
            configured={
                "product_price": Capability(
                    name="product_price",
                    description="What a product costs.",
                    tools=frozenset({"web_fetch"}),
                )
            },
        )
        self.runner = SkillRunner(
            unit_of_work=self.runtime.unit_of_work,
            ids=self.runtime.ids,
            asker=asker,
            lifecycles=self.lifecycles,
        )
        self.comparison = Comparison(shelf=self.shelf, lifecycles=self.lifecycles)
        self.runs = 0

    def write(self, price: str) -> None:
        """Write the skill, which finds the price by this expression."""
        (self.folder / "skill.yaml").write_text(SKILL % (URL, price))

    async def take_in(self) -> None:
        """Check what is written and take it in."""
        await self.shelf.add(await self.shelf.read(self.folder))

    async def state(self) -> SkillState:
        """Return where the skill stands."""
        return (await self.lifecycles.account(NAME)).standing.state

    async def run_until(self, *, state: SkillState | None = None, waits: bool = False) -> None:
        """Run it every hour, and compare what is to be compared, until one of the two holds."""
        while True:
            shelved = await self.shelf.get(NAME)
            await self.runner.run(shelved.skill, {}, name=NAME, grant=shelved.grant)
            for row in (await work(self.runtime)).to_assess:
                await self.comparison.do(self.runtime, row)
            self.runs += 1
            await self.world.clock.run_until(self.world.clock.now() + timedelta(hours=1))
            account = await self.lifecycles.account(NAME)
            if account.standing.state is state or (waits and account.waits):
                return

    async def tell(self, what: str) -> None:
        """Print what happened, with the evidence at the gate where the skill stands."""
        account = await self.lifecycles.account(NAME)
        at = self.world.clock.now()
        print(f"\n{at:%a %d %b, %H:%M}, {self.runs} runs: {what}")
        print(f"  it is {account.standing.state} in version {account.standing.version[:8]}")
        last = account.steps[-1].evidence if account.steps else None
        for evidence in (last, *account.evidence):
            if evidence is not None:
                show(evidence)


def show(evidence: Evidence) -> None:
    """Print one table of evidence."""
    print(f"  gate '{evidence.gate}' says {evidence.verdict}, from {evidence.count}:")
    for each in evidence.measures:
        value = "unknown" if each.value is None else f"{each.value:.3f}"
        print(f"    {each.name:<20} {value:>8}  against {each.bound:.3f}")


async def main() -> None:
    """Tell the story."""
    with TemporaryDirectory() as root:
        folder = Path(root) / NAME
        folder.mkdir()
        story = Story(folder)
        story.write(BY_PLACE)
        await story.take_in()
        await story.tell("written, checked and taken in")

        await story.lifecycles.promote(NAME, note="let us see")
        await story.run_until(waits=True)
        await story.tell("it has proved that it runs, and waits for a word")
        await story.lifecycles.promote(NAME)
        await story.run_until(waits=True)
        await story.tell("compared with a model until it was surely no worse, it waits for a word")
        await story.lifecycles.promote(NAME)
        await story.tell("trusted: one run in twenty is compared from now on")

        story.shop.text = NEW
        await story.run_until(state=SkillState.FLAGGED)
        await story.tell("the shop changed its page, and the skill was set aside by itself")

        story.write(BY_CURRENCY)
        await story.take_in()
        await story.tell("patched: another version, of which nothing is proved")
        for _ in range(2):
            await story.run_until(waits=True)
            await story.lifecycles.promote(NAME)
        await story.tell("trusted again")
        if await story.state() is not SkillState.TRUSTED:
            raise SystemExit("the skill did not earn its trust again")


asyncio.run(main())
