"""Reading and checking a skill's folder."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_skills.execution.reading import UnusableSkill, json_schema, read_skill
from donna_skills.tools.web import WEB_FETCH

SPECS = {"web_fetch": WEB_FETCH}

GOOD = """\
capability_name: fetch_and_summarize
description: Reads a page and says what it says.
inputs:
  schema:
    type: object
    properties: {url: {type: string}}
    required: [url]
steps:
  - name: get
    kind: tool
    tools: [web_fetch]
    tool_invocations:
      - tool: web_fetch
        args: {url: "{{ inputs.url }}"}
        store_as: page
        retry: {max_attempts: 2, backoff_s: [2, 5]}
  - name: say
    kind: llm
    prompt: steps/say.md
    output_schema: schemas/say.json
final_output: "{{ state.say }}"
"""


def a_folder(at: Path, text: str = GOOD, more: Mapping[str, str] | None = None) -> Path:
    """Write the skill's files and return their folder."""
    files = {
        "skill.yaml": text,
        "steps/say.md": "Sum up:\n{{ state.get.page.body }}\n",
        "schemas/say.json": json.dumps({"type": "object"}),
        **(more or {}),
    }
    for name, content in files.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(content)
    return at


def wrong(at: Path, text: str, more: Mapping[str, str] | None = None) -> str:
    """Return what is said of a skill that is refused."""
    with pytest.raises(UnusableSkill) as caught:
        read_skill(a_folder(at, text, more), specs=SPECS)
    return str(caught.value)


def test_a_good_skill_is_read_whole(tmp_path: Path) -> None:
    """Its version is that of all its files."""
    skill = read_skill(a_folder(tmp_path), specs=SPECS).skill
    assert [step.name for step in skill.steps] == ["get", "say"]
    assert skill.steps[0].invocations[0].retry.max_attempts == 2
    changed = a_folder(tmp_path, more={"steps/say.md": "Other words."})
    assert read_skill(changed, specs=SPECS).skill.version != skill.version


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("tools: [web_fetch]", "tools: [web_fetsh]", "skill.yaml:11: there is no tool 'web_fetsh'"),
        ("inputs.url", "inputs.uri", "skill.yaml:14: the input 'uri' is not declared"),
        ("state.say }}", "state.sey }}", "no step before has written state.sey"),
        ("steps/say.md", "steps/none.md", "'steps/none.md' cannot be read"),
        ("steps/say.md", "../../etc/passwd", "lies outside the skill's folder"),
        ("    prompt: steps/say.md\n", "", "asks a model without a prompt"),
        ("    output_schema: schemas/say.json\n", "", "without an output_schema"),
        ("name: say", "name: get", "is the name of two steps"),
        ("    kind: llm\n", "    kind: llm\n    condition: 1 > 2\n", "is never reached"),
        ("kind: llm", "kind: lmm", "skill.yaml:18"),
        ("store_as: page", "store_as: '{{ page'", "skill.yaml:15"),
        ("    kind: llm\n", "    kind: llm\n    kind: llm\n", "kind"),
        ("description:", "descripton:", "skill.yaml:2"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    """Each mistake is named where it stands."""
    assert before in GOOD
    assert said in wrong(tmp_path, GOOD.replace(before, after, 1))


def test_a_mistake_in_a_prompt_is_told_with_its_line(tmp_path: Path) -> None:
    """The place is in the prompt's own file."""
    said = wrong(tmp_path, GOOD, {"steps/say.md": "One\n{{ 2 ** 3 }}\n"})
    assert "steps/say.md:2" in said


def test_aliases_and_links_outside_are_refused(tmp_path: Path) -> None:
    """Neither an exponential tree nor another folder's file gets in."""
    assert "alias" in wrong(tmp_path, "a: &a [1]\nb: *a\n")
    outside = tmp_path.parent / "outside.md"
    outside.write_text("secret")
    folder = a_folder(tmp_path)
    (folder / "steps/say.md").unlink()
    (folder / "steps/say.md").symlink_to(outside)
    with pytest.raises(UnusableSkill, match="outside"):
        read_skill(folder, specs=SPECS)


def test_a_tool_the_capability_does_not_grant_is_refused(tmp_path: Path) -> None:
    """The capability's grant bounds the skill."""
    with pytest.raises(UnusableSkill, match="does not grant"):
        read_skill(a_folder(tmp_path), specs=SPECS, granted=frozenset())


def test_the_grammar_is_published_as_a_schema() -> None:
    """Editors can hold a skill against it."""
    schema = json_schema()
    assert {"capability_name", "steps"} <= set(schema["required"])


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No text raises anything but the one error."""
    folder = tmp_path_factory.mktemp("skill")
    (folder / "skill.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UnusableSkill):
        read_skill(folder, specs=SPECS)
