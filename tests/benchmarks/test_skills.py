"""What running a skill costs beside what it stands on: steps, commits, and checking before."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import UserId
from donna_core.domain.skill.document import Invocation, Skill, Step, StepKind
from donna_core.domain.skill.expressions import expression, template
from donna_core.domain.skill.requests import StepEnded
from donna_core.domain.skill.stepper import steps
from donna_core.domain.tools import ToolResult, ToolSpec
from donna_core.local.clock import SystemClock
from donna_core.local.ids import UuidSource
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.in_memory_tools import InMemoryTools
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_skills.execution.answering import Asker
from donna_skills.execution.reading import read_skill
from donna_skills.execution.running import SkillRunner
from donna_skills.lifecycle.keeping import Lifecycles

LOOK = ToolSpec(name="look", description="Looks.", arguments={"type": "object"})
RUNS, AT_ONCE, STEPS = 100, 200, 5


def a_skill(count: int) -> Skill:
    """Return a skill of so many calls, each with an argument of the one before."""
    return Skill(
        capability="bench",
        version="v1",
        steps=tuple(
            Step(
                name=f"s{n}",
                kind=StepKind.TOOL,
                tools=frozenset({"look"}),
                invocations=(
                    Invocation(
                        tool="look",
                        args={"n": template(f"{{{{ state.s{n - 1}.found.n }}}}" if n else "0")},
                        store_as=template("found"),
                    ),
                ),
            )
            for n in range(count)
        ),
    )


def test_steps_of_the_interpreter() -> None:
    """Print steps per second with tools that answer at once."""
    skill, result = a_skill(20), ToolResult(value={"n": 1})
    done, began = 0, time.perf_counter()
    for _ in range(RUNS):
        stepper = steps(skill, {}, run_id="r", fits=lambda *_: "", specs={"look": LOOK})
        reply: ToolResult | None = None
        while True:
            try:
                request = stepper.send(reply)
            except StopIteration:
                break
            reply = None if isinstance(request, StepEnded) else result
            done += isinstance(request, StepEnded)
    print(f"\nsteps/s without storage: {done / (time.perf_counter() - began):,.0f}")


def test_checking_twenty_steps(tmp_path: Path) -> None:
    """Print how long reading and checking a skill of twenty mixed steps takes."""
    lines = ["capability_name: bench", "inputs: {schema: {type: object, properties: {q: {}}}}"]
    lines.append("steps:")
    for n in range(20):
        (tmp_path / f"p{n}.md").write_text(f"{n}: {{{{ inputs.q }}}} and its page.\n" * 5)
        lines += [
            f"  - name: s{n}",
            "    kind: mixed",
            "    tools: [look]",
            f"    prompt: p{n}.md",
            f"    output_schema: {{type: object, required: [text{n}]}}",
            "    tool_invocations:",
            '      - {tool: look, args: {q: "{{ inputs.q }}"}, store_as: page}'.replace(
                "page", f"page{n}"
            ),
        ]
    (tmp_path / "skill.yaml").write_text("\n".join(lines))
    first: list[float] = []
    again: list[float] = []
    for _ in range(15):
        template.cache_clear()
        expression.cache_clear()
        for taken in (first, again):
            began = time.perf_counter()
            read_skill(tmp_path, specs={"look": LOOK})
            taken.append((time.perf_counter() - began) * 1000)
    print(
        f"\nread and check 20 mixed steps, 21 files: median {sorted(first)[7]:.1f} ms, "
        f"once more {sorted(again)[7]:.1f} ms"
    )


def _small(stores: Stores, *, name: str, at: datetime) -> None:
    stores.skills.put_fixture("bare", name, at.isoformat())


async def test_runs_on_a_database(tmp_path: Path) -> None:
    """Print what a step costs on SQLite beside an empty decision, one by one and side by side."""

    async def look(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"n": 1}

    with SqliteDatabase.open(tmp_path / "bench.db") as database:
        clock, unit_of_work = SystemClock(), database.unit_of_work(UserId("me"))
        runner = SkillRunner(
            unit_of_work=unit_of_work,
            ids=UuidSource(),
            asker=Asker(
                model=ScriptedLanguageModel({}), tools=InMemoryTools([(LOOK, look)]), clock=clock
            ),
            lifecycles=Lifecycles(unit_of_work, clock=clock),
        )
        skill, grant = a_skill(STEPS), frozenset({"look"})
        began = time.perf_counter()
        for n in range(RUNS):
            await unit_of_work.run(partial(_small, name=str(n), at=clock.now()))
        bare = (time.perf_counter() - began) / RUNS
        began = time.perf_counter()
        for _ in range(RUNS // STEPS):
            await runner.run(skill, {}, name="bench", grant=grant)
        alone = (time.perf_counter() - began) / (RUNS // STEPS * (STEPS + 1))
        began = time.perf_counter()
        await asyncio.gather(
            *(runner.run(skill, {}, name="bench", grant=grant) for _ in range(AT_ONCE))
        )
        together = (time.perf_counter() - began) / (AT_ONCE * (STEPS + 1))
    print(
        f"\none small decision {bare * 1000:.2f} ms; per decision of a run {alone / bare:.1f}x, "
        f"of {AT_ONCE} runs side by side {together / bare:.1f}x (a run of {STEPS} steps takes "
        f"{STEPS + 1} decisions)"
    )
