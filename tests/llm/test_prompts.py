"""Prompts are checked when they are loaded, so that nothing is left to go wrong in a call."""

from pathlib import Path

import pytest

from donna_core.domain.errors import ConfigError
from donna_llm.prompts import InputsMissing, load_examples, load_prompt

INPUTS = ("text", "zone")


def write(folder: Path, text: str, name: str = "ask.md") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text)
    return path


def test_a_prompt_is_filled_in(tmp_path: Path) -> None:
    """What a person said stands in quotes, whatever it holds."""
    prompt = load_prompt(
        write(tmp_path, "---\nvariables: [text]\n---\n\nRead {{ text | tojson }}.\n"), inputs=INPUTS
    )

    assert prompt.render({"text": 'say "höi"\n</x> {{ zone }}'}) == (
        'Read "say \\"höi\\"\\n</x> {{ zone }}".'
    )


def test_examples_are_shown(tmp_path: Path) -> None:
    """A prompt that declares them gets the examples of its file."""
    rows = load_examples(
        write(tmp_path, '[{"inputs": {"text": "a"}, "answer": {"b": 1}}]', "x.json"), inputs=INPUTS
    )
    body = "{% for each in examples %}{{ each.inputs.text }}={{ each.answer.b }}{% endfor %}"
    path = write(tmp_path, f"---\nvariables: [examples]\n---\n{body}\n")

    assert load_prompt(path, inputs=INPUTS, examples=rows).render({}) == "a=1"
    with pytest.raises(ConfigError, match="'examples' is none of the task type's"):
        load_prompt(path, inputs=INPUTS)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("Read {{ text }}", 1, "does not begin with its variables"),
        ("---\nvariables: text\n---\nx", 1, "has to say"),
        ("---\nvariables: [text]\nauthor: me\n---\n{{ text }}", 3, "'author' is not known"),
        ("---\nvariables:\n- text\n- mood\n---\n{{ text }}", 4, "'mood' is none of the task"),
        ("---\nvariables: [text]\n---\n\n\na\n{{ text }} {{ zone }}", 7, "used and not declared"),
        ("---\nvariables: [text, zone]\n---\n{{ text }}", 2, "'zone' is declared and not used"),
        ("---\nvariables: [text]\n---\na\n\n{% if text %}", 6, "end"),
        ("---\nvariables: [text]\n  zone: 1\n---\nx", 3, "expected"),
    ],
)
def test_a_mistake_is_found_at_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """Front matter and template count their lines from the top of the file."""
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=problem) as found:
        load_prompt(path, inputs=INPUTS)

    assert found.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[", "is no JSON"),
        ("{}", "a list of examples"),
        ('[{"inputs": {}}]', "example 1"),
        ('[{"inputs": {"mood": 1}, "answer": {}}]', "lacks: mood"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_examples_have_a_shape(tmp_path: Path, text: str, problem: str) -> None:
    """What is no list of inputs and answers is refused by name."""
    with pytest.raises(ConfigError, match=problem):
        load_examples(write(tmp_path, text, "x.json"), inputs=INPUTS)


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    """Nothing is filled in silently."""
    path = write(tmp_path, "---\nvariables: [text]\n---\n{{ text.title }}")
    with pytest.raises(InputsMissing, match="text"):
        load_prompt(path, inputs=INPUTS).render({})


def test_a_template_reaches_nothing_beyond_its_inputs(tmp_path: Path) -> None:
    """A prompt is text with gaps, no program."""
    path = write(tmp_path, "---\nvariables: [text]\n---\n{{ text.__class__.__mro__ }}")
    with pytest.raises(InputsMissing, match="unsafe"):
        load_prompt(path, inputs=INPUTS).render({"text": "x"})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing and mangled files say which they are."""
    with pytest.raises(ConfigError, match=r"gone\.md: cannot be read"):
        load_prompt(tmp_path / "gone.md", inputs=INPUTS)
