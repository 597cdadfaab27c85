"""Effects of skills: by those that may, approved to the letter, never twice."""

from datetime import timedelta

import pytest
from tests.skills.execution.conftest import (
    GRANT,
    Counting,
    Crash,
    House,
    a_call,
    a_skill,
    ended,
    latest,
)

from donna_core.domain.labels import Label
from donna_core.domain.skill.document import Invocation, OnFailure, Skill, Step, StepKind
from donna_core.domain.skill.expressions import template
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.domain.skill.requests import RunStatus, StepStatus
from donna_core.domain.skill.runs import (
    NothingToApprove,
)


async def test_an_effect_of_unknown_fate_is_handed_to_the_owner() -> None:
    """It was tried and nobody knows what came of it: it is not tried a second time."""
    counting = Counting()
    house = House(counting)
    await house.stands(SkillState.TRUSTED)
    skill = a_skill(a_call("look"), a_call("write"))
    counting.count, counting.crash_at = 0, 4  # begin, look, the intent, and then the step's end
    with pytest.raises(Crash):
        await house.runner.run(skill, {}, name="news", grant=GRANT)
    assert house.calls == ["look", "write"]

    run = await house.runner.resume(await latest(house), skill, grant=GRANT)

    assert house.calls == ["look", "write"]
    assert ended(run).status is RunStatus.ESCALATED
    assert ended(run).reason.startswith("unknown_effect")
    assert (await house.steps(run.run_id))[-1].ended.status is StepStatus.TOOL_FAILED


async def test_an_effect_that_takes_too_long_has_an_unknown_fate(house: House) -> None:
    """Even where the skill would go on without it."""
    await house.stands(SkillState.TRUSTED)
    house.does["write"] = lambda _: house.clock.sleep_until(house.clock.now() + timedelta(hours=1))

    run = await house.run(a_call("write", on_failure=OnFailure.CONTINUE), a_call("look"))

    assert ended(run).reason.startswith("unknown_effect")
    assert house.calls == ["write"]


async def test_nothing_outside_is_changed_before_a_skill_is_trusted_to_act(house: House) -> None:
    """Neither by files from a folder nor in the sandbox, whatever is granted."""
    for state in (None, SkillState.DRAFT, SkillState.SANDBOX, SkillState.FLAGGED):
        if state is not None:
            await house.stands(state)
        run = await house.run(a_call("write"))
        assert ended(run).status is RunStatus.FAILED
        assert "may not use the tool 'write'" in ended(run).reason
    await house.stands(SkillState.SHADOW, version="v0")
    assert ended(await house.run(a_call("write"))).status is RunStatus.FAILED
    assert house.calls == []
    await house.stands(SkillState.SHADOW)
    assert ended(await house.run(a_call("write"))).status is RunStatus.SUCCEEDED


async def test_an_effect_a_stranger_had_a_hand_in_waits_for_its_owner(house: House) -> None:
    """It happens once it is approved, with exactly those arguments, and nothing before is lost."""
    await house.stands(SkillState.TRUSTED)
    house.does["read_mail"] = lambda _: {"body": "Transfer it."}
    write = a_call("write", args={"text": template("{{ state.read_mail.found.body }}")})
    skill = a_skill(a_call("look"), a_call("read_mail"), write)

    run = await house.driven(house.runner.run(skill, {}, name="news", grant=GRANT))
    assert (run.status, house.calls) == ("waiting", ["look", "read_mail"])
    assert run.waits_for is not None
    assert run.waits_for.args == {"text": "Transfer it."}
    assert await house.runner.resume(run.run_id, skill, grant=GRANT) == run
    assert house.calls == ["look", "read_mail"]

    await house.runner.approve(run.run_id)
    done = await house.driven(house.runner.resume(run.run_id, skill, grant=GRANT))

    assert ended(done).status is RunStatus.SUCCEEDED
    assert house.calls == ["look", "read_mail", "write"]
    with pytest.raises(NothingToApprove, match="succeeded"):
        await house.runner.approve(run.run_id)


async def test_an_approval_is_of_exactly_its_arguments(house: House) -> None:
    """Where the step says something else by then, that waits for a word of its own."""
    await house.stands(SkillState.TRUSTED)
    said = ["one"] * 9
    house.does["read_mail"] = lambda _: {"body": said.pop(0)}
    step = Step(
        name="both",
        kind=StepKind.TOOL,
        tools=frozenset({"read_mail", "write"}),
        invocations=(
            Invocation(tool="read_mail", store_as=template("mail")),
            *a_call("write", args={"text": template("{{ inputs.x }}")}).invocations,
        ),
    )
    skill, labels = a_skill(a_call("read_mail"), step), frozenset({Label.UNTRUSTED})
    first = await house.driven(
        house.runner.run(skill, {"x": "hi"}, name="news", grant=GRANT, labels=labels)
    )
    assert first.waits_for is not None
    other = await house.driven(
        house.runner.run(skill, {"x": "ho"}, name="news", grant=GRANT, labels=labels)
    )
    await house.runner.approve(first.run_id)

    assert (await house.runner.resume(other.run_id, skill, grant=GRANT)).status == "waiting"
    done = await house.driven(house.runner.resume(first.run_id, skill, grant=GRANT))
    assert ended(done).status is RunStatus.SUCCEEDED
    assert [call.args for call in house.tools.calls if call.tool == "write"] == [{"text": "hi"}]


def two_effects() -> Skill:
    """Return a skill whose one step writes twice, the first time in words of its own."""
    own, strange = (
        a_call("write", args={"text": template(text)}).invocations[0]
        for text in ("mine", "{{ inputs.x }}")
    )
    step = Step(
        name="both",
        kind=StepKind.TOOL,
        tools=frozenset({"write"}),
        invocations=(own, strange),
    )
    return a_skill(step)


async def test_waiting_repeats_no_effect_of_the_same_step(house: House) -> None:
    """What its step was told before the wait is on record and told again."""
    await house.stands(SkillState.TRUSTED)
    skill, labels = two_effects(), frozenset({Label.UNTRUSTED})
    run = await house.driven(
        house.runner.run(skill, {"x": "theirs"}, name="news", grant=GRANT, labels=labels)
    )
    assert (run.status, house.calls) == ("waiting", ["write"])
    await house.runner.approve(run.run_id)

    done = await house.driven(house.runner.resume(run.run_id, skill, grant=GRANT))

    assert ended(done).status is RunStatus.SUCCEEDED
    assert [call.args["text"] for call in house.tools.calls] == ["mine", "theirs"]
    [step] = await house.steps(run.run_id)
    assert len(step.answers) == 2


async def test_a_skill_that_lost_its_trust_does_nothing_more_outside(house: House) -> None:
    """Neither an approval nor a run begun in better days lets it act."""
    await house.stands(SkillState.TRUSTED)
    skill, labels = two_effects(), frozenset({Label.UNTRUSTED})
    run = await house.driven(
        house.runner.run(skill, {"x": "theirs"}, name="news", grant=GRANT, labels=labels)
    )
    await house.runner.approve(run.run_id)
    await house.lifecycles.demote("news")

    done = await house.driven(house.runner.resume(run.run_id, skill, grant=GRANT))

    assert ended(done).status is RunStatus.FAILED
    assert house.calls == ["write"]
