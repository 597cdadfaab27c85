"""Skills in the open format, in and out."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.skill.document import filled
from donna_skills.execution.exchange import (
    OpenSkill,
    UnusableSkillMd,
    files_of,
    read_skill_md,
    to_skill_md,
)
from donna_skills.execution.reading import read_skill, read_stored
from donna_skills.library.shipped import shipped
from donna_skills.tools.pages import HTML_EXTRACT
from donna_skills.tools.web import WEB_FETCH

GOOD = """\
---
name: tidy-minutes
description: Turns notes of a meeting into minutes.
license: MIT
---

# Minutes

List who does {{ what }} by when. {% if you can %}
"""


def test_what_comes_in_is_a_question_and_holds_no_tool() -> None:
    """The author's words reach the model as they are, braces and all, and nothing else does."""
    found = read_skill_md(GOOD)
    skill = read_stored("tidy", files_of(found), specs={}, granted=frozenset()).skill

    assert (found.name, skill.capability) == ("tidy-minutes", "tidy_minutes")
    assert skill.tools == frozenset()
    [step] = skill.steps
    asked = filled(step.prompt, {"inputs": {"request": "{{ 1 }}"}, "state": {}})
    assert asked.startswith(found.instructions)
    assert "<request>\n{{ 1 }}\n</request>" in asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Minutes\n", "SKILL.md:1: it has no front matter"),
        ("---\nname: A b\ndescription: x\n---\n", "SKILL.md:2: its name"),
        ("---\nname: a\n---\n", "its description"),
        ("---\nname: a\nname: b\ndescription: x\n---\n", "SKILL.md:3: "),
        (f"---\nname: a\ndescription: {'x' * 1025}\n---\n", "SKILL.md:3: its description"),
        ("---\nname: a\ndescription: x\n---\n" + "x" * 70_000, "larger than"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UnusableSkillMd) as caught:
        read_skill_md(text)

    assert said in str(caught.value)


@given(st.text(alphabet=st.sampled_from("ab {}%#'\"\n\\"), max_size=60))
def test_whatever_the_instructions_are_they_are_only_words(text: str) -> None:
    """No text becomes an expression, and none makes the skill unusable."""
    found = OpenSkill(name="a", description="b", instructions=text.strip() or "x")
    skill = read_stored("a", files_of(found), specs={}, granted=frozenset()).skill

    asked = filled(skill.steps[0].prompt, {"inputs": {"request": "r"}, "state": {}})
    assert asked.startswith(found.instructions)


def test_what_goes_out_can_be_read_by_others() -> None:
    """Front matter by the rules, and the words of every step."""
    folder: Path = shipped()["fetch_and_summarize"]
    specs = {spec.name: spec for spec in (WEB_FETCH, HTML_EXTRACT)}
    written = read_skill(folder, specs=specs)

    text = to_skill_md("fetch_and_summarize", written.skill, written.files)

    found = read_skill_md(text)
    assert found.name == "fetch-and-summarize"
    assert found.description == written.skill.description
    assert "Call `web_fetch`." in found.instructions
    assert "Sum it up in at most" in found.instructions
    assert yaml.safe_load(text.split("---")[1])["name"] == found.name
