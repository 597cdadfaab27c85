"""`donna skills`: what is trusted how far, and the owner's word."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options
from donna_cli.schema_page import PRINTED_BY
from donna_core.domain.skill.gates import RunRecord
from donna_skills.lifecycle.keeping import Lifecycles

Donna = Callable[..., Any]
STEP = "donna skills promote, donna skills demote, donna skills rollback"


async def taught(home: Path) -> None:
    """Give the home a skill in its sandbox with twenty whole runs."""
    async with open_runtime(Options(output=print, data_dir=home)) as composed:
        clock = composed.runtime.clock
        skills = Lifecycles(composed.runtime.unit_of_work, clock=clock)
        await skills.adopt("news", capability="news_check", version="one")
        await skills.promote("news")
        for n in range(20):
            seen = RunRecord(run_id=f"run-{n}", version="one", at=clock.now(), valid=True)
            await skills.observe("news", seen)


def test_a_skill_waits_for_the_word_of_its_owner(home: Path, donna: Donna) -> None:
    """What it rests on is shown before, and kept after."""
    asyncio.run(taught(home))
    before = donna("skills", "why", "news")
    step = donna("skills", "promote", "news", "--note", "I read them", "--json")
    after = donna("skills", "why", "news", "--json")

    assert "donna skills promote news" in before.out
    assert "valid rate" in before.out
    PRINTED_BY[STEP].model_validate(step.json)
    PRINTED_BY["donna skills why"].model_validate(after.json)
    assert (step.json["before"], step.json["after"]) == ("sandbox", "shadow_primary")
    assert after.json["steps"][-1]["evidence"]["verdict"] == "pass"
    assert [each["verdict"] for each in after.json["evidence"]] == ["unknown"]


def test_a_skill_is_taken_down_to_the_model(home: Path, donna: Donna) -> None:
    """One step, then out; what is impossible is refused with the reason."""
    asyncio.run(taught(home))
    said = [donna("skills", "demote", "news") for _ in range(2)]
    back = donna("skills", "rollback", "news")
    unknown = donna("skills", "why", "nwes")

    assert [each.code for each in said] == [0, 1]
    assert "nothing below" in said[1].err
    assert "no version before" in back.err
    assert "Known: news" in unknown.err
    assert "claude_native" in donna("skills", "list").out
